"""The one form of benchmarks: a table for people; with --json one flat object as the last line."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Arguments:
    """What every benchmark understands."""

    quick: bool
    json: bool


def parser(description: str | None) -> argparse.ArgumentParser:
    """Understands --quick and --json; for a benchmark that takes more."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--quick", action="store_true", help="answer within 45 s, on a sample")
    made.add_argument("--json", action="store_true", help="print one flat object as the last line")
    return made


def arguments(description: str | None) -> Arguments:
    """Read --quick and --json."""
    given = parser(description).parse_args()
    return Arguments(given.quick, given.json)


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table."""
    table = Table(*columns, title=title)
    for row in rows:
        table.add_row(*(f"{cell:.3g}" if isinstance(cell, float) else str(cell) for cell in row))
    Console(width=110).print(table)


def finish(found: dict[str, object], *, as_json: bool) -> None:
    """Print the flat object if it is wanted."""
    if as_json:
        print(json.dumps(found))
