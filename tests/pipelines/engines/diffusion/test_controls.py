"""ControlNets: a drawing steers, and other networks are refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipelines.engines.painter import Control, Repainting, Style
from pipelines.model import Drawing
from tests.pipelines.engines.conftest import Loader
from tests.pipelines.engines.requests import apart, error, pictures, repainting, styled

pytestmark = pytest.mark.xdist_group("engines")
UNETS = pytest.mark.parametrize("base", ["sd15", "sdxl"])


@UNETS
@pytest.mark.parametrize("drawing", ["canny", "lineart"])
def test_a_control_drawing_steers(painter_of: Loader, shelf: Path, base: str, drawing: Drawing) -> None:
    def controlled(scale: float) -> Repainting:
        return styled(Style(control=Control(drawing, shelf / f"{base}-control", scale)))

    plain, off, on = pictures(painter_of(base).paint([repainting(), controlled(0.0), controlled(1.0)]))
    assert apart(off, plain) <= 1
    assert apart(on, plain) > 1


def test_a_controlnet_for_another_base_names_both(painter_of: Loader, shelf: Path) -> None:
    style = Style(control=Control("canny", shelf / "sdxl-control"))
    assert "ControlNet for another base" in error(painter_of("sd15").paint([styled(style)])[0])


@pytest.mark.parametrize("kind", ["ControlNetUnionModel", "T2IAdapter"])
def test_a_network_of_another_kind_is_named(painter_of: Loader, shelf: Path, tmp_path: Path, kind: str) -> None:
    copy = Path(shutil.copytree(shelf / "sd15-control", tmp_path / "other"))
    settings = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(settings | {"_class_name": kind}))
    failed = painter_of("sd15").paint([styled(Style(control=Control("canny", copy)))])[0]
    assert f"a ControlNet is a network of class ControlNetModel. got '{kind} in other'" in error(failed)
    (copy / "config.json").write_text("{")
    assert "config.json cannot be read" in error(
        painter_of("sd15").paint([styled(Style(control=Control("canny", copy)))])[0]
    )


def test_a_controlnet_in_half_precision_files_paints_the_same(painter_of: Loader, shelf: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(shelf / "sd15-control", tmp_path / "half"))
    file = copy / "diffusion_pytorch_model.safetensors"
    file.rename(file.with_name("diffusion_pytorch_model.fp16.safetensors"))
    styles = [Style(control=Control("canny", folder)) for folder in (shelf / "sd15-control", copy)]
    one, other = pictures(painter_of("sd15").paint([styled(style) for style in styles]))
    assert apart(one, other) == 0
