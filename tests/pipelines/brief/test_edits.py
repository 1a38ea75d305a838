"""Edits: an axis and a slot that exist, artwork for every value, no collisions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.brief import read_brief
from pipelines.model import Place, Recolor
from tests.pipelines.brief.made import FLAG, GOOD, ROWS, assert_told, mistakes, only_mistake, position, shelf, with_line


@pytest.mark.parametrize(
    ("old", "new", "where", "words"),
    [
        ("[CA-ON, NO]", "[CA-ON, FR]", "edits.region[0]", "1 region has no artwork: FR"),
        ("slot: flag", "slot: flog", "edits.region[0].slot", "no slot"),
        (
            "slot: flag",
            "slot: flag\n    - {edit: place, slot: flag}",
            "edits.region[1].slot",
            "region places into flag",
        ),
        (
            "slot: flag",
            "slot: flag\n      artwork: '{season}.svg'",
            "edits.region[0].artwork",
            "unknown field {season}",
        ),
        ("slot: flag", "slot: flag\n      artwork: '{region}.svg'", "edits.region[0].artwork", "no such file"),
        ("slot: flag", "slot: flag\n      artwork: '{region!r}.svg'", "edits.region[0].artwork", "no field"),
    ],
)
def test_an_edit_that_does_not_fit_is_told_where_and_why(old: str, new: str, where: str, words: str) -> None:
    assert_told(old, new, where, words)


def test_an_axis_that_no_edit_uses_would_make_identical_variants() -> None:
    text = with_line("edits:", "  season:\n    values: [winter, summer]\nedits:")
    found = only_mistake(text)
    assert (found.line, found.column) == position(text, "season")
    assert "identical" in found.problem


def test_an_axis_used_in_the_name_of_artwork_is_used() -> None:
    text = with_line("edits:", "  season:\n    values: [winter]\nedits:")
    text = with_line("slot: flag", 'slot: flag\n      artwork: "{region}-{season}.svg"', text)
    on = shelf(**{"CA-ON-winter__svg": FLAG, "NO-winter__svg": FLAG})
    assert read_brief(text, on).brief.axes.keys() == {"region", "season"}


def test_two_axes_that_place_into_one_slot_collide() -> None:
    text = with_line("edits:", "  season:\n    values: [winter]\nedits:")
    text = with_line("prompt:", "  season:\n    - {edit: place, slot: flag, artwork: '{season}.svg'}\nprompt:", text)
    found = only_mistake(text, shelf(winter__svg=FLAG))
    assert found.where == "edits.season[0].slot"
    assert "region places into flag too" in found.problem


def test_another_axis_than_region_needs_artwork_files() -> None:
    text = GOOD.replace("region:", "mood:").replace("[CA-ON, NO]", "[calm]").replace("{region}", "{mood}")
    assert 'artwork: "mood/{mood}.svg"' in only_mistake(text).fix


def test_a_missing_artwork_file_is_told_for_each_value() -> None:
    text = with_line("slot: flag", 'slot: flag\n      artwork: "logos/{region}.svg"')
    assert [m.problem.split()[-1] for m in mistakes(text)] == ["'logos/CA-ON.svg'", "'logos/NO.svg'"]


def test_a_column_that_an_edit_needs_is_missed() -> None:
    found = mistakes(ROWS, shelf(rows__csv=b"country\nNO\n"))
    assert any(m.where == "edits.region" and "no axis" in m.problem for m in found)


def test_a_value_may_have_artwork_of_its_own() -> None:
    text = GOOD.replace("[CA-ON, NO]", "[CA-ON, FR]")
    text = with_line("slot: flag", "slot: flag\n      overrides: {FR: ours.svg}", text)
    (place,) = read_brief(text, shelf(ours__svg=FLAG)).brief.edits["region"]
    assert isinstance(place, Place)
    assert place.overrides == {"FR": "ours.svg"}


@pytest.mark.parametrize(
    ("overrides", "where", "words"),
    [
        ("{XX: ours.svg}", "edits.region[0].overrides.XX", "no value"),
        ("{NO: theirs.svg}", "edits.region[0].overrides.NO", "no such file"),
        ("{NO: '{region}.svg'}", "edits.region[0].overrides.NO", "no fields"),
    ],
)
def test_artwork_of_a_value_that_does_not_fit_is_told(overrides: str, where: str, words: str) -> None:
    text = with_line("slot: flag", f"slot: flag\n      overrides: {overrides}")
    found = only_mistake(text, shelf(ours__svg=FLAG))
    assert found.where == where
    assert words in found.problem


SEASONS = with_line("edits:", "  season:\n    values: [as-drawn, night]\nedits:")
SEASONS = with_line(
    "prompt:", '  season:\n    - {edit: recolor, grade: "{season}", backdrop: [folded]}\nprompt:', SEASONS
)


def test_an_axis_may_change_the_colours() -> None:
    on = replace(shelf(), grades={"night": b""})
    (edit,) = read_brief(SEASONS, on).brief.edits["season"]
    assert isinstance(edit, Recolor)
    assert edit.backdrop == ("folded",)


@pytest.mark.parametrize(
    ("old", "new", "where", "words"),
    [
        ("[as-drawn, night]", "[as-drawn, nihgt]", "edits.season[0].grade", 'no grade "nihgt"'),
        ("{season}", "{saeson}", "edits.season[0].grade", "unknown field {saeson}"),
        ("[folded]", "[foldde]", "edits.season[0].backdrop[0]", "no layer"),
        ("edit: recolor", "edit: recolour", "edits.season[0].edit", "not known"),
        ("grade:", "grad:", "edits.season[0].grad", "no such key"),
    ],
)
def test_a_recolor_that_does_not_fit_is_told_where_and_why(old: str, new: str, where: str, words: str) -> None:
    text = SEASONS.replace(old, new)
    assert text != SEASONS
    told = {m.where: m.problem for m in mistakes(text, replace(shelf(), grades={"night": b""}))}
    assert words in told[where]


def test_colours_are_changed_once() -> None:
    twice = SEASONS.replace("prompt:", "    - {edit: recolor, grade: night}\nprompt:")
    found = only_mistake(twice, replace(shelf(), grades={"night": b""}))
    assert "twice" in found.problem
