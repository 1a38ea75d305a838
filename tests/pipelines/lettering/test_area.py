from __future__ import annotations

import numpy as np
import pytest

from pipelines.errors import LetterError
from pipelines.lettering.area import Area, area_of, shrunk
from pipelines.slots.surface import Surface

SQUARE = Surface(np.array([[[10.0, 20.0], [110.0, 20.0]], [[10.0, 70.0], [110.0, 70.0]]]))


def test_an_empty_box_is_free_from_edge_to_edge() -> None:
    assert Area(np.ones((10, 10), dtype=bool), 50, 20).span(2, 8) == (0, 50)


def test_lines_beyond_the_area_have_no_room() -> None:
    area = Area(np.ones((10, 10), dtype=bool), 50, 20)
    assert area.span(-1, 4) == (0, 0)
    assert area.span(18, 22) == (0, 0)


def test_what_is_in_front_is_left_out_and_a_rope_is_not() -> None:
    mask = np.zeros((100, 200), dtype=bool)
    mask[20:70, 10:110] = True
    mask[20:70, 60] = False
    mask[20:45, 90:110] = False
    area = area_of(SQUARE, mask, unit=1, margin=0)
    assert (area.width, area.height) == pytest.approx((100, 50))
    assert area.span(5, 20) == pytest.approx((0, 80), abs=1)
    assert area.span(30, 45) == pytest.approx((0, 100), abs=1)


def test_a_margin_is_kept_on_every_side() -> None:
    area = shrunk(np.ones((100, 200), dtype=bool), width=200, height=100, margin=10)
    assert area.extent == pytest.approx((10, 90), abs=1)
    assert area.span(40, 60) == pytest.approx((10, 190), abs=1)


def test_a_margin_that_leaves_nothing_is_refused() -> None:
    with pytest.raises(LetterError, match="no room"):
        shrunk(np.ones((10, 10), dtype=bool), width=10, height=10, margin=6)
