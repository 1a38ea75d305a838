from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lxml import etree

from pipelines.engines.renderer import render
from pipelines.sources import parse_svg
from pipelines.vectors.flatten import Unflattenable, flatten
from pipelines.vectors.layers import SVG
from pipelines.vectors.paths import transform
from pipelines.vectors.shapes import Gradient, Shape
from pipelines.vectors.write import elements

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100">'

DRAWINGS = {
    "transforms": (
        '<g transform="translate(10 5) rotate(20) scale(.8 1.1)">'
        '<rect x="10" y="10" width="40" height="30" fill="#c33"/></g>'
    ),
    "skew": '<rect x="10" y="10" width="40" height="30" fill="#383" transform="skewX(20)"/>',
    "use": (
        '<defs><circle id="d" r="8"/></defs>'
        '<use xlink:href="#d" x="30" y="30" fill="#339"/><use href="#d" x="60" y="60" fill="red"/>'
    ),
    "symbol": '<symbol id="s"><rect width="20" height="20"/></symbol><use href="#s" x="40" y="40" fill="teal"/>',
    "clip": (
        '<clipPath id="c"><circle cx="50" cy="50" r="30"/></clipPath>'
        '<rect width="100" height="100" fill="#a0f" clip-path="url(#c)"/>'
    ),
    "strokes": (
        '<path d="M10 10 L90 20 L20 80" fill="none" stroke="#222" stroke-width="7" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
    ),
    "mitres": '<path d="M10 90 L50 10 L90 90 Z" fill="#fd0" stroke="#000" stroke-width="6"/>',
    "dashes": '<line x1="5" y1="50" x2="95" y2="50" stroke="#000" stroke-width="4" stroke-dasharray="10 5"/>',
    "evenodd": '<path fill-rule="evenodd" d="M10 10H90V90H10ZM30 30H70V70H30Z" fill="#066"/>',
    "classes": (
        "<style>.a{fill:#f60} #b{fill:blue} rect{opacity:.5}</style>"
        '<rect class="a" width="50" height="50"/><rect id="b" x="50" y="50" width="50" height="50"/>'
    ),
    "inheritance": (
        '<g fill="#808" stroke="#000" stroke-width="3"><ellipse cx="50" cy="50" rx="30" ry="20"/>'
        '<g fill="inherit"><circle cx="20" cy="20" r="9"/></g></g>'
    ),
    "opacity": '<g opacity=".5"><rect width="60" height="60" fill="#f00" fill-opacity=".5"/></g>',
    "polygons": (
        '<polygon points="50,5 61,40 98,40 68,62 79,96 50,75 21,96 32,62 2,40 39,40" fill="#fc0"/>'
        '<polyline points="0,0 10,90 20,0" fill="#0cf"/>'
    ),
    "rounded": '<rect x="10" y="10" width="80" height="50" rx="20" ry="10" fill="#456"/>',
    "nested svg": (
        '<svg x="20" y="20" width="60" height="60" viewBox="0 0 10 10"><rect width="10" height="5" fill="#c0c"/></svg>'
    ),
    "percent": '<rect width="50%" height="100%" fill="#123456"/>',
    "linear gradient": (
        '<linearGradient id="g" x1="0" x2="1">'
        '<stop offset="0" stop-color="#f00"/><stop offset="1" stop-color="#00f"/></linearGradient>'
        '<rect width="100" height="100" fill="url(#g)"/>'
    ),
    "radial gradient": (
        '<radialGradient id="g" cx="50" cy="50" r="50" gradientUnits="userSpaceOnUse">'
        '<stop offset="0" stop-color="#fff"/><stop offset="1" stop-color="#000"/></radialGradient>'
        '<rect width="100" height="100" fill="url(#g)"/>'
    ),
}


def on_white(rgba: np.ndarray) -> np.ndarray:
    alpha = rgba[..., 3:] / 255
    return rgba[..., :3] * alpha + 255 * (1 - alpha)


def drawn_again(shapes: tuple[Shape, ...]) -> np.ndarray:
    unit = np.array([[100.0, 0, 0], [0, 100, 0]])

    def where(points: np.ndarray) -> np.ndarray:
        return points * 100.0

    def grown(shape: Shape) -> Shape:
        paint = shape.paint.mapped(where) if isinstance(shape.paint, Gradient) else shape.paint
        clips = tuple(replace(c, subpaths=tuple(transform(s, unit) for s in c.subpaths)) for c in shape.clips)
        return replace(shape, subpaths=tuple(transform(s, unit) for s in shape.subpaths), paint=paint, clips=clips)

    root = etree.Element(
        SVG + "svg",
        {"viewBox": "0 0 100 100"},
        nsmap={None: SVG[1:-1]},  # type: ignore[dict-item]  # lxml-stubs do not know the default namespace
    )
    root.extend(elements(tuple(grown(s) for s in shapes), prefix="t", decimals=3))
    return on_white(render(root, 200, 200))


@pytest.mark.parametrize("name", DRAWINGS)
def test_flattened_artwork_looks_like_the_artwork(name: str) -> None:
    root = parse_svg(f"{HEAD}{DRAWINGS[name]}</svg>".encode(), name)
    expected = on_white(render(root, 200, 200))
    assert expected.std() > 1, "the drawing must show something"
    assert np.abs(drawn_again(flatten(root).shapes) - expected).mean() < 0.35


@pytest.mark.parametrize(
    "body",
    [
        '<text x="10" y="50">Hello</text>',
        '<mask id="m"><rect width="50" height="50" fill="#fff"/></mask><rect width="99" height="99" mask="url(#m)"/>',
        '<filter id="f"><feGaussianBlur stdDeviation="2"/></filter><rect width="50" height="50" filter="url(#f)"/>',
    ],
)
def test_what_has_no_outline_is_left_to_tracing(body: str) -> None:
    with pytest.raises(Unflattenable):
        flatten(parse_svg(f"{HEAD}{body}</svg>".encode(), "artwork"))


def test_the_ratio_is_the_view_boxs() -> None:
    root = parse_svg(
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="5 5 30 20"><rect x="5" y="5" width="30" height="20"/></svg>',
        "a",
    )
    drawing = flatten(root)
    assert drawing.ratio == 1.5
    assert drawing.shapes[0].box() == pytest.approx((0, 0, 1, 1))


def test_an_invisible_element_draws_nothing() -> None:
    ways = ('display="none"', 'visibility="hidden"', 'fill="none"')
    body = "".join(f'<rect width="9" height="9" {way}/>' for way in ways)
    assert flatten(parse_svg(f"{HEAD}{body}</svg>".encode(), "a")).shapes == ()
