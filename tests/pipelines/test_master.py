from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from pipelines.deliver import encode_png
from pipelines.errors import SourceError
from pipelines.master import open_master, resize
from tests.drawn import source, tricolour

Pixels = NDArray[np.uint8]
PICTURES = arrays.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(4)))


def test_a_vector_master_is_drawn_at_its_size_and_knows_its_units() -> None:
    data = tricolour()
    master = open_master(data, source(data), width=90, height=60)
    assert (master.width, master.height) == (90, 60)
    assert master.root is not None
    assert (master.origin, master.scale) == ((0.0, 0.0), (30.0, 30.0))
    assert tuple(master.rgba[30, 45]) == (255, 255, 255, 255)


def test_an_offset_view_box_is_part_of_its_units() -> None:
    data = tricolour().replace(b'viewBox="0 0 3 2"', b'viewBox="1 0 2 2"')
    master = open_master(data, source(data), width=40, height=40)
    assert (master.origin, master.scale) == ((1.0, 0.0), (20.0, 20.0))
    assert tuple(master.rgba[20, 10, :3]) == (255, 255, 255)


def test_a_pixel_master_is_resampled_and_counts_in_its_own_pixels() -> None:
    data = encode_png(np.full((20, 40, 4), 255, dtype=np.uint8))
    master = open_master(data, source(data, "master.png"), width=80, height=40)
    assert master.root is None
    assert master.rgba.shape == (40, 80, 4)
    assert master.scale == (2.0, 2.0)


@given(PICTURES)
def test_the_same_size_is_the_same_pixels(rgba: Pixels) -> None:
    assert resize(rgba, rgba.shape[1], rgba.shape[0]) is rgba


@given(PICTURES, st.integers(1, 20), st.integers(1, 20))
def test_any_picture_takes_any_size(rgba: Pixels, width: int, height: int) -> None:
    assert resize(rgba, width, height).shape == (height, width, 4)


@given(st.tuples(*[st.integers(0, 255)] * 3), st.integers(1, 30))
def test_one_colour_stays_that_colour(colour: tuple[int, int, int], size: int) -> None:
    flat = np.full((7, 7, 4), (*colour, 255), dtype=np.uint8)
    assert np.abs(resize(flat, size, size).astype(int) - (*colour, 255)).max() <= 1


def test_what_nobody_sees_does_not_bleed_into_what_they_see() -> None:
    rgba = np.zeros((8, 8, 4), dtype=np.uint8)
    rgba[:, :4] = (255, 0, 0, 255)
    rgba[:, 4:] = (0, 255, 0, 0)  # clear green
    small = resize(rgba, 3, 3)
    assert small[small[..., 3] > 16][:, 1].max() <= 2


def test_black_and_white_mix_in_linear_light() -> None:
    board = np.zeros((64, 64, 4), dtype=np.uint8)
    board[..., 3] = 255
    board[::2, ::2, :3] = board[1::2, 1::2, :3] = 255
    assert abs(int(resize(board, 4, 4)[2, 2, 0]) - 188) <= 2


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0), (-1, 5)])
def test_no_picture_can_have_no_size(width: int, height: int) -> None:
    with pytest.raises(SourceError, match="that small"):
        resize(np.zeros((4, 4, 4), dtype=np.uint8), width, height)
