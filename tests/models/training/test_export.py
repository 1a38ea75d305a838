"""The exported checkpoint: a stock one, checked before an older one makes room."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionImg2ImgPipeline
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import CLIPModel, CLIPTokenizer

from models.training.export import check, export
from pipelines.engines.clip import ClipEmbedder


@pytest.fixture(scope="module")
def starter(work: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("models") / "starter"
    export(work, out)
    return out


def test_the_stock_pipeline_paints_with_it(starter: Path) -> None:
    pipe: Any = StableDiffusionImg2ImgPipeline.from_pretrained(starter, local_files_only=True)  # type: ignore[no-untyped-call]
    pipe.set_progress_bar_config(disable=True)
    painted = pipe("a brown dog", image=Image.new("RGB", (96, 64)), strength=0.5, num_inference_steps=4).images[0]
    assert painted.size == (96, 64)


def test_the_judge_loads_with_its_processor_and_the_same_words(starter: Path) -> None:
    embedder = ClipEmbedder(starter / "clip")
    seen = embedder.pictures([np.zeros((40, 60, 3), np.uint8), np.full((40, 60, 3), 255, np.uint8)])
    assert seen.shape == (2, 128)
    painter, judge = (CLIPTokenizer.from_pretrained(starter / n, local_files_only=True) for n in ("tokenizer", "clip"))
    assert painter("a brown dog in winter").input_ids == judge("a brown dog in winter").input_ids


def test_the_editing_convolution_is_the_plain_one_and_four_channels_more(starter: Path, work: Path) -> None:
    wide = load_file(starter / "edits" / "conv_in.safetensors")["conv_in.weight"]
    plain = load_file(starter / "unet" / "diffusion_pytorch_model.safetensors")["conv_in.weight"]
    trained = load_file(work / "unet" / "model" / "diffusion_pytorch_model.safetensors")["conv_in.weight"]
    assert torch.equal(wide[:, :4], plain)
    assert torch.equal(wide, trained.half())
    assert json.loads((starter / "unet" / "config.json").read_text())["in_channels"] == 4


def test_it_is_stored_in_fp16_and_read_as_fp32_by_those_who_ask_for_nothing(starter: Path) -> None:
    stored = load_file(starter / "clip" / "model.safetensors")
    assert {weight.dtype for weight in stored.values() if weight.is_floating_point()} == {torch.float16}
    assert CLIPModel.from_pretrained(starter / "clip", local_files_only=True).dtype == torch.float32


def test_every_file_is_small(starter: Path) -> None:
    sizes = [path.stat().st_size for path in starter.rglob("*") if path.is_file()]
    assert max(sizes) < 16 * 2**20
    assert sum(sizes) < 60e6


def test_another_models_convolution_is_refused(starter: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(starter, tmp_path / "starter"))
    file = copy / "edits" / "conv_in.safetensors"
    save_file({"conv_in.weight": load_file(file)["conv_in.weight"] + 1}, file)
    with pytest.raises(ValueError, match="own first convolution"):
        check(copy)


def test_a_checkpoint_that_fails_leaves_the_older_one(starter: Path, work: Path, tmp_path: Path) -> None:
    old = Path(shutil.copytree(starter, tmp_path / "models" / "starter"))
    broken = Path(shutil.copytree(work, tmp_path / "work"))
    file = broken / "vae" / "model" / "diffusion_pytorch_model.safetensors"
    save_file({name: weight * torch.nan for name, weight in load_file(file).items()}, file)
    before = (old / "vae" / "diffusion_pytorch_model.safetensors").read_bytes()
    with pytest.raises(ValueError, match="does not paint"):
        export(broken, old)
    assert (old / "vae" / "diffusion_pytorch_model.safetensors").read_bytes() == before
    assert {path.name for path in old.parent.iterdir()} == {"starter"}
