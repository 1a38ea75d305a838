from __future__ import annotations

import pytest
from lxml import etree

from pipelines.model import Order, Recipe
from pipelines.provenance import packet, packet_bytes, title
from tests.making import order

ATELIER = "{https://atelier.invalid/ns/1.0/}"
DC = "{http://purl.org/dc/elements/1.1/}"


def told(made: Order, name: str) -> str:
    """What the packet says, read back from its bytes."""
    data = packet_bytes(made)
    inner = data[data.index(b"?>") + 2 : data.rindex(b"<?")]
    return "".join(map(str, next(etree.fromstring(inner).iter(name)).itertext()))


def worded(prompt: str) -> Order:
    return order().model_copy(update={"prompt": prompt})


def test_the_packet_holds_the_prompt_and_the_whole_recipe() -> None:
    made = order("ca-qc")
    assert told(made, ATELIER + "prompt") == made.prompt
    assert told(made, ATELIER + "negativePrompt") == made.negative
    assert told(made, ATELIER + "digest") == made.recipe.digest
    assert Recipe.model_validate_json(told(made, ATELIER + "recipe")) == made.recipe


def test_people_read_the_labels_as_title_and_the_prompt_as_description() -> None:
    made = order("ca-qc")
    assert title(made) == "Région CA-QC"
    assert told(made, DC + "title") == "Région CA-QC"
    assert told(made, DC + "description") == made.prompt


def test_a_variant_without_labels_is_called_by_its_name() -> None:
    bare = order("au")
    recipe = bare.recipe.model_copy(update={"labels": {}})
    assert title(bare.model_copy(update={"recipe": recipe})) == "au"


@pytest.mark.parametrize("words", ['香港 <b>&amp; "quotes"</b>', "🎏 émoji", "]]>", "two\nlines", "  kept spaces  "])
def test_any_words_survive(words: str) -> None:
    assert told(worded(words), ATELIER + "prompt") == words


def test_characters_that_xml_cannot_hold_are_left_out_of_words_and_escaped_in_the_recipe() -> None:
    odd = "a\x00b\x0bc\ufffed"
    made = worded(odd)
    recipe = made.recipe.model_copy(update={"labels": {"region": odd}})
    made = made.model_copy(update={"recipe": recipe})
    assert told(made, ATELIER + "prompt") == "abcd"
    assert title(made) == "abcd"
    assert Recipe.model_validate_json(told(made, ATELIER + "recipe")).labels == {"region": odd}


def test_the_packet_holds_no_clock_and_no_place() -> None:
    assert packet_bytes(order()) == packet_bytes(order())
    assert etree.tostring(packet(order())) in packet_bytes(order()).replace("é".encode(), b"&#233;")


def test_placed_artwork_is_called_a_digital_creation() -> None:
    assert b"digitalsourcetype/digitalCreation" in packet_bytes(order())
