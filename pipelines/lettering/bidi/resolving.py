"""What is left after explicit levels: weak and neutral characters and brackets take a direction (UAX #9, W1 to I2).

Bracket pairs come from the characters' names, since Python has no table of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

ISOLATES = ("LRI", "RLI", "FSI")
_MOST_BRACKETS = 63
_NEUTRAL = ("B", "S", "WS", "ON", "LRI", "RLI", "FSI", "PDI")
_CANONICAL = {"\u2329": "\u3008", "\u232a": "\u3009"}
_CROSSED = {"\u298d": "\u2990", "\u298f": "\u298e"}  # the only pairs whose names are not mirrored


@dataclass(frozen=True, slots=True)
class RunSequence:
    """An isolating run sequence (X10): the characters' indices, their level, and what stands at both ends."""

    at: list[int]
    level: int
    sos: str
    eos: str
    embedding: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "embedding", direction_of(self.level))


def direction_of(level: int) -> str:
    """The class of characters that run the way the level does."""
    return "R" if level % 2 else "L"


def resolve(sequence: RunSequence, text: str, resolved: list[str], found: list[int]) -> None:
    """W1 to W7, N0 to N2, I1 and I2 for one sequence."""
    original = [unicodedata.bidirectional(text[i]) for i in sequence.at]
    names = _weak([resolved[i] for i in sequence.at], sequence.sos)
    _brackets(names, original, [text[i] for i in sequence.at], sequence)
    _neutral(names, sequence)
    for i, name in zip(sequence.at, names, strict=True):
        if sequence.level % 2:
            found[i] = sequence.level + (name in ("L", "EN", "AN"))
        else:
            found[i] = sequence.level + {"R": 1, "AN": 2, "EN": 2}.get(name, 0)


def _weak(names: list[str], sos: str) -> list[str]:
    """W1 to W7."""
    before, strong = sos, sos
    for i, name in enumerate(names):
        if name == "NSM":  # W1
            names[i] = "ON" if before in (*ISOLATES, "PDI") else before
        elif name in ("L", "R", "AL"):
            strong = name
        elif name == "EN" and strong == "AL":  # W2
            names[i] = "AN"
        before = names[i]
    names = ["R" if n == "AL" else n for n in names]  # W3
    for i in range(1, len(names) - 1):  # W4
        around = (names[i - 1], names[i + 1])
        if (names[i] in ("ES", "CS") and around == ("EN", "EN")) or (names[i] == "CS" and around == ("AN", "AN")):
            names[i] = around[0]
    for start, end in _stretches(names, ("ET",)):  # W5
        if "EN" in (names[start - 1 : start] + names[end : end + 1]):
            names[start:end] = ["EN"] * (end - start)
    strong = sos
    for i, name in enumerate(names):  # W6, W7
        if name in ("ES", "ET", "CS"):
            names[i] = "ON"
        elif name in ("L", "R"):
            strong = name
        elif name == "EN" and strong == "L":
            names[i] = "L"
    return names


def _stretches(names: Sequence[str], wanted: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(names):
        end = start
        while end < len(names) and names[end] in wanted:
            end += 1
        if end > start:
            yield start, end
        start = end + 1


@cache
def _closing(opening: str) -> str | None:
    """The bracket that closes `opening`, after canonical equivalence; None for anything else."""
    if unicodedata.category(opening) != "Ps" or not unicodedata.mirrored(opening):
        return None
    name = unicodedata.name(opening, "")
    if opening in _CROSSED:
        return _CROSSED[opening]
    for ours, other in (("LEFT", "RIGHT"), ("OPEN", "CLOSE")):
        if ours in name:
            try:
                return unicodedata.lookup(name.replace(ours, other))
            except KeyError:
                return None
    return None


def _bracket_pairs(names: Sequence[str], characters: Sequence[str]) -> list[tuple[int, int]]:
    """BD16."""
    open_: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for i, (name, character) in enumerate(zip(names, characters, strict=True)):
        if name != "ON":
            continue
        plain = _CANONICAL.get(character, character)
        if (closing := _closing(plain)) is not None:
            if len(open_) == _MOST_BRACKETS:
                return []
            open_.append((closing, i))
        elif (at := next((k for k in reversed(range(len(open_))) if open_[k][0] == plain), None)) is not None:
            pairs.append((open_[at][1], i))
            del open_[at:]
    return sorted(pairs)


def _brackets(names: list[str], original: Sequence[str], characters: Sequence[str], sequence: RunSequence) -> None:
    """N0: both brackets of a pair take one direction."""
    strong = {"L": "L", "R": "R", "EN": "R", "AN": "R"}
    for start, end in _bracket_pairs(names, characters):
        inside = {strong[n] for n in names[start + 1 : end] if n in strong}
        if sequence.embedding in inside:
            direction = sequence.embedding
        elif inside:
            before = next((strong[n] for n in reversed(names[:start]) if n in strong), sequence.sos)
            direction = before if before in inside else sequence.embedding
        else:
            continue
        for i in (start, end):
            names[i] = direction
            for k in range(i + 1, len(names)):
                if original[k] != "NSM":
                    break
                names[k] = direction


def _neutral(names: list[str], sequence: RunSequence) -> None:
    """N1, N2."""
    strong = {"L": "L", "R": "R", "EN": "R", "AN": "R"}
    for start, end in _stretches(names, _NEUTRAL):
        before = strong[names[start - 1]] if start else sequence.sos
        after = strong[names[end]] if end < len(names) else sequence.eos
        names[start:end] = [before if before == after else sequence.embedding] * (end - start)
