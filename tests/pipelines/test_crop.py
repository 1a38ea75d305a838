from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from pipelines.crop import Crop, choose, cut, cut_mask, feathered, local_ground, soft, stitch
from pipelines.errors import SlotError

BUCKETS = ((64, 64), (128, 64), (64, 128), (192, 128))
Mask = NDArray[np.generic]


def picture(height: int, width: int, *, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 4), dtype=np.uint8)


def repainted(rgba: NDArray[np.uint8], mask: Mask, *, feather: float) -> NDArray[np.uint8]:
    crop = choose(mask, BUCKETS)
    inverse = 255 - cut(rgba, crop)
    return stitch(rgba, inverse, crop, mask, feather=feather)


@st.composite
def masks(draw: st.DrawFn) -> Mask:
    """Every kind: boxes, dots, lines, noise, islands, whole pictures; hard and soft; at the border or not."""
    height, width = draw(st.integers(1, 150)), draw(st.integers(1, 150))
    mask = np.zeros((height, width), dtype=np.float32)
    for _ in range(draw(st.integers(1, 3))):
        top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
        bottom, right = draw(st.integers(top + 1, height)), draw(st.integers(left + 1, width))
        mask[top:bottom, left:right] = draw(st.sampled_from([0.01, 0.4, 1]))
    if draw(st.booleans()):
        mask *= draw(arrays.arrays(np.bool_, mask.shape, elements=st.booleans(), fill=st.just(value=True)))
    mask[draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))] = 1
    kind = draw(st.sampled_from(["float", "codes", "hard"]))
    return mask if kind == "float" else np.rint(mask * 255).astype(np.uint8) if kind == "codes" else mask > 0.5


@given(masks(), st.sampled_from([0.0, 1.0, 7.5]), st.integers(0, 99))
def test_no_pixel_outside_any_mask_differs(mask: Mask, feather: float, seed: int) -> None:
    rgba = picture(*mask.shape, seed=seed)
    before = rgba.copy()
    result = repainted(rgba, mask, feather=feather)
    assert np.array_equal(result[mask == 0], rgba[mask == 0])
    assert np.array_equal(result[..., 3], rgba[..., 3])
    assert np.array_equal(rgba, before)


@given(masks())
def test_a_crop_covers_its_mask_at_its_buckets_ratio(mask: Mask) -> None:
    crop = choose(mask, BUCKETS)
    rows, columns = crop.inside(*mask.shape)
    outside = mask.astype(bool)
    outside[rows, columns] = False
    assert not outside.any()
    assert crop.width * crop.bucket[1] == crop.height * crop.bucket[0]
    assert cut(picture(*mask.shape), crop).shape == (crop.bucket[1], crop.bucket[0], 3)
    assert cut_mask(mask, crop).shape == (crop.bucket[1], crop.bucket[0])


@given(masks())
def test_a_feather_stays_inside_and_reaches_the_middle(mask: Mask) -> None:
    weights = feathered(mask, 5)
    assert (weights[mask == 0] == 0).all()
    assert (weights[mask != 0] > 0).all()
    assert weights.max() > 0
    assert (weights <= soft(mask)).all()


@pytest.mark.parametrize(
    ("high", "wide", "bucket"),
    [
        (200, 200, (256, 256)),
        (200, 410, (512, 256)),
        (410, 200, (256, 512)),
        (300, 300, (384, 384)),
        (700, 700, (384, 384)),
        (300, 900, (512, 256)),
    ],
)
def test_the_smallest_bucket_that_need_not_shrink_is_chosen(high: int, wide: int, bucket: tuple[int, int]) -> None:
    mask = np.zeros((1000, 1000), dtype=bool)
    mask[40 : 40 + high, 50 : 50 + wide] = True
    assert choose(mask, [(256, 256), (512, 256), (256, 512), (384, 384)]).bucket == bucket


def test_a_tiny_slot_is_seen_with_its_surroundings() -> None:
    mask = np.zeros((512, 512), dtype=bool)
    mask[300, 301] = True
    crop = choose(mask, [(512, 512)])
    assert (crop.width, crop.height) == (128, 128)
    assert crop.left <= 301 < crop.left + 128


def test_a_slot_at_the_border_is_cropped_inside_the_picture() -> None:
    mask = np.zeros((512, 512), dtype=bool)
    mask[:40, 500:] = True
    crop = choose(mask, [(64, 64)])
    assert crop.top == 0
    assert crop.left + crop.width == 512


def test_a_whole_picture_that_no_bucket_fits_is_continued_over_its_border() -> None:
    mask = np.ones((100, 40), dtype=bool)
    crop = choose(mask, [(64, 64)])
    assert (crop.width, crop.height, crop.left, crop.top) == (100, 100, -30, 0)
    rgba = np.full((100, 40, 4), 255, dtype=np.uint8)
    rgba[:, :20, 0] = 0
    assert (cut(rgba, crop)[:, :10] == [0, 255, 255]).all()


def test_at_its_own_size_an_unchanged_crop_gives_the_master_back() -> None:
    rgba = picture(128, 64)
    rgba[..., 3] = 255
    mask = np.ones((128, 64), dtype=bool)
    crop = choose(mask, BUCKETS)
    assert crop == Crop(0, 0, 64, 128, (64, 128))
    assert np.array_equal(stitch(rgba, cut(rgba, crop), crop, mask), rgba)


def test_half_transparent_pixels_come_back_as_they_went() -> None:
    rgba = np.full((64, 64, 4), (40, 90, 160, 128), dtype=np.uint8)
    mask = np.ones((64, 64), dtype=bool)
    crop = choose(mask, BUCKETS)
    laid = cut(rgba, crop)
    assert (laid == [147, 172, 207]).all()
    result = stitch(rgba, laid, crop, mask).astype(int)
    assert np.abs(result - rgba).max() <= 1


def test_colours_under_full_transparency_are_kept() -> None:
    rgba = picture(64, 64)
    rgba[:32, :, 3] = 0
    result = repainted(rgba, np.ones((64, 64), dtype=bool), feather=0)
    assert np.array_equal(result[:32], rgba[:32])


def test_a_pale_figure_is_laid_on_grey_and_any_other_on_white() -> None:
    figure = np.full((8, 8, 4), (250, 250, 250, 255), dtype=np.uint8)
    assert local_ground(figure).tolist() == [128, 128, 128]
    figure[..., :3] = 90
    assert local_ground(figure).tolist() == [255, 255, 255]


def test_an_empty_mask_says_what_to_do() -> None:
    with pytest.raises(SlotError, match=r"without any white.*paint white"):
        choose(np.zeros((8, 8)), BUCKETS)


def test_a_mask_of_three_planes_is_refused() -> None:
    with pytest.raises(SlotError, match="one plane"):
        soft(np.zeros((8, 8, 3)))


def test_a_painted_crop_of_another_size_is_refused() -> None:
    mask = np.ones((64, 64), dtype=bool)
    with pytest.raises(SlotError, match=r"not \(64, 64, 3\)"):
        stitch(picture(64, 64), np.zeros((32, 32, 3), dtype=np.uint8), choose(mask, BUCKETS), mask)
