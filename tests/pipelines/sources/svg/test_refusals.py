from __future__ import annotations

import pytest

from pipelines.errors import SourceError
from pipelines.sources import parse_svg
from tests.pipelines.sources.made import HALVES, svg

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        f"<script {XHTML}>alert(1)</script>",
        '<script href="http://example.com/a.js"/>',
        '<rect width="5" height="5" onclick="alert(1)"/>',
        '<g ONLOAD="alert(1)"/>',
        '<a href="javascript:alert(1)"><rect width="5" height="5"/></a>',
        f'<a {XLINK} xlink:href="java&#9;script:alert(1)"><g/></a>',
        f"<foreignObject><body {XHTML}><p>hi</p></body></foreignObject>",
        f'<iframe {XHTML} src="http://example.com"/>',
        "<handler>alert(1)</handler>",
    ],
)
def test_whatever_could_run_is_refused(body: str) -> None:
    with pytest.raises(SourceError, match=r"script|holds a <|outside"):
        parse_svg(svg(body), "evil.svg")


@pytest.mark.parametrize(
    "body",
    [
        '<use href="http://example.com/a.svg#b"/>',
        f'<use {XLINK} xlink:href="file:///etc/passwd#b"/>',
        '<use href="other.svg#b"/>',
        '<use href=" //example.com/#b"/>',
        '<linearGradient id="g" href="data:image/svg+xml,x#g"/>',
        '<rect width="5" height="5" fill="url(http://example.com/a.svg#b)"/>',
        '<rect width="5" height="5" style="fill:url( &quot;other.svg#b&quot; )"/>',
        '<rect width="5" height="5" style="fill:\\75 rl(http://example.com)"/>',
        '<rect width="5" height="5" style="fill:u\\rl(http://example.com)"/>',
        '<rect width="5" height="5" style="fill:url(http://example.com"/>',
        '<rect width="5" height="5" style="fill:URL(data:image/png;base64,AAAA)"/>',
        '<rect width="5" height="5" filter="url(//example.com#f)"/>',
        "<rect width='5' height='5' style='background:image-set(\"http://example.com\" 1x)'/>",
        '<style>@import "http://example.com/a.css";</style>',
        "<style><![CDATA[@im\\70ort url(http://example.com/a.css);]]></style>",
        "<style>@font-face{font-family:a;src:url(data:font/woff2;base64,AAAA)}</style>",
        "<style>rect{fill:url(a.svg#b)}</style>",
        "<style>a<g/>@import 'x';</style>",
        '<style>\\2f* { fill: url(http://example.com) } *\\2f</style>',
        '<style>a{content:"/*"} rect{fill:url(http://example.com)} b{content:"*/"}</style>',
    ],
)  # fmt: skip
def test_whatever_reaches_outside_is_refused(body: str) -> None:
    with pytest.raises(SourceError, match="outside"):
        parse_svg(svg(body), "evil.svg")


@pytest.mark.parametrize(
    "body",
    ['<image href="data:image/png;base64,AAAA" width="9" height="9"/>', '<image href="photo.png"/>',
     '<filter id="f"><feImage href="#x"/></filter>'],
)  # fmt: skip
def test_hidden_pixels_are_refused_and_the_fix_names_png(body: str) -> None:
    with pytest.raises(SourceError, match=r"picture of pixels.*PNG"):
        parse_svg(svg(body), "photo.svg")


@pytest.mark.parametrize(
    "body",
    ['<rect width="5" height="5"><animate attributeName="x" to="9"/></rect>', '<set attributeName="fill" to="red"/>',
     "<style>@keyframes a{to{fill:red}}</style>"],
)  # fmt: skip
def test_a_moving_drawing_is_refused(body: str) -> None:
    with pytest.raises(SourceError, match="animated"):
        parse_svg(svg(body), "moving.svg")


@pytest.mark.parametrize(
    "body",
    [
        '<linearGradient id="g"><stop stop-color="red"/></linearGradient><rect fill="url(#g)" width="9" height="9"/>',
        '<linearGradient id="g"/><rect style="fill: url( \'#g\' )" width="9" height="9"/>',
        '<style>.a { fill: #ff0000 } /* a note: (c) me */</style><rect class="a" width="9" height="9"/>',
        '<g id="g"/><use href="#g"/>',
        '<rect width="9" height="9" transform="rotate(45)" aria-label="time: 10:30"/>',
    ],
)
def test_plain_drawings_are_left_alone(body: str) -> None:
    assert len(parse_svg(svg(body + HALVES), "plain.svg")) >= 3
