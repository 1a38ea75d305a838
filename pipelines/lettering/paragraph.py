"""One paragraph, analysed once: direction, fonts, scripts and widths of its characters; and any line of it, shaped.

Shaping is HarfBuzz's. Widths are measured on the whole paragraph; each line is shaped again with its surroundings as
context, so that Arabic letters join as they would unbroken. All lengths are ems.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import uharfbuzz as hb  # type: ignore[import-untyped]  # it has no stubs
from fontTools.unicodedata import script as script_of  # type: ignore[import-untyped]  # it has no stubs

from pipelines.errors import LetterError
from pipelines.lettering.bidi import Base, levels, line_levels, visual_order
from pipelines.lettering.breaks import Break, is_space, line_breaks
from pipelines.lettering.faces import Face, choose_faces, readable, unseen

_SHARED = ("Zyyy", "Zinh", "Zzzz")


@dataclass(frozen=True, slots=True)
class Glyph:
    """A glyph of `face` with its origin at (x, y), y down, on a line that begins at 0; `cluster` is its character."""

    face: Face
    glyph: int
    x: float
    y: float
    cluster: int


@dataclass(frozen=True, slots=True)
class ShapedLine:
    """A line's glyphs from left to right, how wide it is, and its characters in logical order."""

    text: str
    glyphs: tuple[Glyph, ...]
    width: float


@dataclass(frozen=True)
class Paragraph:
    """Text without line feeds and what is known of each of its characters. `language` is a BCP 47 tag, or empty."""

    text: str
    level: int
    levels: tuple[int, ...]
    faces: tuple[Face, ...]
    scripts: tuple[str, ...]
    language: str

    @cached_property
    def breaks(self) -> tuple[Break, ...]:
        """Where lines may end."""
        return line_breaks(self.text)

    @cached_property
    def hyphen(self) -> tuple[str, float]:
        """What a broken soft hyphen shows, and its width in the paragraph's first face."""
        face = self.faces[0] if self.faces else None
        for sign in ("\u2010", "-"):
            if face and (glyph := face.font.get_nominal_glyph(ord(sign))):
                return sign, face.font.get_glyph_h_advance(glyph) / face.upem
        return "", 0.0

    @cached_property
    def reached(self) -> list[float]:
        """Width of the text before each of its n characters and after the last: differences are widths."""
        widths = np.zeros(len(self.text) + 1)
        for start, end in _runs(self._keys(0, len(self.text), self.levels)):
            for cluster, _, advance, _, _ in self._shape(self.text, start, end):
                widths[cluster + 1] += advance
        found: list[float] = np.cumsum(widths).tolist()
        return found

    @cached_property
    def ink(self) -> tuple[float, float]:
        """How far any glyph reaches above and below the baseline."""
        glyphs = self.line(0, len(self.text), hyphen=False).glyphs
        points = [c.reshape(-1, 2)[:, 1] + g.y for g in glyphs for c in g.face.outline(g.glyph)]
        return (float(-min(p.min() for p in points)), float(max(p.max() for p in points))) if points else (0.0, 0.0)

    def width(self, start: int, end: int, *, hyphen: bool) -> float:
        """Width of a line from `start` to `end`; spaces at its end take none."""
        while end > start and is_space(self.text[end - 1]):
            end -= 1
        return self.reached[end] - self.reached[start] + (self.hyphen[1] if hyphen else 0)

    def line(self, start: int, end: int, *, hyphen: bool) -> ShapedLine:
        """Shape one line and put its runs into display order."""
        while end > start and is_space(self.text[end - 1]):
            end -= 1
        text = self.text
        if hyphen:
            text = text[: end - 1] + self.hyphen[0] + text[end:]
        found = line_levels(text[start:end], self.levels[start:end], self.level)
        runs = [(a + start, b + start) for a, b in _runs(self._keys(start, end, found))]
        glyphs: list[Glyph] = []
        x = 0.0
        for k in visual_order([found[a - start] for a, _ in runs]):
            first, last = runs[k]
            for cluster, glyph, advance, dx, dy in self._shape(text, first, last):
                glyphs.append(Glyph(self.faces[first], glyph, x + dx, -dy, cluster))
                x += advance
        return ShapedLine(text[start:end], tuple(glyphs), x)

    def _keys(self, start: int, end: int, found: Sequence[int]) -> list[tuple[int, int, str]]:
        return [
            (level, id(face), script)
            for level, face, script in zip(found, self.faces[start:end], self.scripts[start:end], strict=True)
        ]

    def _shape(self, text: str, start: int, end: int) -> Iterator[tuple[int, int, float, float, float]]:
        """Cluster, glyph, advance, and offset right and up of each glyph, left to right."""
        face = self.faces[start]
        buffer = hb.Buffer()
        buffer.add_str(text, start, end - start)
        buffer.direction = "rtl" if self.levels[start] % 2 else "ltr"
        buffer.script = self.scripts[start]
        buffer.language = self.language or "und"
        hb.shape(face.font, buffer, {})
        for info, position in zip(buffer.glyph_infos or (), buffer.glyph_positions or (), strict=True):
            if info.codepoint == 0 and not unseen(text[info.cluster]):
                raise LetterError("a font cannot draw this character here", got=text[info.cluster],
                                  fix=f"{face.name} lacks a form of it: put another font first")  # fmt: skip
            offset = position.x_offset / face.upem, position.y_offset / face.upem
            yield info.cluster, info.codepoint, position.x_advance / face.upem, *offset


def paragraphs(text: str, faces: Sequence[Face], *, base: Base = "auto", language: str = "") -> tuple[Paragraph, ...]:
    """Analyse a text, one paragraph a line of it.

    Raises LetterError for characters that no face has, for control characters, and for an empty text.
    """
    text = readable(text)
    if not text:
        raise LetterError("an empty text", got=text, fix="give the words that the slot should show")
    if control := next((c for c in text if c != "\n" and (ord(c) < 32 or 0x7F <= ord(c) < 0xA0)), None):
        raise LetterError("a control character in the text", got=f"U+{ord(control):04X}", fix="remove it")
    return tuple(_paragraph(line.strip(), faces, base, language) for line in text.split("\n"))


def _paragraph(text: str, faces: Sequence[Face], base: Base, language: str) -> Paragraph:
    level, found = levels(text, base)
    return Paragraph(text, level, found, tuple(choose_faces(text, faces)), tuple(_scripts(text)), language)


def _scripts(text: str) -> list[str]:
    """ISO 15924 codes; what scripts share takes the script before it, or else the one after."""
    own = [script_of(c) for c in text]
    first = next((s for s in own if s not in _SHARED), "Latn")
    found: list[str] = []
    for script in own:
        found.append((found[-1] if found else first) if script in _SHARED else script)
    return found


def _runs(keys: Sequence[object]) -> list[tuple[int, int]]:
    """Stretches of equal keys."""
    edges = [i for i in range(len(keys)) if i == 0 or keys[i] != keys[i - 1]]
    return list(pairwise([*edges, len(keys)])) if keys else []
