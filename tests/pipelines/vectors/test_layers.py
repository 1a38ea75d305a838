from __future__ import annotations

import numpy as np
import pytest
from lxml import etree

from pipelines.engines.renderer import render
from pipelines.errors import SlotError
from pipelines.sources import parse_svg
from pipelines.vectors.layers import SVG, find_layer, only, painted, replaced, without
from pipelines.vectors.paths import polygon

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" '
    'viewBox="0 0 100 100">'
)
HEART = (
    '<g transform="translate(10 0) scale(1.25)"><path id="heart" style="fill:#c00;stroke:#000;stroke-width:2" '
    'd="M10 10 H60 V60 H10 Z"/></g><circle id="shine" cx="40" cy="30" r="5" fill="#fff"/>'
)


def master(body: str = HEART) -> etree._Element:
    return parse_svg(f"{HEAD}{body}</svg>".encode(), "master.svg")


def colour_at(root: etree._Element, x: int, y: int) -> list[int]:
    found: list[int] = render(root, 100, 100)[y, x].tolist()
    return found


def test_an_unknown_layer_names_the_near_ones() -> None:
    with pytest.raises(SlotError, match="heart"):
        find_layer(master(), "hart")


def test_a_layer_is_found_by_its_label_too() -> None:
    assert find_layer(master('<g inkscape:label="Badge" id="g12"/>'), "Badge").get("id") == "g12"


def test_painting_a_shape_keeps_its_outline_and_what_lies_on_it() -> None:
    root = painted(master(), "heart", "#00ff00", border=None)
    assert colour_at(root, 60, 60) == [0, 255, 0, 255]
    assert colour_at(root, 22, 40) == [0, 0, 0, 255]
    assert colour_at(root, 40, 30) == [255, 255, 255, 255]


def test_painting_a_surface_fills_its_border_in_the_roots_units() -> None:
    square = polygon(np.array([[30.0, 30], [70, 30], [70, 70], [30, 70]]))
    body = '<g transform="scale(2)"><g id="art"><rect width="5" height="5" fill="red"/></g></g>'
    root = painted(master(body), "art", "#0000ff", border=square)
    assert colour_at(root, 50, 50) == [0, 0, 255, 255]
    assert colour_at(root, 2, 2) == [0, 0, 0, 0]


def test_replaced_artwork_is_clipped_to_the_shape_and_lies_under_its_outline() -> None:
    content = [etree.Element(SVG + "rect", {"width": "100", "height": "100", "fill": "#0000ff"})]
    root = replaced(master(), "heart", content, ident="slot-heart", border=None)
    assert colour_at(root, 60, 60) == [0, 0, 255, 255]
    assert colour_at(root, 22, 40) == [0, 0, 0, 255]
    assert colour_at(root, 40, 30) == [255, 255, 255, 255]
    assert colour_at(root, 95, 95) == [0, 0, 0, 0]
    assert find_layer(root, "heart") is not None


def test_hiding_and_isolating_a_layer() -> None:
    assert colour_at(without(master(), "heart"), 60, 60) == [0, 0, 0, 0]
    assert colour_at(only(master(), "heart"), 40, 30) == [204, 0, 0, 255]


def test_the_master_itself_is_never_changed() -> None:
    root = master()
    before = etree.tostring(root)
    painted(root, "heart", "#fff", border=None)
    replaced(root, "heart", [], ident="slot", border=None)
    assert etree.tostring(root) == before
