"""Which way each character runs: embedding levels and display order after the Unicode Bidirectional Algorithm (UAX #9).

Rule names (X1, W1, N0, I1, L1 ...) are the annex's. Classes come from Python's own Unicode tables. Every
line of Unicode 15.0's BidiCharacterTest.txt and every case of its BidiTest.txt come out as they say.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipelines.lettering.bidi.resolving import ISOLATES, RunSequence, direction_of, resolve

Base = Literal["auto", "ltr", "rtl"]
_DEEPEST = 125
_EXPLICIT = {"RLE": 1, "LRE": 0, "RLO": 1, "LRO": 0}
_REMOVED = ("RLE", "LRE", "RLO", "LRO", "PDF", "BN")


def levels(text: str, base: Base = "auto") -> tuple[int, tuple[int, ...]]:
    """The paragraph's level (0 left to right, 1 right to left) and each character's; odd levels run right to left.

    `text` is one paragraph. Characters that the algorithm removes get the level of the one before them.
    """
    classes = [unicodedata.bidirectional(c) or "L" for c in text]
    pairs = _isolate_pairs(classes)
    level = {"ltr": 0, "rtl": 1}[base] if base != "auto" else _first_strong(classes, pairs, 0, len(classes)) or 0
    found, resolved = _explicit(classes, pairs, level)
    kept = [i for i, c in enumerate(classes) if c not in _REMOVED]
    for sequence in list(_sequences(kept, classes, found, pairs, level)):  # all, before levels change
        resolve(sequence, text, resolved, found)
    before = level
    for i, name in enumerate(classes):
        before = found[i] = found[i] if name not in _REMOVED else before
    return level, tuple(found)


def line_levels(text: str, found: Sequence[int], level: int) -> list[int]:
    """Rule L1 for one line: its trailing spaces, and those before separators, take the paragraph's level."""
    line, trailing = list(found), True
    for i in reversed(range(len(text))):
        name = unicodedata.bidirectional(text[i])
        if name in ("B", "S"):
            line[i], trailing = level, True
        elif trailing and (name in ("WS", *ISOLATES, "PDI") or name in _REMOVED):
            line[i] = level
        else:
            trailing = False
    return line


def visual_order(line: Sequence[int]) -> list[int]:
    """Rule L2: indices of a line's items (characters or whole runs of one level) from left to right."""
    order = list(range(len(line)))
    for level in range(max(line, default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and line[order[end]] >= level:
                end += 1
            order[start:end] = order[start:end][::-1]
            start = end + 1
    return order


def _isolate_pairs(classes: Sequence[str]) -> dict[int, int]:
    """BD9: index of each isolate initiator → its matching PDI."""
    open_: list[int] = []
    pairs: dict[int, int] = {}
    for i, name in enumerate(classes):
        if name in ISOLATES:
            open_.append(i)
        elif name == "PDI" and open_:
            pairs[open_.pop()] = i
        elif name == "B":
            open_.clear()
    return pairs


def _first_strong(classes: Sequence[str], pairs: dict[int, int], start: int, end: int) -> int | None:
    """P2, P3: the level of the first strong character outside isolates."""
    i = start
    while i < end:
        name = classes[i]
        if name in ("L", "R", "AL"):
            return int(name != "L")
        if name == "B":
            return None
        i = pairs.get(i, end) if name in ISOLATES else i + 1
    return None


@dataclass(slots=True)
class _Stack:
    """X1: directional status, and what did not fit on it."""

    entries: list[tuple[int, str, bool]]
    isolates: int = 0
    lost_isolates: int = 0
    lost_embeddings: int = 0

    def push(self, rtl: int, override: str, *, isolate: bool) -> bool:
        """X2 to X5c: enter one level more, if there is one."""
        level = self.entries[-1][0]
        level += 1 if (level + 1) % 2 == rtl else 2
        if level <= _DEEPEST and not self.lost_isolates and not self.lost_embeddings:
            self.entries.append((level, override, isolate))
            self.isolates += isolate
            return True
        if isolate:
            self.lost_isolates += 1
        elif not self.lost_isolates:
            self.lost_embeddings += 1
        return False

    def close_isolate(self) -> None:
        """X6a."""
        if self.lost_isolates:
            self.lost_isolates -= 1
        elif self.isolates:
            self.lost_embeddings = 0
            while not self.entries[-1][2]:
                self.entries.pop()
            self.entries.pop()
            self.isolates -= 1

    def close_embedding(self) -> None:
        """X7."""
        if not self.lost_isolates:
            if self.lost_embeddings:
                self.lost_embeddings -= 1
            elif not self.entries[-1][2] and len(self.entries) > 1:
                self.entries.pop()


def _explicit(classes: Sequence[str], pairs: dict[int, int], level: int) -> tuple[list[int], list[str]]:
    """X1 to X8: explicit levels, and the classes after overrides."""
    stack = _Stack([(level, "", False)])
    found, resolved = [level] * len(classes), list(classes)
    for i, name in enumerate(classes):
        if name in ISOLATES:
            _stand(i, stack, found, resolved)
            rtl = (
                _first_strong(classes, pairs, i + 1, pairs.get(i, len(classes))) == 1
                if name == "FSI"
                else name == "RLI"
            )
            stack.push(int(rtl), "", isolate=True)
        elif name in _EXPLICIT:
            rtl = _EXPLICIT[name] == 1
            stack.push(int(rtl), ("R" if rtl else "L") if name.endswith("O") else "", isolate=False)
        elif name == "PDI":
            stack.close_isolate()
            _stand(i, stack, found, resolved)
        elif name == "PDF":
            stack.close_embedding()
        elif name == "B":
            found[i] = level
        elif name != "BN":
            _stand(i, stack, found, resolved)
    return found, resolved


def _stand(i: int, stack: _Stack, found: list[int], resolved: list[str]) -> None:
    """X5a, X6: take the level on top of the stack, and its override."""
    found[i], override, _ = stack.entries[-1]
    resolved[i] = override or resolved[i]


def _sequences(
    kept: list[int], classes: Sequence[str], found: Sequence[int], pairs: dict[int, int], level: int
) -> Iterator[RunSequence]:
    """X9, X10: level runs, joined across isolates."""
    runs: list[list[int]] = []
    for i in kept:
        if runs and found[runs[-1][-1]] == found[i]:
            runs[-1].append(i)
        else:
            runs.append([i])
    closing = {end: start for start, end in pairs.items()}
    by_first = {run[0]: run for run in runs}
    place = {index: k for k, index in enumerate(kept)}
    for run in runs:
        if run[0] in closing:
            continue
        at = list(run)
        while at[-1] in pairs:
            at += by_first[pairs[at[-1]]]
        first, last, own = place[at[0]], place[at[-1]], found[at[0]]
        before = found[kept[first - 1]] if first else level
        open_ended = classes[at[-1]] in ISOLATES or last + 1 == len(kept)
        after = level if open_ended else found[kept[last + 1]]
        yield RunSequence(at, own, direction_of(max(before, own)), direction_of(max(after, own)))
