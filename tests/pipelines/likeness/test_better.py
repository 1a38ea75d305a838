"""When a repaint is better than leaving the picture alone, by embeddings and cleanliness alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.engines.embedder import F32, unit
from pipelines.likeness.better import by_style, by_words, words_gain
from pipelines.likeness.calibration import Standing

CLEAN = Standing(0.97, 0.9, "0.970, 90% like the clean master: as near as slight changes of it")
FOUL = Standing(0.1, 0.1, "0.100, 10% like the clean master: no nearer than its damaged copies; it is blurred")


def points(count: int, seed: int) -> F32:
    return unit(np.random.default_rng(seed).normal(0, 1, (count, 32)))


@given(seed=st.integers(0, 999), share=st.floats(0.05, 0.95))
def test_who_comes_nearer_to_the_words_gains_and_who_comes_nearer_to_what_was_there_loses(
    seed: int, share: float
) -> None:
    before, words, present = points(3, seed)
    nearer = unit((before + share * words - share * present)[None])[0]
    further = unit((before - share * words + share * present)[None])[0]
    assert words_gain(before, before, words=words, present=present) == 0
    forth = words_gain(before, nearer, words=words, present=present)
    back = words_gain(before, further, words=words, present=present)
    assert back < forth


def test_what_every_picture_has_in_common_with_both_texts_counts_for_nothing() -> None:
    before, after, words, present = points(4, 5)
    common = words_gain(before, after, words=words, present=present)
    shifted = words_gain(before, after, words=words + after, present=present + after)
    assert shifted == pytest.approx(common, abs=1e-5)


@given(gain=st.floats(-1, 1), least=st.floats(0.001, 0.5))
def test_paint_is_kept_where_its_gain_reaches_what_its_embedder_takes(gain: float, least: float) -> None:
    judged = by_words(gain, least, clean=CLEAN)
    assert judged.kept == (gain >= least)
    assert judged.why.startswith("the repaint was kept" if judged.kept else "the repaint was left out")


def test_an_embedder_that_nobody_measured_has_a_usual_floor() -> None:
    assert not by_words(0.01, None, clean=CLEAN).kept
    assert by_words(0.1, None, clean=CLEAN).kept
    assert "not better than leaving it" in by_words(0.01, None, clean=CLEAN).why


@pytest.mark.parametrize("judged", [by_words(0.4, None, clean=FOUL), by_style(0.4, clean=FOUL)])
def test_no_gain_makes_up_for_paint_that_is_not_clean(judged: object) -> None:
    assert "it is blurred" in str(judged)
    assert "kept=False" in str(judged)


def test_where_cleanliness_cannot_be_told_the_gain_decides() -> None:
    assert by_words(0.4, None, clean=replace(FOUL, warning="they overlap")).kept
