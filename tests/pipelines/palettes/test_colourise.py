from __future__ import annotations

import functools
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipelines.colour import oklab
from pipelines.engines.renderer import render
from pipelines.errors import PaletteError, SourceError
from pipelines.palettes.colourise import Region, colourise
from pipelines.palettes.oklab import codes_of, lab_of, polar
from pipelines.sources import parse_svg

ROOT = Path(__file__).parents[3]
PALETTE = tuple(tomllib.loads((ROOT / "styles/ink-flat/style.toml").read_text())["palette"].values())
Pixels = NDArray[np.uint8]


def greyed(rgba: Pixels) -> Pixels:
    """The same lightness without colour."""
    lab = oklab(rgba[..., :3]).astype(np.float64) * [1, 0, 0]
    return np.dstack([codes_of(lab), rgba[..., 3]])


@functools.cache
def mascot() -> Pixels:
    root = parse_svg((ROOT / "examples/mascot/mascot.svg").read_bytes(), "mascot.svg")
    return greyed(render(root, 256, 256))


def squares(levels: list[int]) -> Pixels:
    rgba = np.full((24, 24 * len(levels), 4), 255, dtype=np.uint8)
    for i, grey in enumerate(levels):
        rgba[:, 24 * i : 24 * i + 24, :3] = grey
    return rgba


def test_every_lightness_stays_and_alpha_too() -> None:
    rgba = mascot().copy()
    rgba[:30, :, 3] = 77
    done = colourise(rgba, PALETTE).rgba
    assert np.abs(oklab(done[..., :3])[..., 0] - oklab(rgba[..., :3])[..., 0]).max() < 0.005
    assert np.array_equal(done[..., 3], rgba[..., 3])


def test_the_mascot_gets_the_colours_of_its_style() -> None:
    done = colourise(mascot(), PALETTE)
    assert polar(oklab(done.rgba[..., :3]).astype(np.float64))[1].mean() > 0.03
    by_grey = {region.grey: region.colour for region in done.regions}
    assert by_grey[min(by_grey)] == "#2d2130", "the darkest is ink"
    assert set(by_grey.values()) <= set(PALETTE)
    assert len(set(by_grey.values())) >= 6


@settings(max_examples=25)
@given(st.lists(st.integers(0, 15).map(lambda n: n * 17), min_size=1, max_size=8, unique=True),
       st.lists(st.sampled_from(PALETTE), min_size=1, max_size=9, unique=True))  # fmt: skip
def test_a_darker_grey_never_gets_a_lighter_colour(levels: list[int], palette: list[str]) -> None:
    regions = colourise(squares(levels), palette).regions
    order = sorted(regions, key=lambda region: region.grey)
    given_ = lab_of(region.colour for region in order)[:, 0]
    assert (np.diff(given_) >= -1e-9).all()


def test_the_same_picture_gives_the_same_pixels() -> None:
    assert np.array_equal(colourise(mascot(), PALETTE).rgba, colourise(mascot(), PALETTE).rgba)


def test_a_region_can_be_given_another_colour() -> None:
    first = colourise(mascot(), PALETTE)
    bluer = first.regions[0].model_copy(update={"colour": "#34939a"})
    done = colourise(mascot(), PALETTE, regions=[bluer])
    x, y = bluer.at
    assert 180 < np.rad2deg(polar(oklab(done.rgba[y, x, :3]).astype(np.float64))[2]) % 360 < 215, "teal, and very pale"
    assert done.regions[0] == bluer
    assert done.regions[1:] == first.regions[1:]
    other = first.regions[3].at
    assert np.array_equal(done.rgba[other[1], other[0]], first.rgba[other[1], other[0]])


def test_giving_back_the_regions_as_they_were_shows_each_its_colour() -> None:
    first = colourise(mascot(), PALETTE)
    assert colourise(mascot(), PALETTE, regions=first.regions).regions == first.regions


def test_a_picture_in_colour_is_refused_with_an_example() -> None:
    rgba = mascot().copy()
    rgba[:60, :60, :3] = (237, 162, 75)
    with pytest.raises(SourceError, match=r"not grey.*5\.\d% .*#eda24b"):
        colourise(rgba, PALETTE)


def test_a_few_stray_pixels_are_no_colour() -> None:
    rgba = mascot().copy()
    rgba[0, :40, :3] = (237, 162, 75)
    colourise(rgba, PALETTE)


def test_what_cannot_be_coloured_is_refused() -> None:
    with pytest.raises(PaletteError, match="no colours"):
        colourise(mascot(), [])
    with pytest.raises(SourceError, match="transparent"):
        colourise(np.zeros((4, 4, 4), dtype=np.uint8), PALETTE)
    away = Region(at=(5000, 3), grey="#ffffff", share=0.1, colour="#34939a")
    with pytest.raises(PaletteError, match="no flat region"):
        colourise(mascot(), PALETTE, regions=[away])
