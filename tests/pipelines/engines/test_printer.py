from __future__ import annotations

import sys

import numpy as np
import pytest
from lxml import etree
from numpy.typing import NDArray

from pipelines.engines.printer import lacking, print_pdf
from pipelines.engines.renderer import render
from pipelines.errors import EngineError
from tests.services import missing

WORDS = {"title": "Norway, <b>", "subject": "a dog & a flag", "keywords": "atelier 0123"}
SHEET = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="10 10 200 150" width="400" height="300"><defs>
<linearGradient id="a" gradientUnits="userSpaceOnUse" x1="20" y1="20" x2="120" y2="90">
<stop offset="0" stop-color="#c8102e"/><stop offset=".6" stop-color="#ffcc00"/>
<stop offset="1" stop-color="#2040c0" stop-opacity="0"/></linearGradient>
<radialGradient id="r" gradientUnits="userSpaceOnUse" cx="160" cy="60" r="40"><stop offset="0" stop-color="#fff"/>
<stop offset="1" stop-color="#208040"/></radialGradient>
<clipPath id="c"><path clip-rule="evenodd" d="M20 80h80v70h-80zM40 95h40v40h-40z"/></clipPath>
<clipPath id="d"><path d="M100 100l60 -20v70z"/></clipPath></defs>
<style>@supports(color:var(--a)){[fill="#0000ff"]{fill:var(--blue,#0000ff)}}</style>
<path fill="url(#a)" d="M20 20h100v60h-100z"/><path fill="url(#r)" d="M120 20h80v80h-80z"/>
<g clip-path="url(#c)"><path fill="#804020" d="M0 0h300v300h-300z"/></g>
<g clip-path="url(#d)" opacity=".5"><path fill="#0000ff" d="M0 0h300v300h-300z"/>
<path fill="#ff0000" d="M120 90h30v70h-30z"/></g>
<path fill="#00aa00" fill-opacity=".4" fill-rule="evenodd" d="M150 110h50v40h-50zM160 120h20v20h-20z"/>
<path fill="none" stroke="#222" stroke-width="3" d="M30 30l60 40l20 -30"/></svg>"""


@pytest.fixture(scope="module")
def pdf() -> bytes:
    if (error := lacking()) is not None:
        missing(str(error))
    return print_pdf(etree.fromstring(SHEET), **WORDS)


def page(data: bytes, width: int) -> NDArray[np.uint8]:
    import pypdfium2

    found = pypdfium2.PdfDocument(data)[0]
    return np.asarray(found.render(scale=width / found.get_width()).to_pil().convert("RGB"))


def test_a_page_looks_as_the_drawing_does(pdf: bytes) -> None:
    """Gradients, half-transparent paint, groups and both rules of clipping."""
    drawn = render(etree.fromstring(SHEET), 800, 600).astype(float)
    white = drawn[..., :3] * drawn[..., 3:] / 255 + 255 - drawn[..., 3:]
    apart = np.abs(page(pdf, 800) - white)
    assert apart.mean() < 1.0
    assert (apart.max(axis=2) > 40).mean() < 0.002


def test_a_page_holds_shapes_and_no_pixels(pdf: bytes) -> None:
    import pypdfium2
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    found = pypdfium2.PdfDocument(pdf)[0]
    assert not list(found.get_objects(filter=[FPDF_PAGEOBJ_IMAGE]))
    assert found.get_size() == (300, 225), "400 x 300 pixels at 96 an inch"


def test_a_page_says_what_it_is_and_is_the_same_tomorrow(pdf: bytes) -> None:
    import pypdfium2

    told = pypdfium2.PdfDocument(pdf).get_metadata_dict()
    assert (told["Title"], told["Subject"], told["Keywords"]) == tuple(WORDS.values())
    assert told["CreationDate"].removeprefix("D:").startswith("20200101")
    assert print_pdf(etree.fromstring(SHEET), **WORDS) == pdf


def test_what_is_missing_is_said_with_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cairosvg", None)
    with pytest.raises(EngineError, match=r"atelier\[print\].*libcairo2"):
        print_pdf(etree.fromstring(SHEET), **WORDS)
