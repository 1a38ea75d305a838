from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import LetterError
from pipelines.lettering.area import Area, shrunk
from pipelines.lettering.fit import Look, Setting, fit_texts
from pipelines.vectors.paths import bounds
from tests.pipelines.lettering.made import tiny_face


def box(width: float, height: float) -> Area:
    return Area(np.ones((100, 100), dtype=bool), width, height)


def disc(side: float, *, margin: float = 0.0) -> Area:
    y, x = np.mgrid[:200, :200] + 0.5
    return shrunk(np.hypot(x - 100, y - 100) < 100, width=side, height=side, margin=margin)


def fit(text: str, area: Area, **look: object) -> Setting:
    return fit_texts([text], [tiny_face()], area, Look(**{"size": 20.0, "floor": 5.0, **look}))[0]  # type: ignore[arg-type]


def lines(setting: Setting) -> list[str]:
    return [line.text for line in setting.lines]


def test_a_text_with_room_is_set_at_its_size_on_one_line() -> None:
    setting = fit("AB CD", box(200, 40))
    assert lines(setting) == ["AB CD"]
    assert setting.size == 20


def test_a_text_wraps_before_it_shrinks() -> None:
    setting = fit("ABCD EFGH", box(45, 60))
    assert lines(setting) == ["ABCD", "EFGH"]
    assert setting.size == 20


def test_a_text_shrinks_when_wrapping_is_not_enough() -> None:
    setting = fit("ABCDEFGH", box(45, 60))
    assert len(setting.lines) == 1
    assert 45 / 4 * 0.97 < setting.size <= 45 / 4


def test_lines_come_out_even() -> None:
    assert lines(fit("AB CD EF GH", box(85, 60), floor=20.0)) == ["AB CD", "EF GH"]


def test_lines_break_where_a_sentence_ends_rather_than_where_they_are_full() -> None:
    assert lines(fit("ABCD! EF GHI", box(75, 60)))[0] == "ABCD!"


def test_line_feeds_are_kept() -> None:
    assert lines(fit("AB\nCD", box(200, 100))) == ["AB", "CD"]
    assert lines(fit("AB\n\nCD", box(200, 100))) == ["AB", "", "CD"]


def test_a_text_that_cannot_fit_says_so_with_the_floor() -> None:
    with pytest.raises(LetterError, match="smallest size, 10"):
        fit("ABCDEFGHIJ", box(40, 20), floor=10.0)


def test_the_longest_text_that_fits_is_taken() -> None:
    texts = ["AB", "ABCD EFGH IJKL MNOP", "ABCD EF"]
    setting, index = fit_texts(texts, [tiny_face()], box(45, 50), Look(size=20, floor=18))
    assert (setting.text, index) == ("ABCD EF", 2)


def test_words_are_broken_at_soft_hyphens_only_when_needed() -> None:
    assert not fit("ABCD\u00adEFGH", box(100, 60)).broken
    broken = fit("ABCD\u00adEFGH", box(52, 60))
    assert broken.broken
    assert [len(line.glyphs) for line in broken.lines] == [5, 4]


@pytest.mark.parametrize(("align", "left"), [("start", 0), ("center", 45), ("end", 90)])
def test_alignment_moves_latin_lines(align: str, left: float) -> None:
    assert fit("A", box(100, 40), align=align).lines[0].left == pytest.approx(left)


@pytest.mark.parametrize(("align", "left"), [("start", 90), ("end", 0)])
def test_the_start_of_a_hebrew_line_is_right(align: str, left: float) -> None:
    assert fit("א", box(100, 40), align=align).lines[0].left == pytest.approx(left)


@pytest.mark.parametrize(("vertical", "top"), [("top", 0), ("middle", 43), ("bottom", 86)])
def test_the_block_stands_where_it_is_told_by_its_ink(vertical: str, top: float) -> None:
    setting = fit("AB", box(100, 100), vertical=vertical)
    assert bounds(list(setting.outlines()))[1] == pytest.approx(top, abs=0.01)


def test_leading_sets_the_distance_of_baselines() -> None:
    first, second = fit("AB\nCD", box(100, 100), leading=1.5).lines
    assert second.baseline - first.baseline == pytest.approx(30)


def test_lines_in_a_disc_are_longer_in_its_middle() -> None:
    setting = fit("AB CD EF GH IJ KL MN OP QR ST", disc(120, margin=6))
    widths = [line.width for line in setting.lines]
    assert max(widths) not in (widths[0], widths[-1])


def test_a_text_leaves_the_middle_only_where_something_stands_there() -> None:
    assert fit("ABCD", disc(60)).lines[0].baseline == pytest.approx(37, abs=1)
    inside = np.ones((100, 100), dtype=bool)
    inside[40:60, 30:] = False
    setting = fit("ABCDEFGH", Area(inside, 100, 100))
    assert setting.size == 20
    assert not 40 < setting.lines[0].baseline < 60


@settings(max_examples=40)
@given(st.lists(st.text(alphabet="ABCDאבג", min_size=1, max_size=9), min_size=1, max_size=9), st.floats(30, 150),
       st.floats(0, 12))  # fmt: skip
def test_no_letter_leaves_the_area(words: list[str], side: float, margin: float) -> None:
    area = disc(side, margin=margin)
    try:
        setting = fit(" ".join(words), area)
    except LetterError:
        return
    for contour in setting.outlines():
        x, y = contour.reshape(-1, 2).T
        assert np.hypot(x - side / 2, y - side / 2).max() <= side / 2 - margin + side / 100


@pytest.mark.parametrize("vertical", ["top", "bottom"])
def test_where_the_very_edge_is_too_narrow_text_stands_as_near_to_it_as_fits(vertical: str) -> None:
    (line,) = fit("ABCD", disc(100), vertical=vertical).lines
    middle = line.baseline - 7  # of its letters, which are 14 high
    assert middle < 40 if vertical == "top" else middle > 60


def test_text_at_the_top_of_a_box_touches_it() -> None:
    (line,) = fit("ABCD", box(200, 100), vertical="top").lines
    assert line.baseline == pytest.approx(14)
