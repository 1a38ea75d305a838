from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.cutting.ink import ink_of
from pipelines.cutting.region import region
from pipelines.engines.renderer import render
from pipelines.errors import CutoutError
from pipelines.home import ROOT
from pipelines.sources import parse_svg
from pipelines.vectors.layers import only
from tests.drawn import INK, master_svg, wave

SIZE = 256


def drawn(svg: bytes, size: int = SIZE) -> NDArray[np.uint8]:
    return render(parse_svg(svg, "drawn.svg"), size, size)


def at(u: float, v: float) -> tuple[float, float]:
    return wave(u, v)


def test_a_region_grows_over_shading_up_to_ink() -> None:
    cover = region(drawn(master_svg()), [at(0.2, 0.5)])
    for u, v in ((0.1, 0.2), (0.57, 0.5), (0.9, 0.8)):
        x, y = at(u, v)
        assert cover[int(y), int(x)] == 1
    x, y = at(0.5, 0.0)
    assert cover[int(y), int(x)] < 0.3, "the outline is ink"
    assert cover[150:, 100:].max() == 0
    assert cover[108, 74] == 0, "the hand is in front"


def test_a_whole_flag_is_one_region_across_its_colours() -> None:
    root = parse_svg((ROOT / "examples/mascot/mascot.svg").read_bytes(), "mascot.svg")
    picture, flag = render(root, 512, 512), render(only(root, "flag-art"), 512, 512)[..., 3] > 127
    found = region(picture, [(400, 105)], across=True) > 0.5
    assert (found & flag).sum() / (found | flag).sum() > 0.85, "its outline is ink and covers the rest"


def test_a_regions_rim_is_antialiased() -> None:
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#fff"/>'
        b'<circle cx="32" cy="32" r="20.4" fill="#d03050"/></svg>'
    )
    cover = region(drawn(svg, 64), [(32, 32)])
    assert cover.sum() == pytest.approx(np.pi * 20.4**2, rel=0.01)
    assert ((cover > 0.05) & (cover < 0.95)).sum() > 40


def test_two_neighbours_become_one_region() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#fff"/>'
        '<rect x="10" y="10" width="22" height="40" fill="#d03050"/><rect x="32" y="10" width="22" height="40" '
        f'fill="#2080d0"/><path d="M10 10H54V50H10Z" fill="none" stroke="{INK}" stroke-width="3"/></svg>'
    ).encode()
    cover = region(drawn(svg, 64), [(20, 30), (44, 30)])
    assert cover[14:46, 14:50].min() == 1


@pytest.mark.parametrize(
    ("points", "problem"),
    [([], "no point"), ([(999, 5)], "outside"), ([(75, 40.5)], "ink"), ([(5, 5)], "where nothing is")],
)
def test_points_that_tell_nothing_are_refused(points: list[tuple[float, float]], problem: str) -> None:
    with pytest.raises(CutoutError, match=problem):
        region(drawn(master_svg()), points)


def test_a_region_over_nearly_everything_is_refused() -> None:
    with pytest.raises(CutoutError, match="whole picture"):
        region(np.full((32, 32, 4), 255, dtype=np.uint8), [(5, 5)])


def test_the_ink_is_the_colour_of_the_lines_not_of_dark_areas() -> None:
    root = parse_svg((ROOT / "examples/mascot/mascot.svg").read_bytes(), "mascot.svg")
    assert ink_of(render(root, 512, 512)) == "#2d2130"
    assert ink_of(np.full((8, 8, 4), 255, dtype=np.uint8)) == "#1a1a1a"
