"""Axes → combinations: counted before they are made, then made in a stable order, later axes varying fastest."""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

_MOST_STATES = 20_000
_LONGEST = 48
_LONGEST_NAME = 120
Rest = frozenset[int]


class TangledError(Exception):
    """Exclusions that overlap in too many ways to be counted."""


@dataclass(frozen=True)
class Combinations:
    """What varies. `listed`: the combinations themselves, where a brief lists them (zip, rows) instead of crossing."""

    axes: Mapping[str, tuple[str, ...]]
    exclude: tuple[Mapping[str, str], ...] = ()
    listed: tuple[tuple[str, ...], ...] | None = None

    @property
    def before_exclusions(self) -> int:
        """How many combinations there are before any is left out."""
        return math.prod(len(values) for values in self.axes.values()) if self.listed is None else len(self.listed)

    @cached_property
    def count(self) -> int:
        """How many are left, without making them; TangledError when the exclusions overlap in too many ways."""
        if self.listed is not None:
            return sum(1 for _ in self)
        return _Counter(self).below(0, self.everything)

    @property
    def everything(self) -> Rest:
        """The numbers of all exclusions."""
        return frozenset(range(len(self.exclude)))

    def __iter__(self) -> Iterator[dict[str, str]]:
        if self.listed is None:
            yield from _Counter(self).walk(0, self.everything, ())
            return
        for values in self.listed:
            combination = dict(zip(self.axes, values, strict=True))
            if not any(matches(exclusion, combination) for exclusion in self.exclude):
                yield combination

    def idle(self) -> Iterator[int]:
        """The numbers of exclusions that leave nothing out; where axes are crossed, each leaves something out."""
        if self.listed is None:
            return
        every = [dict(zip(self.axes, values, strict=True)) for values in self.listed]
        for number, exclusion in enumerate(self.exclude):
            if not any(matches(exclusion, combination) for combination in every):
                yield number


def matches(exclusion: Mapping[str, str], combination: Mapping[str, str]) -> bool:
    """Whether every part of the exclusion is in the combination."""
    return all(combination.get(axis) == value for axis, value in exclusion.items())


class _Counter:
    """Counts what remains below each step, so that walking never enters a part that is left out entirely.

    `rest` are the exclusions whose parts have all matched so far.
    """

    def __init__(self, combinations: Combinations) -> None:
        self._axes = list(combinations.axes.items())
        self._exclude = combinations.exclude
        names = list(combinations.axes)
        self._last = [max((names.index(axis) for axis in e if axis in names), default=-1) for e in self._exclude]
        self._known: dict[tuple[int, Rest], int] = {}

    def below(self, step: int, rest: Rest) -> int:
        """How many combinations of the axes from `step` on are left."""
        if any(self._last[e] < step for e in rest):
            return 0
        if not rest:
            return math.prod(len(values) for _, values in self._axes[step:])
        if (step, rest) not in self._known:
            if len(self._known) >= _MOST_STATES:
                raise TangledError
            self._known[step, rest] = self._sum(step, rest)
        return self._known[step, rest]

    def _sum(self, step: int, rest: Rest) -> int:
        axis, values = self._axes[step]
        named = {self._exclude[e][axis] for e in rest if axis in self._exclude[e]}
        others = sum(value not in named for value in values)
        total = others * self.below(step + 1, self._after(axis, None, rest)) if others else 0
        return total + sum(self.below(step + 1, self._after(axis, v, rest)) for v in values if v in named)

    def _after(self, axis: str, value: str | None, rest: Rest) -> Rest:
        return frozenset(e for e in rest if axis not in self._exclude[e] or self._exclude[e][axis] == value)

    def walk(self, step: int, rest: Rest, before: tuple[str, ...]) -> Iterator[dict[str, str]]:
        """Every combination that is left, in order."""
        if step == len(self._axes):
            yield dict(zip((axis for axis, _ in self._axes), before, strict=True))
            return
        axis, values = self._axes[step]
        for value in values:
            after = self._after(axis, value, rest)
            if self.below(step + 1, after):
                yield from self.walk(step + 1, after, (*before, value))


def variant_name(values: Sequence[str]) -> str:
    """`("CA-ON", "winter")` → `ca-on.winter`; a very long name is cut, and told apart by a digest."""
    name = ".".join(slug(value) for value in values)
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 9].rstrip('.-')}-{_short_digest(name)}"


def slug(value: str) -> str:
    """A value as a part of file names: lower-case ASCII letters, digits and hyphens; other scripts by code point."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", value) if not unicodedata.combining(c)).lower()
    spelt = "".join(c if c.isascii() or not c.isalnum() else f"-u{ord(c):x}-" for c in plain)
    words = re.sub(r"[^a-z0-9]+", "-", spelt).strip("-") or f"u{_short_digest(value)}"
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 9].rstrip('-')}-{_short_digest(value)}"


def _short_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
