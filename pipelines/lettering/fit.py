"""Fit a text into an area: wrap it, shrink it down to a floor, take a shorter text, and otherwise say why not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipelines.errors import LetterError
from pipelines.lettering.area import Area
from pipelines.lettering.bidi import Base
from pipelines.lettering.faces import Face
from pipelines.lettering.paragraph import Glyph, Paragraph, ShapedLine, paragraphs
from pipelines.lettering.wrap import Cut, arrange, wrap
from pipelines.model import Align, Vertical
from pipelines.vectors.paths import Subpath

_STEP = 0.98  # each size tried is this much of the one before
_BREAK_WORDS_BELOW = 0.7  # words are broken (soft hyphens, Thai clusters) rather than set smaller than this
_CLEAR = 1.04  # lines of tall scripts keep this much of their ink apart, whatever the leading says
_TIGHT = 1e-6
_WORTHWHILE = 0.85  # a text may be set this much smaller than it could be, if its lines come out better
_SIZE_COST = 1.0
_PLACES: dict[Vertical, tuple[float, ...]] = {  # shares of the free height above the text, the usual one first
    "top": (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0),  # lower where the top is too narrow
    "middle": (0.5, 0.35, 0.65, 0.2, 0.8, 0.0, 1.0),
    "bottom": (1.0, 0.98, 0.95, 0.9, 0.8, 0.65, 0.5, 0.25, 0.0),
}  # fmt: skip
_PLACE_COST = 1.2  # of the whole free height: what is not in the middle must be a sixth larger for it
_MIDDLES = 97


@dataclass(frozen=True, slots=True)
class Look:
    """How text is set. `size` and `floor` are the largest and smallest em, in the area's units; `leading` is the
    distance between baselines in ems. `start` and `end` follow the paragraph's direction.
    """

    size: float
    floor: float
    leading: float = 1.2
    align: Align = "center"
    vertical: Vertical = "middle"
    base: Base = "auto"
    language: str = ""


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line in its place: `left` end and `baseline` in the area's units, `width` likewise."""

    text: str
    glyphs: tuple[Glyph, ...]
    left: float
    baseline: float
    width: float


@dataclass(frozen=True, slots=True)
class Setting:
    """A text that fits: its em in the area's units and its lines. `broken`: words had to be broken."""

    text: str
    size: float
    lines: tuple[SetLine, ...]
    broken: bool

    def outlines(self) -> tuple[Subpath, ...]:
        """The contours of all glyphs, in the area's units."""
        return tuple(
            contour * self.size + (line.left + glyph.x * self.size, line.baseline + glyph.y * self.size)
            for line in self.lines
            for glyph in line.glyphs
            for contour in glyph.face.outline(glyph.glyph)
        )


def fit_texts(texts: Sequence[str], faces: Sequence[Face], area: Area, look: Look) -> tuple[Setting, int]:
    """Set the longest of `texts` that fits; also its index.

    Raises LetterError when none fits at `look.floor`, and for what `paragraphs` refuses.
    """
    read = [paragraphs(text, faces, base=look.base, language=look.language) for text in texts]
    order = sorted(range(len(texts)), key=lambda i: -sum(p.reached[-1] for p in read[i]))
    for i in order:
        if (setting := _fit(texts[i], read[i], area, look)) is not None:
            return setting, i
    short = texts[order[-1]] if order else ""
    raise LetterError(
        f"the text does not fit at its smallest size, {look.floor:g}, in {area.width:.4g} x {area.height:.4g}",
        got=short, fix="give a shorter text, lower the floor, or put soft hyphens (U+00AD) into long words",
    )  # fmt: skip


def _fit(text: str, read: tuple[Paragraph, ...], area: Area, look: Look) -> Setting | None:
    for words, smallest in ((False, look.size * _BREAK_WORDS_BELOW), (True, look.floor)):
        best: tuple[float, Setting] | None = None
        largest = 0.0
        for size in _sizes(look.size, look.floor):
            if size < (smallest if best is None else largest * _WORTHWHILE):
                break
            if (found := _at_size(read, area, replace(look, size=size), words=words)) is not None:
                cost, lines, broken = found
                largest = largest or size
                cost += _SIZE_COST * (1 - size / largest)
                if best is None or cost < best[0]:
                    best = cost, Setting(text, size, lines, broken)
        if best is not None:
            return best[1]
    return None


def _sizes(size: float, floor: float) -> Iterator[float]:
    """From the largest to the floor, in even steps."""
    while size > floor:
        yield size
        size *= _STEP
    yield floor


def _at_size(
    read: tuple[Paragraph, ...], area: Area, look: Look, *, words: bool
) -> tuple[float, tuple[SetLine, ...], bool] | None:
    """The fewest lines that hold the text: how poorly they are filled and broken, the lines, whether words broke."""
    above = max(p.ink[0] for p in read) * look.size
    below = max(p.ink[1] for p in read) * look.size
    step = max(look.leading * look.size, (above + below) * _CLEAR)
    top, bottom = area.extent
    for count in range(len(read), 2 + int((bottom - top - above - below) / step)):
        free = bottom - top - (above + below + (count - 1) * step)
        found = []
        for share in _PLACES[look.vertical]:
            bases = [top + free * share + above + k * step for k in range(count)]
            spans = _columns([area.span(b - above, b + below) for b in bases], look.align)
            widths = [(right - left) / look.size for left, right in spans]
            if wrap(read, widths, words=words) == count and (cuts := arrange(read, widths, words=words)) is not None:
                cost = cuts[0] + _PLACE_COST * abs(share - _PLACES[look.vertical][0])
                found.append((cost, cuts[1], spans, bases))
        if found:
            cost, chosen, spans, bases = min(found, key=lambda f: f[0])
            placed = _placed(chosen, spans, bases, look)
            return (cost, placed, any(c.weak for c in chosen)) if placed is not None else None
    return None


def _columns(spans: Sequence[tuple[float, float]], align: Align) -> Sequence[tuple[float, float]]:
    """Lines of one block share their middle, or their edge: each takes what is free around that."""
    lefts, rights = np.array(spans).T
    if align != "center":
        return [(float(lefts.max()), float(max(lefts.max(), rights.min())))] * len(spans)
    middles = np.linspace(lefts.min(), rights.max(), _MIDDLES)[:, None]
    halves = np.maximum(np.minimum(middles - lefts, rights - middles), 0)
    best = int(halves.sum(axis=1).argmax())
    return [(float(middles[best, 0] - h), float(middles[best, 0] + h)) for h in halves[best]]


def _placed(
    cuts: Sequence[Cut], spans: Sequence[tuple[float, float]], bases: Sequence[float], look: Look
) -> tuple[SetLine, ...] | None:
    """Shape the lines and align them; None if shaping on its own made one too wide after all."""
    lines = []
    for cut, (left, right), base in zip(cuts, spans, bases, strict=True):
        shaped: ShapedLine = cut.paragraph.line(cut.start, cut.end, hyphen=cut.hyphen)
        width = shaped.width * look.size
        free = right - left - width
        if free < -_TIGHT * look.size - 1e-9:
            return None
        share = {"start": 0.0, "center": 0.5, "end": 1.0}[look.align]
        share = 1 - share if cut.paragraph.level % 2 else share
        lines.append(SetLine(shaped.text, shaped.glyphs, left + free * share, base, width))
    return tuple(lines)
