"""Which characters a font has, and what counts as a font."""

from __future__ import annotations

import io

import pytest
from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]  # fontTools has no stubs
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # fontTools has no stubs

from pipelines.errors import LetterError
from pipelines.lettering.faces import Face, missing_characters, open_face, readable
from tests.pipelines.lettering.made import tiny_face, tiny_font


def variable_font() -> bytes:
    """The tiny font with letters that grow from 400 wide at weight 400 to 450 at 900."""
    font = TTFont(io.BytesIO(tiny_font("AB")))
    builder = FontBuilder(font=font)
    builder.setupFvar([("wght", 400, 400, 900, "Weight")], [])
    wider = [(0, 0), (0, 0), (50, 0), (50, 0), (0, 0), (0, 0), (0, 0), (0, 0)]
    from fontTools.ttLib.tables.TupleVariation import TupleVariation  # type: ignore[import-untyped]  # no stubs

    builder.setupGvar({name: [TupleVariation({"wght": (0.0, 1.0, 1.0)}, wider)] for name in ("u0041", "u0042")})
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def right_edge(face: Face) -> float:
    (contour,) = face.outline(face.font.get_nominal_glyph(ord("A")))
    return float(contour[..., 0].max())


def test_every_missing_character_of_all_lines_is_named_once() -> None:
    assert missing_characters("AB\nÖ B Ö\tΩ", [tiny_face("AB")]) == ("Ö", "Ω")


def test_a_letter_that_a_font_builds_from_its_parts_is_there() -> None:
    assert missing_characters("\u00e9", [tiny_face("e\u0301")]) == ()
    assert missing_characters("e\u0301", [tiny_face("\u00e9")]) == ()
    assert readable("e\u0301") == "\u00e9"


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u3000"])
def test_a_space_of_another_width_is_made_of_the_fonts_own(space: str) -> None:
    assert missing_characters(f"A{space}B", [tiny_face("AB")]) == ()


def test_what_is_not_drawn_is_not_missed() -> None:
    assert missing_characters("A\u200bB\u00adA\ufe0f\u200f", [tiny_face("AB")]) == ()


def test_a_variable_font_has_the_weight_that_is_asked_for() -> None:
    data = variable_font()
    assert right_edge(open_face(data, "v.ttf")) == pytest.approx(0.45)
    assert right_edge(open_face(data, "v.ttf", 900)) == pytest.approx(0.5)
    assert right_edge(open_face(tiny_font("AB"), "t.ttf", 900)) == pytest.approx(0.45), "it has one weight"


def test_a_font_for_web_pages_is_refused_with_what_to_give() -> None:
    font = TTFont(io.BytesIO(tiny_font("AB")))
    font.flavor = "woff"
    out = io.BytesIO()
    font.save(out)
    with pytest.raises(LetterError, match=r"web pages.*\.ttf"):
        open_face(out.getvalue(), "tiny.woff")
