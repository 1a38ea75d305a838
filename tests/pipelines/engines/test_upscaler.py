"""What a Swin2SR checkpoint must bring, on a tiny random one: plumbing, never a result."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from pipelines.edits.upscale import upscale
from pipelines.engines import upscaler
from pipelines.engines.upscaler import Swin2SRUpscaler
from pipelines.errors import EngineError, UpscaleError

has_torch = all(importlib.util.find_spec(name) for name in ("torch", "transformers"))
pytestmark = pytest.mark.skipif(not has_torch, reason='torch and transformers are not here: pip install "atelier[gpu]"')


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Path:
    import torch
    from transformers import Swin2SRConfig, Swin2SRForImageSuperResolution

    torch.manual_seed(7)
    folder = tmp_path_factory.mktemp("models") / "tiny-swin2sr"
    config = Swin2SRConfig(
        image_size=16, embed_dim=12, depths=[1], num_heads=[2], window_size=4, upscale=2, mlp_ratio=1.0
    )
    Swin2SRForImageSuperResolution(config).save_pretrained(folder)
    return folder


def picture(height: int = 21, width: int = 34) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)


def test_a_picture_of_any_size_comes_out_twice_as_large_and_the_same_again(checkpoint: Path) -> None:
    first, second = (Swin2SRUpscaler(checkpoint).upscale(picture()) for _ in range(2))
    assert first.shape == (42, 68, 3)
    assert np.array_equal(first, second)


def test_a_large_picture_goes_through_in_tiles(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upscaler, "_TILE", 16)
    model = Swin2SRUpscaler(checkpoint)
    tiled = model.upscale(picture(32, 24)).astype(int)
    monkeypatch.setattr(upscaler, "_TILE", 256)
    assert tiled.shape == (64, 48, 3)
    assert np.abs(tiled - model.upscale(picture(32, 24))).mean() < 8


def test_the_edit_draws_colour_by_model_and_alpha_by_itself(checkpoint: Path) -> None:
    rgba = np.dstack([picture(), np.where(np.arange(34) < 17, 255, 0)[None].repeat(21, axis=0).astype(np.uint8)])
    large = upscale(rgba, 2, upscaler=Swin2SRUpscaler(checkpoint))
    assert large.shape == (42, 68, 4)
    assert large[20, 10, 3] == 255
    assert large[20, 60, 3] == 0


def test_an_upscaler_of_another_factor_is_refused(checkpoint: Path) -> None:
    with pytest.raises(UpscaleError, match="another factor"):
        upscale(np.full((8, 8, 4), 255, dtype=np.uint8), 4, upscaler=Swin2SRUpscaler(checkpoint))


def test_another_model_is_refused(checkpoint: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(checkpoint, tmp_path / "other"))
    config = other / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"model_type": "segformer"}))
    with pytest.raises(EngineError, match="no Swin2SR"):
        Swin2SRUpscaler(other)


def test_half_a_download_is_refused(checkpoint: Path, tmp_path: Path) -> None:
    half = Path(shutil.copytree(checkpoint, tmp_path / "half"))
    weights = half / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:2000])
    with pytest.raises(EngineError):
        Swin2SRUpscaler(half)
