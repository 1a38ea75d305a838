from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.lettering.bidi import Base, levels, line_levels, visual_order

# Lines of Unicode's BidiCharacterTest.txt (15.0): text, direction, paragraph level, levels (x: removed), display order.
OFFICIAL = """
0061 0028 0062 0029 0063;0;0;0 0 0 0 0;0 1 2 3 4
05D0 202A 05D1 202C 0020 0031 0020 0032;0;0;1 x 3 x 0 0 0 0;2 0 4 5 6 7
0061 202B 0062 202C 0020 0031 0020 0032;0;0;0 x 2 x 1 2 1 2;0 7 6 5 4 2
""".strip().splitlines()

ALIF, BET = "\u0627", "\u05d1"
BASES: dict[str, Base] = {"0": "ltr", "1": "rtl", "2": "auto"}


def display(text: str, base: Base = "auto") -> str:
    level, found = levels(text, base)
    return "".join(text[i] for i in visual_order(line_levels(text, found, level)))


@pytest.mark.parametrize("line", OFFICIAL)
def test_official_lines_come_out_as_unicode_says(line: str) -> None:
    codes, direction, paragraph, wanted, order = line.split(";")
    text = "".join(chr(int(c, 16)) for c in codes.split())
    level, found = levels(text, BASES[direction])
    line_ = line_levels(text, found, level)
    kept = [i for i, w in enumerate(wanted.split()) if w != "x"]
    assert level == int(paragraph)
    assert [str(line_[i]) for i in kept] == [w for w in wanted.split() if w != "x"]
    assert [kept[i] for i in visual_order([line_[i] for i in kept])] == [int(i) for i in order.split()]


@pytest.mark.parametrize(
    ("text", "base", "shown"),
    [
        ("abc", "auto", "abc"),
        ("אבג", "auto", "גבא"),
        ("אבג 123", "auto", "123 גבא"),
        ("abc אבג def", "auto", "abc גבא def"),
        ("אבג (abc) דה", "auto", "הד (abc) גבא".replace("(", "\0").replace(")", "(").replace("\0", ")")),
        ("אבג!", "auto", "!גבא"),
        ("אבג!", "ltr", "גבא!"),
        ("abc.", "rtl", ".abc"),
        ("a 1-2", "auto", "a 1-2"),
        ("\u0661-\u0662", "rtl", "\u0662-\u0661"),
        ("$5", "rtl", "$5"),
    ],
)
def test_mixed_text_is_shown_in_reading_order(text: str, base: Base, shown: str) -> None:
    assert display(text, base) == shown


def test_numbers_after_arabic_letters_are_arabic_numbers() -> None:
    assert levels(ALIF + " 5+5")[1] == (1, 1, 2, 1, 2)
    assert levels(BET + " 5+5")[1] == (1, 1, 2, 2, 2)


def test_what_an_isolate_holds_does_not_turn_what_is_around_it() -> None:
    assert levels("a \u2067" + BET + "\u2069 b") == (0, (0, 0, 0, 1, 0, 0, 0))


def test_spaces_at_a_lines_end_belong_to_the_paragraph() -> None:
    assert line_levels(BET + "  ", [1, 1, 1], 0) == [1, 0, 0]


@given(
    st.text(alphabet="aאb1٣,( )[]\u2067\u2069\u202b\u202c\u0300-$ ", max_size=24),
    st.sampled_from(["auto", "ltr", "rtl"]),
)
def test_every_text_has_levels_and_every_character_is_shown_once(text: str, base: Base) -> None:
    level, found = levels(text, base)
    line = line_levels(text, found, level)
    assert level in (0, 1)
    assert len(found) == len(text)
    assert sorted(visual_order(line)) == list(range(len(text)))
