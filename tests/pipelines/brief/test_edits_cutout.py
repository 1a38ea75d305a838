"""Cutout edits: layers and points that exist, one cutout a variant, and slots that are still there afterwards."""

from __future__ import annotations

import pytest

from pipelines.brief import read_brief
from tests.pipelines.brief.made import GOOD, mistakes, only_mistake, png, shelf, with_line

CUT = with_line("    - edit: place", "    - {edit: cutout, drop: [folded]}\n    - edit: place")
PIXELS = with_line("mascot.svg", "photo.png").replace("layer: flag-art", "polygon: [[1, 1], [30, 1], [30, 9], [1, 9]]")


def warnings(text: str) -> list[str]:
    return [w.problem for w in read_brief(text, shelf(photo__png=png(64, 32))).warnings]


def test_a_drawing_that_loses_a_layer_is_sound() -> None:
    assert warnings(CUT) == []


def test_a_drawing_without_layers_named_is_warned_to_become_pixels() -> None:
    (problem,) = warnings(CUT.replace("drop: [folded]", "inside: [[20, 20]]"))
    assert "cut as pixels" in problem


@pytest.mark.parametrize(
    ("edit", "where", "words"),
    [
        ("drop: [flog]", "edits.region[0].drop[0]", "no layer"),
        ("drop: [folded], keep: [flag-art]", "edits.region[0].keep", "both say what goes"),
        ("drop: [folded], inside: [[3, 3]]", "edits.region[0]", "layers say it all"),
        ("drop: [flag-art]", "edits.region[0].drop", "the layer flag-art goes with the background, and place needs it"),
        ("keep: [folded]", "edits.region[0].keep", "place needs it"),
        ("drop: [flag-art, folded]", "edits.region[0].drop", "nothing would be left"),
        ("inside: [[300, 3]]", "edits.region[0].inside[0]", "outside the picture"),
        ("segmenter: missing-one", "edits.region[0].segmenter", "no such model"),
    ],
)
def test_a_cutout_that_does_not_fit_is_told_where_and_why(edit: str, where: str, words: str) -> None:
    found = {m.where: m for m in mistakes(CUT.replace("drop: [folded]", edit))}
    assert where in found, found
    assert words in found[where].problem
    assert found[where].line > 1


def test_a_pixel_master_has_no_layers_to_drop() -> None:
    text = PIXELS.replace("    - edit: place", "    - {edit: cutout, drop: [sky]}\n    - edit: place")
    found = only_mistake(text, shelf(photo__png=png(64, 32)))
    assert "no layers" in found.problem


def test_a_background_is_removed_once_but_each_value_may_have_its_own_way() -> None:
    twice = CUT.replace("    - edit: place", "    - {edit: cutout, drop: [folded]}\n    - edit: place")
    assert "removed twice" in only_mistake(twice).problem
    apart = GOOD.replace(
        "    - edit: place",
        "    - {edit: cutout, drop: [folded], values: [NO]}\n    - {edit: cutout, drop: [folded], values: [CA-ON]}\n"
        "    - edit: place",
    )
    assert warnings(apart) == []
