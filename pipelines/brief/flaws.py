"""Mistakes on their way: what is wrong with which part of a brief, then at which line and column."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipelines.errors import BriefError, Mistake

Path = tuple[str | int, ...]
Position = tuple[int, int]
_MOST_SHOWN = 100
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong with the part of a brief at `path`; a `warning` does not stop the plan."""

    path: Path
    problem: str
    fix: str = ""
    at_key: bool = False
    warning: bool = False

    def __str__(self) -> str:
        return ". ".join(part for part in (f"{dotted(self.path)}: {self.problem}", self.fix) if part)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of a text stand: 1-based lines and columns of values and of keys."""

    values: Mapping[Path, Position]
    keys: Mapping[Path, Position]

    def mistake(self, flaw: Flaw) -> Mistake:
        """The flaw with its line and column: its own, or those of the nearest part around it."""
        line, column = self._position(flaw.path, at_key=flaw.at_key)
        return Mistake(line, column, dotted(flaw.path), flaw.problem, flaw.fix)

    def _position(self, path: Path, *, at_key: bool) -> Position:
        if not at_key and path in self.values:
            return self.values[path]
        for end in range(len(path), 0, -1):
            if path[:end] in self.keys:
                return self.keys[path[:end]]
            if path[:end] in self.values:
                return self.values[path[:end]]
        return self.values.get((), (0, 0))


def dotted(path: Path) -> str:
    """`("edits", "region", 0, "slot")` → `edits.region[0].slot`."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{short(part)}" for part in path]
    return "".join(parts).removeprefix(".")


def related(one: Path, other: Path) -> bool:
    """Whether one part holds the other, or they are the same."""
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def quoted(text: str) -> str:
    """A name or value as a message shows it, on one line and never too long."""
    return '"' + short(text).replace("\n", " ") + '"'


def short(text: str) -> str:
    """At most 60 characters."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def listed(names: Iterable[str], *, most: int = 8) -> str:
    """`a, b, c and 5 more`."""
    every = [short(name) for name in names]
    rest = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + rest


def did_you_mean(word: str, known: Iterable[str], *, what: str = "known are") -> str:
    """What to write instead of `word`: the nearest known word, or else the known ones."""
    every = sorted(set(known))
    folded = {name.casefold(): name for name in every}
    near = difflib.get_close_matches(word[:_LONGEST].casefold(), folded, n=1, cutoff=0.6)
    if near:
        return f"did you mean {quoted(folded[near[0]])}?"
    return f"{what} {listed(every)}" if every else "none is known"


def raise_mistakes(name: str, mistakes: Iterable[Mistake]) -> None:
    """Raise BriefError with every mistake, sorted by line; nothing happens when there is none."""
    every = sorted(mistakes, key=lambda m: (m.line, m.column, m.where, m.problem))
    if not every:
        return
    count = "1 mistake" if len(every) == 1 else f"{len(every)} mistakes"
    more = f"; the first {_MOST_SHOWN} are listed" if len(every) > _MOST_SHOWN else ""
    fix = "mend the lines below and plan again"
    raise BriefError(f"{name} has {count}{more}", mistakes=tuple(every[:_MOST_SHOWN]), fix=fix)
