from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.engines.embedder import unit
from pipelines.errors import EngineError
from pipelines.likeness.cosines import against, cosines

AXES = np.eye(4, dtype=np.float32)


def test_cosines_are_what_geometry_says() -> None:
    half = unit(np.array([[1.0, 1.0, 0, 0]]))
    (found,) = cosines(half, master=AXES[0], styles={"ink": AXES[1], "oil": AXES[2]}, prompts=-half)
    assert found.master == pytest.approx(0.5**0.5)
    assert found.styles == pytest.approx({"ink": 0.5**0.5, "oil": 0})
    assert found.prompt == pytest.approx(-1)


def test_each_variant_is_compared_with_its_own_prompt() -> None:
    found = cosines(AXES[:3], master=AXES[0], prompts=AXES[[0, 2, 1]])
    assert [one.prompt for one in found] == [1, 0, 0]
    assert [one.master for one in found] == [1, 0, 0]


def test_without_a_prompt_or_styles_there_is_none() -> None:
    (found,) = cosines(AXES[:1], master=AXES[0])
    assert found.prompt is None
    assert found.styles == {}


def test_no_variants_give_no_cosines() -> None:
    assert cosines(AXES[:0], master=AXES[0], prompts=AXES[:0]) == ()


@given(st.integers(0, 10_000), st.integers(2, 600))
def test_a_cosine_never_leaves_its_range_and_does_not_depend_on_the_order(seed: int, size: int) -> None:
    first, second = unit(np.random.default_rng(seed).normal(size=(2, 3, size)).reshape(6, size)).reshape(2, 3, size)
    found = against(first, second)
    assert np.abs(found).max() <= 1
    assert found == pytest.approx(against(second, first).T, abs=1e-6)
    assert np.diag(against(first, first)) == pytest.approx(1, abs=1e-6)


def test_vectors_of_two_embedders_are_refused() -> None:
    with pytest.raises(EngineError, match=r"two embedders.*4 and 7 dimensions"):
        cosines(AXES, master=unit(np.ones((1, 7)))[0])


@pytest.mark.parametrize("wrong", [2.0, 0.0, np.nan])
def test_what_is_no_unit_vector_is_refused(wrong: float) -> None:
    with pytest.raises(EngineError, match="no unit vector"):
        cosines(AXES * np.float32(wrong), master=AXES[0])


def test_a_prompt_too_few_is_refused() -> None:
    with pytest.raises(EngineError, match=r"one prompt for each variant.*1 for 2"):
        cosines(AXES[:2], master=AXES[0], prompts=AXES[:1])
