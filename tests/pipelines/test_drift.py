from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipelines.colour import ciede2000, codes, encoded, linear
from pipelines.drift import correct, measure, measure_palette
from pipelines.model import Drift

Pixels = NDArray[np.uint8]
PALETTE = ("#2d2130", "#eda24b", "#34939a", "#fdeccb", "#e5593f")
GAIN, OFFSET = (0.96, 1.05, 0.92), (0.010, -0.005, 0.015)


def drifted(picture: Pixels, gain: tuple[float, ...] = GAIN, offset: tuple[float, ...] = OFFSET) -> Pixels:
    return codes(encoded(linear(picture) * np.array(gain, dtype=np.float32) + np.array(offset, dtype=np.float32)))


def painting(seed: int = 0, size: int = 64) -> Pixels:
    """Flat art: patches of the palette."""
    shades = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in PALETTE], dtype=np.uint8)
    patches = np.random.default_rng(seed).integers(0, len(PALETTE), (size // 8, size // 8))
    return np.kron(shades[patches], np.ones((8, 8, 1), dtype=np.uint8))


def delta_e(one: Pixels, other: Pixels) -> float:
    return float(ciede2000(one.astype(np.float32) / 255, other.astype(np.float32) / 255).mean())


def everywhere(picture: Pixels) -> NDArray[np.bool_]:
    return np.ones(picture.shape[:2], dtype=bool)


def test_a_known_drift_is_found_and_undone() -> None:
    true = painting()
    painted = drifted(true)
    drift = measure(true, painted, everywhere(true))
    assert drift.gain == pytest.approx(GAIN, abs=0.01)
    assert drift.offset == pytest.approx(OFFSET, abs=0.004)
    assert drift.after < drift.before / 4
    assert delta_e(painted, true) > 1.5
    assert delta_e(correct(painted, drift), true) < 0.5


def test_pixels_that_changed_after_all_do_not_mislead() -> None:
    true = painting()
    painted = drifted(true)
    noise = np.random.default_rng(1).integers(0, 256, true.shape, dtype=np.uint8)
    changed = np.random.default_rng(2).random(true.shape[:2]) < 0.3
    painted[changed] = noise[changed]
    drift = measure(true, painted, everywhere(true))
    assert drift.gain == pytest.approx(GAIN, abs=0.02)
    assert delta_e(correct(painted, drift)[~changed], true[~changed]) < 0.7


def test_only_the_unchanged_pixels_count() -> None:
    true, unchanged = painting(), everywhere(painting())
    unchanged[:, 32:] = False
    painted = drifted(true)
    painted[:, 32:] = 200
    assert measure(true, painted, unchanged).gain == pytest.approx(GAIN, abs=0.01)


def test_a_flat_ground_gives_an_offset_alone() -> None:
    true = np.full((32, 32, 3), (120, 180, 90), dtype=np.uint8)
    painted = drifted(true)
    drift = measure(true, painted, everywhere(true))
    assert drift.gain == (1.0, 1.0, 1.0)
    assert delta_e(correct(painted, drift), true) < 0.5


def test_channels_at_their_limit_tell_nothing() -> None:
    true = painting()
    true[:32] = 255
    painted = drifted(true, gain=(1.05,) * 3, offset=(0.0,) * 3)
    drift = measure(true, painted, everywhere(true))
    assert drift.gain == pytest.approx((1.05,) * 3, abs=0.01)
    assert (correct(painted, drift)[:32] == 255).all()


def test_a_brand_colour_is_brought_back_to_its_palette() -> None:
    true = painting()
    painted = drifted(true)
    drift = measure_palette(painted, everywhere(true), PALETTE)
    assert drift.pixels > 1000
    assert delta_e(correct(painted, drift), true) < delta_e(painted, true) / 3


def test_colours_that_are_none_of_the_palettes_do_not_count() -> None:
    true = painting()
    painted = drifted(true)
    painted[:24] = (120, 20, 200)
    drift = measure_palette(painted, everywhere(true), PALETTE)
    assert drift.pixels == 40 * 64
    assert drift.gain == pytest.approx(GAIN, abs=0.02)


@pytest.mark.parametrize(
    "drift",
    [
        measure(painting(), painting(), np.zeros((64, 64), dtype=bool)),
        measure(painting(), painting(), everywhere(painting())),
        measure(painting(), painting(seed=9), everywhere(painting())),
        measure(painting(), 255 - painting(), everywhere(painting())),
        measure(painting(), np.full_like(painting(), 255), everywhere(painting())),
        measure_palette(painting(), everywhere(painting()), ()),
        measure_palette(painting(), np.zeros((64, 64), dtype=bool), PALETTE),
    ],
    ids=["nothing unchanged", "no drift", "another picture", "a negative", "white", "no palette", "nothing inside"],
)
def test_what_is_no_drift_is_left_alone(drift: Drift) -> None:
    assert drift.pixels == 0
    picture = painting()
    assert np.array_equal(correct(picture, drift), picture)


@given(
    st.tuples(*[st.floats(0.85, 1.15)] * 3),
    st.tuples(*[st.floats(-0.03, 0.03)] * 3),
    st.integers(0, 5),
    st.floats(0, 0.4),
)
def test_a_correction_is_kept_only_where_it_helps(
    gain: tuple[float, ...], offset: tuple[float, ...], seed: int, wrong: float
) -> None:
    true, draw = painting(seed), np.random.default_rng(seed)
    painted = drifted(true, gain, offset)
    changed = draw.random(true.shape[:2]) < wrong
    painted[changed] = draw.integers(0, 256, (int(changed.sum()), 3))
    drift = measure(true, painted, everywhere(true))
    assert drift.after <= drift.before
    if drift.pixels:
        assert delta_e(correct(painted, drift)[~changed], true[~changed]) <= delta_e(painted[~changed], true[~changed])
    assert Drift.model_validate_json(drift.model_dump_json()) == drift
