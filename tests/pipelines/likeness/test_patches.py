from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.engines.embedder import F32, unit
from pipelines.engines.patcher import FakePatcher
from pipelines.errors import EngineError
from pipelines.likeness.patches import patch_likeness, patch_shares
from tests.pipelines.likeness.drawn import mascot, slot

LEFT = np.repeat([[1.0, 0.0]], 8, axis=0).repeat(4, axis=1)  # (8, 8), the left half


def grid(rows: int = 4, columns: int = 4, seed: int = 0) -> F32:
    flat = unit(np.random.default_rng(seed).normal(size=(rows * columns, 6)))
    return flat.reshape(rows, columns, 6)


def test_an_unchanged_picture_is_itself_everywhere() -> None:
    found = patch_likeness(grid(), grid(), mask=LEFT)
    assert found.outside == pytest.approx(1)
    assert found.inside == pytest.approx(1)


def test_what_changes_inside_the_mask_leaves_identity_alone() -> None:
    changed = grid()
    changed[:, :2] *= -1
    found = patch_likeness(grid(), changed, mask=LEFT)
    assert found.outside == pytest.approx(1)
    assert found.inside == pytest.approx(-1)


def test_one_changed_patch_outside_is_found_at_its_place() -> None:
    changed = grid()
    changed[2, 3] *= -1
    found = patch_likeness(grid(), changed, mask=LEFT)
    assert found.outside == pytest.approx(6 / 8)  # seven of eight at 1, one at -1
    assert found.inside == pytest.approx(1)
    assert found.worst == pytest.approx(-1)
    assert found.worst_at == (2, 3)


def test_patches_half_in_the_mask_count_half_inside_and_not_outside() -> None:
    mask = np.zeros((4, 4))
    mask[:, 0], mask[:, 1] = 1, 0.5
    changed = grid()
    changed[:, 1] *= -1
    found = patch_likeness(grid(), changed, mask=mask)
    assert found.inside == pytest.approx((4 - 2) / 6)
    assert found.outside == pytest.approx(1)


def test_empty_paper_does_not_hide_a_change_of_the_figure() -> None:
    figure = np.zeros((8, 8))
    figure[:2, 4:6] = 1  # one patch
    changed = grid()
    changed[0, 2] *= -1
    assert patch_likeness(grid(), changed, mask=LEFT).outside == pytest.approx(6 / 8)
    assert patch_likeness(grid(), changed, mask=LEFT, figure=figure).outside == pytest.approx(-1)


def test_a_mask_of_everything_leaves_nothing_outside() -> None:
    found = patch_likeness(grid(), grid(seed=1), mask=np.ones((8, 8), dtype=bool))
    assert (found.outside, found.worst, found.worst_at) == (None, None, None)
    assert patch_likeness(grid(), grid(), mask=np.zeros((8, 8))).inside is None


def test_grids_of_two_shapes_are_refused() -> None:
    with pytest.raises(EngineError, match="do not correspond"):
        patch_likeness(grid(), grid(4, 3), mask=LEFT)


@given(st.integers(1, 50), st.integers(1, 50), st.integers(1, 20), st.integers(1, 20), st.integers(0, 99))
def test_patches_share_out_the_whole_mask_and_nothing_more(
    height: int, width: int, rows: int, columns: int, seed: int
) -> None:
    mask = np.random.default_rng(seed).random((height, width))
    shares = patch_shares(mask, rows, columns)
    assert shares.shape == (rows, columns)
    assert shares.mean() == pytest.approx(mask.mean())
    assert shares.min() >= 0
    assert shares.max() <= 1


def test_another_flag_keeps_the_dog_and_another_head_does_not() -> None:
    patcher = FakePatcher(12)
    headless = mascot()
    headless[18:62, 12:52] = mascot()[18:62, 12:52][::-1]
    master, flag, head = patcher.patches([mascot(), mascot(5), headless])
    kept = patch_likeness(master, flag, mask=slot())
    assert kept.outside == pytest.approx(1, abs=1e-3)
    assert kept.inside is not None
    assert kept.inside < 0.9
    changed = patch_likeness(master, head, mask=slot())
    assert changed.outside is not None
    assert changed.worst is not None
    assert changed.outside < 0.95
    assert changed.worst < 0
