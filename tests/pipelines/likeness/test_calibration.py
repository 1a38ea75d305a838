from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipelines.errors import EngineError
from pipelines.likeness.calibration import PROMPT, calibrate

COPIES = [0.93, 0.95, 0.97, 0.96, 0.94, 0.98]
OTHERS = [0.71, 0.64, 0.75, 0.69, 0.72, 0.66]
cosine = st.floats(-1, 1, width=32)
several = st.lists(cosine, min_size=3, max_size=20)


def test_copies_count_as_the_master_and_others_do_not() -> None:
    found = calibrate(COPIES, OTHERS)
    assert found.warning is None
    assert all(found.share(value) > 0.75 for value in COPIES)
    assert all(found.share(value) < 0.25 for value in OTHERS)
    assert found.share((0.96 + 0.69) / 2) == pytest.approx(0.5, abs=0.1)


def test_the_same_cosine_means_one_thing_here_and_another_there() -> None:
    narrow = calibrate([0.98, 0.985, 0.99, 0.995], [0.9, 0.91, 0.92, 0.905])
    wide = calibrate([0.88, 0.85, 0.91, 0.9], [0.3, 0.42, 0.35, 0.38])
    assert narrow.share(0.91) < 0.25
    assert wide.share(0.91) > 0.75


def test_separation_is_known_for_known_distributions() -> None:
    random = np.random.default_rng(0)
    found = calibrate(random.normal(0.6, 0.05, 4000).tolist(), random.normal(0.5, 0.05, 4000).tolist())
    assert found.separation == pytest.approx(0.921, abs=0.01)  # Φ(d′ / √2) of d′ = 2
    assert found.share(0.55) == pytest.approx(0.5, abs=0.03)
    assert found.share(0.6) == pytest.approx(1 / (1 + math.exp(-2)), abs=0.03)  # d′²/2 of log odds at the mean


def test_a_night_scene_among_the_others_neither_hides_nor_flattens_what_the_rest_say() -> None:
    plain, mixed = calibrate(COPIES, OTHERS), calibrate(COPIES, [*OTHERS, -0.57, 0.33])
    assert mixed.warning is None
    assert all(mixed.share(value) > 0.7 for value in COPIES)
    assert mixed.share(0.97) == pytest.approx(plain.share(0.97), abs=0.1)


def test_few_examples_never_make_certain() -> None:
    few, many = calibrate(COPIES[:3], OTHERS[:3]), calibrate(COPIES * 20, OTHERS * 20)
    assert few.share(1) == pytest.approx(4 / 5)
    assert few.share(-1) == pytest.approx(1 / 5)
    assert many.share(1) > 0.98


def test_overlap_that_says_nothing_is_said() -> None:
    random = np.random.default_rng(1)
    found = calibrate(random.normal(0.8, 0.05, 40).tolist(), random.normal(0.79, 0.05, 40).tolist())
    assert found.warning is not None
    assert "other characters lie nearer than the master's own copies" in found.warning
    assert "says nothing" in found.standing(0.9).words
    assert found.standing(0.9).warning == found.warning


def test_examples_that_are_all_the_same_say_nothing() -> None:
    found = calibrate([0.9] * 5, [0.9] * 5)
    assert found.warning is not None
    assert found.share(0.9) == pytest.approx(0.5)


def test_copies_below_the_others_say_nothing_rather_than_the_opposite() -> None:
    found = calibrate(OTHERS, COPIES)
    assert found.warning == "the master's own copies are no nearer than other characters"
    assert found.share(-1) == found.share(1) == 0.5


@pytest.mark.parametrize(("copies", "others"), [([], []), (COPIES, OTHERS[:2]), (COPIES[:2], OTHERS)])
def test_too_few_examples_calibrate_nothing(copies: list[float], others: list[float]) -> None:
    found = calibrate(copies, others)
    assert found.warning is not None
    assert "too few" in found.warning
    assert found.share(0.99) == 0.5
    assert found.separation is None


def test_a_weak_separation_of_few_examples_is_not_trusted() -> None:
    copies, others = [0.6, 0.75, 0.9], [0.45, 0.5, 0.75]
    few = calibrate(copies, others)
    assert few.warning is not None
    assert calibrate(copies * 30, others * 30).warning is None


def test_a_standing_says_where_the_value_falls() -> None:
    found = calibrate(COPIES, OTHERS)
    assert found.standing(0.955).words.endswith("like the master: as near as the master's own copies (0.930 to 0.980)")
    assert found.standing(0.7).words.endswith("like the master: no nearer than other characters (0.640 to 0.750)")
    assert (
        "between other characters (up to 0.750) and the master's own copies (from 0.930)" in found.standing(0.8).words
    )
    assert "like its own prompt" in calibrate(COPIES, OTHERS, PROMPT).standing(0.8).words


@given(several, several, st.lists(cosine, min_size=2, max_size=10))
def test_a_higher_cosine_is_never_less_like_the_master(
    copies: list[float], others: list[float], at: list[float]
) -> None:
    found = calibrate(copies, others)
    shares = [found.share(value) for value in sorted(at)]
    assert shares == sorted(shares)
    assert all(0 < share < 1 for share in shares)


@given(several, several, st.permutations(range(20)))
def test_the_order_of_examples_does_not_matter(copies: list[float], others: list[float], order: list[int]) -> None:
    mixed = [copies[i] for i in order if i < len(copies)]
    first, second = calibrate(copies, others), calibrate(mixed, others)
    assert first.share(0.5) == pytest.approx(second.share(0.5), abs=1e-6)


@given(several, several, st.integers(2, 5))
def test_ten_times_the_others_do_not_make_the_master_rarer(
    copies: list[float], others: list[float], times: int
) -> None:
    once, often = calibrate(copies, others), calibrate(copies, others * times)
    assume(once.slope > 0)
    assume(often.slope > 0)
    assert abs(once.share(np.mean(copies).item()) - often.share(np.mean(copies).item())) < 0.25


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(EngineError, match="no number"):
        calibrate([*COPIES, value], OTHERS)
    with pytest.raises(EngineError, match="no number"):
        calibrate(COPIES, OTHERS).standing(value)
