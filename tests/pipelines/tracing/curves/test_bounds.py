from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.tracing.curves import fit, fitting
from pipelines.tracing.curves.bounds import bounds, excess
from pipelines.tracing.curves.drawing import Drawing
from pipelines.tracing.curves.samples import Samples, resample
from pipelines.vectors.paths import ellipse, polygon
from tests.pipelines.tracing.curves.drawn import drawn_again, nearest

Array = NDArray[np.float64]

TURNS = np.linspace(0, 2 * np.pi, 300, endpoint=False)
CIRCLE = 50 + 30 * np.stack([np.cos(TURNS), np.sin(TURNS)], axis=1)
SURE = np.full(300, 0.05)


def drawing(subpath: Array) -> Drawing:
    return Drawing(subpath, np.zeros(len(subpath), dtype=np.int64))


def worst(samples: Samples, subpath: Array) -> float:
    return float(excess(samples, bounds(samples), drawing(subpath)).max())


def test_a_curve_along_its_contour_is_within_bounds() -> None:
    samples = resample([CIRCLE], [SURE], blur=0.35)
    assert worst(samples, ellipse(50, 50, 30, 30)) < 0.5


def test_a_curve_that_leaves_its_contour_is_astray_and_so_is_one_that_leaves_some_of_it_out() -> None:
    samples = resample([CIRCLE], [SURE], blur=0.35)
    assert worst(samples, ellipse(50, 50, 34, 30)) > 1
    assert worst(samples, polygon(CIRCLE[:150])) > 1
    assert worst(samples, polygon(CIRCLE[[0, 1]])) > 1


def test_each_loop_is_judged_alone_and_what_is_not_drawn_is_not_astray() -> None:
    samples = resample([CIRCLE, CIRCLE, CIRCLE], [SURE] * 3, blur=0.35)
    good, bad = ellipse(50, 50, 30, 30), ellipse(50, 50, 30, 26)
    both = Drawing(np.concatenate([good, bad]), np.repeat([0, 2], 4))
    found = np.maximum.reduceat(excess(samples, bounds(samples), both), samples.start)
    assert found[0] < 1
    assert found[1] == 0
    assert found[2] > 1


def test_what_is_hidden_may_be_off_by_three_pixels_and_no_more() -> None:
    samples = resample([CIRCLE], [np.full(300, 1.5)], blur=0.35)
    assert worst(samples, ellipse(50, 50, 32.8, 30)) < 1
    assert worst(samples, ellipse(50, 50, 33.5, 30)) > 1


def test_a_short_hidden_stub_may_be_cut_off() -> None:
    corner = np.array([[0, 0], [40, 0], [40, 5], [43, 5], [43, 0], [80, 0], [80, 50], [0, 50]], dtype=float)
    points = np.concatenate(
        [np.linspace(a, b, 40, endpoint=False) for a, b in zip(corner, np.roll(corner, -1, 0), strict=True)]
    )
    hidden = np.abs(points[:, 0] - 41.5) < 2
    stub = (points[:, 1] < 6) & hidden
    samples = resample([points], [np.where(stub, 1.5, 0.05)], blur=0.35)
    assert worst(samples, polygon(corner[[0, 1, 4, 5, 6, 7]])) < 1
    sure = resample([points], [np.full(len(points), 0.05)], blur=0.35)
    assert worst(sure, polygon(corner[[0, 1, 4, 5, 6, 7]])) > 1


def test_even_a_fit_that_goes_wrong_gives_an_outline_near_its_contour(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(samples: Samples, *_: object, **__: object) -> Drawing:
        return drawing(ellipse(50, 50, 60, 30))

    monkeypatch.setattr(fitting, "_fewest", wrong)
    found = fit(CIRCLE, sigma=SURE)
    assert nearest(drawn_again(found), CIRCLE).max() < 0.5
    assert nearest(CIRCLE, drawn_again(found)).max() < 0.5
    assert len(found) < 60
