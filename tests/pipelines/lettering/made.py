"""A tiny font made in code, so that lettering is tested on every machine; and real ones, where a machine has them."""

from __future__ import annotations

import functools
import io
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]  # fontTools has no stubs
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]  # fontTools has no stubs

from pipelines.lettering.faces import Face, open_face

FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / "Library/Fonts",
    Path("/Library/Fonts"),
)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,!?-()" + "אבגדהוזחטיכלמנסעפצקרשת"


@functools.cache
def tiny_font(letters: str = LETTERS, advance: int = 500) -> bytes:
    """Every letter is a box of 400 x 700 in an advance of 500, of an em of 1000."""
    names = [".notdef", "space", *(f"u{ord(c):04X}" for c in letters)]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({0x20: "space", **{ord(c): f"u{ord(c):04X}" for c in letters}})
    pen = TTGlyphPen(None)
    corners = [(50, 0), (50, 700), (450, 700), (450, 0)]
    pen.moveTo(corners[0])
    for corner in corners[1:]:
        pen.lineTo(corner)
    pen.closePath()
    box, nothing = pen.glyph(), TTGlyphPen(None).glyph()
    builder.setupGlyf({name: nothing if name == "space" else box for name in names})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (advance, 50)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Tiny", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()


def tiny_face(letters: str = LETTERS) -> Face:
    """The tiny font, opened."""
    return open_face(tiny_font(letters), "tiny.ttf")


@functools.cache
def _found(name: str) -> bytes | None:
    paths = (path for folder in FOLDERS if folder.is_dir() for path in folder.rglob(name))
    path = next(paths, None)
    return path.read_bytes() if path else None


def real_font(name: str) -> bytes:
    """An installed font file by its name; the test is skipped where there is none."""
    data = _found(name)
    if data is None:
        pytest.skip(f"{name} is not installed (Debian: fonts-noto-core, fonts-noto-cjk)")
    return data


def real_face(name: str) -> Face:
    """An installed font, opened."""
    return open_face(real_font(name), name)
