from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import EngineError
from pipelines.likeness.calibration import Standing
from pipelines.likeness.gates import Decision, LearnedGates, decide
from pipelines.likeness.outliers import Outlier

GOOD = Standing(0.95, 0.9, "0.950, 90% like the master")
POOR = Standing(0.7, 0.1, "0.700, 10% like the master")
MUTE = Standing(0.7, 0.1, "0.700, which says nothing here", warning="they overlap")
ODD = Outlier("ca-on", 3.0, 9.0, "it lies 3.0 times as far from its nearest variants")
GATES = LearnedGates({"master": 0.5, "identity": 0.6}, rerolls=2)


def decided(outlier: Outlier | None = None, *, tries: int = 0, **standings: Standing) -> Decision:
    return decide(standings, GATES, outlier=outlier, tries=tries)


def test_a_variant_that_passes_every_gate_is_accepted() -> None:
    assert decided(master=GOOD, identity=GOOD) == Decision("accept", ())


def test_one_that_fails_is_painted_again_and_says_why() -> None:
    found = decided(master=GOOD, identity=POOR)
    assert found.choice == "reroll"
    assert found.reasons == ("identity is 0.700, 10% like the master (at least 60%)",)


def test_after_the_last_re_roll_a_person_looks() -> None:
    assert decided(master=POOR, identity=POOR, tries=1).choice == "reroll"
    found = decided(master=POOR, identity=POOR, tries=2)
    assert found.choice == "review"
    assert found.reasons[-1] == "2 re-rolls did not help"
    assert len(found.reasons) == 3


def test_who_does_not_belong_fails_though_its_scores_are_good() -> None:
    found = decided(ODD, master=GOOD, identity=GOOD)
    assert found.choice == "reroll"
    assert found.reasons == (f"it does not belong to its set: {ODD.reason}",)


def test_a_measure_that_says_nothing_decides_nothing_and_is_noted() -> None:
    found = decided(master=GOOD, identity=MUTE)
    assert found.choice == "accept"
    assert found.notes == ("identity was not judged: they overlap",)


def test_when_no_measure_says_anything_a_person_looks_at_once() -> None:
    found = decided(ODD, master=MUTE)
    assert found.choice == "review"
    assert found.reasons[0] == "no learned measure could judge it"
    assert "identity was not measured" in found.notes


def test_without_re_rolls_a_failure_goes_straight_to_review() -> None:
    found = decide({"master": POOR}, LearnedGates({"master": 0.5}, rerolls=0), outlier=None, tries=0)
    assert found.choice == "review"
    assert len(found.reasons) == 1


def test_without_gates_everything_that_belongs_is_accepted() -> None:
    assert decide({}, LearnedGates({}), outlier=None, tries=0).choice == "accept"


@pytest.mark.parametrize("wrong", [{"least": {"master": 1.5}}, {"least": {"master": -0.1}}, {"rerolls": -1}])
def test_gates_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(EngineError):
        LearnedGates(**({"least": {}} | wrong))  # type: ignore[arg-type]  # wrong on purpose


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 5), st.integers(0, 5), st.booleans())
def test_there_are_reasons_exactly_when_it_is_not_accepted_and_re_rolls_end(
    share: float, least: float, rerolls: int, tries: int, odd: bool
) -> None:
    gates = LearnedGates({"master": least}, rerolls=rerolls)
    standing = {"master": Standing(0.5, share, "0.5")}
    found = decide(standing, gates, outlier=ODD if odd else None, tries=tries)
    assert bool(found.reasons) == (found.choice != "accept")
    assert (found.choice == "accept") == (share >= least and not odd)
    if found.choice == "reroll":
        assert tries < rerolls
