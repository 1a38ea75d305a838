from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from pipelines.engines.checkpoints import open_checkpoint
from pipelines.engines.diffusion import DiffusersPainter
from pipelines.engines.fakes import FakePainter
from pipelines.engines.painter import Painter
from pipelines.home import ROOT
from pipelines.profiles import Number, load_profiles
from tests import checkpoints

PROFILES = load_profiles(ROOT)
OF = {
    "sd15": "sd15",
    "inpaint": "sd15",
    "sd15.safetensors": "sd15",
    "sdxl": "sdxl",
    "sdxl.safetensors": "sdxl",
    "sd35": "sd35",
    "pix2pix": "instruct-pix2pix",
    "pix2pix.safetensors": "instruct-pix2pix",
    "starter": "starter",
}
ALSO = {"flux2": "flux2-klein", "qwen": "qwen-image-edit"}
Loader = Callable[..., DiffusersPainter]


@pytest.fixture(scope="session")
def one_thread() -> Iterator[None]:
    """Two busy cores spin when torch wants both; and another number of threads changes last bits."""
    torch = checkpoints.lib("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Path:
    """A folder with tiny checkpoints of every family, and what goes on top of SD 1.5's."""
    folder = tmp_path_factory.mktemp("checkpoints")
    checkpoints.sd15(folder / "sd15")
    checkpoints.sd15(folder / "inpaint", inpaint=True)
    checkpoints.sdxl(folder / "sdxl")
    checkpoints.sd35(folder / "sd35")
    checkpoints.pix2pix(folder / "pix2pix")
    checkpoints.starter(folder / "starter")
    checkpoints.single_file(folder / "pix2pix", folder / "pix2pix.safetensors")
    checkpoints.flux2(folder / "flux2")
    checkpoints.qwen_edit(folder / "qwen")
    for base in ("sd15", "sdxl"):
        checkpoints.single_file(folder / base, folder / f"{base}.safetensors")
        checkpoints.lora(folder / base, folder / f"{base}-lora.safetensors")
        checkpoints.ip_adapter(folder / base, folder / f"{base}-ip")
        checkpoints.controlnet(folder / base, folder / f"{base}-control")
    return folder


@pytest.fixture(scope="session")
def painter_of(shelf: Path) -> Loader:
    """Loads each tiny checkpoint once, as a user's would be."""

    @cache
    def load(name: str, number: Number = "fp32", batch: int = 4) -> DiffusersPainter:
        checkpoint = open_checkpoint(shelf / name, PROFILES[(OF | ALSO)[name]])
        return DiffusersPainter(checkpoint, device="cpu", number=number, batch=batch)

    return load


@pytest.fixture(params=["fake", *OF])
def painter(request: pytest.FixtureRequest) -> Painter:
    """Every implementation of the seam, over every family."""
    if request.param == "fake":
        return FakePainter(PROFILES["sd15"])
    load: Loader = request.getfixturevalue("painter_of")
    return load(request.param)
