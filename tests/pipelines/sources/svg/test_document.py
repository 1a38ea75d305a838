from __future__ import annotations

import numpy as np
import pytest

from pipelines.engines.renderer import render
from pipelines.errors import SourceError
from pipelines.sources import parse_svg, read_bytes
from tests.pipelines.sources.made import HALVES, svg

INKSCAPE = b"""<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- Created with Inkscape (http://www.inkscape.org/) -->
<svg width="200mm" height="100mm" viewBox="0 0 200 100" version="1.1" id="svg5" inkscape:version="1.2"
   xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" xmlns="http://www.w3.org/2000/svg"
   xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" xmlns:svg="http://www.w3.org/2000/svg">
  <sodipodi:namedview id="namedview7" pagecolor="#505050" ><inkscape:grid/></sodipodi:namedview>
  <metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></metadata>
  <g inkscape:label="Layer 1" inkscape:groupmode="layer" id="layer1">
    <path style="fill:#ff0000;-inkscape-font-specification:x" d="M 0,0 H 100 V 100 H 0 Z" sodipodi:nodetypes="ccccc"/>
  </g>
</svg>"""


def test_a_file_from_inkscape_in_millimetres_is_accepted_without_its_editors_data() -> None:
    found = read_bytes(INKSCAPE, "inkscape.svg")
    assert found.notes == ("its editor's own data was left out",)
    text = found.data.decode()
    assert 'inkscape:label="Layer 1"' in text
    assert "sodipodi" not in text
    assert "metadata" not in text
    rgba = render(parse_svg(found.data, "inkscape.svg"), 200, 100)
    assert tuple(rgba[50, 50]) == (255, 0, 0, 255)
    assert rgba[50, 150, 3] == 0


@pytest.mark.parametrize(
    "body",
    ['<meta xmlns="http://www.w3.org/1999/xhtml" http-equiv="refresh" content="0;url=http://example.com"/>',
     '<g xml:base="http://example.com/"/>', '<x:secret xmlns:x="urn:x"><x:more/></x:secret>'],
)  # fmt: skip
def test_what_is_not_svg_is_left_out(body: str) -> None:
    kept = read_bytes(svg(HALVES + body), "mixed.svg").data
    assert b"example" not in kept
    assert b"secret" not in kept


def test_cleaning_what_is_clean_changes_nothing() -> None:
    once = read_bytes(INKSCAPE, "one.svg")
    twice = read_bytes(once.data, "two.svg")
    assert twice.data == once.data
    assert twice.notes == ()


def test_comments_entities_and_space_between_are_no_part_of_the_drawing() -> None:
    noisy = svg(HALVES.replace("><", "><!-- a comment --><?php echo 1 ?><"))
    assert read_bytes(noisy, "noisy.svg").data == read_bytes(svg(HALVES), "plain.svg").data


def test_text_is_accepted_with_a_note() -> None:
    assert "fonts" in read_bytes(svg("<text>hello</text>"), "text.svg").notes[0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<svg", "well-formed"),
        (svg("<g>"), "well-formed"),
        (svg(HALVES)[:-20], "well-formed"),
        (svg("\0"), "well-formed"),
        (b"<html><svg/></html>", "no SVG"),
        (b'<svg viewBox="0 0 1 1"/>', "namespace"),
        (b'<svg xmlns="http://example.com" viewBox="0 0 1 1"/>', "namespace"),
        (b"<p>not a drawing</p>", "no SVG"),
        (b"just words", "no SVG"),
    ],
)
def test_what_is_no_svg_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read_bytes(data, "drawing.svg")


def test_a_prefixed_svg_is_drawn_like_any_other() -> None:
    prefixed = (
        svg(HALVES)
        .replace(b"<rect", b"<s:rect")
        .replace(b"<svg xmlns", b"<s:svg xmlns:s")
        .replace(b"</svg", b"</s:svg")
    )
    first, second = (render(parse_svg(data, "drawing.svg"), 32, 32) for data in (prefixed, svg(HALVES)))
    assert np.array_equal(first, second)
