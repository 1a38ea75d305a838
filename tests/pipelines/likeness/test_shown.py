"""What parts of variants show, told apart within their batch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.engines.embedder import F32, unit
from pipelines.likeness.shown import Measure, Shown, shown_standings


def batch(count: int, *, apart: float = 0.6, seed: int = 0, measure: Measure = "artwork") -> dict[str, list[Shown]]:
    """Variants whose part lies near to what it should show, nearer for a small `apart`."""
    random = np.random.default_rng(seed)
    wanted = unit(random.normal(0, 1, (count, 48)))
    seen = unit(wanted + apart * unit(random.normal(0, 1, (count, 48))))
    return {f"v{i}": [Shown(measure, "flag", f"F{i}", seen[i], wanted[i])] for i in range(count)}


def swapped(parts: dict[str, list[Shown]], name: str, shows: F32) -> dict[str, list[Shown]]:
    one = parts[name][0]
    return {**parts, name: [Shown(one.measure, one.where, one.what, shows, one.wanted)]}


@settings(max_examples=20, deadline=None)
@given(count=st.integers(6, 40), seed=st.integers(0, 99), data=st.data())
def test_who_shows_anothers_artwork_is_told_with_whose(count: int, seed: int, data: st.DataObject) -> None:
    parts = batch(count, seed=seed)
    wrong, other = data.draw(st.permutations(range(count)).map(lambda order: order[:2]))
    found = shown_standings(swapped(parts, f"v{wrong}", parts[f"v{other}"][0].seen))
    standing = found[f"v{wrong}"]["artwork"]
    assert standing.share < 0.5
    assert f"of {count} artworks, after F{other}" in standing.words
    right = [one["artwork"] for name, one in found.items() if name != f"v{wrong}"]
    assert all("nearest of" in one.words and one.share > 0.5 for one in right)


def test_the_margin_is_told_to_the_next_artwork() -> None:
    rows = unit(np.array([[1, 0, 0], [0.9, 0.5, 0], [0, 0, 1], [0, 1, 0.2]], np.float32))
    parts = {f"v{i}": [Shown("artwork", "flag", f"F{i}", rows[i], rows[i])] for i in range(4)}
    away = unit(rows - rows.mean(axis=0))
    margin = 1 - float(away[0] @ away[1])
    assert shown_standings(parts)["v0"]["artwork"].words.endswith(f"nearest of 4 artworks, by {margin:.3f} before F1")


@given(seed=st.integers(0, 99))
@settings(max_examples=10, deadline=None)
def test_what_every_part_and_every_artwork_has_in_common_hides_nothing(seed: int) -> None:
    """All crops show the same hand, all artworks lie flat: that outweighs what tells them apart many times."""
    plain = batch(20, seed=seed)
    hand, flat = unit(np.random.default_rng(seed + 1000).normal(0, 1, (2, 48)))
    parts = {
        name: [Shown("artwork", "flag", p.what, *unit(np.stack([p.seen + 6 * hand, p.wanted + 6 * flat])))]
        for name, (p,) in plain.items()
    }
    found = shown_standings(parts).values()
    assert sum("nearest of 20" in one["artwork"].words for one in found) >= 19


def test_its_own_artwork_in_another_light_is_no_other() -> None:
    """Recipes that prepare the master give each artwork several looks."""
    parts = batch(9)
    for name, (p,) in list(parts.items()):
        dusk = unit((p.wanted + 0.05 * np.roll(p.wanted, 1))[None])[0]
        parts[f"{name}.dusk"] = [Shown("artwork", "flag", p.what, p.seen, dusk)]
    found = shown_standings(parts)
    assert all("nearest of 9 artworks" in one["artwork"].words for one in found.values())


def test_equal_artworks_are_one_and_come_before_nobody() -> None:
    parts = batch(8)
    first = parts["v0"][0]
    parts["twin"] = [Shown("artwork", "flag", "twin", first.seen, first.wanted)]
    found = shown_standings(parts)
    assert all("nearest of 8 artworks" in found[name]["artwork"].words for name in ("twin", "v0"))
    assert "before F0" not in found["twin"]["artwork"].words
    assert found["twin"]["artwork"].share == found["v0"]["artwork"].share


def test_of_several_parts_the_worst_counts_and_is_named() -> None:
    flags, badges = batch(10), batch(10, seed=1)
    badges = {name: [Shown("artwork", "badge", p.what, p.seen, p.wanted)] for name, (p,) in badges.items()}
    badges = swapped(badges, "v3", badges["v7"][0].seen)
    found = shown_standings({name: [*flags[name], *badges[name]] for name in flags})
    assert found["v3"]["artwork"].words.startswith("badge: ")
    assert found["v3"]["artwork"].share < 0.5
    assert found["v4"]["artwork"].share > 0.5


def test_painted_parts_are_compared_with_words_and_have_no_places() -> None:
    found = shown_standings(batch(12, measure="painted"))
    assert set(found["v0"]) == {"painted"}
    assert "its own words" in found["v0"]["painted"].words
    assert "place" not in found["v0"]["painted"].words


def test_one_artwork_for_all_tells_nothing() -> None:
    parts = batch(9)
    one = parts["v0"][0].wanted
    alone = {name: [Shown("artwork", "flag", "F", p.seen, one)] for name, (p,) in parts.items()}
    assert all(found["artwork"].warning is not None for found in shown_standings(alone).values())


def test_more_than_are_ranked_at_a_time_are_ranked_alike() -> None:
    parts = batch(1100, apart=0.4)
    found = shown_standings(parts)
    assert len(found) == 1100
    nearest = sum("nearest of 1100" in one["artwork"].words for one in found.values())
    assert nearest == pytest.approx(1100, abs=11)
