from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.lettering.breaks import cluster_starts, line_breaks


def pieces(text: str) -> list[str]:
    """The text, cut wherever it may be."""
    at = [0, *(b.at for b in line_breaks(text)), len(text)]
    return [text[a:b] for a, b in itertools.pairwise(at)]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("one two  three", ["one ", "two  ", "three"]),
        ("no\u00a0break here", ["no\u00a0break ", "here"]),
        ("well-known 3-4 -5", ["well-", "known ", "3-4 ", "-5"]),
        ("Bonjour ! Quoi ?", ["Bonjour ! ", "Quoi ?"]),
        ("dit « oui » fort", ["dit ", "« oui » ", "fort"]),
        ("Donau\u00addampf", ["Donau\u00ad", "dampf"]),
        ("日本語。終", ["日", "本", "語。", "終"]),
        ("「あ」が", ["「あ」", "が"]),
        ("ちゃんと", ["ちゃ", "ん", "と"]),
        ("コーヒー", ["コー", "ヒー"]),
        ("ไปไหน", ["ไป", "ไห", "น"]),
        ("น้ำ", ["น้ำ"]),
        ("ไป\u200bไหน", ["ไป\u200b", "ไหน"]),
        ("नमस्ते दुनिया", ["नमस्ते ", "दुनिया"]),
        ("안녕 세상", ["안녕 ", "세상"]),
    ],
)
def test_lines_break_where_readers_expect(text: str, cut: list[str]) -> None:
    assert pieces(text) == cut


def test_breaks_inside_words_are_marked_weak_and_soft_hyphens_show() -> None:
    (soft,) = line_breaks("Donau\u00addampf")
    assert soft.weak
    assert soft.hyphen
    assert all(b.weak for b in line_breaks("ไปไหน"))
    assert not any(b.weak for b in line_breaks("日本語"))
    assert all(b.weak for b in line_breaks("レッスン"))


def test_a_sentences_end_is_the_most_welcome_place() -> None:
    first, second = line_breaks("Stop! Go on")
    assert first.cost < second.cost


def test_flags_and_families_are_one_character() -> None:
    assert cluster_starts("🇨🇦🇯🇵") == [0, 2]
    assert cluster_starts("👩\u200d👧!") == [0, 3]
    assert cluster_starts("e\u0301a") == [0, 2]


@given(st.text(max_size=40))
def test_no_text_loses_a_character_and_no_cluster_is_split(text: str) -> None:
    text = text.replace("\n", "")
    assert "".join(pieces(text)) == text
    starts = set(cluster_starts(text))
    assert all(b.at in starts for b in line_breaks(text))


def test_a_line_ends_unwillingly_after_a_short_word_that_belongs_to_the_next() -> None:
    costs = {text: [b.cost for b in line_breaks(text)] for text in ("Apprenez à naviguer", "Bis 9 Uhr", "배워 보세요")}
    assert costs["Apprenez à naviguer"][1] > costs["Apprenez à naviguer"][0]
    assert len(set(costs["Bis 9 Uhr"])) == 1, "a number is no such word"
    assert costs["배워 보세요"] == [0.1]


def test_where_chinese_copy_says_where_lines_end_they_end_there_first() -> None:
    (first, told, last) = line_breaks("揚帆\u200b啟航")
    assert first.weak
    assert not told.weak
    assert last.weak
