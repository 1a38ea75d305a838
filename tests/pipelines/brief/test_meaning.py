"""What a brief means as a whole: words, styles, exclusions, limits, the prompt, sizes."""

from __future__ import annotations

import pytest

from pipelines.brief import read_brief
from tests.pipelines.brief.made import FLAG, ROWS, assert_told, shelf, with_line


@pytest.mark.parametrize(
    ("old", "new", "where", "words"),
    [
        ("the mascot holding {region}", "the mascot holding {season}", "prompt", "unknown field {season}"),
        ("the mascot holding {region}", "the mascot holding {region", "prompt", "no partner"),
        ("the mascot holding {region}", "holding-flags", "prompt", "no such prompt template"),
        ("prompt:", "styles: [ink]\nprompt:", "styles[0]", "no style"),
        ("prompt:", "styles: [ink-flat, ink-flat]\nprompt:", "styles[1]", "2 times"),
        ("prompt:", "limit: 1\nprompt:", "axes", "2 variants are more than the limit of 1"),
        ("prompt:", "limit: 1000000\nprompt:", "limit", "more than one brief"),
        ("prompt:", "exclude: [{}]\nprompt:", "exclude[0]", "leaves everything out"),
        ("prompt:", "exclude: [{season: winter}]\nprompt:", "exclude[0].season", "no axis"),
        ("prompt:", "exclude: [{region: CA-NO}]\nprompt:", "exclude[0].region", "no value"),
        ("prompt:", "exclude: [{region: NO}, {region: CA-ON}]\nprompt:", "exclude", "everything is excluded"),
        ("prompt:", "deliver: {sizes: [9]}\nprompt:", "deliver.sizes[0]", "9 pixels"),
        ("prompt:", "deliver: {sizes: [32, 32]}\nprompt:", "deliver.sizes[1]", "2 times"),
        ("prompt:", "deliver: {formats: [png, png]}\nprompt:", "deliver.formats[1]", "2 times"),
        ("why: People learn more from a mascot that is theirs.", 'why: " "', "why", "nothing says why"),
    ],
)
def test_a_brief_that_cannot_be_meant_is_told_where_and_why(old: str, new: str, where: str, words: str) -> None:
    assert_told(old, new, where, words)


def test_an_exclusion_that_leaves_nothing_out_is_a_warning() -> None:
    text = ROWS + "exclude: [{region: NO, mood: calm}]\n"
    text = with_line("slot: flag", "slot: flag\n      artwork: '{region}-{mood}.svg'", text)
    on = shelf(rows__csv=b"region,mood\nNO,wild\nCA-ON,calm\n", **{"NO-wild__svg": FLAG, "CA-ON-calm__svg": FLAG})
    assert [w.problem for w in read_brief(text, on).warnings] == ["this leaves nothing out"]
