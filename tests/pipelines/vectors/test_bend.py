from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.vectors.bend import bend, bend_subpaths
from pipelines.vectors.paths import ellipse, polygon
from pipelines.vectors.shapes import Clip, Drawing, Shape

Array = NDArray[np.float64]
SQUARE = polygon(np.array([[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]))


def waving(points: Array) -> Array:
    u, v = points.T
    return np.stack([400 * u + 5 * np.sin(6 * v), 250 * v + 30 * np.sin(9 * u)], axis=1)


def along(curves: Array, steps: int = 33) -> Array:
    t = np.linspace(0, 1, steps)[None, :, None]
    p = curves[:, None]
    found: Array = (
        (1 - t) ** 3 * p[:, :, 0]
        + 3 * (1 - t) ** 2 * t * p[:, :, 1]
        + 3 * (1 - t) * t**2 * p[:, :, 2]
        + t**3 * p[:, :, 3]
    )
    return found.reshape(-1, 2)


@given(st.floats(0.02, 0.5), st.floats(0.2, 0.8), st.floats(0.2, 0.8))
def test_a_bent_curve_stays_within_its_tolerance(radius: float, x: float, y: float) -> None:
    circle = ellipse(x, y, radius, radius)
    (bent,) = bend_subpaths([circle], waving, tolerance=0.1)
    true = waving(along(circle, 3000))
    gap, _ = cKDTree(true).query(along(bent))
    assert np.max(gap) < 0.25


def test_pieces_of_a_bent_outline_meet_end_to_end() -> None:
    (bent,) = bend_subpaths([SQUARE], waving, tolerance=0.05)
    assert len(bent) > len(SQUARE)
    assert np.allclose(bent[1:, 0], bent[:-1, 3])
    assert np.allclose(bent[0, 0], bent[-1, 3])


def test_a_straight_map_needs_no_more_segments() -> None:
    (bent,) = bend_subpaths([SQUARE], lambda p: p * 300 + 7, tolerance=0.05)
    assert len(bent) == len(SQUARE)
    assert np.allclose(bent, SQUARE * 300 + 7)


def test_shapes_that_nobody_would_see_are_left_out() -> None:
    tiny, big = ellipse(0.5, 0.5, 0.0002, 0.0002), ellipse(0.5, 0.5, 0.2, 0.2)
    drawing = Drawing((Shape((tiny,), "nonzero", "#000000"), Shape((big,), "nonzero", "#ffffff")), ratio=1.5)
    assert [s.paint for s in bend(drawing, waving, tolerance=0.1, smallest=0.25)] == ["#ffffff"]


def test_clips_bend_with_what_they_clip() -> None:
    shape = Shape((SQUARE,), "nonzero", "#123456", clips=(Clip((ellipse(0.5, 0.5, 0.3, 0.3),), "nonzero"),))
    (bent,) = bend(Drawing((shape,), ratio=1.0), waving, tolerance=0.1)
    true = waving(along(shape.clips[0].subpaths[0], 1000))
    gap, _ = cKDTree(true).query(along(bent.clips[0].subpaths[0]))
    assert np.max(gap) < 0.5
