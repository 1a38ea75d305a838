"""Words for people, one JSON object for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

from rich.console import Console

from pipelines.errors import AtelierError, BriefError


def console() -> Console:
    """Where people read; standard error, so that standard output stays for results."""
    return Console(stderr=True, highlight=False)


def print_json(value: Mapping[str, object]) -> None:
    """One object on one line of standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def print_error(error: Exception) -> None:
    """An error as an object."""
    found: dict[str, object] = {"error": type(error).__name__, "message": str(error)}
    if isinstance(error, AtelierError):
        found |= {"problem": error.problem, "got": error.got, "fix": error.fix}
    if isinstance(error, BriefError):
        keys = ("line", "column", "where", "problem", "fix")
        found["mistakes"] = [{k: getattr(m, k) for k in keys} for m in error.mistakes]
    print_json(found)


def sizes(count: float) -> str:
    """Bytes in words: 12.3 kB."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
