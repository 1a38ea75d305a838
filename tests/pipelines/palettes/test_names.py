from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import PaletteError
from pipelines.palettes.names import colour_of, families, family_of, name_of, named

COLOUR = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


@pytest.mark.parametrize("text", ["#EDA24B", "eda24b", " #eda24b ", "EDA24B"])
def test_a_colour_may_be_written_as_people_do(text: str) -> None:
    assert colour_of(text) == "#eda24b"


def test_three_digits_stand_for_six() -> None:
    assert colour_of("#fa0") == colour_of("fa0") == "#ffaa00"


@pytest.mark.parametrize("text", ["", "#", "orange", "#12345", "#1234567", "rgb(1,2,3)"])
def test_what_is_no_colour_is_refused_with_what_would_be(text: str) -> None:
    with pytest.raises(PaletteError, match=r"no colour.*eda24b"):
        colour_of(text)


@pytest.mark.parametrize(
    ("colour", "name"),
    [("#2d2130", "ink"), ("#fff9ef", "paper"), ("#ffffff", "white"), ("#fdeccb", "cream"), ("#eda24b", "orange"),
     ("#a86b45", "brown"), ("#7e7f40", "olive"), ("#34939a", "teal"), ("#0b2f7a", "dark-blue"), ("#808080", "grey"),
     ("#dcecee", "pale-teal"), ("#e5593f", "red"), ("#f8c04e", "yellow"), ("#e7b8e0", "pale-pink"),
     ("#62202c", "dark-red")],
)  # fmt: skip
def test_colours_are_called_what_people_call_them(colour: str, name: str) -> None:
    assert name_of(colour) == name


@given(st.lists(COLOUR, max_size=20, unique=True))
def test_every_colour_of_a_palette_gets_a_name_of_its_own_that_is_a_bare_toml_key(colours: list[str]) -> None:
    names = named(colours)
    assert list(names.values()) == colours
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for name in names)


def test_colours_alike_are_numbered() -> None:
    assert list(named(["#34939a", "#3a9aa1", "#2d8b92"])) == ["teal", "teal-2", "teal-3"]


@given(st.floats(-10, 10))
def test_every_hue_has_a_family(hue: float) -> None:
    assert family_of(hue) in families()
