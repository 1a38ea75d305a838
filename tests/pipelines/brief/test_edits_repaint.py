"""Mistakes in repaints, each with what would be right; and the warnings that stop nobody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.brief import read_brief
from pipelines.styles import Style, StyleFile
from tests.pipelines.brief.made import GOOD, Models, only_mistake, shelf, with_line

PAINTED = with_line("prompt: the mascot", "    - edit: repaint\n      slot: flag\nprompt: the mascot")


def painted(**lines: str) -> str:
    more = "".join(f"      {key}: {value}\n" for key, value in lines.items())
    return PAINTED.replace("edit: repaint\n      slot: flag\n", f"edit: repaint\n      slot: flag\n{more}")


def test_a_repaint_that_says_nothing_but_where_is_sound() -> None:
    checked = read_brief(PAINTED, shelf())
    assert not checked.warnings


@pytest.mark.parametrize(
    ("lines", "where", "words"),
    [
        ({"model": "sd16"}, "edits.region[1].model", "no such profile"),
        ({"strength": "0.01"}, "edits.region[1].strength", "no strength 0.01"),
        ({"strength": "0.05", "steps": "10"}, "edits.region[1].strength", "runs none of 10 steps"),
        ({"strength": "1.5"}, "edits.region[1].strength", "too large"),
        ({"checkpoint": "missing.safetensors"}, "edits.region[1].checkpoint", "no such model"),
        ({"keep": "[flag]"}, "edits.region[1].keep", "painted and kept"),
        ({"keep": "[paw]"}, "edits.region[1].keep[0]", "no layer"),
        ({"prompt": '"snow on {regoin}"'}, "edits.region[1].prompt", "unknown field {regoin}"),
        ({"prompt": "holding-flog"}, "edits.region[1].prompt", "no such"),
        ({"values": "[SE]"}, "edits.region[1].values[0]", 'no value "SE"'),
        ({"guidance": "-1"}, "edits.region[1].guidance", "too small"),
        ({"seed": "-1"}, "edits.region[1].seed", "too small"),
        ({"sed": "1"}, "edits.region[1].sed", "no such key"),
    ],
)
def test_a_mistake_is_told_at_its_place(lines: dict[str, str], where: str, words: str) -> None:
    found = only_mistake(painted(**lines))
    assert found.where == where
    assert words in found.problem


def test_strength_0_and_1_are_possible_and_0_is_pointed_out() -> None:
    assert read_brief(painted(strength="1.0"), shelf()).warnings == ()
    (warning,) = read_brief(painted(strength="0"), shelf()).warnings
    assert "paints nothing" in warning.problem


def test_a_prompt_that_says_nothing_of_the_axis_is_pointed_out() -> None:
    (warning,) = read_brief(PAINTED.replace("holding {region}", "holding a flag"), shelf()).warnings
    assert "painted alike" in warning.problem


def test_the_model_of_a_style_is_looked_at_where_the_style_is_named() -> None:
    text = PAINTED.replace("prompt:", "styles: [oil]\nprompt:")
    file = StyleFile.model_validate({"model": {"profile": "sdxl", "checkpoint": "missing/oil"}})
    found = only_mistake(text, replace(shelf(), styles={"oil": Style(Path("oil"), file)}))
    assert found.where == "styles[0]"


def test_a_brief_that_paints_nothing_does_not_ask_for_the_models_of_its_styles() -> None:
    file = StyleFile.model_validate({"model": {"profile": "sdxl", "checkpoint": "missing/oil"}})
    text = with_line("prompt:", "styles: [oil]\nprompt:", GOOD)
    assert read_brief(text, replace(shelf(), styles={"oil": Style(Path("oil"), file)}))


def test_judges_that_are_not_here_are_told_by_their_key() -> None:
    text = PAINTED + "judges: {embedder: clip-vit-b32, patcher: missing-dino}\n"
    found = only_mistake(text)
    assert found.where == "judges.patcher"


def test_a_pass_that_must_earn_its_place_needs_somebody_who_can_say_so() -> None:
    assert "nobody can say" in only_mistake(painted(only_if_better="true")).problem
    judged = painted(only_if_better="true") + "judges: {embedder: clip-vit-b32}\n"
    assert "reference pictures" in only_mistake(judged).problem


def test_a_repaint_with_words_of_its_own_needs_no_reference_pictures() -> None:
    judged = painted(only_if_better="true", prompt='"snow on {region}"') + "judges: {embedder: clip-vit-b32}\n"
    assert not read_brief(judged, shelf()).warnings


def test_the_starter_brings_its_judge_along_and_needs_it() -> None:
    asked = {"model": "starter", "prompt": '"a meadow in winter, {region}"'}
    assert not read_brief(painted(**asked), shelf()).warnings
    lost = Models()
    lost.profiles["starter"] = lost.profiles["starter"].model_copy(update={"gate": "missing-clip"})
    found = only_mistake(painted(**asked), replace(shelf(), models=lost))
    assert found.where == "edits.region[1]"
    assert "no such model on this machine, got 'missing-clip'" in found.problem
    assert read_brief(painted(**asked, only_if_better="false"), replace(shelf(), models=lost))


def test_what_was_there_before_is_said_in_fields_that_there_are() -> None:
    found = only_mistake(painted(before='"grass in {regoin}"'))
    assert found.where == "edits.region[1].before"
    assert "unknown field {regoin}" in found.problem


def test_a_slot_whose_own_layer_is_kept_leaves_nothing_to_paint() -> None:
    assert "is the slot that is painted" in only_mistake(painted(keep="[flag-art]")).problem


def test_a_style_that_the_model_cannot_follow_is_told_where_the_style_is_named() -> None:
    text = painted(model="sd35").replace("prompt: the", "styles: [oil]\nprompt: the")
    file = StyleFile.model_validate({"loras": [{"file": "oil.safetensors"}]})
    found = only_mistake(text, replace(shelf(), styles={"oil": Style(Path("oil"), file)}))
    assert found.where == "styles[0]"
    assert "LoRAs" in found.problem


def test_an_image_prompt_without_pictures_is_told() -> None:
    text = PAINTED.replace("prompt:", "styles: [oil]\nprompt:")
    file = StyleFile.model_validate({"image": {}})
    assert (
        "no reference pictures"
        in only_mistake(text, replace(shelf(), styles={"oil": Style(Path("oil"), file)})).problem
    )


def test_artwork_after_the_painted_picture_was_recoloured_would_be_in_the_old_light() -> None:
    text = PAINTED.replace("    - edit: place\n      slot: flag\n", "").replace(
        "prompt: the",
        '    - {edit: recolor, swap: {"#102030": "#203040"}}\n    - {edit: place, slot: flag}\nprompt: the',
    )
    assert "old light" in only_mistake(text).problem


def test_one_slot_taken_twice_is_told_also_where_a_third_edit_lies_between() -> None:
    lines = "".join(f"    - {{edit: place, slot: flag, values: [{v}]}}\n" for v in ("CA-ON", "NO", "CA-ON"))
    text = GOOD.replace("    - edit: place\n      slot: flag\n", lines)
    assert only_mistake(text).where == "edits.region[2].slot"


@pytest.mark.parametrize(
    ("lines", "where", "words"),
    [
        ("gates: {learned: {master: 0.5}}\n", "gates.learned", "nobody measures"),
        ("judges: {embedder: clip}\ngates: {learned: {mastre: 0.5}}\n", "gates.learned.mastre", "no measure"),
        ("judges: {embedder: clip}\ngates: {learned: {identity: 0.5}}\n", "gates.learned.identity", "takes a patcher"),
    ],
)
def test_a_gate_of_what_nobody_measures_is_told(lines: str, where: str, words: str) -> None:
    found = only_mistake(PAINTED + lines)
    assert found.where == where
    assert words in found.problem
