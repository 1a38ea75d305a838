"""Upscale edits: last, once a variant, not too large, and with a model that enlarges as often as it is asked to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.brief import Shelf, read_brief
from pipelines.brief.edits.desk import each
from pipelines.brief.form import draft
from pipelines.brief.located import locate
from pipelines.model import Upscale
from tests.pipelines.brief.made import Models, mistakes, only_mistake, shelf, with_line

LARGE = with_line("prompt:", "    - {edit: upscale, factor: 2}\nprompt:")


def warnings(text: str) -> list[str]:
    return [w.problem for w in read_brief(text, shelf()).warnings]


def test_an_upscale_at_the_end_is_sound_and_its_size_may_be_delivered() -> None:
    assert warnings(LARGE + "deliver: {formats: [png], sizes: [128, 64]}\n") == []
    (problem,) = warnings(LARGE + "deliver: {formats: [png], sizes: [256]}\n")
    assert "larger than the variants' 128" in problem


@pytest.mark.parametrize(
    ("old", "new", "where", "words"),
    [
        ("factor: 2", "factor: 3", "edits.region[1].factor", "3"),
        ("factor: 2", "factor: 2, upscaler: missing", "edits.region[1].upscaler", "no such model"),
        ("size: 64", "size: 8192", "edits.region[1].factor", "would be 16384 pixels"),
    ],
)
def test_an_upscale_that_does_not_fit_is_told_where_and_why(old: str, new: str, where: str, words: str) -> None:
    found = {m.where: m for m in mistakes(LARGE.replace(old, new))}
    assert where in found, found
    assert words in found[where].problem


def test_nothing_comes_after_the_picture_was_enlarged() -> None:
    text = with_line("    - edit: place", "    - {edit: upscale, factor: 2}\n    - edit: place")
    found = only_mistake(text)
    assert "place comes after" in found.problem
    assert found.fix == "put the upscale last"


def test_a_variant_is_enlarged_once_but_each_value_may_have_its_own_factor() -> None:
    twice = LARGE.replace("prompt:", "    - {edit: upscale, factor: 4}\nprompt:")
    assert "enlarged twice" in only_mistake(twice).problem
    apart = twice.replace("factor: 2", "factor: 2, values: [NO]").replace("factor: 4", "factor: 4, values: [CA-ON]")
    assert warnings(apart) == []
    assert len(list(each(draft(locate(apart, name="b").data), Upscale))) == 2


@dataclass
class Folders(Models):
    """Models that lie in folders."""

    def pretrained(self, where: str) -> tuple[str, str]:
        return where, "0" * 64


def test_an_upscaler_of_another_factor_is_told_before_a_run(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "swin2sr", "upscale": 4}')
    on = shelf()
    on = Shelf(on.read, on.text, on.regions, on.artwork, on.prompts, on.styles, Folders())
    text = LARGE.replace("factor: 2", f"factor: 2, upscaler: '{tmp_path}'")
    found = only_mistake(text, on)
    assert "enlarges 4 times" in found.problem
    assert "factor: 4" in found.fix
    assert read_brief(text.replace("factor: 2", "factor: 4"), on)
