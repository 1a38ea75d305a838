from __future__ import annotations

import functools
import io
import re

import numpy as np
import pytest
from lxml import etree
from PIL import Image

from pipelines.artwork_drawing import artwork_drawing
from pipelines.edits.place import place
from pipelines.engines.renderer import render
from pipelines.errors import TraceError
from pipelines.master import MasterPicture, open_master
from pipelines.slots.view import SlotView, open_slot
from pipelines.sources import parse_svg
from pipelines.tracing.better import BetterTracer
from pipelines.vector_proof import prove
from pipelines.vectorize import Spliced, finish, splice, trace
from pipelines.vectors.layers import SVG, find_layer
from pipelines.vectors.shapes import Gradient
from pipelines.vectors.shorten import shorten
from tests.drawn import disc, master_svg, placement, source, tricolour


@functools.cache
def master() -> MasterPicture:
    data = master_svg()
    return open_master(data, source(data), width=512, height=512)


@functools.cache
def view() -> SlotView:
    return open_slot(master(), placement(disc()), lambda _: b"")


def spliced(art: bytes) -> bytes:
    root = splice(master(), [Spliced(placement(art), view(), art)], BetterTracer(), lambda _: b"")
    return finish(root, title="Ontario <flag>", description="a dog & a flag", width=512, height=512)


@pytest.mark.parametrize("art", [disc(), tricolour(), disc("#000080", "#ffffff")])
def test_the_drawing_and_the_picture_are_the_same_picture(art: bytes) -> None:
    likeness = prove(spliced(art), place(master().rgba, view(), placement(art), art))
    assert likeness.ssim > 0.995
    assert likeness.delta_e < 0.15


def test_the_masters_own_paths_are_kept_to_the_point() -> None:
    before, after = parse_svg(master_svg(), "m"), etree.fromstring(spliced(disc()))
    for name in ("pole", "flag-ink", "hand"):
        own = {key: shorten(value) if key == "d" else value for key, value in find_layer(before, name).attrib.items()}
        assert dict(find_layer(after, name).attrib.items()) == own


def test_a_production_file_has_what_production_asks_for() -> None:
    root = etree.fromstring(spliced(disc()))
    assert root.get("viewBox") == "0 0 256 256"
    assert root.get("role") == "img"
    assert root[0].tag == SVG + "title"
    assert root[0].text == "Ontario <flag>"
    assert find_layer(root, "slot-flag") is not None
    text = spliced(disc()).decode()
    assert not re.search(r"\d\.\d{5,}", text), "no stray floats"
    assert "href" not in text
    assert "<image" not in text
    assert "script" not in text


def test_it_is_drawn_again_only_from_itself() -> None:
    assert render(parse_svg(spliced(tricolour()), "again"), 64, 64).shape == (64, 64, 4)


def test_artwork_without_outlines_is_traced() -> None:
    text = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40">'
        b'<mask id="m"><circle cx="30" cy="20" r="15" fill="#fff"/></mask>'
        b'<rect width="60" height="40" fill="#c00" mask="url(#m)"/></svg>'
    )
    drawing = artwork_drawing(text, source(text), BetterTracer())
    assert drawing.traced
    assert drawing.shapes[0].box() == pytest.approx((0.25, 0.125, 0.75, 0.875), abs=0.02)


def test_a_picture_as_artwork_is_traced_into_the_slot() -> None:
    out = io.BytesIO()
    picture = Image.new("RGB", (300, 200), "#00aa00")
    picture.paste("#ffffff", (100, 0, 200, 200))
    picture.save(out, "PNG")
    likeness = prove(spliced(out.getvalue()), place(master().rgba, view(), placement(out.getvalue()), out.getvalue()))
    assert likeness.ssim > 0.98


def test_a_picture_with_a_ramp_as_artwork_keeps_it() -> None:
    out = io.BytesIO()
    down = np.linspace(20, 230, 200).round()[:, None, None]
    ramp = np.broadcast_to(down, (200, 300, 3)) * [1.0, 0.5, 0.2]
    Image.fromarray(ramp.astype(np.uint8)).save(out, "PNG")
    art = out.getvalue()
    drawing = artwork_drawing(art, source(art), BetterTracer())
    assert isinstance(drawing.shapes[0].paint, Gradient)
    likeness = prove(spliced(art), place(master().rgba, view(), placement(art), art))
    assert likeness.ssim > 0.98
    assert likeness.delta_e < 1


def test_tracing_a_whole_picture_comes_near_it() -> None:
    rgba = place(master().rgba, view(), placement(disc()), disc())
    svg = finish(trace(rgba, BetterTracer()), title="t", description="", width=512, height=512)
    assert prove(svg, rgba).ssim > 0.98


def test_a_pixel_master_cannot_be_spliced() -> None:
    pixels = MasterPicture(master().rgba, None, (0, 0), (1, 1))
    with pytest.raises(TraceError, match="no paths"):
        splice(pixels, [], BetterTracer(), lambda _: b"")
