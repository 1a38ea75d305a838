"""Every edit may be for some values of its axis alone: the others' recipes have nothing of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.brief import Shelf, read_brief
from pipelines.model import Recipe
from pipelines.plan import make_plan
from tests.pipelines.brief.made import FLAG, GOOD, mistakes, shelf
from tests.pipelines.lettering.made import tiny_font

EDITS = {
    "place": "{edit: place, slot: flag}",
    "recolor": "{edit: recolor, swap: {'#000000': '#ff0000'}}",
    "repaint": "{edit: repaint, slot: flag, prompt: a flag}",
    "letter": "{edit: letter, slot: flag, fonts: [tiny.ttf], size: 9, text: [HI]}",
    "cutout": "{edit: cutout, drop: [folded]}",
    "upscale": "{edit: upscale, factor: 2}",
}


def on() -> Shelf:
    return replace(shelf(tiny__ttf=tiny_font(), ours__svg=FLAG), grades={"night": b""})


def made(recipe: Recipe) -> set[str]:
    """What is done to a variant, an enlargement of a drawing too."""
    kinds = {step.edit for step in (*recipe.preparation, *recipe.edits)}
    return kinds | ({"upscale"} if recipe.width > 64 else set())


@pytest.mark.parametrize("kind", EDITS)
def test_an_edit_for_some_values_is_in_their_recipes_alone(kind: str) -> None:
    place = "    - edit: place\n      slot: flag\n"
    assert place in GOOD
    edit = EDITS[kind].replace("{edit", "{values: [NO], edit", 1)
    planned = make_plan(read_brief(GOOD.replace(place, f"    - {edit}\n"), on()).brief, on())
    found = {order.recipe.values["region"]: made(order.recipe) for order in planned.plan.orders}
    assert found == {"CA-ON": set(), "NO": {kind}}
    without, with_it = (order.recipe.digest for order in planned.plan.orders)
    assert without != with_it


@pytest.mark.parametrize("kind", EDITS)
def test_a_value_that_the_axis_lacks_is_told(kind: str) -> None:
    edit = EDITS[kind].replace("{edit", "{values: [NOR], edit", 1)
    text = GOOD.replace("    - edit: place\n      slot: flag\n", f"    - {edit}\n")
    assert any(m.where == "edits.region[0].values[0]" and "no value" in m.problem for m in mistakes(text, on()))
