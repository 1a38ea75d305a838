from __future__ import annotations

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from skimage.metrics import structural_similarity

from pipelines.edits import upscale as module
from pipelines.edits.upscale import enlarger, upscale, upscale_drawing
from pipelines.engines.fakes import FakeModels
from pipelines.engines.renderer import render
from pipelines.errors import UpscaleError
from pipelines.home import ROOT
from pipelines.master import MasterPicture
from pipelines.model import Enlarging, Factor
from pipelines.sources import parse_svg
from tests.drawn import master_svg

Pixels = NDArray[np.uint8]


@functools.cache
def drawn(name: str, width: int, height: int) -> Pixels:
    data = master_svg() if name == "flag" else (ROOT / "examples" / name / f"{name}.svg").read_bytes()
    return render(parse_svg(data, name), width, height)


def measures(found: Pixels, true: Pixels) -> tuple[float, float, float]:
    """PSNR in dB and SSIM on white, and the mean error along edges in codes."""
    first, second = (p[..., :3] * (p[..., 3:] / 255.0) + 255 - p[..., 3:] for p in (found, true))
    psnr = 10 * np.log10(255**2 / max(float(((first - second) ** 2).mean()), 1e-9))
    one, two = first.mean(axis=2), second.mean(axis=2)
    edge = np.hypot(*np.gradient(two)) > 20
    return psnr, float(structural_similarity(one, two, data_range=255)), float(np.abs(one - two)[edge].mean())


@pytest.mark.parametrize(("name", "size"), [("mascot", (160, 160)), ("hero", (192, 108)), ("flag", (128, 128))])
@pytest.mark.parametrize("factor", [2, 4])
def test_flat_art_comes_nearer_to_the_larger_drawing_than_lanczos_or_bicubic(
    name: str, size: tuple[int, int], factor: Factor
) -> None:
    small, true = drawn(name, *size), drawn(name, size[0] * factor, size[1] * factor)
    ours = measures(upscale(small, factor), true)
    for other in (Image.Resampling.LANCZOS, Image.Resampling.BICUBIC):
        large = Image.fromarray(small).resize((true.shape[1], true.shape[0]), other)
        theirs = measures(np.asarray(large), true)
        assert ours[0] > theirs[0] + 0.5, "PSNR"
        assert ours[1] > theirs[1] + 0.01, "SSIM"
        assert ours[2] < theirs[2] * 0.9, "edges"


@pytest.mark.parametrize("factor", [2, 4])
def test_an_edge_stays_one_pixel_wide(factor: Factor) -> None:
    small = np.zeros((24, 24, 4), dtype=np.uint8)
    small[..., 3] = 255
    small[:, 12:, :3] = 255
    small[:, 11, :3] = 128
    row = upscale(small, factor)[12 * factor, :, 0]
    assert ((row > 8) & (row < 247)).sum() <= 2


def test_the_average_of_the_large_picture_is_the_small_one() -> None:
    small = drawn("flag", 96, 96)[..., :3]
    large = upscale(np.dstack([small, np.full((96, 96), 255, dtype=np.uint8)]), 2)[..., :3]
    back = large.reshape(96, 2, 96, 2, 3).mean(axis=(1, 3))
    assert np.abs(back - small).mean() < 1


def test_tiles_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    small = drawn("mascot", 96, 96)
    whole = upscale(small, 2)
    monkeypatch.setattr(module, "_TILE", 40)
    assert np.abs(upscale(small, 2).astype(int) - whole).max() <= 2


@settings(max_examples=10)
@given(st.integers(0, 0xFFFFFFFF), st.integers(1, 9), st.integers(1, 9), st.sampled_from([2, 4]))
def test_one_colour_stays_that_colour(colour: int, height: int, width: int, factor: Factor) -> None:
    one = np.frombuffer(colour.to_bytes(4, "big"), dtype=np.uint8)
    large = upscale(np.tile(one, (height, width, 1)), factor)
    assert large.shape == (height * factor, width * factor, 4)
    assert (large[..., 3] == one[3]).all()
    if one[3] > 200:
        assert np.abs(large[..., :3].astype(int) - one[:3]).max() <= 1


@settings(max_examples=5, deadline=None)
@given(st.sampled_from([2, 4]), st.integers(0, 60), st.integers(0, 30), st.integers(0, 0xFFFFFF))
def test_a_changed_part_meets_the_enlarged_base_without_a_seam(factor: Factor, x: int, y: int, colour: int) -> None:
    base = drawn("hero", 96, 54)
    free = np.zeros(base.shape[:2], dtype=bool)
    free[y : y + 20, x : x + 30] = True
    changed = base.copy()
    changed[free, :3] = np.frombuffer(colour.to_bytes(3, "big"), dtype=np.uint8)
    step = Enlarging(edit="upscale", factor=factor, upscaler=None, weights=None)
    enlarge = enlarger(base, free, MasterPicture(base, None, (0.0, 0.0), (1.0, 1.0)), step, FakeModels())
    found = enlarge(changed)
    assert np.array_equal(found[~enlarge.reached], enlarge.large[~enlarge.reached])
    assert np.abs(found.astype(int) - upscale(changed, factor)).max() <= 16, "as if enlarged in one piece"


def test_transparent_edges_keep_their_colour() -> None:
    small = np.zeros((16, 16, 4), dtype=np.uint8)
    small[:, 8:] = (200, 40, 40, 255)
    large = upscale(small, 2)
    seen = large[large[..., 3] > 20][:, :3].astype(int)
    assert np.abs(seen - (200, 40, 40)).max() <= 4


def test_a_drawing_is_drawn_larger() -> None:
    root = parse_svg(master_svg(), "master.svg")
    assert np.array_equal(upscale_drawing(root, 64, 64, 3), render(root, 192, 192))


def test_results_too_large_are_refused() -> None:
    with pytest.raises(UpscaleError, match="too large"):
        upscale(np.zeros((1, 9000, 4), dtype=np.uint8), 2)
    with pytest.raises(UpscaleError, match="usable size"):
        upscale_drawing(parse_svg(master_svg(), "master.svg"), 1024, 1024, 64)
