from __future__ import annotations

import struct

import numpy as np
import pytest
from PIL import Image

from pipelines.errors import SourceError
from pipelines.sources import decode_raster
from tests.pipelines.sources.made import COLOUR, chunk, plain, png, saved, webp_bomb

OPAQUE = (*COLOUR, 255)


def pixel(data: bytes, x: int = 0, y: int = 0) -> tuple[int, ...]:
    return tuple(int(v) for v in decode_raster(data, "picture").rgba[y, x])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_plain_picture_is_taken_as_it_is(kind: str) -> None:
    found = decode_raster(plain(kind), "plain")
    assert found.rgba.shape == (30, 40, 4)
    assert found.notes == ()
    assert np.abs(found.rgba[0, 0].astype(int) - OPAQUE).max() <= 4


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_truncated_picture_is_refused_wherever_it_was_cut(kind: str) -> None:
    noise = Image.effect_noise((40, 30), 90).convert("RGB")
    data = saved(noise, kind)
    whole = decode_raster(data, "whole").rgba
    for cut in range(0, len(data), 7):
        try:
            found = decode_raster(data[:cut], "cut").rgba
        except SourceError:
            continue
        assert np.array_equal(found, whole), f"{cut} of {len(data)} bytes gave another picture"


@pytest.mark.parametrize(
    "data",
    [png((50_000, 50_000), depth=8, kind=2, rows=b""), png((16_385, 4), depth=8, kind=0, rows=b""), webp_bomb(16_000)],
    ids=["2.5 gigapixels", "16,385 pixels wide", "a WebP canvas"],
)
def test_a_decompression_bomb_is_refused_from_its_header(data: bytes) -> None:
    with pytest.raises(SourceError, match="too large"):
        decode_raster(data, "bomb.png")


def test_a_jpeg_of_a_thousand_scans_is_refused() -> None:
    data = plain("JPEG")
    scan = data.index(b"\xff\xda")
    with pytest.raises(SourceError, match="scans"):
        decode_raster(data[:scan] + b"\xff\xda\0\2" * 1000 + data[scan:], "slow.jpg")


def test_a_picture_of_no_size_is_refused() -> None:
    with pytest.raises(SourceError, match="no size"):
        decode_raster(png((0, 5), depth=8, kind=2, rows=b""), "zero.png")


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animated_picture_is_refused_with_its_frames_counted(kind: str) -> None:
    frames = [Image.new("RGB", (9, 9), (level, 0, 0)) for level in (1, 90, 200)]
    with pytest.raises(SourceError, match=r"animated.*3 frames"):
        decode_raster(saved(frames[0], kind, save_all=True, append_images=frames[1:]), "moving")


def test_a_camera_file_with_several_pictures_gives_the_first_and_says_so() -> None:
    data = saved(Image.new("RGB", (8, 8), COLOUR), "MPO", save_all=True, append_images=[Image.new("RGB", (8, 8))])
    found = decode_raster(data, "phone.jpg")
    assert np.abs(found.rgba[0, 0].astype(int) - OPAQUE).max() <= 4
    assert "first" in found.notes[0]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_exif_orientation_is_honoured_and_noted(kind: str) -> None:
    sideways = Image.new("RGB", (40, 30), (0, 0, 255))
    sideways.paste((255, 0, 0), (0, 0, 20, 30))  # red on the left comes out on top
    exif = Image.Exif()
    exif[0x0112] = 6
    found = decode_raster(saved(sideways, kind, exif=exif), "phone")
    assert found.rgba.shape == (40, 30, 4)
    assert found.rgba[2, 15, 0] > 200 > found.rgba[-3, 15, 0]
    assert found.notes == ("turned as its EXIF orientation says",)


def test_a_palette_with_transparency_keeps_it() -> None:
    palette = chunk(b"PLTE", b"\xff\0\0\0\xff\0") + chunk(b"tRNS", b"\x80")
    data = png((2, 1), depth=8, kind=3, rows=b"\0\0\1", extra=palette)
    assert [pixel(data, x) for x in (0, 1)] == [(255, 0, 0, 128), (0, 255, 0, 255)]


def test_grey_with_alpha_keeps_it() -> None:
    assert pixel(saved(Image.new("LA", (3, 3), (9, 7)), "PNG")) == (9, 9, 9, 7)


@pytest.mark.parametrize(
    ("depth", "rows", "key"), [(1, b"\0\x80", 1), (2, b"\0\x40", 1), (4, b"\0\x5a", 5), (8, b"\0\x05\xaa", 5)]
)
def test_the_one_transparent_grey_of_a_png_is_transparent_at_every_depth(depth: int, rows: bytes, key: int) -> None:
    data = png((2, 1), depth=depth, kind=0, rows=rows, extra=chunk(b"tRNS", struct.pack(">H", key)))
    assert [pixel(data, x)[3] for x in (0, 1)] == [0, 255]


def test_16_bit_grey_is_cut_to_8_keeps_its_transparent_grey_and_is_noted() -> None:
    rows = b"\0" + struct.pack(">HH", 0x80FF, 0x8000)
    data = png((2, 1), depth=16, kind=0, rows=rows, extra=chunk(b"tRNS", struct.pack(">H", 0x80FF)))
    assert [pixel(data, x) for x in (0, 1)] == [(128, 128, 128, 0), (128, 128, 128, 255)]
    assert "16 bits" in decode_raster(data, "deep.png").notes[0]


def test_16_bit_colours_are_cut_to_8_with_their_alpha() -> None:
    data = png((1, 1), depth=16, kind=6, rows=b"\0" + struct.pack(">4H", 0xC8FF, 0x6400, 0x3280, 0x8000))
    assert pixel(data) == (*COLOUR, 128)
    assert pixel(png((1, 1), depth=16, kind=4, rows=b"\0" + struct.pack(">2H", 0x2000, 0x8000))) == (32, 32, 32, 128)


def test_one_transparent_16_bit_colour_is_refused_since_8_bits_cannot_tell_it() -> None:
    key = chunk(b"tRNS", struct.pack(">3H", 1, 2, 3))
    with pytest.raises(SourceError, match="transparent"):
        decode_raster(png((1, 1), depth=16, kind=2, rows=b"\0" + struct.pack(">3H", 1, 2, 3), extra=key), "deep.png")


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP", b"\x89PNG\r\n\x1a\n"])
def test_what_only_starts_like_a_picture_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError):
        decode_raster(data, "stub")
