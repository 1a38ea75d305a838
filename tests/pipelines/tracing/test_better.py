from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.errors import TraceError
from pipelines.tracing.better import BetterTracer, drawing
from pipelines.tracing.tracer import RegionTracer
from pipelines.vectors.paths import polygon
from pipelines.vectors.shapes import Shape
from tests.pipelines.tracing.pictures import EMBLEM, degraded, picture


def sheet(colour: str, left: float = 0, right: float = 64) -> Shape:
    corners = np.array([[left, 0], [right, 0], [right, 64], [left, 64]], dtype=np.float64)
    return Shape((polygon(corners),), "nonzero", colour)


class Draws(RegionTracer):
    """A tracer that makes the same of every picture."""

    def __init__(self, *shapes: Shape) -> None:
        self.shapes = shapes

    def trace(self, rgba: NDArray[np.uint8], *, palette: Sequence[str] = ()) -> tuple[Shape, ...]:
        return self.shapes


class GivesUp:
    def trace(self, rgba: NDArray[np.uint8], *, palette: Sequence[str] = ()) -> tuple[Shape, ...]:
        raise TraceError("gave up", got="this", fix="that")


HALVES = picture('<rect width="64" height="64" fill="#cc3333"/><rect x="20" width="30" height="64" fill="#3366cc"/>',
                 wide=64, high=64)  # fmt: skip
RIGHT, WRONG = Draws(sheet("#cc3333"), sheet("#3366cc", 20, 50)), Draws(sheet("#cc3333"), sheet("#3366cc", 2, 40))


def test_the_drawing_that_is_nearer_to_the_picture_is_taken() -> None:
    assert BetterTracer(ours=WRONG, other=RIGHT).trace(HALVES) == RIGHT.shapes
    assert BetterTracer(ours=RIGHT, other=WRONG).trace(HALVES) == RIGHT.shapes


def test_a_good_drawing_is_not_compared() -> None:
    assert BetterTracer(ours=RIGHT, other=GivesUp()).trace(HALVES) == RIGHT.shapes


def test_where_the_other_gives_up_ours_is_taken() -> None:
    assert BetterTracer(ours=WRONG, other=GivesUp()).trace(HALVES) == WRONG.shapes


def test_a_palette_is_kept_to_by_ours_alone() -> None:
    assert BetterTracer(ours=WRONG, other=RIGHT).trace(HALVES, palette=("#cc3333", "#3366cc")) == WRONG.shapes


def test_a_heap_of_blots_is_no_drawing() -> None:
    blots = Draws(*RIGHT.shapes, *[sheet("#3366cc", 20, 50)] * 700)
    assert BetterTracer(ours=WRONG, other=blots).trace(HALVES) == WRONG.shapes


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (2, 2), (3, 5), (6, 6)])
def test_the_smallest_pictures_are_compared_too(size: tuple[int, int]) -> None:
    assert BetterTracer(ours=WRONG, other=RIGHT).trace(np.full((*size, 4), 255, np.uint8))


def test_flat_art_is_drawn_by_ours_even_through_noise() -> None:
    for rgba in (picture(EMBLEM), degraded(picture(EMBLEM, scale=2))):
        assert len(BetterTracer().trace(rgba)) == 5


def test_a_drawing_is_seen_as_its_shapes_lie() -> None:
    seen = drawing(RIGHT.shapes, (64, 64))
    assert np.array_equal(seen, HALVES)
