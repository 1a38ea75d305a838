from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import PaletteError
from pipelines.palettes.picks import Picks, read_picks, write_picks

COLOUR = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")
COLOURS = st.lists(COLOUR, max_size=6, unique=True)


@pytest.mark.parametrize("name", ["picks.json", "picks.toml", "picks.TOML"])
def test_picks_are_kept_and_read_again(tmp_path: Path, name: str) -> None:
    picks = Picks.of(like=["34939a", "#FFF"], dislike=["#5c5410"], skip=["888"])
    write_picks(tmp_path / name, picks)
    assert read_picks(tmp_path / name) == picks
    assert [path.name for path in tmp_path.iterdir()] == [name], "nothing half-written stays behind"


def test_picks_may_be_written_by_hand(tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text('like = ["34939a"]  # the sea\n')
    (tmp_path / "my.json").write_text('\ufeff{"like": ["#34939A"]}', encoding="utf-8")
    assert read_picks(tmp_path / "my.toml") == read_picks(tmp_path / "my.json") == Picks(like=("#34939a",))


def test_the_last_word_on_a_colour_counts() -> None:
    first = Picks.of(like=["111111", "222222"], dislike=["333333"], skip=["444444"])
    later = Picks.of(like=["333333"], dislike=["111111", "444444"])
    assert first.then(later) == Picks.of(like=["222222", "333333"], dislike=["111111", "444444"])


@given(COLOURS, COLOURS, COLOURS)
def test_adding_the_same_picks_twice_changes_nothing(like: list[str], dislike: list[str], before: list[str]) -> None:
    new = Picks.of(like=like, dislike=[colour for colour in dislike if colour not in like])
    once = Picks.of(like=before).then(new)
    assert once.then(new) == once
    assert len(once.seen) == len(set(once.seen))


def test_skipped_colours_say_nothing_of_the_taste() -> None:
    picks = Picks.of(like=["111111"], dislike=["222222"], skip=["333333"])
    assert [(pick.colour, pick.liked) for pick in picks.judged] == [("#111111", True), ("#222222", False)]
    assert len(picks.seen) == 3


@pytest.mark.parametrize(
    ("text", "problem"),
    [("{", "neither JSON nor TOML"), ("[1]", "no file of picks"), ('{"love": []}', "no list of picks.*'love'"),
     ('{"like": "34939a"}', "like is no list"), ('{"like": [1]}', "like is no list"),
     ('{"like": ["sea"]}', "no colour"), ("[" * 100_000, "neither JSON nor TOML")],
    ids=range(7),
)  # fmt: skip
def test_a_file_that_says_something_else_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "picks.json").write_text(text)
    with pytest.raises(PaletteError, match=problem):
        read_picks(tmp_path / "picks.json")


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(PaletteError, match="--page"):
        read_picks(tmp_path / "nowhere.json")


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PaletteError, match="cannot be written"):
        write_picks(tmp_path / "no" / "picks.json", Picks())


def test_json_is_as_the_page_saves_it(tmp_path: Path) -> None:
    write_picks(tmp_path / "picks.json", Picks.of(like=["34939a"]))
    assert json.loads((tmp_path / "picks.json").read_text()) == {"like": ["#34939a"]}
