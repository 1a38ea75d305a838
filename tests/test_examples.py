"""The examples that run with nothing fetched: they plan as they stand, and ask their model for words that it knows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.training.drawings import words
from pipelines.brief import Shelf, read_brief
from pipelines.home import ROOT
from pipelines.model import Painting
from pipelines.plan import make_plan
from pipelines.profiles import load_profiles
from tests.pipelines.brief.made import Models

FOLDER = ROOT / "examples" / "mascot"


def shelf() -> Shelf:
    """All that ships, on a machine on which every model is."""
    return replace(Shelf.open(FOLDER, root=ROOT), models=Models())


def paintings(name: str) -> dict[str, Painting]:
    """What a brief paints, by variant."""
    found = shelf()
    brief = read_brief((FOLDER / name).read_text(), found).brief
    orders = make_plan(brief, found).plan.orders
    return {order.recipe.name: order.recipe.paintings[0] for order in orders if order.recipe.paintings}


@pytest.mark.parametrize("name", ["brief-weather.yaml", "brief-simple.yaml"])
def test_an_example_is_without_a_mistake_or_warning(name: str) -> None:
    assert not read_brief((FOLDER / name).read_text(), shelf()).warnings


def test_the_weather_is_painted_behind_the_dog_by_what_ships() -> None:
    found = paintings("brief-weather.yaml")
    assert set(found) == {f"{weather}.{flag}" for weather in ("winter", "autumn", "night") for flag in ("jp", "no")}
    for painting in found.values():
        assert (painting.model, painting.checkpoint) == ("starter", "models/starter")
        assert painting.inside is not None
        assert painting.inside.layer == "background"
        assert painting.better is not None
        assert painting.better.words == painting.prompt != painting.better.present


def test_both_flags_stand_in_the_same_paint() -> None:
    found = paintings("brief-weather.yaml")
    for weather in ("winter", "autumn", "night"):
        assert found[f"{weather}.jp"] == found[f"{weather}.no"]


def test_the_starter_is_asked_in_the_words_of_its_drawings() -> None:
    """In the order of `caption`: who, where, in which season, at what time, in what weather and palette, drawn how."""
    profile = load_profiles(ROOT)["starter"]
    for painting in paintings("brief-weather.yaml").values():
        assert painting.better is not None
        for text in (painting.prompt, painting.better.present):
            who, where, season, time, *weather, palette, drawn = text.split(", ")
            _, marking, coat, species, _, _, scarf, _ = who.split()
            assert marking in words.MARKINGS
            assert coat in words.COATS
            assert species in words.SPECIES
            assert scarf in words.CLOTH
            assert (where in words.PLACES, season.removeprefix("in ") in words.SEASONS) == (True, True)
            assert time in words.TIMES
            assert set(weather) <= set(words.WEATHERS) - {"clear"}
            assert palette in words.PALETTES
            assert drawn in {f"{finish} {outline}" for finish in words.FINISHES for outline in words.OUTLINES}
            assert len(text.replace(",", " ,").split()) + 2 <= profile.tokens
