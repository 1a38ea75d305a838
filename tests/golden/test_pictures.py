"""Pictures stay what somebody looked at and found good. After a change that is meant, see `tests.golden.renew`."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter, shift

from pipelines.artwork_picture import artwork_texture
from pipelines.colour import codes, encoded
from pipelines.engines.embedder import on_white
from tests.golden.pictures import EXAMPLES, Hashes, Picture, golden, hashes, pictures

Pixels = NDArray[np.uint8]
pytestmark = pytest.mark.xdist_group("golden")  # one worker makes the pictures
# Bits, between what nobody sees (whole 0-2, slot 0-4, colour 0-3 on these pictures) and what everybody does: artwork
# pasted flat (slot 18 and more), another flag (whole 42, slot 74), the right flag in wrong colours (colour 6).
ALLOWED = {"whole": 5, "slot": 10, "colour": 4}
NAMES = [f"{example}-{code.lower()}" for example, (_, codes_) in EXAMPLES.items() for code in codes_]
FLAGS = [name for name in NAMES if name.startswith("mascot")]


def too_far(one: Hashes, other: Hashes) -> dict[str, int]:
    """The distances that are more than allowed."""
    return {key: bits for key, bits in one.distances(other).items() if bits > ALLOWED[key]}


def noisy(picture: Picture) -> Pixels:
    noise = np.random.default_rng(0).integers(-2, 3, picture.rgba.shape)
    return np.asarray(np.clip(picture.rgba + noise, 0, 255), dtype=np.uint8)


def moved(picture: Picture) -> Pixels:
    away = shift(picture.rgba.astype(np.float64), (0.25, 0.25, 0), order=1, mode="nearest")
    return np.asarray(away.round(), dtype=np.uint8)


def softer(picture: Picture) -> Pixels:
    return gaussian_filter(picture.rgba.astype(float), (0.4, 0.4, 0)).round().astype(np.uint8)


def jpeg(picture: Picture) -> Pixels:
    out = BytesIO()
    Image.fromarray(on_white(picture.rgba)).save(out, "JPEG", quality=90)
    with Image.open(out) as image:
        return np.asarray(image.convert("RGB"))


def pasted_flat(picture: Picture) -> Pixels:
    """What people do by hand: the artwork stretched over the slot's box, neither bent nor lit."""
    view = picture.view
    light = artwork_texture(picture.artwork, picture.placement.artwork, width=200).light
    left, top, right, bottom = view.surface.box
    s = ((view.columns + 0.5 - left) / (right - left) * light.shape[1]).astype(int).clip(0, light.shape[1] - 1)
    t = ((view.rows + 0.5 - top) / (bottom - top) * light.shape[0]).astype(int).clip(0, light.shape[0] - 1)
    result = picture.rgba.copy()
    result[view.rows, view.columns, :3] = codes(encoded(light[t, s, :3]))
    return result


def slid(picture: Picture) -> Pixels:
    """The artwork three pixels to the right, under ink and light that stay."""
    away = np.roll(picture.rgba, 3, axis=1)
    result = picture.rgba.copy()
    result[picture.view.rows, picture.view.columns] = away[picture.view.rows, picture.view.columns]
    return result


def recoloured(picture: Picture) -> Pixels:
    """Red for blue and blue for red."""
    result = picture.rgba.copy()
    slot = picture.view.rows, picture.view.columns
    result[slot] = result[slot][:, [2, 1, 0, 3]]
    return result


def unchanged_master(picture: Picture) -> Pixels:
    return picture.master


def test_every_golden_picture_is_made_and_none_else() -> None:
    assert list(golden()) == list(pictures()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_the_one_that_was_looked_at(name: str) -> None:
    picture = pictures()[name]
    found = hashes(picture.rgba, picture.view)
    assert not too_far(found, golden()[name]), "look at it: python -m tests.golden.renew /tmp/golden"


@pytest.mark.parametrize("change", [noisy, moved, softer, jpeg])
@pytest.mark.parametrize("name", NAMES)
def test_what_nobody_sees_is_no_change(name: str, change: Callable[[Picture], Pixels]) -> None:
    picture = pictures()[name]
    assert not too_far(hashes(change(picture), picture.view), hashes(picture.rgba, picture.view))


@pytest.mark.parametrize("change", [pasted_flat, slid, recoloured, unchanged_master])
@pytest.mark.parametrize("name", NAMES)
def test_what_everybody_sees_is_caught(name: str, change: Callable[[Picture], Pixels]) -> None:
    picture = pictures()[name]
    assert too_far(hashes(change(picture), picture.view), golden()[name])


@pytest.mark.parametrize("wrong", FLAGS)
@pytest.mark.parametrize("name", FLAGS)
def test_a_wrong_flag_is_caught_by_the_slot_and_by_the_whole(name: str, wrong: str) -> None:
    other = pictures()[wrong]
    far = too_far(hashes(other.rgba, other.view), golden()[name])
    assert name == wrong or {"slot", "whole"} <= set(far)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_outside_the_slot_differs_from_the_master(name: str) -> None:
    picture = pictures()[name]
    outside = ~picture.view.mask(*picture.rgba.shape[:2])
    assert np.array_equal(picture.rgba[outside], picture.master[outside])
