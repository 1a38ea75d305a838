from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.engines.renderer import render
from pipelines.model import Fit
from pipelines.slots.fit import FitMap, fit_map
from pipelines.sources import parse_svg
from tests.drawn import disc, tricolour

ratios = st.floats(0.5, 3.0)


def fitted(fit: Fit, artwork: bytes, *, ratio: float, surface: float) -> FitMap:
    return fit_map(fit, artwork=ratio, surface=surface, preview=render(parse_svg(artwork, "a"), 192, 128))


@given(st.sampled_from(["flag", "stretch"]), ratios)
def test_flag_and_stretch_fill_the_surface_and_cut_nothing_off(fit: Fit, surface: float) -> None:
    corners = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
    assert np.allclose(fitted(fit, disc(), ratio=1.5, surface=surface).artwork(corners), corners, atol=1e-9)


@given(st.sampled_from(["flag", "stretch", "cover", "contain"]), ratios, st.floats(-0.2, 1.2), st.floats(-0.2, 1.2))
def test_surface_undoes_artwork(fit: Fit, surface: float, u: float, v: float) -> None:
    found = fitted(fit, disc(), ratio=1.5, surface=surface)
    assert np.allclose(found.surface(found.artwork(np.array([[u, v]]))), [[u, v]], atol=2e-3)


@pytest.mark.parametrize("surface", [1.1, 1.5, 2.0])
def test_a_disc_stays_rounder_under_flag_than_under_stretch(surface: float) -> None:
    def out_of_round(fit: Fit) -> float:
        found = fitted(fit, disc(), ratio=1.5, surface=surface)
        left, right = found.surface(np.array([[0.3, 0.5], [0.7, 0.5]]))[:, 0]
        top, bottom = found.surface(np.array([[0.5, 0.2], [0.5, 0.8]]))[:, 1]
        return abs(float(np.log((right - left) * surface / (bottom - top))))

    assert out_of_round("flag") <= out_of_round("stretch") + 1e-6
    if surface != 1.5:
        assert out_of_round("flag") < 0.75 * out_of_round("stretch")


@pytest.mark.parametrize("surface", [1.0, 2.0])
def test_the_bars_of_a_tricolour_stay_equal(surface: float) -> None:
    found = fitted("flag", tricolour(), ratio=1.5, surface=surface)
    edges = found.surface(np.array([[0, 0.5], [1 / 3, 0.5], [2 / 3, 0.5], [1, 0.5]]))[:, 0]
    assert np.allclose(np.diff(edges), 1 / 3, atol=0.035)


def test_cover_cuts_and_contain_leaves_room() -> None:
    cover = fitted("cover", disc(), ratio=1.5, surface=3.0)
    contain = fitted("contain", disc(), ratio=1.5, surface=3.0)
    assert cover.artwork(np.array([[0.0, 0.0]])).tolist() == [[0.0, 0.25]]
    assert contain.artwork(np.array([[0.0, 0.0]])).tolist() == [[-0.5, 0.0]]
