from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import EngineError
from pipelines.likeness.close_up import close_up


@given(
    height=st.integers(8, 90), width=st.integers(8, 90), channels=st.sampled_from([3, 4]), data=st.data()
)  # fmt: skip
def test_a_close_up_is_a_square_that_shows_the_whole_part(
    height: int, width: int, channels: int, data: st.DataObject
) -> None:
    top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    bottom, right = data.draw(st.integers(top + 1, height)), data.draw(st.integers(left + 1, width))
    part = np.zeros((height, width), bool)
    part[top:bottom, left:right] = True
    picture = np.full((height, width, channels), 255, np.uint8)
    picture[part, :3] = 0
    seen = close_up(picture, part)
    assert seen.shape[0] == seen.shape[1] >= max(bottom - top, right - left)
    assert seen.shape[2] == 3
    assert (seen == 0).all(axis=2).sum() >= part.sum()
    if max(bottom - top, right - left) * 1.3 < min(height, width) - 1:
        assert (seen == 0).all(axis=2).sum() == part.sum(), "nothing is doubled where the square fits"


def test_a_large_part_is_shown_no_larger_than_any_embedder_reads() -> None:
    picture = np.zeros((900, 700, 4), np.uint8)
    seen = close_up(picture, np.ones((900, 700), bool))
    assert seen.shape == (512, 512, 3)
    assert (seen == 255).all(), "what is transparent is white"


def test_a_part_that_is_nowhere_is_refused() -> None:
    with pytest.raises(EngineError, match="no part to look at"):
        close_up(np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9), bool))
