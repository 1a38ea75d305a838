from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.cutting.ink import ink_of
from pipelines.cutting.region import Region, region
from pipelines.engines.renderer import render
from pipelines.errors import CutoutError
from pipelines.home import ROOT
from pipelines.slots.outline import surface_of_mask
from pipelines.sources import parse_svg
from pipelines.vectors.layers import only
from tests.drawn import INK, master_svg, wave

SIZE = 256
LINE = f'stroke="{INK}" stroke-width="3"'


def drawn(svg: bytes, size: int = SIZE) -> NDArray[np.uint8]:
    return render(parse_svg(svg, "drawn.svg"), size, size)


def scene(body: str, size: int = SIZE) -> NDArray[np.uint8]:
    """A white sheet of 64 units with something on it."""
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#fff"/>'
    return drawn(f"{head}{body}</svg>".encode(), size)


def mascot(size: int = 512) -> NDArray[np.uint8]:
    return drawn((ROOT / "examples/mascot/mascot.svg").read_bytes(), size)


def at(u: float, v: float) -> tuple[float, float]:
    return wave(u, v)


def share(found: Region) -> float:
    return float(found.whole.mean())


# ── growing ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_region_grows_over_shading_up_to_ink() -> None:
    whole = region(drawn(master_svg()), [at(0.2, 0.5)]).whole
    for u, v in ((0.1, 0.2), (0.57, 0.5), (0.9, 0.8)):
        x, y = at(u, v)
        assert whole[int(y), int(x)]
    x, y = at(0.5, 0.0)
    assert not whole[int(y), int(x)], "the outline is ink"
    assert not whole[150:, 100:].any()
    assert not whole[108, 74], "the hand is in front"


def test_a_whole_flag_is_one_region_across_its_colours_and_is_bent_like_its_cloth() -> None:
    root = parse_svg((ROOT / "examples/mascot/mascot.svg").read_bytes(), "mascot.svg")
    flag = render(only(root, "flag-art"), 512, 512)[..., 3] > 127
    found = region(mascot(), [(400, 105)], across=True).whole
    assert (found & flag).sum() / (found | flag).sum() > 0.85, "its outline is ink and covers the rest"
    assert surface_of_mask(found).grid.shape[:2] != (2, 2), "folds that run into it from its rim are part of it"


def test_a_pale_sky_ends_where_a_pale_paper_begins() -> None:
    picture = scene('<rect width="64" height="64" fill="#fff9ef"/><circle cx="32" cy="32" r="20" fill="#dcecee"/>')
    sky, paper = region(picture, [(128, 128)]), region(picture, [(8, 8)])
    assert share(sky) == pytest.approx(np.pi * 20**2 / 64**2, rel=0.02)
    assert share(paper) == pytest.approx(1 - np.pi * 20**2 / 64**2, rel=0.02)


@pytest.mark.parametrize(
    ("body", "shade"), [("#eda24b", "#cf7d35"), ("#fdeccb", "#ecc998"), ("#c80c0c", "#dd3d3d"), ("#ffffff", "#e6e6e8")]
)
def test_a_colour_lit_and_shaded_is_one_region(body: str, shade: str) -> None:
    picture = scene(
        f'<circle cx="32" cy="32" r="20" fill="{body}" stroke="{INK}" stroke-width="3"/>'
        f'<path d="M32 14A18 18 0 0 1 32 50Z" fill="{shade}"/>'
    )
    assert share(region(picture, [(90, 128)])) == pytest.approx(np.pi * 18.5**2 / 64**2, rel=0.05)


def test_two_neighbours_become_one_region() -> None:
    picture = scene(
        '<rect x="10" y="10" width="22" height="40" fill="#d03050"/><rect x="32" y="10" width="22" height="40" '
        f'fill="#2080d0"/><path d="M10 10H54V50H10Z" fill="none" {LINE}/>',
        64,
    )
    assert region(picture, [(20, 30), (44, 30)]).whole[14:46, 14:50].all()


# ── what is enclosed, and what leaks ─────────────────────────────────────────────────────────────────────

BADGE = (
    f'<circle cx="32" cy="32" r="24" fill="#7e5576"/><rect x="24" y="26" width="16" height="10" fill="#fff" {LINE}/>'
)


def test_letters_on_a_badge_are_part_of_it_and_told() -> None:
    found = region(scene(BADGE), [(128, 60)])
    assert found.whole[124, 128]
    (part,) = found.covered
    assert abs(part.at[0] - 128) < 20
    assert abs(part.at[1] - 124) < 20
    assert part.share == pytest.approx(19 * 13 / 64**2, rel=0.1)


def test_a_point_outside_leaves_an_enclosed_thing_out() -> None:
    found = region(scene(BADGE), [(128, 60)], outside=[(128, 124)])
    assert not found.whole[124, 128]
    assert found.covered == ()
    assert len(found.left_out) == 1


def test_what_a_background_encloses_is_no_part_of_it() -> None:
    found = region(scene('<circle cx="32" cy="32" r="28" fill="#7e5576"/>'), [(4, 4)])
    assert not found.whole[128, 128]
    assert len(found.left_out) == 1


GAP = f'<path d="M6 6H58V58H6Z" fill="#8fd0f0" {LINE}/><path d="M32 6V31M32 31.7V58" {LINE}/>'


def test_an_area_behind_a_narrow_gap_is_told_as_a_leak() -> None:
    (leak,) = region(scene(GAP), [(60, 128)]).leaks
    assert leak.at[0] > 140


def test_points_settle_what_lies_behind_a_gap() -> None:
    both = region(scene(GAP), [(60, 128), (190, 128)])
    cut = region(scene(GAP), [(60, 128)], outside=[(190, 128)])
    assert both.leaks == cut.leaks == ()
    assert share(cut) == pytest.approx(share(both) / 2, rel=0.05)
    assert not cut.whole[:, 136:].any()


def test_a_point_outside_in_the_same_area_is_refused() -> None:
    with pytest.raises(CutoutError, match=r"no line lies between.*\(100, 60\)"):
        region(scene(GAP), [(60, 128)], outside=[(100, 60)])


@pytest.mark.parametrize(
    ("points", "problem"),
    [([], "no point"), ([(999, 5)], "outside"), ([(75, 40.5)], "on ink.*nearest place"), ([(5, 5)], "where nothing")],
)
def test_points_that_tell_nothing_are_refused(points: list[tuple[float, float]], problem: str) -> None:
    with pytest.raises(CutoutError, match=problem):
        region(drawn(master_svg()), points)


def test_a_region_over_nearly_everything_is_refused() -> None:
    with pytest.raises(CutoutError, match="whole picture"):
        region(np.full((32, 32, 4), 255, dtype=np.uint8), [(5, 5)])


def test_the_ink_is_the_colour_of_the_lines_not_of_dark_areas() -> None:
    assert ink_of(mascot()) == "#2d2130"
    assert ink_of(np.full((8, 8, 4), 255, dtype=np.uint8)) == "#1a1a1a"
