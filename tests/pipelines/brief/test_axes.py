"""Values of axes: written out, in sets, side by side, or in rows instead."""

from __future__ import annotations

import pytest

from tests.pipelines.brief.made import assert_told, mistakes, only_mistake, shelf, with_line


@pytest.mark.parametrize(
    ("old", "new", "where", "words"),
    [
        ("[CA-ON, NO]", "[CA-ON, CA-OM]", "axes.region.values[1]", "no such region"),
        ("[CA-ON, NO]", "[CA-ON, CA-ON]", "axes.region.values[1]", "twice"),
        ("[CA-ON, NO]", "[CA-ON, CA_ON]", "axes.region.values[1]", "same file name"),
        ("[CA-ON, NO]", "[]", "axes.region", "no values"),
        ("values: [CA-ON, NO]", "set: kanada", "axes.region.set", "no such set"),
    ],
)
def test_values_that_cannot_be_used_are_told_where_and_why(old: str, new: str, where: str, words: str) -> None:
    assert_told(old, new, where, words)


def test_sets_are_for_regions_alone() -> None:
    text = with_line("edits:", "  mood:\n    set: canada\nedits:")
    assert any("only the axis region has sets" in m.problem for m in mistakes(text))


def test_axes_side_by_side_are_equally_long() -> None:
    text = with_line("edits:", "  season:\n    values: [winter]\ncombine: zip\nedits:")
    assert any("region has 2, season has 1" in m.problem for m in mistakes(text))


def test_rows_replace_axes() -> None:
    text = with_line("axes:", "rows: rows.csv\naxes:")
    assert only_mistake(text, shelf(rows__csv=b"region\nNO\n")).problem.startswith("rows replaces axes")
