from __future__ import annotations

from pipelines.palettes.deck import deck
from pipelines.palettes.oklab import lab_of, polar
from pipelines.palettes.portrait import portrait
from pipelines.palettes.taste import Pick


def blues(count: int = 50) -> list[Pick]:
    """Somebody who likes blue and purple things, and nothing else."""
    lab = lab_of(deck(count))
    _, chroma, hue = polar(lab)
    liked = (chroma > 0.05) & (hue > -2.6) & (hue < -0.9)
    return [Pick(colour=c, liked=bool(yes)) for c, yes in zip(deck(count), liked, strict=True)]


def test_plenty_of_picks_are_told_without_doubts() -> None:
    found = portrait(blues())
    assert found.likes[0] == "blue"
    assert "purple" in found.likes
    assert {"green", "yellow", "red", "orange"} & set(found.dislikes)
    assert found.doubts == ()


def test_pale_picks_are_told_as_light_colours() -> None:
    lab = lab_of(deck())
    found = portrait(
        [Pick(colour=c, liked=bool(lightness > 0.7)) for c, lightness in zip(deck(), lab[:, 0], strict=True)]
    )
    assert found.likes[0] == "light colours"
    assert found.dislikes[0] == "dark colours"


def test_few_picks_say_so_and_what_they_can() -> None:
    picks = [Pick(colour=c, liked=True) for c in ("#2244aa", "#6688dd", "#113377")]
    found = portrait(picks)
    assert found.likes[0] == "blue"
    assert found.doubts[0].startswith("3 picks say little")
    assert any("No colour is disliked" in doubt for doubt in found.doubts)


def test_no_picks_are_people_on_average() -> None:
    found = portrait([])
    assert (found.likes, found.dislikes) == ((), ())
    assert "on average" in found.doubts[0]


def test_one_of_anything_is_told_in_the_singular() -> None:
    (first, *_, last) = portrait([Pick(colour="#2244aa", liked=True)]).doubts
    assert first.startswith("1 pick say") or first.startswith("1 pick ")
    assert "No colour is disliked" in last
