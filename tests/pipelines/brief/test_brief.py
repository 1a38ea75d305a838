"""The brief as a whole: every mistake at once, and nothing but mistakes, whatever the text."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.brief import parse_brief, read_brief
from pipelines.errors import BriefError
from pipelines.model import Brief
from tests.pipelines.brief.made import GOOD, mistakes, only_mistake, shelf, with_line


def test_a_sound_brief_is_read_without_warnings() -> None:
    checked = read_brief(GOOD, shelf())
    assert checked.brief.name == "mascot-flags"
    assert checked.warnings == ()


def test_a_brief_saved_with_a_byte_order_mark_is_read() -> None:
    assert read_brief(b"\xef\xbb\xbf" + GOOD.encode(), shelf()).brief == parse_brief(GOOD)


def test_bytes_that_are_no_utf8_are_told_with_their_place() -> None:
    found = only_mistake(b"brief: 1\nname: caf\xe9\n")
    assert (found.line, found.column, found.fix) == (2, 10, "save the file as UTF-8")


def test_a_file_too_large_is_refused_unread() -> None:
    with pytest.raises(BriefError, match="too large"):
        read_brief("#" * (1 << 20) + "\n", shelf())


def test_the_other_mistakes_are_told_beside_a_key_written_twice() -> None:
    text = with_line("edit: place", "edit: glue") + "why: {nested: [1, 2]}\n"
    assert [m.where for m in mistakes(text)] == ["edits.region[0].edit", "why"]


def test_every_mistake_is_told_at_once_in_the_order_of_lines() -> None:
    text = GOOD
    for old, new in (
        ("name: mascot-flags", "name: Mascot Flags"),
        ("size: 64", "size: big"),
        ("layer: flag-art", "layr: flag-art"),
        ("[CA-ON, NO]", "[CA-ON, XX]"),
        ("slot: flag", "slot: flagg"),
        ("{region}", "{regoin}"),
    ):
        text = with_line(old, new, text)
    found = mistakes(text)
    wheres = ["name", "master.size", "slots.flag.layr", "axes.region.values[1]", "edits.region[0].slot", "prompt"]
    assert [m.where for m in found] == wheres
    assert [m.line for m in found] == sorted(m.line for m in found)


def test_a_broken_slot_is_not_called_unknown() -> None:
    text = with_line("layer: flag-art", "layer: [flag-art]")
    assert only_mistake(text).where == "slots.flag.layer"


def test_what_is_doubtful_is_a_warning_with_its_line() -> None:
    text = with_line("[contested flags]", "[]")
    text = with_line("prompt:", "deliver: {sizes: [4096]}\nprompt:", text)
    text = with_line("layer: flag-art", "layer: flag-art\n  hat:\n    polygon: [[0, 0], [9, 0], [9, 9]]", text)
    warnings = read_brief(text, shelf()).warnings
    assert [w.where for w in warnings] == ["biases", "slots.hat", "deliver.sizes[0]"]
    assert [w.line for w in warnings] == [5, 10, 19]


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        ["region", "flag", "place", "flag-art", "CA-ON", "mascot.svg", "{region}", "#ffffff", "canada", "rows.csv"]
    )
)
KEYS = st.sampled_from(
    [*Brief.model_fields, "file", "size", "layer", "polygon", "grid", "region", "edit", "slot", "set"]
)
JUNK = st.recursive(
    LEAVES, lambda part: st.lists(part, max_size=4) | st.dictionaries(KEYS | st.text(max_size=5), part, max_size=5)
)


def raises_nothing_else(read: Callable[[], object]) -> None:
    with suppress(BriefError):
        read()


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(KEYS, JUNK))
def test_any_mapping_of_junk_raises_nothing_but_a_brief_error(junk: object) -> None:
    raises_nothing_else(lambda: read_brief(json.dumps(junk), shelf(rows__csv=b"region\nNO\n")))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(Brief.model_fields)), JUNK)
def test_a_good_brief_with_one_part_of_junk_raises_nothing_but_a_brief_error(key: str, junk: object) -> None:
    data = {**parse_brief(GOOD).model_dump(mode="json", exclude_unset=True), key: junk}
    raises_nothing_else(lambda: read_brief(json.dumps(data), shelf(rows__csv=b"region\nNO\n")))


@settings(max_examples=300, deadline=None)
@given(st.text() | st.binary() | st.text(alphabet="abc:-[]{}#&*!|>'\"%@`?, \n\t"))
@example("%YAML 1.1\n---\na: NO")
@example("a: !<x> 1")
@example('"\\ud800": 1')
@example('{"": 1}')
@example("a: |9\n x")
def test_any_text_at_all_raises_nothing_but_a_brief_error(text: str) -> None:
    raises_nothing_else(lambda: read_brief(text, shelf()))
