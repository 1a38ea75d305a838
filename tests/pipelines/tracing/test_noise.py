from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from pipelines.tracing.noise import measure, sharpened
from pipelines.tracing.raster import raster
from tests.pipelines.tracing.pictures import EMBLEM, degraded, picture

PAGE = '<rect width="128" height="128" fill="#fff"/>'
TEXT = PAGE + "".join(
    f'<path d="M4 {8 + 10 * k}l6 6l6 -6l6 6l6 -6l80 3" stroke="#000" fill="none"/>' for k in range(12)
)


@pytest.mark.parametrize("body", [EMBLEM, TEXT, PAGE, '<circle cx="64" cy="64" r="40" fill="#c33" opacity=".5"/>'])
def test_drawn_art_has_no_noise(body: str) -> None:
    assert not measure(raster(picture(body))).noisy


@pytest.mark.parametrize("quality", [80, 88, 95])
def test_generated_art_has(quality: int) -> None:
    assert measure(raster(degraded(picture(EMBLEM), quality=quality))).noisy


def test_art_that_was_enlarged_blurred_or_saved_as_jpeg_is_not_taken_for_drawn() -> None:
    clean = Image.fromarray(picture(EMBLEM, scale=2)).convert("RGB")
    enlarged = clean.resize((512, 512), Image.Resampling.BICUBIC)
    saved = degraded(picture(EMBLEM, scale=2), blur=0, noise=0, mottle=0, quality=92)
    for rgba in (np.asarray(enlarged.convert("RGBA")), saved):
        assert measure(raster(rgba)).noisy


def test_a_white_page_does_not_hide_the_noise_of_what_is_on_it() -> None:
    rgba = degraded(picture(PAGE + '<circle cx="64" cy="64" r="30" fill="#3878c7"/>'))
    cut_out = np.where(rgba[..., :1] > 200, np.uint8(255), rgba)
    assert measure(raster(cut_out)).noisy


def test_more_noise_is_measured_as_more() -> None:
    some, more = (measure(raster(degraded(picture(EMBLEM), noise=noise))).spread for noise in (3, 8))
    assert more > 1.3 * some


def test_a_flat_area_says_how_far_a_colour_may_be_off() -> None:
    rgba = degraded(picture('<rect width="128" height="128" fill="#808890"/>'))
    off = np.linalg.norm(rgba[..., :3].astype(float) - np.array([128, 136, 144]), axis=2)
    assert off.std() < measure(raster(rgba)).spread < 4 * off.mean()


def test_softness_is_reversed_in_part_and_no_colour_goes_beyond_the_range() -> None:
    clean, soft = (raster(rgba) for rgba in (picture(EMBLEM), degraded(picture(EMBLEM))))
    sharp = sharpened(soft)
    assert np.abs(sharp - clean).mean() < np.abs(soft - clean).mean()
    assert sharp.min() >= 0
    assert sharp.max() <= 255
