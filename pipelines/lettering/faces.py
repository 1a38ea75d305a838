"""Fonts: which characters each has, and glyphs' outlines, through HarfBuzz; unhinted, in ems, y down."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

import numpy as np
import uharfbuzz as hb  # type: ignore[import-untyped]  # it has no stubs

from pipelines.errors import LetterError
from pipelines.lettering.breaks import cluster_starts, is_space
from pipelines.vectors.paths import Subpath

_UNSEEN = frozenset("\u00ad\u034f\u061c\u180e\ufeff" + "".join(map(chr, range(0xFE00, 0xFE10))))  # beside Cf and Zs
_WEB = (b"wOFF", b"wOF2")
Pair = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Face:
    """One font. `font` draws in its own units, `upem` of them an em."""

    name: str
    font: hb.Font
    upem: int
    _outlines: dict[int, tuple[Subpath, ...]] = field(default_factory=dict)

    def covers(self, character: str) -> bool:
        """The font has an outline for this character, or for the parts that make it up; a glyph that is only a coloured
        picture does not count. Of a space that it lacks HarfBuzz makes one.
        """
        glyph = self.font.get_nominal_glyph(ord(character))
        if glyph:
            return unseen(character) or bool(self.outline(glyph))
        if unicodedata.category(character) == "Zs":
            return bool(self.font.get_nominal_glyph(ord(" ")))
        parts = unicodedata.normalize("NFD", character)
        return len(parts) > 1 and all(self.covers(part) for part in parts)

    def outline(self, glyph: int) -> tuple[Subpath, ...]:
        """Closed contours around the pen's position, in ems."""
        if glyph not in self._outlines:
            pen = _Pen()
            self.font.draw_glyph_with_pen(glyph, pen)
            scale = np.array([1, -1]) / self.upem
            self._outlines[glyph] = tuple(np.array(c, dtype=np.float64) * scale for c in pen.contours if c)
        return self._outlines[glyph]


def unseen(character: str) -> bool:
    """Spaces, joiners, direction marks: nothing to draw."""
    return character in _UNSEEN or is_space(character) or unicodedata.category(character) in ("Cf", "Zs")


@lru_cache(maxsize=16)
def open_face(data: bytes, name: str, weight: int | None = None) -> Face:
    """Read a TrueType or OpenType file; of a collection the first font. `weight` is that of a variable font; others
    have but their own. Raises LetterError if it is none.
    """
    if data[:4] in _WEB:
        raise LetterError("a font for web pages", got=f"{name} ({data[:4].decode()})", fix="give its .ttf or .otf file")
    face = hb.Face(hb.Blob(data))
    if not face.glyph_count or not face.unicodes:
        raise LetterError("a file that is no font", got=name, fix="give a TrueType or OpenType file (.ttf, .otf, .ttc)")
    font = hb.Font(face)
    if weight is not None:
        font.set_variations({"wght": float(weight)})
    return Face(name, font, int(face.upem))


def missing_characters(text: str, faces: Sequence[Face]) -> tuple[str, ...]:
    """The characters of a text, one paragraph or several, that no face has, each once."""
    found = [_chosen(line, faces)[1] for line in readable(text).split("\n")]
    return tuple(dict.fromkeys(character for missing in found for character in missing))


def readable(text: str) -> str:
    """A text as it is set: composed (NFC), with plain line feeds, without tabs and blanks around it."""
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\t", " ").strip()


def choose_faces(text: str, faces: Sequence[Face]) -> list[Face]:
    """The face of each character: the first that has its whole cluster; spaces and shared punctuation stay with the
    letters before them where that face has them.

    Raises LetterError that names every character that no face has.
    """
    chosen, missing = _chosen(text, faces)
    if missing:
        raise LetterError(
            "no font has these characters",
            got=", ".join(f"{c} (U+{ord(c):04X} {unicodedata.name(c, 'unnamed').lower()})" for c in missing),
            fix=f"add a font that has them; tried {', '.join(f.name for f in faces) or 'none'}",
        )
    return [f for f in chosen if f is not None]


def _chosen(text: str, faces: Sequence[Face]) -> tuple[list[Face | None], dict[str, None]]:
    """The face of each character, None where no face has its cluster, and what is missing."""
    chosen: list[Face | None] = [None] * len(text)
    missing: dict[str, None] = {}
    starts = [*cluster_starts(text), len(text)]
    for start, end in pairwise(starts):
        seen = [c for c in text[start:end] if not unseen(c) or unicodedata.category(c) == "Zs"]
        before = chosen[start - 1] if start else None
        first = ([before] if before and not text[start].isalnum() else []) + list(faces)
        found = next((f for f in first if all(f.covers(c) for c in seen)), None)
        if found is None:
            missing.update(dict.fromkeys(c for c in seen if not any(f.covers(c) for f in faces)) or {text[start]: None})
        chosen[start:end] = [found] * (end - start)
    return chosen, missing


class _Pen:
    """Collects contours as cubic segments; the names are those of fontTools' pens, which HarfBuzz calls."""

    def __init__(self) -> None:
        self.contours: list[list[tuple[Pair, Pair, Pair, Pair]]] = []
        self.at: Pair = (0.0, 0.0)
        self.start: Pair = (0.0, 0.0)

    def moveTo(self, to: Pair) -> None:  # noqa: N802 (fontTools' name)
        self.contours.append([])
        self.at = self.start = to

    def lineTo(self, to: Pair) -> None:  # noqa: N802
        (x0, y0), (x1, y1) = self.at, to
        if to != self.at:
            self.curveTo(((2 * x0 + x1) / 3, (2 * y0 + y1) / 3), ((x0 + 2 * x1) / 3, (y0 + 2 * y1) / 3), to)

    def qCurveTo(self, control: Pair, to: Pair) -> None:  # noqa: N802
        (x0, y0), (cx, cy), (x1, y1) = self.at, control, to
        self.curveTo(((x0 + 2 * cx) / 3, (y0 + 2 * cy) / 3), ((x1 + 2 * cx) / 3, (y1 + 2 * cy) / 3), to)

    def curveTo(self, first: Pair, second: Pair, to: Pair) -> None:  # noqa: N802
        self.contours[-1].append((self.at, first, second, to))
        self.at = to

    def closePath(self) -> None:  # noqa: N802
        self.lineTo(self.start)

    def endPath(self) -> None:  # noqa: N802
        self.lineTo(self.start)
