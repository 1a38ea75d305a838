"""Masters that cannot be opened, or are too small."""

from __future__ import annotations

import pytest

from tests.pipelines.brief.made import assert_told


@pytest.mark.parametrize(
    ("old", "new", "where", "words"),
    [
        ("mascot.svg", "mascott.svg", "master.file", "no such file"),
        ("size: 64", "size: 30", "master.size", "30 x 15"),
    ],
)
def test_a_master_that_cannot_be_used_is_told_where_and_why(old: str, new: str, where: str, words: str) -> None:
    assert_told(old, new, where, words)
