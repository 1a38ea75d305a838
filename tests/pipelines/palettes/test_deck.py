from __future__ import annotations

import numpy as np
import pytest

from pipelines.palettes.deck import deck
from pipelines.palettes.names import families, family_of
from pipelines.palettes.oklab import lab_of, polar


def test_fifty_different_colours_and_always_the_same() -> None:
    assert len(set(deck())) == 50
    assert deck() == deck()


def test_every_hue_and_every_lightness_is_asked_about_quiet_and_strong() -> None:
    lightness, chroma, hue = polar(lab_of(deck()))
    coloured = {family_of(float(each)) for each in hue[chroma > 0.06]}
    assert coloured == set(families())
    assert lightness.min() < 0.2
    assert lightness.max() > 0.9
    assert np.histogram(lightness, [0, 0.4, 0.6, 0.8, 1.01])[0].min() >= 6
    assert (chroma < 0.04).sum() >= 5
    assert (chroma > 0.15).sum() >= 10


def test_no_two_are_alike() -> None:
    lab = lab_of(deck())
    apart = np.linalg.norm(lab[:, None] - lab, axis=2) + np.eye(len(lab))
    assert apart.min() > 0.05


def test_whoever_stops_after_ten_has_seen_a_spread() -> None:
    lightness, chroma, hue = polar(lab_of(deck()[:10]))
    assert np.ptp(lightness) > 0.7
    assert len({family_of(float(each)) for each in hue[chroma > 0.06]}) >= 4


@pytest.mark.parametrize("times", [1, 3])
def test_another_round_asks_about_other_colours(times: int) -> None:
    seen: tuple[str, ...] = deck()
    for _ in range(times):
        new = deck(seen=seen)
        away = np.linalg.norm(lab_of(new)[:, None] - lab_of(seen), axis=2).min(axis=1)
        assert len(new) == 50
        assert away.mean() > 0.03
        seen = (*seen, *new)
    assert len(set(seen)) == 50 * (times + 1)
