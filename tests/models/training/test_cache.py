"""Drawings kept for training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.training.cache import draw_shard, nearer, shelf
from models.training.prepare import tasks


def test_a_shard_is_the_same_whenever_it_is_drawn_and_unlike_the_next(tmp_path: Path) -> None:
    for folder, number in (("one", 0), ("other", 0), ("next", 1)):
        draw_shard(tmp_path / folder, "pairs", number, count=2, size=32)
    rows = np.arange(2)
    one, other, following = (shelf(tmp_path / name, "pairs") for name in ("one", "other", "next"))
    assert np.array_equal(one.take("after", rows), other.take("after", rows))
    assert list(one.take("captions", rows)) == list(other.take("captions", rows))
    assert not np.array_equal(one.take("after", rows), following.take("after", rows))


def test_what_is_there_is_not_drawn_again_and_half_a_shard_is_not_read(tmp_path: Path) -> None:
    assert draw_shard(tmp_path, "scenes", 0, count=2, size=32)
    assert not draw_shard(tmp_path, "scenes", 0, count=2, size=32)
    (tmp_path / "scenes" / "00001.part").mkdir()
    assert len(shelf(tmp_path, "scenes")) == 2


def test_rows_come_in_the_order_in_which_they_are_asked_for_across_shards(tmp_path: Path) -> None:
    for number in range(3):
        draw_shard(tmp_path, "scenes", number, count=2, size=32)
    scenes = shelf(tmp_path, "scenes")
    everything = scenes.take("pictures", np.arange(6))
    order = np.array([5, 0, 3, 3, 1])
    assert np.array_equal(scenes.take("pictures", order), everything[order])
    assert scenes.take("captions", order)[1, 0] == scenes.take("captions", np.array([0]))[0, 0]


def test_only_what_an_edit_may_change_differs(tmp_path: Path) -> None:
    draw_shard(tmp_path, "pairs", 0, count=6, size=64)
    pairs = shelf(tmp_path, "pairs")
    before, after, mask = (pairs.take(name, np.arange(6)) for name in ("before", "after", "mask"))
    assert np.array_equal(before[mask == 0], after[mask == 0])
    assert (before != after).any()


def test_a_mascots_two_scenes_have_two_flags_and_their_crops_show_them(tmp_path: Path) -> None:
    draw_shard(tmp_path, "scenes", 0, count=3, size=64)
    scenes = shelf(tmp_path, "scenes")
    captions = scenes.take("flag_captions", np.arange(3))
    assert all(first != second for first, second in captions)
    assert scenes.take("flags", np.arange(3)).std() > 10


def test_near_views_lie_inside_the_drawing() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        x, y, side = nearer(rng)
        assert 128 <= side <= 512
        assert min(x, y) >= 0
        assert max(x, y) + side <= 512


def test_nothing_drawn_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"models\.training\.prepare"):
        shelf(tmp_path, "scenes")


def test_enough_shards_are_drawn_and_the_held_out_ones_first() -> None:
    todo = tasks(mascots=251, pairs=250, near=1, foils=1, held_out=10)
    assert todo[:2] == [("held-out-scenes", 0), ("held-out-pairs", 0)]
    assert [task for task in todo if task[0] == "scenes"] == [("scenes", 0), ("scenes", 1)]
    assert ("pairs", 1) not in todo
