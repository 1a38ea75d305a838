"""Whether damage is seen in drawings of many kinds, and what is no damage is not."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from pipelines.edits.repaint import reference_picture
from pipelines.errors import EngineError
from pipelines.home import ROOT
from pipelines.likeness.cleanliness import Cleanliness, Damage
from pipelines.likeness.marks import busiest, marks
from pipelines.model import Source

Pixels = NDArray[np.uint8]
DRAWINGS = sorted(p.stem for p in (ROOT / "styles/others").glob("*.svg"))
SIDE = 192


@cache
def drawing(name: str) -> Pixels:
    path = Path(ROOT / "styles/others" / f"{name}.svg")
    picture = reference_picture(path.read_bytes(), Source(sha256="0" * 64, name=path.name, kind="svg"))
    return np.asarray(Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.LANCZOS))


@cache
def measured(name: str) -> Cleanliness:
    return Cleanliness(drawing(name), everywhere())


def everywhere() -> NDArray[np.bool_]:
    return np.ones((SIDE, SIDE), bool)


def blurred(picture: Pixels, sigma: float) -> Pixels:
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(sigma)))


def noisy(picture: Pixels, sigma: float, seed: int = 0) -> Pixels:
    noise = np.random.default_rng(seed).normal(0, sigma, picture.shape)
    return np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)


def crushed(picture: Pixels, quality: int) -> Pixels:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file).convert("RGB"))


def specked(picture: Pixels, share: float) -> Pixels:
    random = np.random.default_rng(3)
    return np.where(random.random(picture.shape[:2])[..., None] < share, 255 - picture, picture).astype(np.uint8)


@settings(max_examples=12, deadline=None)
@given(master=st.sampled_from(DRAWINGS), shown=st.sampled_from(DRAWINGS), seed=st.integers(0, 99))
def test_another_drawing_of_the_same_hand_is_clean_and_its_damaged_copies_are_not(
    master: str, shown: str, seed: int
) -> None:
    """What is painted shows other things than the master did: that alone is no damage."""
    looked, picture = measured(master), drawing(shown)
    assert looked.standing(picture).share > 0.6
    for damaged in (blurred(picture, 2), noisy(picture, 30, seed), specked(picture, 0.05)):
        assert looked.standing(damaged).share < 0.4


@settings(max_examples=8, deadline=None)
@given(name=st.sampled_from(DRAWINGS), low=st.floats(0.5, 3), more=st.floats(0.5, 3))
def test_more_damage_is_never_cleaner(name: str, low: float, more: float) -> None:
    looked, picture = measured(name), drawing(name)
    assert looked.damage(blurred(picture, low + more)).blur > looked.damage(blurred(picture, low)).blur
    assert looked.damage(noisy(picture, 8 * (low + more))).noise > looked.damage(noisy(picture, 8 * low)).noise


@pytest.mark.parametrize("name", DRAWINGS[:4])
def test_the_master_itself_has_no_damage_and_its_own_damaged_copies_have_all_of_it(name: str) -> None:
    looked, picture = measured(name), drawing(name)
    assert looked.damage(picture) == Damage()
    assert looked.damage(blurred(picture, 2)).blur == pytest.approx(1, abs=0.15)
    assert looked.damage(noisy(picture, 30)).noise == pytest.approx(1, abs=0.15)
    assert looked.standing(picture).near
    assert looked.calibration.warning is None


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda p: blurred(p, 2), "blurred"),
        (lambda p: noisy(p, 20), "noisy"),
        (lambda p: specked(p, 0.02), "specked"),
        (lambda p: crushed(p, 8), "blocky"),
    ],
)
def test_the_kind_of_damage_is_told_in_words(spoil: Callable[[Pixels], Pixels], word: str) -> None:
    assert word in measured("dragon").standing(spoil(drawing("dragon"))).words
    assert "it is" not in measured("dragon").standing(drawing("dragon")).words


def test_grain_is_no_noise_where_the_master_has_it() -> None:
    grainy = noisy(drawing("owl"), 12)
    other = noisy(drawing("frog"), 12, seed=1)
    assert measured("owl").damage(other).noise > 0.5
    assert Cleanliness(grainy, everywhere()).damage(other).noise < 0.1


def test_only_the_painted_part_counts() -> None:
    area = np.zeros((SIDE, SIDE), bool)
    area[:, : SIDE // 2] = True
    looked, picture = Cleanliness(drawing("robot"), area), drawing("robot")
    spoilt = picture.copy()
    spoilt[:, SIDE // 2 + 1 :] = noisy(picture, 40)[:, SIDE // 2 + 1 :]
    assert looked.damage(spoilt).worst < 0.01
    assert looked.damage(noisy(picture, 40)).worst > 0.9


def test_a_step_along_the_border_is_a_seam_and_an_outline_is_none() -> None:
    sky = np.full((SIDE, SIDE, 3), 180, np.uint8)
    sky[120:150, 20:60] = 20  # something with edges, so that there is something to calibrate with
    area = np.zeros((SIDE, SIDE), bool)
    area[30:100, 30:160] = True
    looked = Cleanliness(sky, area)
    stepped = np.where(area[..., None], 140, sky).astype(np.uint8)
    assert looked.damage(stepped).seam > 0.5
    outlined = sky.copy()
    outlined[30:100, 30:160] = 10
    outlined[33:97, 33:157] = 180
    assert looked.damage(outlined).seam < 0.3
    assert looked.damage(sky).seam == 0


def test_a_part_that_is_nowhere_is_clean_and_one_of_another_size_is_refused() -> None:
    picture = drawing("snail")
    assert Cleanliness(picture, ~everywhere()).damage(noisy(picture, 30)) == Damage()
    with pytest.raises(EngineError, match="another size than the master"):
        Cleanliness(picture, np.ones((4, 4), bool))


def test_transparent_parts_count_as_white() -> None:
    picture = np.dstack([drawing("girl"), np.full((SIDE, SIDE), 255, np.uint8)])
    picture[:60, :, 3] = 0
    hidden = picture.copy()
    hidden[:60, :, :3] = np.random.default_rng(0).integers(0, 255, (60, SIDE, 3))
    assert Cleanliness(picture, everywhere()).damage(hidden) == Damage()


# ── marks ────────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=10, deadline=None)
@given(sigma=st.floats(2, 40), seed=st.integers(0, 99))
def test_noise_is_measured_in_codes(sigma: float, seed: int) -> None:
    grey = noisy(np.full((96, 96, 3), 128, np.uint8), sigma, seed)
    assert marks(grey, np.ones((96, 96), bool)).noise == pytest.approx(sigma, rel=0.35)


def test_a_flat_picture_has_no_marks_at_all() -> None:
    found = marks(np.full((40, 50, 3), 77, np.uint8), np.ones((40, 50), bool))
    assert (found.noise, found.specks, found.grid, found.edge) == (0, 0, 1, None)


def test_stripes_that_run_one_way_are_no_grid() -> None:
    striped = np.full((96, 96, 3), 120, np.uint8)
    striped[:, ::8] += 12
    area = np.ones((96, 96), bool)
    assert marks(striped, area).grid < 1.1
    striped[::8] += 12
    assert marks(striped, area).grid > 3


@settings(max_examples=20, deadline=None)
@given(top=st.integers(0, 70), left=st.integers(0, 90), side=st.integers(16, 200))
def test_the_busiest_square_has_the_edges_and_lies_in_the_picture(top: int, left: int, side: int) -> None:
    picture = np.full((80, 100, 3), 200, np.uint8)
    picture[top : top + 8, left : left + 8] = 0
    rows, columns = busiest(picture, side)
    seen = picture[rows, columns]
    assert seen.shape == (min(side, 80), min(side, 100), 3)
    assert (seen == 0).sum() == (picture == 0).sum()
