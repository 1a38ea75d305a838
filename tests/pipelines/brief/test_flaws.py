"""Mistakes find their lines, and very many are counted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.brief import read_brief
from pipelines.errors import BriefError
from tests.pipelines.brief.made import GOOD, mistakes, shelf


def test_very_many_mistakes_are_counted_and_the_first_are_listed() -> None:
    with pytest.raises(BriefError, match="500 mistakes; the first 100") as caught:
        read_brief(GOOD + "".join(f"key{i}: 1\n" for i in range(500)), shelf())
    assert len(caught.value.mistakes) == 100


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["wy", "namme", "zz", "stylez"]), unique=True, min_size=1), st.data())
def test_a_mistake_carries_its_line_and_column(keys: list[str], data: st.DataObject) -> None:
    lines = GOOD.splitlines()
    for key in keys:
        tops = [i for i, line in enumerate(lines) if line[0] not in " #"]
        lines[(at := data.draw(st.sampled_from(tops))) : at] = ["# a comment"] * data.draw(st.integers(0, 3)) + [
            f"{key}: 1"
        ]
    expected = sorted(lines.index(f"{key}: 1") + 1 for key in keys)
    assert [(m.line, m.column) for m in mistakes("\n".join(lines))] == [(line, 1) for line in expected]
