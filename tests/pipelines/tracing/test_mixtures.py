from __future__ import annotations

import numpy as np

from pipelines.tracing.mixtures import NOBODY, explain, mixed, near_labels
from pipelines.tracing.paints import Paints
from pipelines.tracing.raster import Pixels

RED, WHITE, BLUE = (200.0, 0.0, 0.0), (255.0, 255.0, 255.0), (0.0, 0.0, 200.0)
PAINTS = Paints(np.array([RED, WHITE, BLUE], dtype=np.float32))
HERE = (np.zeros(1, dtype=np.intp), np.zeros(1, dtype=np.intp))


def mix(one: tuple[float, ...], other: tuple[float, ...], share: float) -> Pixels:
    return (share * np.array([one]) + (1 - share) * np.array([other])).astype(np.float32)


def candidates(*paints: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    return np.array([[*paints, *[NOBODY] * (4 - len(paints))]], dtype=np.int32)


def test_an_edge_pixel_is_so_much_of_one_paint_and_the_rest_of_the_other() -> None:
    found = explain(mix(RED, WHITE, 0.3), candidates(1, 0), PAINTS, HERE, doubt=1)
    assert (found.first[0], found.second[0]) == (1, 0)
    assert abs(found.share[0] - 0.7) < 1e-3
    assert found.residual[0] < 2


def test_a_pure_colour_is_one_paint() -> None:
    found = explain(mix(BLUE, BLUE, 1), candidates(1, 0, 2), PAINTS, HERE, doubt=1)
    assert (found.first if found.share[0] > 0.5 else found.second)[0] == 2
    assert abs(found.share[0] - 0.5) == 0.5


def test_what_no_two_paints_explain_is_missed_by_a_lot() -> None:
    green = np.array([[0, 200, 0]], dtype=np.float32)
    assert explain(green, candidates(0, 1, 2), PAINTS, HERE, doubt=0).residual[0] > 100


def test_the_nearest_paints_come_first_and_each_once() -> None:
    labels = np.full((7, 9), NOBODY, dtype=np.int32)
    labels[:, :3], labels[:, 6:] = 0, 1
    labels[3, 3] = 2
    found = near_labels(labels, np.array([3]), np.array([3]), 3)
    assert found.tolist() == [[2, 0, 1, NOBODY]]


def test_a_soft_step_keeps_its_place_to_a_hundredth_of_a_pixel() -> None:
    across = np.clip(np.arange(20) - 9.7, 0, 1)[None, :, None] * np.ones((12, 1, 1))
    pixels = (across * np.array(RED) + (1 - across) * np.array(WHITE)).astype(np.float32)
    labels = np.where(across[..., 0] >= 1, 0, np.where(across[..., 0] <= 0, 1, NOBODY)).astype(np.int32)
    found = mixed(pixels, labels, PAINTS, radius=2, doubt=1)
    below = np.where((found.second == 0) & (found.first != 0), 1 - found.share, 0)
    red = np.where(found.first == 0, found.share, 0) + below
    assert np.abs(red.sum(axis=1) - across[..., 0].sum(axis=1)).max() < 0.02


def test_between_two_paints_no_third_appears() -> None:
    """Purple lies between red and blue by colour, and is far away in the picture."""
    purple = mix(RED, BLUE, 0.5)[0]
    paints = Paints(np.concatenate([PAINTS.flats, purple[None]]))
    pixels = np.empty((16, 24, 3), dtype=np.float32)
    pixels[:, :8], pixels[:, 8], pixels[:, 9:] = RED, purple, BLUE
    labels = np.full((16, 24), NOBODY, dtype=np.int32)
    labels[:, :8], labels[:, 9:20], labels[:, 20:] = 0, 2, 3
    assert 3 not in mixed(pixels, labels, paints, radius=2, doubt=1).hard[:, :16]
