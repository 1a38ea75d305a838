from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.palettes.oklab import lab_of
from pipelines.palettes.taste import Pick, learn

COLOUR = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")
PICKS = st.lists(st.builds(Pick, colour=COLOUR, liked=st.booleans()), max_size=12)


@settings(max_examples=40)
@given(PICKS, st.lists(COLOUR, min_size=1, max_size=6))
def test_a_liking_is_always_a_probability(picks: list[Pick], colours: list[str]) -> None:
    found = learn(picks).liking(lab_of(colours))
    assert ((found > 0) & (found < 1)).all()


@settings(max_examples=40)
@given(PICKS, COLOUR)
def test_one_more_like_makes_a_colour_more_liked_and_a_dislike_less(picks: list[Pick], colour: str) -> None:
    lab = lab_of([colour])
    up, now, down = (
        learn([*picks, *more]).liking(lab)[0]
        for more in ([Pick(colour=colour, liked=True)], [], [Pick(colour=colour, liked=False)])
    )
    assert up > down
    assert up >= now - 0.12, "new certainty may temper an old one, but not turn it round"


def test_liked_blues_say_something_of_all_blues() -> None:
    taste = learn([Pick(colour=c, liked=True) for c in ("#2244aa", "#6688dd", "#113377")]
                  + [Pick(colour=c, liked=False) for c in ("#aa4422", "#dd8866")])  # fmt: skip
    blue, red, green = taste.liking(lab_of(["#3a5fd0", "#c0392b", "#3fa34d"]))
    assert blue > green > red


def test_pale_likes_say_something_of_all_pale_colours() -> None:
    taste = learn([Pick(colour=c, liked=True) for c in ("#f4d9d0", "#d9e8f4", "#e2f0d9")])
    pale, dark = taste.liking(lab_of(["#e6d9f0", "#3b1f52"]))
    assert pale > dark


def test_before_any_pick_people_on_average_are_expected() -> None:
    blue, olive = learn([]).liking(lab_of(["#3a6fd0", "#5c5410"]))
    assert blue > 0.5 > olive


def test_contradictory_picks_come_out_even() -> None:
    both = [Pick(colour="#c0392b", liked=True), Pick(colour="#c0392b", liked=False)]
    assert np.abs(learn(both).liking(lab_of(["#c0392b"])) - 0.5).max() < 0.1
