"""The checkpoint that ships: what anybody may load, and how large it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from models.training import drawings
from pipelines.engines.clip import ClipEmbedder
from pipelines.likeness.floors import read_floors

STARTER = Path(__file__).resolve().parents[2] / "models" / "starter"


@pytest.fixture(scope="module")
def img2img() -> Any:
    from diffusers import StableDiffusionImg2ImgPipeline

    kind: Any = StableDiffusionImg2ImgPipeline
    pipe = kind.from_pretrained(str(STARTER), local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    return pipe


@pytest.mark.parametrize("size", [128, 256])
def test_the_stock_pipeline_paints_with_it(img2img: Any, size: int) -> None:
    import torch

    scene = drawings.sample(np.random.default_rng(1), held_out=True)
    picture = drawings.render(scene, size)
    found = img2img(
        drawings.caption(scene),
        image=Image.fromarray(picture),
        strength=0.4,
        num_inference_steps=10,
        guidance_scale=2.0,
        generator=torch.Generator().manual_seed(0),
    ).images[0]
    assert found.size == (size, size)
    away = np.abs(np.asarray(found).astype(int) - picture).mean()
    assert 1 < away < 60, "another picture, of the same things"


def test_its_editing_convolution_begins_with_the_plain_one(img2img: Any) -> None:
    from safetensors.torch import load_file

    wide = load_file(STARTER / "edits" / "conv_in.safetensors")["conv_in.weight"].float()
    plain = img2img.unet.conv_in.weight.detach()
    assert wide.shape == (plain.shape[0], 8, 3, 3)
    assert np.array_equal(wide[:, :4].numpy(), plain.numpy())
    assert float(wide[:, 4:].abs().max()) > 0


def test_its_judge_finds_the_caption_of_a_held_out_drawing() -> None:
    rng = np.random.default_rng(3)
    scenes = [drawings.sample(rng, held_out=True) for _ in range(24)]
    judge = ClipEmbedder(STARTER / "clip")
    alike = (
        judge.pictures([drawings.render(s, 128) for s in scenes]) @ judge.texts(list(map(drawings.caption, scenes))).T
    )
    assert (alike.argmax(axis=1) == np.arange(24)).mean() > 0.85


def test_both_of_its_text_towers_are_one() -> None:
    from safetensors.torch import load_file

    own = load_file(STARTER / "text_encoder" / "model.safetensors")
    judges = load_file(STARTER / "clip" / "model.safetensors")
    shared = [
        (name, weight) for name, weight in own.items() if f"text_model.{name.removeprefix('text_model.')}" in judges
    ]
    assert len(shared) > 20
    for name, weight in shared:
        other = judges[f"text_model.{name.removeprefix('text_model.')}"]
        assert np.array_equal(weight.numpy(), other.numpy()), name


def test_it_is_small_and_nothing_in_it_runs_code() -> None:
    files = [path for path in STARTER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 60e6
    assert all(path.stat().st_size <= 16 * 2**20 for path in files)
    assert {path.suffix for path in files} <= {".json", ".txt", ".safetensors", ".md", ".webp", ".png"}


def test_its_gate_was_measured() -> None:
    floors = read_floors(STARTER / "clip")
    assert floors is not None
    assert 0 < floors.gain < 0.3
