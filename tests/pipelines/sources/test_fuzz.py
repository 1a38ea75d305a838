"""Whatever comes in: a SourceError in words, or a picture of sane size; nothing else."""

from __future__ import annotations

import functools
import gzip
from collections.abc import Callable
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipelines.engines.renderer import render
from pipelines.errors import SourceError
from pipelines.sources import decode_raster, parse_svg, read_bytes
from pipelines.sources.raster import MOST_PIXELS
from tests.drawn import master_svg, tricolour
from tests.pipelines.sources.made import HALVES, plain, saved, srgb_profile, svg

T = TypeVar("T")
RICH = (
    '<defs><linearGradient id="g"><stop offset="0" stop-color="red"/></linearGradient><g id="s">' + HALVES + "</g>"
    '<clipPath id="c"><circle r="40" cx="50" cy="50"/></clipPath>'
    '<filter id="f"><feGaussianBlur stdDeviation="1"/></filter>'
    '</defs><style>.a{fill:url(#g)}</style><g clip-path="url(#c)" filter="url(#f)"><use href="#s"/>'
    '<path class="a" d="M1 1C9 9 20 5 50 50Z" style="stroke:#000;stroke-width:2"/></g><text x="5" y="9">hi</text>'
)
DRAWINGS = (svg(RICH), svg(RICH).decode().encode("utf-16"), gzip.compress(svg(RICH)), master_svg(), tricolour())


@functools.cache
def pictures() -> tuple[bytes, ...]:
    exif = Image.Exif()
    exif[0x0112] = 6
    noise = Image.effect_noise((17, 11), 90)
    rich = saved(noise.convert("RGBA"), "PNG", exif=exif, icc_profile=srgb_profile())
    webp = saved(noise.convert("RGBA"), "WEBP", exif=exif)
    jpeg = saved(noise.convert("CMYK"), "JPEG", exif=exif, icc_profile=srgb_profile())
    return rich, webp, jpeg, plain(), plain("JPEG"), saved(noise.convert("P"), "PNG", transparency=3)


@st.composite
def mutated(draw: st.DrawFn, valid: tuple[bytes, ...]) -> bytes:
    """A valid file with some bytes changed, cut out, or put in again elsewhere."""
    data = bytearray(draw(st.sampled_from(valid)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        length = draw(st.integers(0, 40))
        how = draw(st.sampled_from(("change", "cut", "repeat", "truncate")))
        if how == "change":
            data[at : at + 1] = draw(st.binary(min_size=1, max_size=4))
        elif how == "cut":
            del data[at : at + length]
        elif how == "repeat":
            data[at:at] = data[at : at + length] * draw(st.integers(1, 50))
        else:
            del data[at + length :]
    return bytes(data)


def attempt(work: Callable[[], T]) -> T | None:
    """What comes out of it, or None for a SourceError that says what to do; anything else is raised."""
    try:
        return work()
    except SourceError as error:
        if not error.problem or not error.fix:
            raise AssertionError("an error without words") from error
        return None


def read(data: bytes) -> None:
    found = attempt(lambda: read_bytes(data, "fuzz"))
    if found is None:
        return
    if found.kind == "raster":
        height, width, _ = decode_raster(found.data, "fuzz").rgba.shape
        assert 0 < height * width <= MOST_PIXELS
    else:
        drawn = attempt(lambda: render(parse_svg(found.data, "fuzz"), 24, 24))
        assert drawn is None or drawn.shape == (24, 24, 4)


@given(st.binary(max_size=400))
def test_random_bytes_are_refused_in_words(data: bytes) -> None:
    read(data)


@given(
    st.sampled_from((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBPVP8 ", b"\x1f\x8b\x08", b"<svg ")),
    st.binary(),
)
def test_random_bytes_behind_a_familiar_start_are_refused_in_words(start: bytes, data: bytes) -> None:
    read(start + data)


@settings(max_examples=300)
@given(st.deferred(lambda: mutated(pictures())))
def test_a_damaged_picture_is_refused_or_decoded(data: bytes) -> None:
    read(data)


@settings(max_examples=200)
@given(mutated(DRAWINGS))
def test_a_damaged_drawing_is_refused_or_drawn(data: bytes) -> None:
    read(data)
