"""Small paint in a large picture: edges that were there stay sharp, what is new comes along."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipelines.enlarging import enlarged

Pixels = NDArray[np.uint8]
COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


def drawn(size: int, *, ground: str, disc: str, dot: str | None = None) -> Pixels:
    """A disc on a ground, smooth edges; `dot` is a small thing beside it."""
    picture = Image.new("RGB", (4 * size, 4 * size), ground)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((size, size, 3 * size, 3 * size), fill=disc)
    if dot is not None:
        draw.ellipse((3.4 * size, 0.3 * size, 3.7 * size, 0.6 * size), fill=dot)
    return np.asarray(picture.resize((size, size), Image.Resampling.BOX))


def small(picture: Pixels, factor: int) -> Pixels:
    size = (picture.shape[1] // factor, picture.shape[0] // factor)
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))


def plainly(picture: Pixels, factor: int) -> Pixels:
    size = (picture.shape[1] * factor, picture.shape[0] * factor)
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))


def off(one: Pixels, other: Pixels) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


@pytest.mark.parametrize("factor", [2, 4])
@pytest.mark.parametrize("dot", [None, "#ffffff"])
def test_recoloured_edges_are_far_sharper_than_in_an_enlarged_picture(factor: int, dot: str | None) -> None:
    large = drawn(256, ground="#fff9ef", disc="#9fcfe0")
    wanted = drawn(256, ground="#24306b", disc="#5a7fc0", dot=dot)
    made = enlarged(small(wanted, factor), small(large, factor), large)
    assert off(made, wanted) < off(plainly(small(wanted, factor), factor), wanted) / (3 if dot is None else 1.5)


def test_what_is_new_is_as_it_is_in_an_enlarged_picture() -> None:
    plain, wanted = (
        drawn(128, ground="#9fcfe0", disc="#9fcfe0"),
        drawn(128, ground="#9fcfe0", disc="#9fcfe0", dot="#101010"),
    )
    made = enlarged(small(wanted, 2), small(plain, 2), plain)
    assert off(made, plainly(small(wanted, 2), 2)) < 0.1


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), wide=st.integers(1, 9), high=st.integers(1, 9), factor=st.integers(1, 4))
def test_where_nothing_was_painted_the_large_picture_comes_back(seed: int, wide: int, high: int, factor: int) -> None:
    size = (high * factor * 3, wide * factor * 3, 3)
    large = np.random.default_rng(seed).integers(0, 256, size, dtype=np.uint8)
    seen = small(large, factor)
    assert np.array_equal(enlarged(seen, seen, large), large)


@settings(max_examples=20, deadline=None)
@given(colour=COLOURS, factor=st.sampled_from([2, 4]))
def test_of_edges_that_are_painted_over_nothing_is_left(colour: tuple[int, int, int], factor: int) -> None:
    large = drawn(64, ground="#fff9ef", disc="#2d2130")
    side = 64 // factor
    painted = np.full((side, side, 3), colour, dtype=np.uint8)
    assert off(enlarged(painted, small(large, factor), large), np.full_like(large, colour)) < 4
