"""Colours in the terminal, in full colour where it has that; without colours their codes still say them."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from pipelines.palettes.contrast import Contrast, Level

_MARKS: dict[Level, str] = {"AAA": "[green]AAA[/]", "AA": "[green]AA[/] ", "fails": "[red]–[/]  "}
LEVELS = "text large icons"  # the head of `levels`


def swatch(colour: str, width: int = 4) -> str:
    """A block of a colour, as Rich markup."""
    return f"[on {colour}]{' ' * width}[/]"


def strip(colours: Sequence[str], width: int = 4) -> str:
    """The blocks of a palette side by side."""
    return "".join(swatch(colour, width) for colour in colours)


def sample(first: str, second: str) -> str:
    """How a pair reads."""
    return f"[{first} on {second}] Aa [/]"


def levels(pair: Contrast) -> str:
    """What a pair reaches for text, large text and graphics, in columns."""
    return f"{_MARKS[pair.text]}  {_MARKS[pair.large]}   {_MARKS[pair.graphics]}"


def share_of(value: float) -> str:
    """A share in words: 12.3 %; what is there but little is never 0."""
    return f"{value * 100:.1f} %" if value >= 0.0005 else "< 0.1 %"


def bar(share: float, width: int = 24) -> str:
    """A share as a bar of up to `width` characters, with eighths."""
    eighths = max(1, round(share * width * 8))
    return "█" * (eighths // 8) + ("▏▎▍▌▋▊▉"[eighths % 8 - 1] if eighths % 8 else "")


def plain_table(*columns: str) -> Table:
    """A table without rules, so that eight columns fit in 80 characters; the last one gives way."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
    for place, column in enumerate(columns, 1):
        table.add_column(column, no_wrap=place < len(columns))
    return table
