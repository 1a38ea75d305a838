"""Repaint: what a painter may change and what it may not, whatever it does and wherever it is let."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from pipelines.edits.repaint import lay_out, put_back
from pipelines.engines.fakes import FakePainter
from pipelines.engines.painter import Painted
from pipelines.errors import SlotError
from pipelines.home import ROOT
from pipelines.model import Painting, Source
from pipelines.profiles import load_profiles

SD15 = load_profiles(ROOT)["sd15"]
Pixels = NDArray[np.uint8]
F32 = NDArray[np.float32]


def nothing(_: Source) -> bytes:
    raise AssertionError("no file is read")


def painting(**changes: object) -> Painting:
    return Painting.model_validate({
        "edit": "repaint", "model": "sd15", "checkpoint": "x", "weights": "0" * 64, "prompt": "snow", "negative": "",
        "inside": None, "keep": (), "strength": 0.6, "steps": 20, "guidance": 7.5, "seed": 3, "feather": 0.0, **changes,
    })  # fmt: skip


def repainted(rgba: Pixels, area: F32, **changes: object) -> Pixels:
    layout = lay_out(rgba, area, painting(**changes), SD15, nothing)
    (outcome,) = FakePainter(SD15).paint([layout.request])
    assert isinstance(outcome, Painted)
    return put_back(rgba, layout, outcome)[0]


@st.composite
def _areas(draw: st.DrawFn) -> F32:
    """Masks of every shape: boxes, specks, borders, soft and hard, anywhere."""
    height, width = draw(st.integers(9, 90)), draw(st.integers(9, 90))
    area = np.zeros((height, width), np.float32)
    for _ in range(draw(st.integers(1, 3))):
        top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
        bottom, right = draw(st.integers(top + 1, height)), draw(st.integers(left + 1, width))
        area[top:bottom, left:right] = draw(st.sampled_from([0.08, 0.4, 1.0]))
    return area


@settings(max_examples=30, deadline=None)
@given(_areas(), st.integers(0, 2**32 - 1), st.sampled_from([0.0, 3.0, 40.0]), st.sampled_from([0.1, 0.6, 1.0]))
def test_where_the_area_is_nothing_not_a_bit_changes(area: F32, seed: int, feather: float, strength: float) -> None:
    rgba = np.random.default_rng(seed).integers(0, 256, (*area.shape, 4), dtype=np.uint8)
    done = repainted(rgba, area, feather=feather, strength=strength, seed=seed)
    assert np.array_equal(done[area == 0], rgba[area == 0])
    assert np.array_equal(done[..., 3], rgba[..., 3])


@settings(max_examples=15, deadline=None)
@given(arrays(np.uint8, st.tuples(st.integers(8, 40), st.integers(8, 40), st.just(4))))
def test_strength_0_gives_back_every_bit(rgba: Pixels) -> None:
    done = repainted(rgba, np.ones(rgba.shape[:2], np.float32), strength=0.0)
    assert np.array_equal(done, rgba)


def test_a_rim_of_the_old_picture_does_not_stay_along_an_antialiased_edge() -> None:
    """Half of an edge pixel is ink and half ground; once the ground is black, it must be half ink and half black."""
    rgba = np.full((64, 64, 4), 255, np.uint8)
    rgba[:, 32:, :3] = 40
    rgba[:, 31, :3] = (255 + 40) // 2
    area = np.zeros((64, 64), np.float32)
    area[:, :31], area[:, 31] = 1, 0.5
    layout = lay_out(rgba, area, painting(), SD15, nothing)
    (outcome,) = FakePainter(SD15).paint([layout.request])
    assert isinstance(outcome, Painted)
    black = Painted(np.zeros_like(outcome.picture), outcome.record)
    done = put_back(rgba, layout, black)[0]
    assert done[32, 10, 0] == 0
    assert done[32, 31, 0] == pytest.approx(20, abs=2)
    assert done[32, 40, 0] == 40


def test_the_next_take_has_the_next_seed_and_the_last_seed_is_followed_by_the_first() -> None:
    rgba, area = np.full((64, 64, 4), 200, np.uint8), np.ones((64, 64), np.float32)
    seeds = [
        lay_out(rgba, area, painting(seed=s), SD15, nothing, take=t).request.seed for s, t in ((3, 2), (2**32 - 1, 1))
    ]
    assert seeds == [5, 0]


def test_nowhere_to_paint_is_told() -> None:
    with pytest.raises(SlotError, match="nowhere to paint"):
        lay_out(np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9), np.float32), painting(), SD15, nothing)


def test_a_picture_that_is_larger_than_the_model_is_noted() -> None:
    rgba, area = np.full((1600, 1600, 4), 200, np.uint8), np.ones((1600, 1600), np.float32)
    assert "768" in lay_out(rgba, area, painting(), SD15, nothing).notes[0]


def test_lines_of_a_picture_that_is_larger_than_the_model_stay_sharp_in_the_paint() -> None:
    """Night falls on stripes of eight pixels, painted at a quarter of the size; a dark corner is not painted."""
    small = SD15.model_copy(update={"buckets": ((64, 64),)})
    rgba = np.full((256, 256, 4), 255, np.uint8)
    rgba[:, :, :3] = np.where((np.arange(256) // 8 % 2 == 0)[:, None, None], (220, 200, 90), (120, 180, 230))
    area = np.ones((256, 256), np.float32)
    area[:32, :32] = 0
    layout = lay_out(rgba, area, painting(), small, nothing)
    assert layout.crop.bucket == (64, 64)
    dark = (layout.request.picture // 3).astype(np.uint8)
    (outcome,) = FakePainter(small).paint([layout.request])
    assert isinstance(outcome, Painted)
    done = put_back(rgba, layout, Painted(dark, outcome.record))[0]
    inside = done[40:, 40:, :3].astype(int) - rgba[40:, 40:, :3] // 3
    assert np.abs(inside).max() <= 6
    assert np.array_equal(done[:32, :32], rgba[:32, :32])


def test_a_brand_colour_is_brought_back_within_its_budget() -> None:
    """The painter darkens everything by 1.5 %, so its orange is off; the palette says what orange was meant."""
    from pipelines.colour import ciede2000, hex_rgb

    orange = hex_rgb("#eda24b")
    rgba = np.full((128, 128, 4), 255, np.uint8)
    rgba[..., :3] = orange
    area = np.ones((128, 128), np.float32)

    def off(palette: tuple[str, ...]) -> float:
        done = repainted(rgba, area, strength=0.05, prompt="", palette=palette).reshape(-1, 4)[:, :3]
        mean = np.median(done, axis=0)[None].astype(np.float32) / 255
        return float(ciede2000(mean, orange[None].astype(np.float32) / 255)[0])

    assert off(("#eda24b",)) < 0.5 < off(())


def test_the_faint_rim_of_what_is_kept_is_nowhere_to_paint() -> None:
    with pytest.raises(SlotError, match="nowhere to paint"):
        lay_out(np.zeros((9, 9, 4), np.uint8), np.full((9, 9), 0.04, np.float32), painting(), SD15, nothing)
