from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipelines.vectors.path_data import format_path
from pipelines.vectors.paths import Subpath, ellipse, parse_path, polygon, transform

Array = NDArray[np.float64]

coordinate = st.floats(-300, 300, allow_nan=False)
point = st.tuples(coordinate, coordinate)
curves = st.lists(st.tuples(point, point, point), min_size=2, max_size=6)


def chained(segments: list[tuple[tuple[float, float], ...]]) -> Subpath:
    starts = np.array([s[-1] for s in segments])
    rest = np.array(segments)
    return np.concatenate([np.roll(starts, 1, axis=0)[:, None], rest], axis=1)


def along(subpath: Subpath, many: int) -> Array:
    t = np.linspace(0, 1, many)[:, None]
    basis = np.concatenate([(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3], axis=1)
    points: Array = np.einsum("tk,skd->std", basis, subpath).reshape(-1, 2)
    return points


def apart(first: Subpath, second: Subpath) -> float:
    """How far points of one curve are from the other, at most."""
    points, line = along(first, 17), along(second, 400)
    start, way = line[:-1], np.diff(line, axis=0)
    share = ((points[:, None] - start) * way).sum(axis=2) / np.maximum((way**2).sum(axis=1), 1e-12)
    feet = start + np.clip(share, 0, 1)[..., None] * way
    return float(np.sqrt(((points[:, None] - feet) ** 2).sum(axis=2).min(axis=1).max()))


def there_and_back(shape: Subpath, decimals: int) -> float:
    """Steps of the grid between a shape and what its path data draw."""
    drawn = parse_path(format_path([shape], decimals=decimals))
    again = drawn[0] if drawn else np.rint(shape[:, :1] * 10**decimals) / 10**decimals + np.zeros_like(shape)
    return max(apart(shape, again), apart(again, shape)) * float(10**decimals)


@given(curves, st.integers(0, 2))
@settings(max_examples=60, deadline=None)
def test_any_curves_are_drawn_again_within_a_step_of_the_grid(
    segments: list[tuple[tuple[float, float], ...]], decimals: int
) -> None:
    assert there_and_back(chained(segments), decimals) < 1.3


@given(st.floats(3, 90), st.floats(3, 90), st.floats(0, 3.1), point, st.integers(1, 2))
@settings(max_examples=60, deadline=None)
def test_whole_ellipses_keep_their_shape(
    rx: float, ry: float, turn: float, middle: tuple[float, float], decimals: int
) -> None:
    cos, sin = np.cos(turn), np.sin(turn)
    shape = transform(ellipse(0, 0, rx, ry), np.array([[cos, -sin, middle[0]], [sin, cos, middle[1]]]))
    assert there_and_back(shape, decimals) < 1.3 + 5e-4 * max(rx, ry) * 10**decimals


def test_a_circle_takes_two_arcs_in_few_bytes() -> None:
    assert format_path([ellipse(50, 50, 20, 20)], decimals=1) == "m70 50a20 20 0 0 1-40 0 20 20 0 0 1 40 0z"


def test_a_rounded_rectangle_is_lines_and_arcs() -> None:
    (shape,) = parse_path(
        "M18 0h60a18 18 0 0 1 18 18v40a18 18 0 0 1-18 18h-60a18 18 0 0 1-18-18v-40a18 18 0 0 1 18-18z"
    )
    text = format_path([shape], decimals=1)
    assert re.sub(r"[^a-z]", "", text.lower()) == "mhavahavaz"
    assert there_and_back(shape, 1) < 1


def test_a_half_circle_is_one_arc_that_turns_the_right_way() -> None:
    for flags in ("0 0 1", "0 0 0"):
        (shape,) = parse_path(f"M10 30A20 20 {flags} 50 30z")
        text = format_path([shape], decimals=1)
        assert re.search(rf"a20 20 0 [01] {flags[-1]} ", text)
        assert there_and_back(shape, 1) < 1


def test_smooth_curves_leave_out_the_control_point_that_mirrors() -> None:
    (shape,) = parse_path("M0 0C0 20 30 40 50 40S100 0 100-30L50-60z")
    assert format_path([shape], decimals=1) == "m0 0c0 20 30 40 50 40s50-40 50-70L50-60z"


def test_quadratic_curves_stay_quadratic() -> None:
    (shape,) = parse_path("M0 0Q50 90 80 0T190-10L90-60z")
    assert format_path([shape], decimals=1) == "m0 0q50 90 80 0t110-10L90-60z"


def test_level_lines_and_the_line_home_take_no_more_than_they_must() -> None:
    square = polygon(np.array([[10.0, 10], [20, 10], [20, 25], [10, 25]]))
    assert format_path([square], decimals=1) == "m10 10h10v15H10z"


def test_letters_are_left_out_where_they_repeat() -> None:
    star = polygon(np.array([[10.0, 10], [20, 13], [12, 25], [8, 21]]))
    assert format_path([star], decimals=0) == "m10 10 10 3-8 12-4-4z"


def test_rounding_never_adds_up() -> None:
    steps = polygon(np.cumsum(np.full((200, 2), [0.33, 0.04]), axis=0))
    (again,) = parse_path(format_path([steps], decimals=0))
    assert np.abs(again[-1, 0] - steps[-1, 0]).max() <= 0.5 + 1e-9


def test_several_shapes_follow_each_other() -> None:
    shapes = [ellipse(20, 20, 8, 8), polygon(np.array([[40.0, 40], [60, 41], [50, 60]])), ellipse(80, 70, 9, 4)]
    again = parse_path(format_path(shapes, decimals=1))
    assert len(again) == 3
    assert max(apart(a, b) for a, b in zip(shapes, again, strict=True)) < 0.1


def test_an_open_path_stays_open() -> None:
    (line,) = parse_path("M0 0L10 3C20 9 20 20 30 31")
    assert format_path([line], decimals=0, closed=False).endswith("20 28")


@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_points_that_coincide_draw_nothing_and_break_nothing(decimals: int) -> None:
    dot = polygon(np.array([[5.0, 5], [5, 5], [5, 5.001]]))
    assert len(parse_path(format_path([dot, ellipse(9, 9, 3, 3)], decimals=decimals))) >= 1
