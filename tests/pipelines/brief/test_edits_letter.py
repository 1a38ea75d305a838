"""Letter edits: a text for every value, fonts that can be read and have its characters, and nothing over the text."""

from __future__ import annotations

import pytest

from pipelines.brief import Shelf, read_brief
from pipelines.brief.edits.letter import shown_values
from tests.pipelines.brief.made import FLAG, Regions, mistakes, only_mistake, position, shelf
from tests.pipelines.lettering.made import tiny_font

LETTERED = """\
brief: 1
name: lettered
why: Everybody reads it in their own language.
data_used: [language]
biases: [a language is no nationality]
master: {file: mascot.svg, size: 64}
slots:
  flag: {layer: flag-art}
axes:
  language: {values: [en, fr]}
edits:
  language:
    - edit: letter
      slot: flag
      fonts: [tiny.ttf]
      size: 12
      text: ["HELLO"]
      texts:
        fr: ["BONJOUR", "SALUT"]
prompt: the mascot says hello in {language}
"""


def fonts() -> Shelf:
    return shelf(tiny__ttf=tiny_font(), broken__ttf=b"no font", art__svg=FLAG)


def changed(old: str, new: str) -> str:
    assert old in LETTERED
    return LETTERED.replace(old, new)


def warnings(text: str, on: Shelf | None = None) -> list[tuple[str, str]]:
    return [(w.where, w.problem) for w in read_brief(text, on or fonts()).warnings]


def test_text_for_every_value_and_fonts_that_have_it_are_sound() -> None:
    assert warnings(LETTERED) == []


@pytest.mark.parametrize(
    ("old", "new", "where", "words"),
    [
        ('      text: ["HELLO"]\n', "", "edits.language[0]", "no text for en"),
        ("        fr:", "        de:", "edits.language[0].texts.de", 'no value "de"'),
        ('["BONJOUR", "SALUT"]', "[]", "edits.language[0].texts.fr", "no text"),
        ('["HELLO"]', '[" "]', "edits.language[0].text", "the text for en is empty"),
        ('["HELLO"]', '["HELLO {laguage}"]', "edits.language[0].text[0]", "unknown field {laguage}"),
        ('"SALUT"', '"SALUT {"', "edits.language[0].texts.fr[1]", "brace"),
        ("[tiny.ttf]", "[tinny.ttf]", "edits.language[0].fonts[0]", "no such file"),
        ("[tiny.ttf]", "[tiny.ttf, broken.ttf]", "edits.language[0].fonts[1]", "no font"),
        ("size: 12", "size: 12\n      floor: 13", "edits.language[0].floor", "above the size"),
        ("size: 12", "size: 12\n      colour: #ffffff", "edits.language[0].colour", "colour is missing"),
        ("size: 12", "size: 12\n      language: '{lang}'", "edits.language[0].language", "unknown field {lang}"),
        ("size: 12", "size: 12\n      values: [en]", "edits.language[0].texts.fr", "not for"),
    ],
)
def test_a_letter_edit_that_does_not_fit_is_told_where_and_why(old: str, new: str, where: str, words: str) -> None:
    text = changed(old, new)
    found = {m.where: m for m in mistakes(text, fonts())}
    assert where in found, found
    assert words in found[where].problem
    assert found[where].line >= position(text, "edit: letter")[0]


def test_the_characters_that_no_font_has_are_warned_of_by_value_with_their_line() -> None:
    text = changed('"BONJOUR"', '"ÇA ŒUVRE"')
    (warning,) = read_brief(text, fonts()).warnings
    assert warning.where == "edits.language[0].texts.fr"
    assert "for fr: Ç (U+00C7), Œ (U+0152)" in warning.problem
    assert "add a font" in warning.fix
    assert warning.line == position(text, "fr:")[0]


def test_a_later_font_that_has_them_settles_it() -> None:
    text = changed('"BONJOUR"', '"ÇA ŒUVRE"').replace("[tiny.ttf]", "[tiny.ttf, more.ttf]")
    assert warnings(text, shelf(tiny__ttf=tiny_font(), more__ttf=tiny_font("ÇŒ"))) == []


def test_the_values_of_other_axes_in_a_text_are_looked_at_too() -> None:
    text = changed(
        "  language: {values: [en, fr]}\n", "  language: {values: [en, fr]}\n  team: {values: [ÄPFEL, EGO]}\n"
    )
    text = text.replace('"SALUT"', '"SALUT {team}"')
    assert warnings(text) == [
        ("edits.language[0].texts.fr", "no font has these characters of the text for fr: Ä (U+00C4)")
    ]


def test_two_texts_share_a_slot_but_artwork_after_a_text_covers_it() -> None:
    second = "    - {edit: letter, slot: flag, fonts: [tiny.ttf], size: 8, text: [HI], vertical: bottom}\n"
    assert warnings(changed("prompt:", f"{second}prompt:")) == []
    covered = only_mistake(changed("prompt:", "    - {edit: place, slot: flag, artwork: art.svg}\nprompt:"), fonts())
    assert covered.where == "edits.language[0]"
    assert "the place after it covers this text" in covered.problem
    grounded = second.replace("size: 8", "size: 8, ground: '#ffffff'")
    assert "covers this text" in only_mistake(changed("prompt:", f"{grounded}prompt:"), fonts()).problem


def test_artwork_before_a_text_is_what_it_is_set_on() -> None:
    assert (
        warnings(changed("    - edit: letter", "    - {edit: place, slot: flag, artwork: art.svg}\n    - edit: letter"))
        == []
    )


def test_grounds_of_different_values_do_not_meet() -> None:
    first = changed("size: 12", "size: 12\n      values: [fr]\n      ground: '#ffffff'")
    second = (
        "    - {edit: letter, slot: flag, fonts: [tiny.ttf], size: 8, text: [HI], ground: '#000000', values: [en]}\n"
    )
    assert warnings(first.replace("prompt:", f"{second}prompt:")) == []


def test_a_region_is_shown_by_its_name_in_the_texts_language() -> None:
    values = {"region": "CA-BC", "team": "red"}
    assert shown_values(values, Regions(), language="") == {"region": "British Columbia", "team": "red"}
    assert shown_values(values, Regions(), language="fr")["region"] == "British Columbia (fr)"
