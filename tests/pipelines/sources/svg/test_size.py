from __future__ import annotations

import numpy as np
import pytest

from pipelines.engines.renderer import render
from pipelines.errors import SourceError
from pipelines.sources import parse_svg, read_bytes, svg_size
from tests.pipelines.sources.made import HALVES, svg


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('viewBox="0 0 100 50"', (0, 0, 100, 50)),
        ('viewBox=" -10,5 , 100,50 "', (-10, 5, 100, 50)),
        ('viewBox="0 0 10 10" width="100%" height="100%"', (0, 0, 10, 10)),
        ('viewBox="0 0 10 10" width="1e9" height="1e9"', (0, 0, 10, 10)),
        ('width="100" height="50px"', (0, 0, 100, 50)),
        ('width="25.4mm" height="2.54cm"', (0, 0, 96, 96)),
        ('width="1in" height="72PT"', (0, 0, 96, 96)),
        ('width="6pc" height="101.6q"', (0, 0, 96, 96)),
    ],
)
def test_the_size_comes_from_the_view_box_or_else_from_width_and_height(
    attributes: str, size: tuple[float, ...]
) -> None:
    assert svg_size(parse_svg(svg(HALVES, attributes=attributes), "size.svg")) == pytest.approx(size)


@pytest.mark.parametrize(
    "attributes",
    ["", 'width="100%" height="100%"', 'width="10em" height="5em"', 'width="100"', 'viewBox="0 0 0 0"',
     'viewBox="0 0 -5 5"', 'viewBox="0 0 5"', 'viewBox="a b c d"', 'viewBox="0 0 nan 5"', 'viewBox="0 0 inf 5"',
     'viewBox="0 0 1e999 5"', 'width="0" height="0"', 'viewBox=" "', 'width="-3" height="4"'],
)  # fmt: skip
def test_a_drawing_without_a_size_is_refused_with_an_example(attributes: str) -> None:
    with pytest.raises(SourceError, match="viewBox"):
        parse_svg(svg(HALVES, attributes=attributes), "size.svg")


@pytest.mark.parametrize("sizes", ['viewBox="0 0 100000 10"', 'width="1" height="9999"'])
def test_a_drawing_that_is_too_long_and_thin_is_refused(sizes: str) -> None:
    with pytest.raises(SourceError, match="long and thin"):
        read_bytes(svg(HALVES, attributes=sizes), "strip.svg")


@pytest.mark.parametrize(
    "attributes",
    ['viewBox="0 0 100 100"', 'width="100" height="100"', 'viewBox="0 0 100 100" width="7mm" height="9mm"',
     'viewBox="0 0 100 100" width="1e9" height="1e9"', 'viewBox="0 0 100 100" preserveAspectRatio="xMinYMin slice"'],
)  # fmt: skip
def test_however_its_size_is_given_the_same_drawing_comes_out(attributes: str) -> None:
    rgba = render(parse_svg(svg(HALVES, attributes=attributes), "halves.svg"), 64, 64)
    assert tuple(rgba[32, 16]) == (255, 0, 0, 255)
    assert tuple(rgba[32, 48]) == (0, 0, 255, 255)


def test_a_view_box_with_an_offset_shows_that_part() -> None:
    rgba = render(parse_svg(svg(HALVES, attributes='viewBox="25 0 50 100"'), "part.svg"), 64, 128)
    assert tuple(rgba[64, 16]) == (255, 0, 0, 255)
    assert tuple(rgba[64, 48]) == (0, 0, 255, 255)
    moved = render(parse_svg(svg(HALVES, attributes='viewBox="-100 -100 200 200"'), "moved.svg"), 64, 64)
    assert np.count_nonzero(moved[:32]) == 0


def test_a_view_box_of_any_magnitude_is_drawn() -> None:
    for side in ("1e-20", "1e30"):
        drawing = svg(
            f'<rect width="{side}" height="{side}" fill="#ff0000"/>', attributes=f'viewBox="0 0 {side} {side}"'
        )
        assert render(parse_svg(drawing, "magnitude.svg"), 16, 16).shape == (16, 16, 4)
