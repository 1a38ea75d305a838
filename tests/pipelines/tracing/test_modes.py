from __future__ import annotations

import numpy as np

from pipelines.tracing.modes import Colours, Width, modes, nearest

CLEAN, NOISY = Width(1.0, 3.0, 6), Width(2.0, 7.0, 25)


def many(colour: tuple[int, int, int], count: int, *, spread: float = 0.0, seed: int = 0) -> Colours:
    chance = np.random.default_rng(seed)
    return (np.array(colour) + chance.normal(0, spread, (count, 3))).astype(np.float32)


def test_colours_come_with_the_most_frequent_first() -> None:
    found = modes(np.concatenate([many((10, 20, 30), 200), many((200, 100, 0), 900)]), CLEAN)
    assert found.tolist() == [[200, 100, 0], [10, 20, 30]]


def test_a_cloud_of_noise_is_one_colour() -> None:
    found = modes(np.concatenate([many((90, 90, 90), 4000, spread=2), many((140, 90, 90), 4000, spread=2)]), NOISY)
    assert len(found) == 2
    assert np.abs(np.sort(found[:, 0]) - [90, 140]).max() < 1


def test_two_greys_twelve_levels_apart_are_two() -> None:
    cloud = np.concatenate([many((100, 100, 100), 3000, spread=1.5), many((112, 112, 112), 3000, spread=1.5, seed=1)])
    assert len(modes(cloud, NOISY)) == 2


def test_a_colour_that_is_known_is_not_found_again() -> None:
    colours = np.concatenate([many((10, 20, 30), 200), many((200, 100, 0), 900)])
    assert modes(colours, CLEAN, known=many((200, 100, 0), 1)).tolist() == [[10, 20, 30]]


def test_rare_colours_must_be_farther_from_the_others() -> None:
    common = many((100, 100, 100), 5000)
    assert len(modes(np.concatenate([common, many((106, 100, 100), 8)]), CLEAN)) == 1
    assert len(modes(np.concatenate([common, many((106, 100, 100), 5000)]), CLEAN)) == 2
    assert len(modes(np.concatenate([common, many((250, 0, 0), 8)]), CLEAN)) == 2


def test_of_no_colours_there_are_no_modes_and_nothing_is_near_them() -> None:
    assert modes(many((0, 0, 0), 0), CLEAN).shape == (0, 3)
    assert np.isinf(nearest(many((0, 0, 0), 2), many((0, 0, 0), 0))[1]).all()


def test_each_colour_finds_its_nearest() -> None:
    index, distance = nearest(many((10, 0, 0), 1), np.concatenate([many((90, 0, 0), 1), many((13, 4, 0), 1)]))
    assert (index.tolist(), distance.tolist()) == ([1], [5.0])


def test_wild_noise_has_modes_without_end_and_is_given_only_so_many() -> None:
    colours = np.random.default_rng(0).integers(0, 256, (20_000, 3)).astype(np.float32)
    assert len(modes(colours, Width(2.0, 3.0, 1, rarity=0.0))) <= 1000
