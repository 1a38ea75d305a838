"""Chains of edits that designers reuse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.brief import read_brief, schema
from pipelines.brief.chains import Chain, load_chains
from pipelines.errors import BriefError, Mistake
from pipelines.home import ROOT
from pipelines.model import Place, Repaint
from tests.pipelines.brief.made import GOOD, only_mistake, position, shelf, with_line

CHAIN = Chain(
    about="a flag with a light pass over it",
    takes={"slot": None, "strength": 0.2},
    edits=(
        {"edit": "place", "slot": "<slot>"},
        {"edit": "repaint", "slot": "<slot>", "strength": "<strength>", "prompt": "cloth in the <slot>"},
    ),
)
ON = replace(shelf(), chains={"flagged": CHAIN})
USED = with_line("    - edit: place\n      slot: flag\n", "    - {edit: chain, name: flagged, with: {slot: flag}}\n")


def test_a_chain_stands_for_its_edits_with_what_it_is_given() -> None:
    place, paint = read_brief(USED, ON).brief.edits["region"]
    assert isinstance(place, Place)
    assert isinstance(paint, Repaint)
    assert (place.slot, paint.slot, paint.strength, paint.prompt) == ("flag", "flag", 0.2, "cloth in the flag")


def test_what_it_usually_takes_can_be_given_another_way_and_for_some_values_alone() -> None:
    text = USED.replace("{slot: flag}}", "{slot: flag, strength: 0.5}, values: [NO]}")
    _, paint = read_brief(text, ON).brief.edits["region"]
    assert isinstance(paint, Repaint)
    assert (paint.strength, paint.values) == (0.5, ("NO",))


def test_what_is_wrong_in_a_chain_is_told_at_the_line_that_asked_for_it() -> None:
    text = USED.replace("slot: flag}}", "slot: flog}}")
    found = read_error(text)
    assert {m.line for m in found} == {position(text, "{edit: chain")[0]}
    assert all("in the chain flagged" in m.problem for m in found)


def read_error(text: str) -> tuple[Mistake, ...]:
    with pytest.raises(BriefError) as caught:
        read_brief(text, ON)
    return tuple(m for m in caught.value.mistakes if "slots" not in m.where)


def test_edits_after_a_chain_keep_their_own_lines() -> None:
    text = USED.replace("prompt:", "    - {edit: cutout, drop: [flug]}\nprompt:")
    mistake = only_mistake(text, ON)
    assert mistake.line == position(text, "flug")[0]


@pytest.mark.parametrize(
    ("use", "words"),
    [
        ("{edit: chain, name: flaged, with: {slot: flag}}", 'did you mean "flagged"'),
        ("{edit: chain, name: flagged}", "needs slot"),
        ("{edit: chain, name: flagged, with: {slot: flag, strenth: 1}}", 'did you mean "strength"'),
        ("{edit: chain, with: {slot: flag}}", "not used like that"),
    ],
)
def test_a_chain_that_is_used_wrongly_says_what_to_write(use: str, words: str) -> None:
    with pytest.raises(BriefError, match=words):
        read_brief(USED.replace("{edit: chain, name: flagged, with: {slot: flag}}", use), ON)


def test_a_chain_file_that_makes_no_sense_is_named(tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text("about: nothing\nedits: []\n")
    with pytest.raises(BriefError, match=r"odd\.yaml"):
        load_chains(tmp_path)


def test_the_chains_that_ship_can_be_read_and_say_what_they_do() -> None:
    found = load_chains(ROOT / "styles" / "chains")
    assert set(found) >= {"season-behind", "harmonised-artwork", "sticker"}
    assert all(chain.about and chain.edits for chain in found.values())


def test_editors_know_chains_too() -> None:
    assert "UseOfChain" in schema()["$defs"]
    assert GOOD  # a brief without chains is read as ever


def test_a_chain_cannot_be_made_to_grow_without_end() -> None:
    """What is put in is not looked at again, and what the chain does not take is not put in."""
    doubled = ", ".join(f'd{i}: "<d{i + 1}><d{i + 1}>"' for i in range(30))
    text = USED.replace("{slot: flag}}", f'{{slot: "<strength>", {doubled}}}}}')
    with pytest.raises(BriefError) as caught:
        read_brief(text, ON)
    assert len(str(caught.value)) < 20_000


def test_a_name_that_a_chain_does_not_take_is_told_when_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text(
        'about: a day\ntakes: {weather: sunny}\nedits: [{edit: repaint, prompt: "a <wether> day"}]\n'
    )
    with pytest.raises(BriefError, match='did you mean "weather"'):
        load_chains(tmp_path)


@pytest.mark.parametrize("text", ["about: x\nedits: &a [*a]\n", "about: x\nedits: " + "[" * 3000])
def test_a_chain_file_that_turns_in_circles_or_is_bottomless_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.yaml").write_text(text)
    with pytest.raises(BriefError, match="odd"):
        load_chains(tmp_path)


def test_a_wrong_chain_is_one_mistake() -> None:
    assert only_mistake(USED.replace("name: flagged", "name: flaged"), ON).where == "edits.region[0].name"
