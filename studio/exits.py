"""Exit codes of the command line. Scripts rely on them; see `atelier --help`."""

from __future__ import annotations

DONE = 0
ERROR = 1
USAGE = 2  # Typer's own
BAD_BRIEF = 3
SOME_FAILED = 4
DIFFERENT = 5
INTERRUPTED = 130
