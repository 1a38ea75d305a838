from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import PaletteError
from pipelines.palettes.contrast import Use, Wanted, check, contrast, contrasts, fix, floor_of, level, mend, ratio
from pipelines.palettes.oklab import lab_of, polar

COLOUR = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


@pytest.mark.parametrize(
    ("first", "second", "known"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.478), ("#767676", "#ffffff", 4.542),
     ("#0000ff", "#ffffff", 8.592), ("#ff0000", "#ffffff", 3.998), ("#123456", "#123456", 1.0)],
)  # fmt: skip
def test_ratios_are_those_of_the_standard(first: str, second: str, known: float) -> None:
    assert ratio(first, second) == pytest.approx(known, abs=0.001)


@given(COLOUR, COLOUR)
def test_the_order_of_two_colours_does_not_matter(first: str, second: str) -> None:
    assert ratio(first, second) == ratio(second, first)
    assert 1 <= ratio(first, second) <= 21


def test_a_ratio_is_not_rounded_up_to_pass() -> None:
    assert level(4.499, "text") == "fails"
    assert [level(4.5, use) for use in ("text", "large", "graphics")] == ["AA", "AAA", "AA"]
    assert [level(7.0, use) for use in ("text", "large", "graphics")] == ["AAA", "AAA", "AA"]
    assert [level(2.99, use) for use in ("text", "large", "graphics")] == ["fails"] * 3


def test_each_pair_says_what_it_is_fit_for() -> None:
    found = contrast("#777777", "#ffffff")
    assert (found.text, found.large, found.graphics) == ("fails", "AA", "AA")
    assert len(contrasts(["#000000", "#777777", "#ffffff", "#2244aa"])) == 6


@settings(max_examples=60)
@given(COLOUR, COLOUR, st.sampled_from([("text", "AA"), ("large", "AA"), ("graphics", "AA"), ("large", "AAA")]))
def test_a_fix_passes_and_keeps_the_hue(colour: str, against: str, case: tuple[Use, Wanted]) -> None:
    use, wanted = case
    found = fix(colour, against, use=use, wanted=wanted)
    assert level(ratio(found.colour, against), use) in ("AA", "AAA")
    assert found.ratio == pytest.approx(ratio(found.colour, against))
    (_, old_chroma, old), (_, chroma, new) = polar(lab_of([colour])[0]), polar(lab_of([found.colour])[0])
    if min(old_chroma, chroma) > 0.03:
        assert abs(np.rad2deg(np.angle(np.exp(1j * (old - new))))) < 8


@settings(max_examples=20)
@given(COLOUR, COLOUR)
def test_no_grey_scale_neighbour_of_a_fix_would_have_been_nearer(colour: str, against: str) -> None:
    found = fix(colour, against)
    start = lab_of([colour])[0]
    for share in np.linspace(0, 1, 21):
        middle = lab_of([found.colour])[0] * (1 - share) + start * share
        if np.linalg.norm(middle - start) * 100 < found.distance - 2.5:
            codes = "#{:02x}{:02x}{:02x}".format(*_codes(middle))
            assert ratio(codes, against) < 4.5 or abs(_hue(middle) - _hue(start)) > 0.03


def test_what_passes_already_is_left_alone() -> None:
    assert fix("#111111", "#ffffff").model_dump() == {
        "colour": "#111111",
        "ratio": ratio("#111111", "#ffffff"),
        "distance": 0,
    }


def test_what_cannot_pass_says_so() -> None:
    with pytest.raises(PaletteError, match="no colour reaches 7"):
        fix("#eda24b", "#777777", wanted="AAA")
    with pytest.raises(PaletteError, match="no level AAA"):
        fix("#eda24b", "#ffffff", use="graphics", wanted="AAA")
    with pytest.raises(PaletteError, match="no colour"):
        contrast("orange", "#ffffff")


@settings(max_examples=30)
@given(COLOUR, COLOUR)
def test_a_pair_is_mended_by_the_lesser_of_the_two_changes(first: str, second: str) -> None:
    found = check(first, second)
    if found.passes:
        assert found.mend is None
        return
    assert found.mend is not None, "black or white reaches 4.58 on any colour"
    assert ratio(found.mend.to, found.mend.against) >= 4.5
    assert {found.mend.change, found.mend.against} == {first, second}
    ways = [fix(first, second).distance, fix(second, first).distance]
    assert found.mend.distance == pytest.approx(min(ways))


def test_a_pair_that_one_change_cannot_mend_says_so() -> None:
    assert check("#777777", "#808080", wanted="AAA").mend is None
    with pytest.raises(PaletteError, match="no change of one of the two reaches 7"):
        mend("#777777", "#808080", wanted="AAA")
    with pytest.raises(PaletteError, match="no level AAA"):
        floor_of("graphics", "AAA")


def _codes(lab: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[int]:
    from pipelines.palettes.oklab import codes_of, fitted

    found: list[int] = codes_of(fitted(lab[None]))[0].tolist()
    return found


def _hue(lab: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    return float(polar(lab)[2])
