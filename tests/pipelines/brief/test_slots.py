"""Slots: one surface each, sound, on the master."""

from __future__ import annotations

import pytest

from pipelines.brief import read_brief
from tests.pipelines.brief.made import assert_told, only_mistake, png, shelf, with_line


@pytest.mark.parametrize(
    ("old", "new", "where", "words"),
    [
        ("layer: flag-art", "layer: flag-arts", "slots.flag.layer", "no layer"),
        ("layer: flag-art", "layer: folded", "slots.flag.layer", "uneven rows"),
        ("layer: flag-art", 'ground: "#ffffff"', "slots.flag", "nothing says where"),
        ("layer: flag-art", "layer: flag-art\n    mask: m.png", "slots.flag", "layer, mask all say"),
        ("layer: flag-art", "mask: m.png", "slots.flag.mask", "no such file"),
        ("layer: flag-art", "polygon: [[0, 0], [9, 9]]", "slots.flag.polygon", "2 points"),
        ("layer: flag-art", "polygon: [[0, 0], [9, 9], [9, 0], [0, 9]]", "slots.flag.polygon", "cross"),
        ("layer: flag-art", "polygon: [[0, 0], [4, 4], [9, 9]]", "slots.flag.polygon", "no area"),
        ("layer: flag-art", "polygon: [[0, 0], [0, 9], [9, 9], [9, 0]]", "slots.flag.polygon", "anticlockwise"),
        ("layer: flag-art", "polygon: [[900, 0], [990, 0], [990, 9]]", "slots.flag.polygon", "outside"),
        ("layer: flag-art", "grid: [[[0, 0], [9, 0]]]", "slots.flag.grid", "too small"),
        ("layer: flag-art", "grid: [[[0, 0], [9, 0]], [[0, 9]]]", "slots.flag.grid", "rows of 2, 1 points"),
        ("layer: flag-art", "grid: [[[9, 0], [0, 0]], [[9, 9], [0, 9]]]", "slots.flag.grid", "folds over"),
        ("layer: flag-art", "layer: flag-art\n    current: ZZ", "slots.flag.current", "no such region"),
    ],
)
def test_a_slot_that_cannot_be_used_is_told_where_and_why(old: str, new: str, where: str, words: str) -> None:
    assert_told(old, new, where, words)


def test_a_mask_has_the_shape_of_the_master() -> None:
    text = with_line("layer: flag-art", "mask: m.png")
    assert "not the master's shape" in only_mistake(text, shelf(m__png=png(50, 50))).problem
    assert read_brief(text, shelf(m__png=png(100, 50))).warnings == ()


def test_layers_are_for_drawings_alone() -> None:
    text = with_line("mascot.svg", "mascot.png")
    assert "a pixel master has no layers" in only_mistake(text, shelf(mascot__png=png(200, 100))).problem
