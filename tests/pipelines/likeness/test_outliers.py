from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.engines.embedder import F32, unit
from pipelines.engines.hashed import FakeEmbedder
from pipelines.errors import EngineError
from pipelines.likeness.outliers import FEWEST, outliers
from tests.pipelines.likeness.drawn import around, mascot, other


def names(vectors: F32) -> list[str]:
    return [f"variant-{i}" for i in range(len(vectors))]


def found(vectors: F32) -> set[int]:
    return {int(one.name.split("-")[1]) for one in outliers(vectors, names(vectors)).found}


def test_two_intruders_among_thirty_drawn_variants_are_found() -> None:
    pictures = [mascot(i) for i in range(30)]
    pictures[7], pictures[21] = other(1), other(2)
    result = outliers(FakeEmbedder().pictures(pictures), [f"region-{i}" for i in range(30)])
    assert {one.name for one in result.found} == {"region-7", "region-21"}
    assert result.cannot_tell is None
    for one in result.found:
        assert "times as far from its nearest variants" in one.reason
        assert one.factor > 1.5


def test_two_copies_of_one_intruder_do_not_vouch_for_each_other() -> None:
    pictures = [mascot(i) for i in range(30)]
    pictures[7] = pictures[21] = other(1)
    assert found(FakeEmbedder().pictures(pictures)) == {7, 21}


def test_thirty_drawn_variants_that_all_belong_are_left_alone() -> None:
    assert found(FakeEmbedder().pictures([mascot(i) for i in range(30)])) == set()


@settings(max_examples=40)
@given(st.integers(FEWEST, 120), st.integers(0, 1000), st.floats(0.01, 0.5), st.data())
def test_far_ones_are_found_whatever_their_places_and_nobody_else(
    count: int, seed: int, spread: float, data: st.DataObject
) -> None:
    few = max(1, count // 20)
    places = data.draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=few, unique=True))
    vectors = around(0, count, spread=spread, seed=seed)
    vectors[places] = around(5, len(places), spread=0.3, seed=seed + 1)
    assert found(vectors) == set(places)


@settings(max_examples=40)
@given(st.integers(FEWEST, 120), st.integers(0, 1000), st.floats(0, 1))
def test_a_set_that_belongs_together_has_no_outliers_however_wide(count: int, seed: int, spread: float) -> None:
    assert found(around(0, count, spread=spread, seed=seed)) == set()


def test_a_wide_group_beside_a_narrow_one_belongs_too() -> None:
    day, night = around(0, 60, spread=0.1, seed=1), around(9, 40, spread=0.5, seed=2)
    assert found(np.concatenate([day, night])) == set()


def test_equal_variants_have_no_outliers_and_one_that_differs_is_found() -> None:
    equal = np.repeat(around(0, 1, spread=0), 20, axis=0)
    assert found(equal) == set()
    equal[3] = around(4, 1, spread=0)[0]
    assert found(equal) == {3}


def test_differences_that_nobody_sees_are_none() -> None:
    equal = np.repeat(around(0, 1, spread=0), 20, axis=0)
    equal[3, 1] = 0.002
    assert found(unit(equal)) == set()


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_of_a_small_set_it_says_that_it_cannot_tell(count: int) -> None:
    vectors = around(0, count, spread=0.1)
    result = outliers(vectors, names(vectors))
    assert result.found == ()
    assert result.cannot_tell == f"{count} variants are too few to say which does not belong (8 at least)"


@given(st.permutations(range(24)))
def test_the_order_does_not_matter(order: list[int]) -> None:
    vectors = around(0, 24, spread=0.3)
    vectors[5] = around(3, 1, spread=0.1)[0]
    assert {order[i] for i in found(vectors[order])} == {5}


def test_the_loneliest_comes_first() -> None:
    vectors = around(0, 40, spread=0.1)
    vectors[4] = unit(np.eye(64)[[0]] + 0.8 * np.eye(64)[[7]])[0]
    vectors[9] = np.eye(64)[8]
    assert [one.name for one in outliers(vectors, names(vectors)).found] == ["variant-9", "variant-4"]


def test_more_variants_than_are_compared_at_a_time_are_all_looked_at() -> None:
    vectors = around(0, 1100, spread=0.2)
    vectors[[3, 700, 1099]] = around(5, 3, spread=0.3)
    assert found(vectors) == {3, 700, 1099}


def test_a_name_too_few_is_refused() -> None:
    with pytest.raises(EngineError, match="each vector needs a name"):
        outliers(around(0, 9, spread=0.1), ["one"])
