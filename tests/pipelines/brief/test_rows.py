"""Rows of a CSV, and mistakes with their lines in it."""

from __future__ import annotations

import pytest

from pipelines.brief import read_brief
from tests.pipelines.brief.made import ROWS, mistakes, shelf


@pytest.mark.parametrize("table", ["region\nCA-ON\nNO\n", "\ufeffregion\r\nCA-ON\r\n\r\nNO\r\n", 'region\n"CA-ON"\nNO'])
def test_rows_of_a_spreadsheet_are_axes(table: str) -> None:
    assert read_brief(ROWS, shelf(rows__csv=table.encode())).warnings == ()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("region,\nCA-ON,x\n", "rows.csv line 1: column 2 has no name"),
        ("region,region\nCA-ON,NO\n", "rows.csv line 1: columns named twice: region"),
        ("Region\nCA-ON\n", 'rows.csv line 1: "Region" is no name'),
        ("region\nCA-ON\n\nXX\n", "rows.csv line 4: no such region"),
        ("region\nCA-ON\nNO\nCA-ON\n", "rows.csv line 4: the same row as line 2"),
        ("region\nCA-ON,NO\n", "rows.csv line 2: 2 cells under 1 columns"),
        ('region,mood\n"CA-ON",""\n', 'rows.csv line 2: the cell of "mood" is empty'),
        ('region\n"CA-ON\n', "no CSV"),
        ("region\n", "has no rows"),
        ("", "has no rows"),
    ],
)
def test_a_mistake_in_the_rows_names_the_line_of_the_csv(table: str, words: str) -> None:
    found = mistakes(ROWS, shelf(rows__csv=table.encode()))
    assert any(words in m.problem for m in found), found
    assert {m.line for m in found} <= {*range(10, 16)}


def test_rows_that_are_not_utf8_are_told() -> None:
    assert "line 2" in mistakes(ROWS, shelf(rows__csv=b"region\ncaf\xe9\n"))[0].problem
