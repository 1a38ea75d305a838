from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.engines.embedder import on_white
from pipelines.engines.hashed import FakeEmbedder
from pipelines.likeness.positives import negatives, positives
from tests.pipelines.likeness.drawn import mascot, other


@given(st.integers(1, 70), st.integers(1, 70), st.sampled_from([3, 4]), st.integers(0, 20))
def test_every_copy_has_the_masters_size_and_channels(height: int, width: int, channels: int, seed: int) -> None:
    master = np.random.default_rng(seed).integers(0, 256, (height, width, channels)).astype(np.uint8)
    for example in positives(master, count=7, seed=seed):
        assert example.picture.shape == master.shape
        assert example.picture.dtype == np.uint8


def test_copies_are_changed_yet_hardly() -> None:
    master = mascot()
    for example in positives(master, count=20):
        difference = np.abs(example.picture.astype(int) - master).mean()
        assert 0 < difference < 40  # a shift of hard edges is the most, example.made


def test_no_copy_is_the_master_or_another_copy() -> None:
    pictures = [mascot(), *(example.picture for example in positives(mascot()))]
    assert len({picture.tobytes() for picture in pictures}) == 13


def test_the_same_seed_makes_the_same_copies_and_another_seed_others() -> None:
    first, again, second = (positives(mascot(), seed=seed) for seed in (1, 1, 2))
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(first, again, strict=True))
    assert sum(np.array_equal(a.picture, b.picture) for a, b in zip(first, second, strict=True)) < 2


def test_each_copy_says_what_was_done() -> None:
    words = " ".join(example.made for example in positives(mascot(), count=5))
    assert all(word in words for word in ("cropped", "JPEG", "shifted", "noise", "scaled"))


def test_the_outline_of_a_transparent_master_stays_through_noise_and_jpeg() -> None:
    master = mascot(alpha=True)
    kept = [e for e in positives(master) if "noise" in e.made or "JPEG" in e.made]
    assert kept
    assert all(np.array_equal(e.picture[..., 3], master[..., 3]) for e in kept)


@pytest.mark.parametrize("size", [(96, 96), (30, 200), (200, 30), (1, 1), (400, 401)])
def test_others_stand_whole_on_paper_of_the_masters_size(size: tuple[int, int]) -> None:
    dark = np.zeros((*size, 3), dtype=np.uint8)
    (found,) = negatives([dark], like=mascot())
    assert found.picture.shape == mascot().shape
    inked = np.asarray((found.picture < 128).all(axis=2))
    ratio = np.ptp(np.nonzero(inked.any(axis=1))) + 1, np.ptp(np.nonzero(inked.any(axis=0))) + 1
    assert max(ratio) == 96
    assert min(ratio) == max(1, round(96 * min(size) / max(size)))


def test_copies_lie_nearer_to_the_master_than_others_do() -> None:
    embed = FakeEmbedder()
    master = embed.pictures([mascot()])[0]
    copies = embed.pictures([e.picture for e in positives(mascot())]) @ master
    others = (
        embed.pictures([on_white(e.picture) for e in negatives([other(i) for i in range(8)], like=mascot())]) @ master
    )
    assert copies.min() > others.max()
