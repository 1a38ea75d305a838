from __future__ import annotations

import numpy as np
import pytest
from lxml import etree
from numpy.typing import NDArray

from pipelines.engines.renderer import render
from pipelines.errors import SourceError
from pipelines.sources import parse_svg

NS = "http://www.w3.org/2000/svg"
RED, GREEN, BLUE, NOTHING = (255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255), (0, 0, 0, 0)
QUARTERS = (
    '<path d="M0 0h10v10H0z" fill="#f00"/><path d="M10 0h10v10H10z" fill="#0f0"/><path d="M0 10h10v10H0z" fill="#00f"/>'
)


def drawing(body: str = QUARTERS, size: str = 'viewBox="0 0 20 20"') -> etree._Element:
    return parse_svg(f'<svg xmlns="{NS}" {size}>{body}</svg>'.encode(), "test.svg")


def corners(pixels: NDArray[np.uint8]) -> list[tuple[int, ...]]:
    """Top left, top right, bottom left, bottom right."""
    return [tuple(pixels[y, x].tolist()) for y in (1, -2) for x in (1, -2)]


def test_a_drawing_fills_the_size_asked_for() -> None:
    pixels = render(drawing(), 40, 60)
    assert pixels.shape == (60, 40, 4)
    assert pixels.dtype == np.uint8
    assert corners(pixels) == [RED, GREEN, BLUE, NOTHING]


@pytest.mark.parametrize(
    "size",
    [
        'viewBox="0 0 20 20"',
        'width="20" height="20"',
        'viewBox="0 0 20 20" width="7" height="900"',
        'viewBox="0 0 20 20" width="50mm" height="50mm"',
        'viewBox="0 0 20 20" width="100%" height="100%"',
        'viewBox="0 0 20 20" preserveAspectRatio="xMinYMin slice"',
    ],
)
def test_how_a_file_states_its_size_does_not_matter(size: str) -> None:
    assert corners(render(drawing(size=size), 32, 32)) == [RED, GREEN, BLUE, NOTHING]


def test_a_view_box_may_start_anywhere() -> None:
    moved = drawing(f'<g transform="translate(-500 70)">{QUARTERS}</g>', 'viewBox="-500 70 20 20"')
    assert np.array_equal(render(moved, 32, 32), render(drawing(), 32, 32))


def test_a_window_shows_a_part_larger() -> None:
    part = render(drawing(), 24, 24, window=(10, 0, 10, 10))
    assert (part == GREEN).all()
    across = render(drawing(), 24, 24, window=(5, 5, 10, 10))
    assert corners(across) == [RED, GREEN, BLUE, NOTHING]


def test_a_window_may_reach_beyond_the_drawing() -> None:
    assert corners(render(drawing(), 32, 32, window=(-20, -20, 30, 30)))[:3] == [NOTHING] * 3


def test_half_transparent_fills_keep_their_colour_and_their_alpha() -> None:
    half = render(drawing('<path d="M0 0h20v20H0z" fill="#ff8000" fill-opacity=".5"/>'), 8, 8)
    assert np.abs(half.astype(int) - (255, 128, 0, 128)).max() <= 1


def test_a_crisp_drawing_has_no_half_covered_pixels() -> None:
    disc = drawing('<circle cx="10" cy="10" r="9" fill="#00f"/>')
    assert set(np.unique(render(disc, 64, 64, crisp=True)[..., 3])) == {0, 255}
    assert len(np.unique(render(disc, 64, 64)[..., 3])) > 2


def test_shapes_that_abut_leave_no_seam_in_a_crisp_drawing() -> None:
    bars = '<path d="M0 0h7.3v20H0z" fill="#f00"/><path d="M7.3 0H20v20H7.3z" fill="#f00"/>'
    assert render(drawing(bars), 64, 64)[..., 3].min() < 255
    assert (render(drawing(bars), 64, 64, crisp=True) == RED).all()


def test_the_same_drawing_gives_the_same_pixels_and_stays_as_it_was() -> None:
    root = drawing()
    before = etree.tostring(root)
    assert np.array_equal(render(root, 50, 50), render(root, 50, 50, window=(0, 0, 20, 20)))
    assert etree.tostring(root) == before


def test_what_the_renderer_refuses_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    import resvg_py

    def refuse(**_: object) -> bytes:
        raise ValueError("SVG has an invalid size")

    monkeypatch.setattr(resvg_py, "svg_to_bytes", refuse)
    with pytest.raises(SourceError, match=r"cannot be drawn.*invalid size.*drawing program"):
        render(drawing(), 8, 8)


def test_fonts_are_looked_for_only_where_there_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    import resvg_py

    skipped: list[object] = []
    draw = resvg_py.svg_to_bytes

    def noted(**given: object) -> bytes:
        skipped.append(given["skip_system_fonts"])
        return bytes(draw(**given))  # type: ignore[arg-type]  # what it is given is passed on

    monkeypatch.setattr(resvg_py, "svg_to_bytes", noted)
    render(drawing(), 8, 8)
    render(drawing('<text x="1" y="9">a</text>'), 8, 8)
    assert skipped == [True, False]
