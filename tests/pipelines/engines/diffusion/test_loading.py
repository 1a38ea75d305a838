"""What is refused or put right when a checkpoint is loaded."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from pipelines.engines.checkpoints import open_checkpoint
from pipelines.engines.diffusion import DiffusersPainter
from pipelines.engines.painter import Painted
from pipelines.errors import EngineError
from tests.checkpoints import lib, single_file, tiny_vae
from tests.pipelines.engines.conftest import ALSO, OF, PROFILES, Loader
from tests.pipelines.engines.requests import apart, four, pictures, repainting
from tests.pipelines.engines.watched import counted

pytestmark = pytest.mark.xdist_group("engines")


def test_a_device_that_is_not_there_is_named(shelf: Path) -> None:
    checkpoint = open_checkpoint(shelf / "sd15", PROFILES["sd15"])
    if not lib("torch").cuda.is_available():
        with pytest.raises(EngineError, match=r"no such device.*use "):
            DiffusersPainter(checkpoint, device="cuda")
    with pytest.raises(EngineError, match="fp16 on a CPU"):
        DiffusersPainter(checkpoint, device="cpu", number="fp16")


def test_a_preview_is_decoded_by_a_tiny_vae_and_says_so(shelf: Path, tmp_path: Path) -> None:
    checkpoint = open_checkpoint(shelf / "sd15", PROFILES["sd15"])
    with pytest.raises(EngineError, match="a tiny VAE without"):
        DiffusersPainter(checkpoint, device="cpu", preview=tmp_path)
    painter = DiffusersPainter(checkpoint, device="cpu", preview=tiny_vae(tmp_path / "tiny"))
    calls: list[int] = []
    with counted(painter.model.pipe.vae.decoder, calls):
        outcome = painter.paint([repainting()])[0]
    assert isinstance(outcome, Painted)
    assert outcome.picture.shape == (64, 64, 3)
    assert "not for delivery" in outcome.record.notes[0]
    assert calls == []


def test_a_preview_of_another_family_is_refused(shelf: Path, tmp_path: Path) -> None:
    tiny = tiny_vae(tmp_path / "tiny")
    for name in ("sd35", "flux2"):
        with pytest.raises(EngineError, match="a tiny VAE that does not go with"):
            DiffusersPainter(open_checkpoint(shelf / name, PROFILES[(OF | ALSO)[name]]), device="cpu", preview=tiny)
    with pytest.raises(EngineError, match=r"network of class AutoencoderTiny\. got 'AutoencoderKL in vae'"):
        DiffusersPainter(open_checkpoint(shelf / "sd15", PROFILES["sd15"]), device="cpu", preview=shelf / "sd15/vae")


def refused(folder: Path, says: str, *, profile: str = "sd15") -> None:
    with pytest.raises(EngineError, match=says):
        DiffusersPainter(open_checkpoint(folder, PROFILES[profile]), device="cpu")


def changed(shelf: Path, tmp_path: Path, name: str, part: str, **settings: Any) -> Path:
    """A copy of a checkpoint with other settings of a part."""
    copy = Path(shutil.copytree(shelf / name, tmp_path / name))
    path = copy / part
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))
    return copy


def test_an_sdxl_refiner_is_refused(shelf: Path, tmp_path: Path) -> None:
    copy = changed(
        shelf, tmp_path, "sdxl", "model_index.json",
        _class_name="StableDiffusionXLImg2ImgPipeline", requires_aesthetics_score=True,
    )  # fmt: skip
    refused(copy, "an SDXL refiner.*use the SDXL base", profile="sdxl")


def with_another_unet(shelf: Path, tmp_path: Path, **settings: Any) -> Path:
    """A checkpoint whose UNet has these settings, and weights to match."""
    copy = Path(shutil.copytree(shelf / "sd15", tmp_path / "sd15"))
    unet = lib("diffusers").UNet2DConditionModel
    unet.from_config(unet.load_config(copy / "unet") | settings).save_pretrained(copy / "unet")
    return copy


def test_a_unet_of_strange_channels_is_refused(shelf: Path, tmp_path: Path) -> None:
    refused(with_another_unet(shelf, tmp_path, in_channels=5), "reads 5 channels: 4 and, for inpainting, 9 are known")


def test_a_unet_that_reads_its_guidance_is_refused(shelf: Path, tmp_path: Path) -> None:
    refused(with_another_unet(shelf, tmp_path, time_cond_proj_dim=8), r"distilled to read its guidance.*\(LCM\)")


def test_a_single_file_without_a_vae_says_what_is_wrong(shelf: Path, tmp_path: Path) -> None:
    load, save = lib("safetensors.torch").load_file, lib("safetensors.torch").save_file
    tensors = {n: v for n, v in load(shelf / "sd15.safetensors").items() if not n.startswith("first_stage")}
    save(tensors, tmp_path / "bare.safetensors")
    shutil.copytree(shelf / "sd15", tmp_path / "bare")
    refused(tmp_path / "bare.safetensors", r"could not be loaded. got .bare\.safetensors: ")


def test_a_single_file_that_predicts_velocity_says_so_in_its_names(shelf: Path, tmp_path: Path) -> None:
    file = single_file(shelf / "sdxl", tmp_path / "v.safetensors", marks=("v_pred", "ztsnr"))
    shutil.copytree(shelf / "sdxl", tmp_path / "v")
    painter = DiffusersPainter(open_checkpoint(file, PROFILES["sdxl"]), device="cpu")
    settings = painter.model.scheduler().config
    assert settings.prediction_type == "v_prediction"
    assert settings.rescale_betas_zero_snr
    assert len(pictures(painter.paint([repainting(strength=1.0)]))) == 1


def test_too_little_memory_for_a_checkpoint_says_so(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise lib("torch").OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(lib("diffusers").StableDiffusionImg2ImgPipeline, "to", full)
    refused(shelf / "sd15", "too little memory to load it. got 'sd15'. close what else uses the device")


def test_a_single_file_of_sdxl_paints_what_its_folder_paints(painter_of: Loader) -> None:
    one, other = (pictures(painter_of(name).paint(four())) for name in ("sdxl", "sdxl.safetensors"))
    assert max(apart(a, b) for a, b in zip(one, other, strict=True)) <= 1


def test_sdxl_paints_no_watermark_even_where_the_package_is_installed(
    painter_of: Loader, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library adds one by itself then."""
    plain = pictures(painter_of("sdxl").paint(four()))
    place = "diffusers.pipelines.stable_diffusion_xl"
    watermark = ModuleType(f"{place}.watermark")
    watermark.StableDiffusionXLWatermarker = Stamp  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "imwatermark", ModuleType("imwatermark"))
    monkeypatch.setitem(sys.modules, watermark.__name__, watermark)
    module = lib(f"{place}.pipeline_stable_diffusion_xl_img2img")
    monkeypatch.setattr(module, "is_invisible_watermark_available", lambda: True)
    monkeypatch.setattr(module, "StableDiffusionXLWatermarker", Stamp, raising=False)
    stock = lib("diffusers").StableDiffusionXLImg2ImgPipeline.from_pretrained(
        str(shelf / "sdxl"), local_files_only=True
    )
    assert isinstance(stock.watermark, Stamp)
    painter = DiffusersPainter(open_checkpoint(shelf / "sdxl", PROFILES["sdxl"]), device="cpu")
    assert painter.model.pipe.watermark is None
    assert all(np.array_equal(a, b) for a, b in zip(pictures(painter.paint(four())), plain, strict=True))


class Stamp:
    """A watermark that nobody could overlook."""

    def apply_watermark(self, pictures: Any) -> Any:
        return pictures * 0
