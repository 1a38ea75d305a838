from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipelines.engines.embedder import F32, Pixels
from pipelines.engines.hashed import FakeEmbedder
from pipelines.engines.patcher import FakePatcher
from pipelines.errors import EngineError
from pipelines.learned import Cache, LearnedScorer, References
from tests.pipelines.likeness.drawn import mascot, other, slot

OTHERS = tuple(other(i) for i in range(100, 106))
STYLES = {"ink": mascot(77), "oil": other(50)}


class Counting:
    """An embedder and patcher that counts what it is given."""

    def __init__(self, name: str = "counting 1") -> None:
        self.name = name
        self.asked: list[int] = []
        self._embedder, self._patcher = FakeEmbedder(), FakePatcher(12)

    def pictures(self, pictures: Sequence[Pixels]) -> F32:
        self.asked.append(len(pictures))
        return self._embedder.pictures(pictures)

    def texts(self, texts: Sequence[str]) -> F32:
        self.asked.append(len(texts))
        return self._embedder.texts(texts)

    def patches(self, pictures: Sequence[Pixels]) -> F32:
        self.asked.append(len(pictures))
        return self._patcher.patches(pictures)


def references(*, alpha: bool = False) -> References:
    return References(mascot(alpha=alpha), slot(), STYLES, OTHERS)


def scorer(cache: Cache | None = None, *, embedder: Counting | None = None, patches: bool = True) -> LearnedScorer:
    patcher = FakePatcher(12) if patches else None
    kept = cache if cache is not None else {}
    return LearnedScorer(embedder or FakeEmbedder(), references(), patcher=patcher, cache=kept)


def test_every_score_is_reported_with_where_it_falls() -> None:
    ours = scorer()
    prompts = [f"a dog with flag {i}" for i in range(10)]
    measured = ours.measure([mascot(i + 1) for i in range(10)], prompts)
    assert set(ours.calibrations) == {"master", "identity", "style ink", "style oil"}
    for one in measured:
        assert set(ours.calibrations) <= set(one.values())
        standings = {name: known.standing(one.values()[name]) for name, known in ours.calibrations.items()}
        assert "as near as the master's own copies" in standings["identity"].words
        assert standings["master"].share > 0.5


def test_another_character_stands_with_the_others_by_every_measure() -> None:
    ours = scorer()
    (measured,) = ours.measure([other(1)])
    for name in ("master", "identity"):
        standing = ours.calibrations[name].standing(measured.values()[name])
        assert standing.share < 0.2
        assert "no nearer than other characters" in standing.words


def test_without_other_characters_the_numbers_are_said_to_mean_nothing() -> None:
    ours = LearnedScorer(FakeEmbedder(), References(mascot(), slot(), {}, ()), cache={})
    warning = ours.calibrations["master"].warning
    assert warning is not None
    assert "too few" in warning


def test_the_numbers_kept_with_a_variant_have_plain_names_and_lie_in_range() -> None:
    (measured,) = scorer().measure([mascot(3)], ["a dog"])
    values = measured.values()
    assert set(values) == {"master", "prompt", "style ink", "style oil", "identity", "identity-worst", "inside"}
    assert all(-1 <= value <= 1 for value in values.values())
    assert values["identity"] == pytest.approx(1, abs=1e-3)
    assert values["inside"] < values["identity"]
    assert values["style ink"] > values["style oil"]


def test_without_a_patcher_or_prompts_there_are_no_such_numbers() -> None:
    (measured,) = scorer(patches=False).measure([mascot(3)])
    assert set(measured.values()) == {"master", "style ink", "style oil"}


def test_references_are_embedded_once_for_all_batches_and_variants_together() -> None:
    cache: Cache = {}
    first = Counting()
    scorer(cache, embedder=first).measure([mascot(i) for i in range(1, 41)], ["one prompt"] * 40)
    # variants in two batches; the master, two styles, twelve copies, six others, one prompt once each
    assert first.asked == [1, 2, 12, 6, 32, 1, 8]
    again = Counting()
    scorer(cache, embedder=again).measure([mascot(1)], ["one prompt"])
    assert again.asked == [1]


def test_patches_are_compared_once_with_the_examples_and_only_what_they_say_is_kept() -> None:
    cache: Cache = {}
    first, again = Counting(), Counting()
    for patcher in (first, again):
        LearnedScorer(FakeEmbedder(), references(), patcher=patcher, cache=cache).measure([mascot(1)])
    assert first.asked == [1, 12, 6, 1]
    assert again.asked == [1]
    assert sum(row.nbytes for row in cache.values()) < 60_000, "the patches of one picture, the master, and vectors"


def test_where_everything_may_change_there_is_no_identity_to_measure() -> None:
    everywhere = References(mascot(), np.ones_like(slot()), {}, OTHERS)
    ours = LearnedScorer(FakeEmbedder(), everywhere, patcher=FakePatcher(12), cache={})
    assert ours.calibrations["identity"].warning is not None
    (measured,) = ours.measure([mascot(1)])
    assert "identity" not in measured.values()
    assert "inside" in measured.values()


def test_another_embedder_shares_nothing_with_the_first() -> None:
    cache: Cache = {}
    scorer(cache, embedder=Counting("one 1")).measure([mascot(1)])
    before = len(cache)
    scorer(cache, embedder=Counting("one 2"), patches=False).measure([mascot(1)])
    assert len(cache) == before + 3 + 12 + 6  # the master and two styles, copies and others


def test_a_changed_pixel_of_the_master_is_another_picture_for_the_cache() -> None:
    cache: Cache = {}
    scorer(cache, patches=False).measure([mascot(1)])
    changed = mascot()
    changed[48, 30] = 0
    counting = Counting(FakeEmbedder.name)
    LearnedScorer(counting, References(changed, slot(), STYLES, OTHERS), cache=cache).measure([mascot(1)])
    assert counting.asked == [1, 12, 1]  # the new master, its copies and the variant; all others were known


def test_cached_and_fresh_scores_are_equal() -> None:
    cache: Cache = {}
    fresh = scorer(cache).measure([mascot(3)], ["a dog"])[0].values()
    assert scorer(cache).measure([mascot(3)], ["a dog"])[0].values() == fresh


def test_one_variant_scores_the_same_alone_and_among_forty() -> None:
    ours = scorer()
    many = ours.measure(mascot(i) for i in range(40))
    (alone,) = ours.measure([mascot(36)])
    assert many[36].values() == pytest.approx(alone.values(), abs=1e-5)


def test_paper_around_a_cut_out_master_does_not_count_as_identity() -> None:
    headless = mascot(alpha=True)
    headless[10:62, 12:52] = 0
    opaque = LearnedScorer(FakeEmbedder(), references(), patcher=FakePatcher(12), cache={})
    cut_out = LearnedScorer(FakeEmbedder(), references(alpha=True), patcher=FakePatcher(12), cache={})
    assert cut_out.measure([headless])[0].values()["identity"] < opaque.measure([headless])[0].values()["identity"]


def test_copies_from_the_painter_join_those_that_are_made() -> None:
    drifted = np.clip(mascot().astype(int) - 4, 0, 255).astype(np.uint8)
    more = References(mascot(), slot(), {}, OTHERS, copies=(drifted,) * 3)
    found = LearnedScorer(FakeEmbedder(), more, cache={}).calibrations["master"]
    assert found.bounds[1] == pytest.approx(16 / 17)
    with pytest.raises(EngineError, match="another size"):
        LearnedScorer(FakeEmbedder(), References(mascot(), slot(), {}, (), copies=(mascot()[:50],)), cache={})


def test_no_variants_are_no_trouble() -> None:
    assert scorer().measure([]) == ()


@pytest.mark.parametrize("prompts", [["a"], ["a", "b", "c"], []])
def test_prompts_and_variants_must_be_as_many(prompts: list[str]) -> None:
    with pytest.raises(EngineError, match="one prompt for each variant"):
        scorer().measure([mascot(1), mascot(2)], prompts)


def test_a_variant_of_another_size_has_no_corresponding_patches() -> None:
    with pytest.raises(EngineError, match=r"do not correspond|one size"):
        scorer().measure([mascot(1)[:60]])
