"""Path data said in fewer characters: relative where that is shorter, no needless zeros, letters or spaces.

Nothing moves: sums of decimal numbers are decimal numbers of as many places, so each point stays exactly where its
author put it. What tools such as svgo save beyond that they save by rounding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_LETTER = re.compile(r"[\s,]*([MmLlHhVvCcSsQqTtAaZz])")
_NUMBER = re.compile(r"[\s,]*([-+]?(?:\d+\.?\d*|\.\d+))(?![eE])")
_FLAG = re.compile(r"[\s,]*([01])")
_ARITY = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
_IMPLIED = {"M": "L", "m": "l"}
_MOST_PLACES = 6

Set = tuple[str, tuple[str, ...]]


@lru_cache(maxsize=8192)
def shorten(data: str) -> str:
    """The same path in fewer characters; `data` itself where it is no plain path data or its numbers are too fine."""
    sets = _sets(data)
    places = max((len(n.partition(".")[2]) for _, numbers in sets or () for n in numbers), default=0)
    if sets is None or places > _MOST_PLACES:
        return data
    pen = _Pen(places)
    for letter, numbers in sets:
        pen.draw(letter, [pen.grid(n) for n in numbers])
    return min("".join(pen.parts), data, key=len)


def _sets(data: str) -> list[Set] | None:
    """Each command with one set of numbers; None for what is not path data from end to end."""
    found: list[Set] = []
    position, letter, end = 0, "", len(data.rstrip())
    while position < end:
        match = _LETTER.match(data, position)
        if match:
            letter, position = match.group(1), match.end()
        elif letter in ("", "Z", "z"):
            return None
        numbers: list[str] = []
        for place in range(_ARITY[letter.upper()]):
            pattern = _FLAG if letter in "Aa" and place in (3, 4) else _NUMBER
            match = pattern.match(data, position)
            if not match:
                return None
            numbers.append(match.group(1))
            position = match.end()
        found.append((letter, tuple(numbers)))
        letter = _IMPLIED.get(letter, letter)
    return found if found and found[0][0] in "Mm" else None


class _Pen:
    """Writes commands on a grid of 10 ** -places, each in the shorter of its two forms."""

    def __init__(self, places: int) -> None:
        self.places = places
        self.at = self.start = (0, 0)
        self.before = ""  # the letter that a set of numbers without one would have
        self.glue = ""  # the last number that was written
        self.parts: list[str] = []

    def grid(self, text: str) -> int:
        whole, _, part = text.lstrip("+-").partition(".")
        size = int((whole or "0") + part.ljust(self.places, "0"))
        return -size if text.startswith("-") else size

    def draw(self, letter: str, numbers: list[int]) -> None:
        kind = letter.upper()
        if kind == "Z":
            self.parts.append("z")
            self.at, self.before, self.glue = self.start, "", ""
            return
        origin = self.at if letter.islower() else (0, 0)
        points = [n + shift for n, shift in zip(numbers, self._shifts(kind, origin), strict=True)]
        end = self._end(kind, points)
        if kind == "L" and (end[0] == self.at[0] or end[1] == self.at[1]):
            kind, points = ("V", points[1:]) if end[0] == self.at[0] else ("H", points[:1])
        back = [n - shift for n, shift in zip(points, self._shifts(kind, self.at), strict=True)]
        forms = [self._form(kind.lower(), back), self._form(kind, points)]
        text, self.before, self.glue = min(forms, key=lambda form: len(form[0]))
        self.parts.append(text)
        self.at = end
        self.start = end if kind == "M" else self.start

    def _end(self, kind: str, points: list[int]) -> tuple[int, int]:
        if kind == "H":
            return points[0], self.at[1]
        return (self.at[0], points[0]) if kind == "V" else (points[-2], points[-1])

    def _shifts(self, kind: str, origin: tuple[int, int]) -> Iterator[int]:
        """What a relative set of numbers leaves out, by place."""
        if kind == "A":
            return iter((0, 0, 0, 0, 0, *origin))
        if kind in "HV":
            return iter((origin["HV".index(kind)],))
        return iter(origin * (_ARITY[kind] // 2))

    def _form(self, letter: str, numbers: list[int]) -> tuple[str, str, str]:
        """Text, the letter that it implies for the next, its last number."""
        text, glue = ("", self.glue) if letter == self.before and letter not in "Mm" else (letter, "")
        for place, n in enumerate(numbers):
            flag = letter in "Aa" and place in (3, 4)
            number = ("1" if n else "0") if flag else self._number(n)
            close = not glue or number.startswith("-") or (number.startswith(".") and "." in glue)
            text += number if close else " " + number
            glue = number
        return text, _IMPLIED.get(letter, letter), glue

    def _number(self, n: int) -> str:
        digits = str(abs(n)).rjust(self.places + 1, "0")
        whole, part = digits[: len(digits) - self.places], digits[len(digits) - self.places :].rstrip("0")
        text = f"{whole.lstrip('0')}.{part}" if part else whole
        return f"-{text}" if n < 0 else text
