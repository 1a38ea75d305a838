"""What has the wrong form is told in a designer's words; the schema for editors."""

from __future__ import annotations

import json

import pytest

from pipelines.brief import schema
from pipelines.model import Brief
from tests.pipelines.brief.made import mistakes, only_mistake, position, with_line


@pytest.mark.parametrize(
    ("old", "new", "where", "word", "hint"),
    [
        ("why:", "wy:", "wy", "wy", 'did you mean "why"?'),
        ("layer:", "layers:", "slots.flag.layers", "layers", 'mean "layer"?'),
        (
            "edit: place\n      slot",
            "edit: place\n      slott",
            "edits.region[0].slott",
            "slott",
            'did you mean "slot"?',
        ),
        ("size: 64", "size: 8", "master.size", "8}", "write 16 or more"),
        ("size: 64", 'size: "64"', "master.size", '"64"', "without quotes"),
        ("size: 64", "size: 64.5", "master.size", "64.5", "without decimals"),
        ("why: People learn more from a mascot that is theirs.", "why:", "why", None, "write it"),
        ("[contested flags]", "contested flags", "biases", "contested", "write [contested flags]"),
        ("[CA-ON, NO]", "[CA-ON, 404]", "axes.region.values[1]", "404", 'write "404", in quotes'),
        ("edit: place", "edit: plaice", "edits.region[0].edit", "plaice", 'did you mean "place"?'),
        ("layer: flag-art", "layer: flag-art\n    ground: #ff0000", "slots.flag.ground", None, "in quotes"),
        ("layer: flag-art", 'layer: flag-art\n    ground: "#f00"', "slots.flag.ground", '"#f00"', "six hexadecimal"),
        ("brief: 1", "brief: 2", "brief", "2", "write brief: 1"),
        ("  flag:", "  Flag!:", "slots.Flag!", "Flag!", "lower-case"),
    ],
)
def test_a_wrong_form_is_told_where_it_stands_and_how_to_mend_it(
    old: str, new: str, where: str, word: str | None, hint: str
) -> None:
    text = with_line(old, new)
    found = {m.where: m for m in mistakes(text)}
    assert where in found, found
    assert hint in found[where].fix
    if word is not None:
        assert (found[where].line, found[where].column) == position(text, word)


def test_a_missing_key_says_what_it_is_for() -> None:
    found = only_mistake(with_line("prompt: the mascot holding {region}\n", ""))
    assert found.where == "prompt"
    assert "template" in found.fix


def test_no_message_speaks_pydantic() -> None:
    text = with_line("size: 64", "size: []").replace("slots:", "slots: 3\nslotz:").replace("brief: 1", "brief: one")
    for found in mistakes(text):
        assert "Input should" not in str(found)
        assert "validation" not in str(found)


def test_the_schema_tells_editors_every_key_with_words() -> None:
    found = schema()
    assert found["$schema"].endswith("2020-12/schema")
    assert found["title"] == "Atelier brief"
    assert set(found["properties"]) == set(Brief.model_fields)
    for record in found["$defs"].values():
        assert record["additionalProperties"] is False
        assert record["description"]
    json.dumps(found)
