from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from skimage.measure import find_contours

from pipelines.tracing.curves import fit, fit_all
from pipelines.vectors.path_data import format_path
from tests.pipelines.tracing.curves.drawn import Inside, corners, drawn_again, nearest, outline, straight

Array = NDArray[np.float64]
Fit = Callable[[Inside], Array]

SQUARE = [(20.3, 25.6), (70.3, 25.6), (70.3, 60.2), (20.3, 60.2)]


def disc(x: float, y: float, radius: float) -> Inside:
    return lambda a, b: np.asarray((a - x) ** 2 + (b - y) ** 2 < radius**2)


def star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    turns = np.arange(10) * np.pi / 5 - np.pi / 2
    radii = np.where(np.arange(10) % 2, 0.382 * radius, radius)
    return [(x + r * np.cos(t), y + r * np.sin(t)) for r, t in zip(radii, turns, strict=True)]


def rounded(x: Array, y: Array) -> NDArray[np.bool_]:
    dx, dy = np.abs(x - 48) - (30 - 10), np.abs(y - 48) - (22 - 10)
    return np.asarray(np.hypot(np.maximum(dx, 0), np.maximum(dy, 0)) < 10)


def clean(inside: Inside, size: int = 96) -> Array:
    points = outline(inside, size=size)
    return fit(points, sigma=np.full(len(points), 0.05), blur=0.35)


def soft(inside: Inside, size: int = 96) -> Array:
    points = outline(inside, size=size, blur=0.8, noise=0.012)
    return fit(points, sigma=np.full(len(points), 0.15), blur=1.0)


def corner_error(subpath: Array, true: list[tuple[float, float]]) -> float:
    found = subpath[:, 0]
    return max(float(np.hypot(*(found - np.array(c)).T).min()) for c in true)


@pytest.mark.parametrize("how", [clean, soft])
def test_a_rectangle_is_four_level_lines_with_its_true_corners(how: Fit) -> None:
    found = how(corners(SQUARE))
    assert len(found) == 4
    assert all(straight(s) for s in found)
    ways = np.abs(found[:, 3] - found[:, 0])
    assert ways.min(axis=1).max() == 0
    assert corner_error(found, SQUARE) < 0.25


@pytest.mark.parametrize("how", [clean, soft])
@pytest.mark.parametrize("radius", [3.0, 7.3, 30.0])
def test_a_circle_is_one(how: Fit, radius: float) -> None:
    found = how(disc(48.2, 47.6, radius))
    assert len(found) == 4
    assert not any(straight(s) for s in found)
    away = np.hypot(*(drawn_again(found) - (48.2, 47.6)).T)
    assert np.ptp(away) < 0.15
    assert abs(away.mean() - radius) < (0.25 if radius > 3 else 0.4)  # blur makes the smallest smaller


@pytest.mark.parametrize("how", [clean, soft])
def test_a_turned_ellipse_is_one(how: Fit) -> None:
    cos, sin = np.cos(0.5), np.sin(0.5)
    found = how(
        lambda x, y: ((x - 48) * cos + (y - 48) * sin) ** 2 / 900 + ((y - 48) * cos - (x - 48) * sin) ** 2 / 144 < 1
    )
    assert len(found) == 4
    u = (drawn_again(found) - 48) @ np.array([[cos, -sin], [sin, cos]])
    assert np.abs(np.hypot(u[:, 0] / 30, u[:, 1] / 12) - 1).max() < 0.02


@pytest.mark.parametrize(
    ("how", "radius", "exact"), [(clean, 30, 0.4), (clean, 8, 0.5), (soft, 30, 0.7), (soft, 12, 1.2)]
)
def test_a_star_keeps_ten_lines_and_sharp_points(how: Fit, radius: float, exact: float) -> None:
    true = star(48.3, 48.9, radius)
    found = how(corners(true))
    assert len(found) == 10
    assert all(straight(s) for s in found)
    assert corner_error(found, true) < exact


def test_a_rounded_rectangle_is_lines_and_arcs_that_touch() -> None:
    found = clean(rounded)
    lines = [s for s in found if straight(s)]
    assert len(found) == 8
    assert len(lines) == 4
    assert max(np.abs(s[3] - s[0]).min() for s in lines) == 0
    into, out = found[:, 3] - found[:, 2], np.roll(found[:, 1] - found[:, 0], -1, axis=0)
    turn = np.arctan2(into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0], (into * out).sum(axis=1))
    assert np.degrees(np.abs(turn)).max() < 6


@pytest.mark.parametrize("how", [clean, soft])
def test_a_hairline_stays_thin_and_does_not_flip(how: Fit) -> None:
    found = how(corners([(8.2, 40.1), (88.1, 44.3), (88.0, 46.6), (8.1, 42.4)]))
    points = drawn_again(found)
    x, y = points.T
    across = (y - 40.1) - (x - 8.2) * 4.2 / 79.9
    assert across.min() > -0.6
    assert across.max() < 2.9
    assert found[:, :, 0].min() > 6.5
    assert found[:, :, 0].max() < 90


@pytest.mark.parametrize(("how", "side"), [(clean, 2.0), (clean, 3.0), (clean, 5.0), (soft, 3.0), (soft, 5.0)])
def test_a_dot_is_about_as_large_as_it_was(how: Fit, side: float) -> None:
    found = how(corners([(40, 40), (40 + side, 40), (40 + side, 40 + side), (40, 40 + side)]))
    x, y = drawn_again(found).T
    area = abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2
    seen = 1.0 if how is clean else 0.35
    assert seen * 0.75 * side**2 < area < 1.25 * side**2


def test_curves_are_joined_smoothly_and_stay_near_their_contour() -> None:
    def wave(x: Array, y: Array) -> NDArray[np.bool_]:
        inside = (x > 10) & (x < 86) & (y > 30 + 8 * np.sin(x / 9)) & (y < 66 + 8 * np.sin(x / 9))
        return np.asarray(inside)

    points = outline(wave, blur=0.8, noise=0.012)
    found = fit(points, sigma=np.full(len(points), 0.15), blur=1.0)
    away = nearest(drawn_again(found), points)
    assert np.median(away) < 0.12
    assert np.quantile(away, 0.97) < 0.8
    assert len(found) <= 14


def test_smooth_joints_mirror_their_handles_where_that_fits_so_that_bytes_are_saved() -> None:
    points = outline(lambda x, y: np.hypot(x - 48, y - 48) < 30 + 6 * np.sin(5 * np.arctan2(y - 48, x - 48)))
    found = fit(points, sigma=np.full(len(points), 0.1))
    before, after = found[:, 3] - found[:, 2], np.roll(found[:, 1] - found[:, 0], -1, axis=0)
    mirrored = np.hypot(*(after - before).T) < 1e-6
    assert mirrored.sum() >= len(found) // 3
    assert "s" in format_path([found], decimals=1).lower()


def test_hidden_runs_cost_next_to_nothing_and_do_not_bend_what_is_seen() -> None:
    points = outline(corners(SQUARE))
    hidden = points[:, 0] > 45
    unsure = gaussian_filter(np.random.default_rng(1).normal(size=points.shape), (4, 0)) * 4
    rough = points + hidden[:, None] * unsure
    found = fit(rough, sigma=np.where(hidden, 1.5, 0.05), blur=0.35)
    assert len(found) <= 6
    left = [s for s in found if straight(s) and abs(s[0, 0] - 20.3) < 0.3 and abs(s[3, 0] - 20.3) < 0.3]
    assert len(left) == 1


def test_one_stray_point_changes_little() -> None:
    points = outline(corners(SQUARE))
    k = int(np.argmin(np.hypot(points[:, 0] - 45, points[:, 1] - 25.6)))
    points[k, 1] -= 0.4
    found = fit(points, sigma=np.full(len(points), 0.15), blur=0.35)
    assert len(found) == 4


def test_more_per_byte_gives_no_more_segments() -> None:
    points = outline(lambda x, y: np.hypot(x - 48, y - 48) < 30 + 6 * np.sin(5 * np.arctan2(y - 48, x - 48)))
    sigma = np.full(len(points), 0.1)
    exact, rough = fit(points, sigma=sigma, byte=0.5), fit(points, sigma=sigma, byte=30.0)
    assert len(rough) <= len(exact)


def test_many_at_once_are_the_same_as_one_by_one() -> None:
    contours = [outline(corners(SQUARE)), outline(disc(40, 40, 12)), outline(corners(star(48, 48, 20)))]
    sigmas = [np.full(len(c), 0.05) for c in contours]
    together = fit_all(contours, sigmas=sigmas)
    for contour, sigma, found in zip(contours, sigmas, together, strict=True):
        assert np.allclose(fit(contour, sigma=sigma), found, atol=0.02)


def test_none_gives_none() -> None:
    assert fit_all([], sigmas=[]) == []


@pytest.mark.parametrize(
    "points", [[[3, 4]], [[3, 4], [5, 6]], [[0, 0], [4, 0], [0, 3]], [[1, 1]] * 6, [[0, 0], [1, 0], [2, 0], [1, 0]]]
)
def test_what_is_hardly_a_contour_gives_a_closed_path_all_the_same(points: list[list[float]]) -> None:
    found = fit(np.array(points, dtype=float), sigma=np.full(len(points), 0.1))
    assert len(found)
    assert np.isfinite(found).all()
    assert np.abs(found[:, 3] - np.roll(found[:, 0], -1, axis=0)).max() < 1e-9


@given(st.integers(0, 10_000), st.sampled_from([1.2, 2.0, 3.5]), st.sampled_from([0.05, 0.15, 0.3]))
@settings(max_examples=12, deadline=None)
def test_no_outline_runs_astray(seed: int, coarse: float, sigma: float) -> None:
    field = gaussian_filter(np.random.default_rng(seed).normal(size=(90, 90)), coarse)
    lines = find_contours(np.pad(field / field.std(), 1, constant_values=-9), 0.8)
    contours = [line[:-1, ::-1] for line in lines if len(line) > 5]
    fitted = fit_all(contours, sigmas=[np.full(len(c), sigma) for c in contours], blur=0.35 if sigma < 0.1 else 1.0)
    for contour, found in zip(contours, fitted, strict=True):
        assert np.isfinite(found).all()
        assert np.abs(found[:, 3] - np.roll(found[:, 0], -1, axis=0)).max() < 1e-6
        room = 0.75 + 3 * sigma + (1.2 if sigma < 0.1 else 3.2)  # and what a corner's blur explains
        assert nearest(drawn_again(found, 12), contour).max() < room
        assert nearest(contour, drawn_again(found, 12)).max() < room


def test_ten_thousand_points_take_well_under_a_second() -> None:
    field = gaussian_filter(np.random.default_rng(3).normal(size=(512, 512)), 9)
    lines = find_contours(np.pad(field / field.std(), 1, constant_values=-9), 0.4)
    contours = [line[:-1, ::-1] for line in lines if len(line) > 5]
    assert 7_000 < sum(map(len, contours)) < 20_000
    start = time.process_time()
    fit_all(contours, sigmas=[np.full(len(c), 0.1) for c in contours])
    assert time.process_time() - start < 1.5


@pytest.mark.parametrize("how", [clean, soft])
@pytest.mark.parametrize("gap", [0.15, 0.3, 1.2])
def test_an_arc_of_nearly_a_whole_turn_keeps_its_circle(how: Fit, gap: float) -> None:
    def ring(x: Array, y: Array) -> NDArray[np.bool_]:
        away, angle = np.hypot(x - 48, y - 48), np.abs(np.arctan2(y - 48, x - 48))
        return np.asarray((away < 40) & (away > 22) & (angle > gap))

    points = drawn_again(how(ring))
    away = np.hypot(*(points - 48).T)
    inside = np.abs(np.arctan2(*(points - 48).T[::-1])) > gap + 0.2
    assert np.minimum(np.abs(away - 40), np.abs(away - 22))[inside].max() < 0.6


@pytest.mark.parametrize(("how", "exact"), [(clean, 0.5), (soft, 0.8)])
@pytest.mark.parametrize("high", [14.0, 20.0, 28.0])
@pytest.mark.parametrize("at", [48.0, 48.4])
def test_a_sharp_point_is_not_cut_off(how: Fit, exact: float, high: float, at: float) -> None:
    true = [(8.3, at - high), (60.2, at), (8.3, at + high)]
    found = how(corners(true))
    assert len(found) == 3
    assert corner_error(found, true[1:2]) < exact
