"""How many variants a message carries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

DRAWN = 4
PAINTED = 16  # where models share a forward pass


def chunks(names: Sequence[str], size: int) -> Iterator[list[str]]:
    """The names in order, at most `size` at a time."""
    return (list(names[i : i + size]) for i in range(0, len(names), size))
