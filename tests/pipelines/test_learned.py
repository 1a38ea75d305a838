from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipelines.engines.embedder import F32, Pixels
from pipelines.engines.hashed import FakeEmbedder
from pipelines.engines.patcher import FakePatcher
from pipelines.errors import EngineError
from pipelines.learned import Cache, Learned, LearnedScorer, References, judge
from pipelines.likeness.gates import LearnedGates
from tests.pipelines.likeness.drawn import mascot, other, slot

OTHERS = tuple(other(i) for i in range(100, 106))
STYLES = {"ink": mascot(77), "oil": other(50)}
GATES = LearnedGates()


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


def batch(measured: Sequence[Learned]) -> dict[str, Learned]:
    return {f"region-{i}": one for i, one in enumerate(measured)}


def with_intruders(count: int = 30) -> list[Pixels]:
    pictures = [mascot(i + 1) for i in range(count)]
    pictures[4], pictures[17] = other(1), other(2)
    return pictures


def test_of_thirty_variants_the_two_intruders_alone_are_painted_again() -> None:
    ours = scorer()
    measured = ours.measure(with_intruders())
    judged, found = judge(
        batch(measured), ours.calibrations(measured), GATES, seeds={f"region-{i}": i for i in range(30)}, tries={}
    )
    assert {one.name for one in found.found} == {"region-4", "region-17"}
    assert {name for name, one in judged.items() if one.decision.choice != "accept"} == {"region-4", "region-17"}
    decision = judged["region-17"].decision
    assert decision.choice == "reroll"
    assert decision.seed == 18
    words = " ".join(decision.reasons)
    assert "master is" in words
    assert "no nearer than other characters" in words
    assert "does not belong to its set" in words


def test_an_intruder_that_stays_one_goes_to_review_after_two_re_rolls() -> None:
    ours = scorer()
    measured = ours.measure(with_intruders())
    tries = {"region-4": 2, "region-17": 1}
    seeds = dict.fromkeys(batch(measured), 0)
    judged, _ = judge(batch(measured), ours.calibrations(measured), GATES, seeds=seeds, tries=tries)
    assert judged["region-4"].decision.choice == "review"
    assert judged["region-17"].decision.choice == "reroll"


def test_every_score_is_reported_with_where_it_falls() -> None:
    ours = scorer()
    prompts = [f"a dog with flag {i}" for i in range(10)]
    measured = ours.measure([mascot(i + 1) for i in range(10)], prompts)
    calibrations = ours.calibrations(measured)
    assert set(calibrations) == {"master", "identity", "style ink", "style oil", "prompt"}
    judged, _ = judge(batch(measured), calibrations, GATES, seeds=dict.fromkeys(batch(measured), 0), tries={})
    for one in judged.values():
        assert set(one.standings) == set(calibrations)
        assert all(standing.words for standing in one.standings.values())
    assert "as near as the master's own copies" in judged["region-3"].standings["identity"].words


def test_a_fake_that_knows_nothing_of_prompts_is_said_to_say_nothing_of_them() -> None:
    ours = scorer()
    measured = ours.measure([mascot(i + 1) for i in range(10)], [f"flag {i}" for i in range(10)])
    assert ours.calibrations(measured)["prompt"].warning is not None


def test_without_other_characters_nothing_is_judged_by_numbers_that_mean_nothing() -> None:
    ours = LearnedScorer(FakeEmbedder(), References(mascot(), slot(), {}, ()), cache={})
    measured = ours.measure([mascot(1)])
    calibrations = ours.calibrations(measured)
    judged, found = judge(batch(measured), calibrations, GATES, seeds={"region-0": 0}, tries={})
    assert judged["region-0"].decision.choice == "review"
    assert "too few" in judged["region-0"].decision.notes[0]
    assert found.cannot_tell is not None


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
    ours = scorer(cache, embedder=first)
    ours.calibrations(ours.measure([mascot(i) for i in range(1, 41)], ["one prompt"] * 40))
    # variants in two batches; the master, two styles, one prompt, twelve copies, six others once each
    assert sorted(first.asked) == sorted([32, 8, 1, 2, 1, 12, 6])
    again = Counting()
    ours = scorer(cache, embedder=again)
    ours.calibrations(ours.measure([mascot(1)], ["one prompt"]))
    assert again.asked == [1]


def test_another_embedder_shares_nothing_with_the_first() -> None:
    cache: Cache = {}
    scorer(cache, embedder=Counting("one 1")).measure([mascot(1)])
    before = len(cache)
    scorer(cache, embedder=Counting("one 2"), patches=False).measure([mascot(1)])
    assert len(cache) == before + 3  # the master and two styles


def test_a_changed_pixel_of_the_master_is_another_picture_for_the_cache() -> None:
    cache: Cache = {}
    scorer(cache, patches=False).measure([mascot(1)])
    changed = mascot()
    changed[0, 0] = 0
    counting = Counting(FakeEmbedder.name)
    LearnedScorer(counting, References(changed, slot(), STYLES, OTHERS), cache=cache).measure([mascot(1)])
    assert counting.asked == [1, 1]  # the variant and the new master; the styles were known


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
    found = LearnedScorer(FakeEmbedder(), more, cache={}).calibrations([])["master"]
    assert found.bounds[1] == pytest.approx(16 / 17)
    with pytest.raises(EngineError, match="another size"):
        LearnedScorer(FakeEmbedder(), References(mascot(), slot(), {}, (), copies=(mascot()[:50],)), cache={})


def test_no_variants_are_no_trouble() -> None:
    assert scorer().measure([]) == ()
    judged, found = judge({}, {}, GATES, seeds={}, tries={})
    assert judged == {}
    assert found.cannot_tell is not None


@pytest.mark.parametrize("prompts", [["a"], ["a", "b", "c"], []])
def test_prompts_and_variants_must_be_as_many(prompts: list[str]) -> None:
    with pytest.raises(EngineError, match="one prompt for each variant"):
        scorer().measure([mascot(1), mascot(2)], prompts)


def test_a_variant_of_another_size_has_no_corresponding_patches() -> None:
    with pytest.raises(EngineError, match=r"do not correspond|one size"):
        scorer().measure([mascot(1)[:60]])
