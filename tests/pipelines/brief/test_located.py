"""YAML as a brief may use it, and mistakes in it with their places."""

from __future__ import annotations

import time

import pytest

from pipelines.brief import parse_brief
from tests.pipelines.brief.made import GOOD, mistakes, only_mistake, position, with_line


def test_norway_stays_a_text() -> None:
    axis = parse_brief(GOOD).axes["region"]
    assert axis.values == ("CA-ON", "NO")


def test_json_is_yaml_too() -> None:
    brief = parse_brief(GOOD)
    assert parse_brief(brief.model_dump_json(exclude_unset=True)) == brief


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a:\n\tb: 1\n", 2, 1, "tab"),
        ("a: 1\nb: 'open\n", 2, 4, "quotation mark"),
        ("a: [1, 2\nb: 3\n", 2, 2, "bracket"),
        ("a: {region} holding\n", 1, 13, "bracket"),
        ("a: see: this\n", 1, 7, "colon"),
        ("a: @home\n", 1, 4, "cannot begin"),
        ("a:\n  b: 1\n c: 2\n", 3, 2, "indentation"),
        ("a: 1\n---\nb: 2\n", 2, 1, "second document"),
        ("a: b\x01c\n", 1, 5, "control character"),
        ("- a\n- b\n", 1, 1, "mapping"),
        ("just words", 1, 1, "mapping"),
        ("", 1, 1, "nothing"),
        ("? [a]\n: 1\n", 1, 3, "plain word"),
        ("[" * 50_000, 1, 14, "deep"),
    ],
)
def test_what_is_no_yaml_mapping_is_told_with_its_place(text: str, line: int, column: int, words: str) -> None:
    found = only_mistake(text)
    assert (found.line, found.column) == (line, column)
    assert words in found.problem


def test_a_key_written_twice_names_its_first_line() -> None:
    text = GOOD + "why: again\n"
    found = only_mistake(text)
    assert (found.line, found.column) == position(text, "why: again")
    assert found.problem == "this key is already in line 3"


@pytest.mark.parametrize("value", ["&name [region]", "*name", "!!python/object:os.system [region]", "!thing x"])
def test_anchors_aliases_and_tags_are_refused(value: str) -> None:
    text = with_line("data_used: [region]", f"data_used: {value}")
    assert only_mistake(text).where == "data_used"


def test_a_bomb_of_anchors_does_not_go_off() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    started = time.perf_counter()
    assert mistakes(GOOD + bomb)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("value", [".inf", "-.inf", ".nan", "1e999", "9" * 5000])
def test_numbers_that_are_none_are_refused(value: str) -> None:
    found = only_mistake(GOOD + f"gates:\n  delta_e: {value}\n")
    assert (found.line, found.where) == (19, "gates.delta_e")
