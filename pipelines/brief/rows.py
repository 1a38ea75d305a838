"""CSV → rows of axis values; every mistake with its line in the CSV."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.brief.flaws import Flaw, listed, quoted

_PATH = ("rows",)
_LARGEST = 16 << 20


@dataclass(frozen=True, slots=True)
class Rows:
    """`columns` are axes; each of `values` is one variant, with its line in `lines`."""

    columns: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]


def parse_rows(data: bytes, *, name: str) -> tuple[Rows | None, list[Flaw]]:
    """Read a CSV (RFC 4180, UTF-8 with or without a BOM; a spreadsheet's semicolons do too)."""
    if len(data) > _LARGEST:
        return None, [Flaw(_PATH, f"{quoted(name)} has {len(data)} bytes", f"keep it below {_LARGEST}")]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return None, [Flaw(_PATH, f"{name} line {line}: bytes that are no UTF-8 text", "export the sheet as CSV UTF-8")]
    if "\0" in text:
        return None, [Flaw(_PATH, f"{quoted(name)} is no CSV: it holds NUL bytes", "export the sheet as CSV UTF-8")]
    try:
        lines = list(_lines(text))
    except csv.Error as error:
        return None, [Flaw(_PATH, f"{quoted(name)} is no CSV: {error}", "export the sheet as CSV UTF-8")]
    if len(lines) < 2:
        return None, [Flaw(_PATH, f"{quoted(name)} has no rows", "write axis names in line 1, variants below")]
    return _rows(lines, name)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and cells; blank lines are left out."""
    head = text.split("\n", 1)[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    start = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield start, [cell.strip() for cell in cells]
        start = reader.line_num + 1


def _rows(lines: list[tuple[int, list[str]]], name: str) -> tuple[Rows | None, list[Flaw]]:
    columns = tuple(lines[0][1])
    flaws = list(_header(columns, f"{name} line {lines[0][0]}"))
    first: dict[tuple[str, ...], int] = {}
    for line, cells in lines[1:]:
        flaws.extend(_row(columns, cells, f"{name} line {line}"))
        seen = first.setdefault(tuple(cells), line)
        if seen != line:
            flaws.append(Flaw(_PATH, f"{name} line {line}: the same row as line {seen}", "remove one of them"))
    return (None if flaws else Rows(columns, tuple(first), tuple(first.values()))), flaws


def _header(columns: tuple[str, ...], where: str) -> Iterator[Flaw]:
    if not all(columns):
        yield Flaw(_PATH, f"{where}: column {columns.index('') + 1} has no name", "name the axis, or remove the column")
    if twice := [column for column, count in Counter(columns).items() if count > 1 and column]:
        yield Flaw(_PATH, f"{where}: columns named twice: {listed(twice)}", "name each axis once")


def _row(columns: tuple[str, ...], cells: list[str], where: str) -> Iterator[Flaw]:
    if len(cells) != len(columns):
        problem = f"{where}: {len(cells)} cells under {len(columns)} columns"
        yield Flaw(_PATH, problem, "give every column one cell; put a text with a comma in quotes")
    for column, cell in zip(columns, cells, strict=False):
        if not cell:
            yield Flaw(_PATH, f"{where}: the cell of {quoted(column)} is empty", "write a value, or remove the row")
