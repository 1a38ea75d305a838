from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.vectors.path_data import format_path
from pipelines.vectors.paths import closed, ellipse, parse_path, polygon

coordinate = st.floats(-1000, 1000, allow_nan=False).map(lambda v: round(v, 2))
points = st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=12, unique=True)


@given(points)
def test_what_is_written_reads_back_the_same_to_a_hundredth(corners: list[tuple[float, float]]) -> None:
    shape = polygon(np.array(corners))
    again = parse_path(format_path([shape], decimals=2))
    assert np.allclose(again[0][:, 3][-len(shape) :], shape[:, 3], atol=0.0051)


def test_relative_and_absolute_commands_draw_the_same() -> None:
    first = parse_path("M10 10 L30 10 H50 V30 C50 40 40 50 30 50 S10 40 10 30 Q5 20 10 15 T10 10 Z")
    second = parse_path("m10 10 l20 0 h20 v20 c0 10 -10 20 -20 20 s-20 -10 -20 -20 q-5 -10 0 -15 t0 -5 z")
    assert np.allclose(first[0], second[0])


def test_arc_flags_may_run_together_as_svgo_writes_them() -> None:
    tight = parse_path("M10 10a5 5 0 01-10 5")
    loose = parse_path("M10 10 a 5 5 0 0 1 -10 5")
    assert np.allclose(tight[0], loose[0])


def test_an_arc_stays_on_its_circle() -> None:
    (arc,) = parse_path("M100 0 A100 100 0 0 1 -100 0")
    t = np.linspace(0, 1, 9)[:, None, None]
    p = arc[None]
    curve = (
        (1 - t) ** 3 * p[..., 0, :]
        + 3 * (1 - t) ** 2 * t * p[..., 1, :]
        + 3 * (1 - t) * t**2 * p[..., 2, :]
        + t**3 * p[..., 3, :]
    )
    assert np.abs(np.hypot(curve[..., 0], curve[..., 1]) - 100).max() < 0.03


def test_repeated_coordinates_after_a_move_are_lines() -> None:
    (shape,) = parse_path("M0 0 10 0 10 10 0 10z")
    assert shape[:, 3].tolist() == [[10, 0], [10, 10], [0, 10], [0, 0]]


@pytest.mark.parametrize("junk", ["", "   ", "M", "M 10", "L10 10 nonsense", "M10 10 L20 Z"])
def test_broken_path_data_gives_what_was_good_before_it(junk: str) -> None:
    assert all(np.isfinite(s).all() for s in parse_path(junk))


def test_written_numbers_are_short_and_have_no_stray_floats() -> None:
    text = format_path([ellipse(171.51999999999998, 10, 5.1, 3.04)], decimals=1)
    assert "99999" not in text
    assert all(
        len(part.split(".")[1]) <= 1
        for part in text.replace("-", " ").replace("c", " ").split()
        if part.count(".") == 1
    )


def test_an_open_outline_is_closed_by_the_line_that_filling_implies() -> None:
    (shape,) = parse_path("M0 0 L10 0 L10 10")
    assert closed(shape)[-1, 3].tolist() == [0, 0]
    assert len(closed(closed(shape))) == len(closed(shape))
