from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import SlotError
from pipelines.slots.grids import parse_grid
from pipelines.slots.pixel_map import map_pixels
from pipelines.slots.surface import Surface
from tests.drawn import grid_text, wave

FLAG = Surface(np.array(parse_grid(grid_text())))


def test_the_sheet_passes_through_the_drawings_own_curve() -> None:
    u, v = np.random.default_rng(1).random((2, 200))
    expected = np.array([wave(a, b) for a, b in zip(u, v, strict=True)])
    assert np.abs(FLAG.points(np.stack([u, v], axis=1)) - expected).max() < 0.35


@given(st.floats(0, 1), st.floats(0, 1))
def test_locating_undoes_placing(u: float, v: float) -> None:
    there = FLAG.points(np.array([[u, v]]))
    assert np.abs(FLAG.points(FLAG.locate(there)) - there).max() < 0.02


def test_beyond_the_border_coordinates_go_on() -> None:
    left, top, right, bottom = FLAG.box
    uv = FLAG.locate(np.array([[left - 3, (top + bottom) / 2], [right + 3, (top + bottom) / 2]]))
    assert uv[0, 0] < 0
    assert uv[1, 0] > 1


def test_steps_are_the_change_of_coordinates_for_one_pixel() -> None:
    uv = np.array([[0.3, 0.4], [0.8, 0.6]])
    right, down = FLAG.steps(uv)
    moved = FLAG.locate(FLAG.points(uv) + np.array([1.0, 0.0])) - uv
    assert np.abs(moved - right).max() < 1e-3
    assert (down[:, 1] > 0).all()


@settings(max_examples=25)
@given(st.integers(0, 300))
def test_pixels_and_their_parts_lie_side_by_side(seed: int) -> None:
    rows, columns = np.array([70 + seed % 20]), np.array([90 + seed % 60])
    ((_, parts),) = list(map_pixels(FLAG, rows, columns).parts())
    points = FLAG.points(parts[0].astype(float))
    assert np.abs(points - (columns[0] + 0.5, rows[0] + 0.5)).max() < 0.45


def test_its_size_is_measured_along_the_sheet() -> None:
    flat = Surface(np.array([[[0.0, 0], [30, 0]], [[0, 20], [30, 20]]]))
    assert flat.size == pytest.approx((30, 20))


@pytest.mark.parametrize(
    "grid",
    [
        [[[0, 0], [10, 0]], [[10, 10], [0, 10]]],  # crossed
        [[[10, 0], [0, 0]], [[10, 10], [0, 10]]],  # mirrored
        [[[0, 0], [10, 0]], [[0, 0], [10, 0]]],  # flat
    ],
)
def test_a_surface_that_folds_over_itself_is_refused(grid: list[list[list[float]]]) -> None:
    with pytest.raises(SlotError, match="folds over itself"):
        Surface(np.array(grid, dtype=float))


def test_a_single_row_is_no_grid() -> None:
    with pytest.raises(SlotError, match="at least 2 rows"):
        Surface(np.zeros((1, 4, 2)))


@pytest.mark.parametrize("text", ["1,2 3,4; 5,6", "1,2 3; 4,5 6,7", "a,b c,d; 1,2 3,4"])
def test_a_broken_grid_attribute_says_so(text: str) -> None:
    with pytest.raises(SlotError, match="data-atelier-grid"):
        parse_grid(text)
