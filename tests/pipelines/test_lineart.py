from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.lineart import canny, drawn, lineart


def disc(size: int = 96) -> NDArray[np.uint8]:
    """A dark disc on white."""
    y, x = np.mgrid[:size, :size] - size / 2 + 0.5
    inside = np.hypot(y, x) < size / 3
    return np.where(inside[..., None], np.uint8(40), np.uint8(255)) * np.ones(3, dtype=np.uint8)


def test_canny_draws_a_discs_thin_closed_outline() -> None:
    edges = canny(disc())
    assert set(np.unique(edges)) == {0, 255}
    y, x = np.nonzero(edges)
    radius = np.hypot(y - 47.5, x - 47.5)
    assert np.abs(radius - 32).max() < 2.5
    angles = np.sort(np.arctan2(y - 47.5, x - 47.5))
    assert np.diff(angles).max() < 0.1
    assert len(y) < 2 * np.pi * 32 * 1.4


def test_canny_keeps_a_weak_edge_only_where_a_strong_one_leads() -> None:
    picture = np.full((80, 80, 3), 100, dtype=np.uint8)
    picture[:, 20:] = 150
    assert not canny(picture).any()
    picture[:, 20:] = np.linspace(255, 150, 80, dtype=np.uint8)[:, None, None]
    edges = canny(picture)
    assert edges[5:75, 18:22].any(axis=1).all()


def test_a_flat_picture_has_no_lines() -> None:
    flat = np.full((32, 32, 3), 77, dtype=np.uint8)
    assert not canny(flat).any()
    assert not lineart(flat).any()


def test_lineart_draws_ink_white_on_black() -> None:
    picture = np.full((64, 64, 3), 250, dtype=np.uint8)
    picture[30:33] = 20
    ink = lineart(picture)
    assert ink.shape == (64, 64)
    assert ink[31].min() > 100
    assert ink[5].max() == 0


def test_a_drawing_is_found_by_its_name() -> None:
    assert np.array_equal(drawn(disc(), "canny"), canny(disc()))
    assert np.array_equal(drawn(disc(), "lineart"), lineart(disc()))
