from __future__ import annotations

import pytest

from pipelines.errors import LetterError
from pipelines.lettering.faces import open_face
from pipelines.lettering.paragraph import paragraphs
from tests.pipelines.lettering.made import real_face, real_font, tiny_face, tiny_font


def test_a_line_is_as_wide_as_its_letters() -> None:
    (read,) = paragraphs("AB C", [tiny_face()])
    assert read.line(0, 4, hyphen=False).width == pytest.approx(2.0)
    assert read.width(0, 3, hyphen=False) == pytest.approx(1.0), "a space at the end takes no room"
    assert read.ink == pytest.approx((0.7, 0.0))


def test_hebrew_runs_from_right_to_left_and_latin_in_it_from_left_to_right() -> None:
    (read,) = paragraphs("אב CD", [tiny_face()])
    line = read.line(0, 5, hyphen=False)
    assert [g.cluster for g in line.glyphs] == [3, 4, 2, 1, 0]
    assert [g.x for g in line.glyphs] == pytest.approx([0, 0.5, 1, 1.5, 2])


def test_a_broken_soft_hyphen_shows_a_hyphen() -> None:
    (read,) = paragraphs("AB\u00adCD", [tiny_face()])
    assert read.width(0, 3, hyphen=True) == pytest.approx(1.5)
    assert len([g for g in read.line(0, 3, hyphen=True).glyphs if g.face.outline(g.glyph)]) == 3
    assert len([g for g in read.line(0, 5, hyphen=False).glyphs if g.face.outline(g.glyph)]) == 4


def test_a_missing_character_is_named_with_the_fonts_that_were_tried() -> None:
    with pytest.raises(LetterError, match=r"é \(U\+00E9 latin small letter e with acute\).*tiny\.ttf"):
        paragraphs("caf\u00e9", [tiny_face()])


def test_a_later_font_gives_what_the_first_lacks() -> None:
    first, second = tiny_face("AB"), tiny_face("CD.")
    (read,) = paragraphs("AB CD.", [first, second])
    assert [f is first for f in read.faces] == [True, True, True, False, False, False]


def test_shared_punctuation_stays_with_the_letters_before_it() -> None:
    first, second = tiny_face("AB."), tiny_face("CD.")
    (read,) = paragraphs("CD.", [first, second])
    assert all(f is second for f in read.faces)


@pytest.mark.parametrize("text", ["", "  \n ", "a\x07b"])
def test_texts_that_cannot_be_set_are_refused(text: str) -> None:
    with pytest.raises(LetterError):
        paragraphs(text, [tiny_face()])


def test_a_file_that_is_no_font_is_refused() -> None:
    with pytest.raises(LetterError, match="no font"):
        open_face(b"hello", "hello.ttf")
    with pytest.raises(LetterError, match="no font"):
        open_face(tiny_font()[:90], "cut.ttf")


def test_arabic_letters_join_even_across_a_line_break() -> None:
    face = real_face("NotoSansArabic-Bold.ttf")
    (whole,) = paragraphs("سلام", [face])
    alone = {g.glyph for c in "سلام" for g in paragraphs(c, [face])[0].line(0, 1, hyphen=False).glyphs}
    assert not alone & {g.glyph for g in whole.line(0, 4, hyphen=False).glyphs[1:]}
    assert len(whole.line(0, 4, hyphen=False).glyphs) == 3, "lam and alef are one"


def test_hindi_vowels_move_before_their_consonant() -> None:
    face = real_face("NotoSansDevanagari-Bold.ttf")
    (read,) = paragraphs("कि", [face])
    drawn = list(read.line(0, 2, hyphen=False).glyphs)
    (ka,) = paragraphs("क", [face])
    assert drawn[1].glyph == ka.line(0, 1, hyphen=False).glyphs[0].glyph


def test_thai_marks_stack_without_taking_room() -> None:
    face = real_face("NotoSansThai-Bold.ttf")
    (plain,), (marked,) = paragraphs("นา", [face]), paragraphs("น้า", [face])
    assert marked.reached[-1] == pytest.approx(plain.reached[-1])
    assert marked.ink[0] > plain.ink[0]


def test_a_collection_of_fonts_can_be_opened() -> None:
    face = open_face(real_font("NotoSansCJK-Bold.ttc"), "NotoSansCJK-Bold.ttc")
    assert paragraphs("日本語", [face])[0].reached[-1] == pytest.approx(3.0)
