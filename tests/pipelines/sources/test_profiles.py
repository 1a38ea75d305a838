from __future__ import annotations

import numpy as np
from PIL import Image

from pipelines.sources import decode_raster
from tests.pipelines.sources.made import COLOUR, cmyk_profile, grey_profile, saved, srgb_profile, swapped_profile

PICTURE = Image.new("RGB", (8, 8), COLOUR)


def test_srgb_changes_no_pixel_and_needs_no_note() -> None:
    found = decode_raster(saved(PICTURE, "PNG", icc_profile=srgb_profile()), "srgb.png")
    assert tuple(found.rgba[0, 0]) == (*COLOUR, 255)
    assert found.notes == ()


def test_another_rgb_profile_is_converted_and_named() -> None:
    found = decode_raster(saved(PICTURE, "PNG", icc_profile=swapped_profile()), "wide.png")
    assert np.abs(found.rgba[0, 0, :3].astype(int) - (100, 200, 50)).max() <= 6
    assert found.notes == ("converted from our own profile to sRGB",)


def test_alpha_stays_when_colours_are_converted() -> None:
    clear = Image.new("RGBA", (8, 8), (*COLOUR, 77))
    assert decode_raster(saved(clear, "PNG", icc_profile=swapped_profile()), "wide.png").rgba[0, 0, 3] == 77


def test_a_grey_picture_goes_through_its_grey_profile() -> None:
    found = decode_raster(saved(Image.new("L", (8, 8), 55), "PNG", icc_profile=grey_profile()), "grey.png")
    assert abs(int(found.rgba[0, 0, 0]) - 128) <= 2
    assert found.notes == ("converted from our own profile to sRGB",)


def test_cmyk_goes_through_its_profile() -> None:
    inks = Image.new("CMYK", (8, 8), (255, 0, 0, 0))
    found = decode_raster(saved(inks, "JPEG", icc_profile=cmyk_profile(), quality=100), "print.jpg")
    red, green, blue = (int(v) for v in found.rgba[0, 0, :3])
    assert max(red, green, blue) - min(red, green, blue) <= 2, "this printer prints greys only"
    assert 150 < red < 220
    assert found.notes == ("converted from our own profile to sRGB",)


def test_cmyk_without_a_profile_is_converted_with_a_warning() -> None:
    found = decode_raster(saved(PICTURE.convert("CMYK"), "JPEG", quality=100), "print.jpg")
    assert np.abs(found.rgba[0, 0, :3].astype(int) - COLOUR).max() <= 3
    assert "guess" in found.notes[0]


def test_a_profile_for_another_kind_of_picture_is_passed_over_and_noted() -> None:
    for profile, words in ((cmyk_profile(), "CMYK pictures"), (grey_profile(), "GRAY pictures")):
        found = decode_raster(saved(PICTURE, "PNG", icc_profile=profile), "odd.png")
        assert tuple(found.rgba[0, 0, :3]) == COLOUR
        assert words in found.notes[0]


def test_a_damaged_profile_is_passed_over_and_noted() -> None:
    found = decode_raster(saved(PICTURE, "PNG", icc_profile=b"rubbish" * 30), "odd.png")
    assert tuple(found.rgba[0, 0, :3]) == COLOUR
    assert "could not be used" in found.notes[0]
