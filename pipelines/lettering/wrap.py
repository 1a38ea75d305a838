"""Cut paragraphs into lines: greedily, to learn whether they fit; then as evenly as the same number of lines allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from pipelines.lettering.paragraph import Paragraph

_TIGHT = 1e-6
_BREAK_COST = 0.3  # of a break of cost 1, against a line that is half empty (0.25)
_WORD_COST = 2.0


@dataclass(frozen=True, slots=True)
class Cut:
    """A line before it is shaped: characters `start` to `end` of a paragraph; `cost` is that of breaking at its end."""

    paragraph: Paragraph
    start: int
    end: int
    hyphen: bool = False
    weak: bool = False
    cost: float = 0.0

    @property
    def width(self) -> float:
        """Ems."""
        return self.paragraph.width(self.start, self.end, hyphen=self.hyphen)


def wrap(read: Sequence[Paragraph], widths: Sequence[float], *, words: bool) -> int | None:
    """How many lines the paragraphs take when each is filled; None if they are more than `widths` (ems), or a word is
    wider than its line. `words`: words may be broken where they say.
    """
    count = 0
    for paragraph in read:
        start = 0
        while True:
            if count == len(widths) or not (cuts := list(_lines_from(paragraph, start, widths[count], words=words))):
                return None
            count, start = count + 1, cuts[-1].end
            if start == len(paragraph.text):
                break
    return count


def arrange(read: Sequence[Paragraph], widths: Sequence[float], *, words: bool) -> tuple[float, tuple[Cut, ...]] | None:
    """Exactly as many lines as `widths`, chosen to leave little and even room (dynamic programming after Knuth and
    Plass 1981), at welcome places, with what that costs; None if there is no way.
    """

    @cache
    def best(k: int, p: int, start: int) -> tuple[float, tuple[Cut, ...]] | None:
        if p == len(read):
            return (0.0, ()) if k == len(widths) else None
        found: tuple[float, tuple[Cut, ...]] | None = None
        if k == len(widths):
            return None
        for cut in _lines_from(read[p], start, widths[k], words=words):
            ended = cut.end == len(read[p].text)
            rest = best(k + 1, p + 1, 0) if ended else best(k + 1, p, cut.end)
            if rest is not None:
                empty = 1 - cut.width / widths[k] if widths[k] else 0.0
                cost = empty**2 + _BREAK_COST * cut.cost + _WORD_COST * cut.weak + rest[0]
                if found is None or cost < found[0]:
                    found = cost, (cut, *rest[1])
        return found

    return best(0, 0, 0)


def _lines_from(paragraph: Paragraph, start: int, width: float, *, words: bool) -> Iterator[Cut]:
    """Every line from `start` that is no wider than `width`, shortest first."""
    for at in paragraph.breaks:
        if at.at > start and (words or not at.weak):
            cut = Cut(paragraph, start, at.at, at.hyphen, at.weak, at.cost)
            if cut.width <= width + _TIGHT:
                yield cut
            elif not at.hyphen:
                return
    whole = Cut(paragraph, start, len(paragraph.text))
    if whole.width <= width + _TIGHT:
        yield whole
