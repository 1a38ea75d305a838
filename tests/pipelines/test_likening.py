"""Measuring variants with an order's judges, and what is decided of them, without a store or a catalogue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipelines import chain
from pipelines.bench import Bench
from pipelines.brief import Shelf, read_brief
from pipelines.errors import AtelierError, EngineError, StoreError
from pipelines.home import ROOT
from pipelines.likeness.calibration import Standing
from pipelines.likeness.outliers import Outlier
from pipelines.likeness.shown import Shown
from pipelines.likening import (
    Asked,
    Likened,
    Likener,
    decided,
    packed,
    parts_json,
    standings_json,
    standings_of,
    told,
    unpacked,
)
from pipelines.model import Order
from pipelines.plan import Planned, make_plan
from pipelines.styles import load_styles
from tests.pipelines.brief.made import Models
from tests.pipelines.judged import JUDGED, REPAINTED, TEAMS, Judges, painting, write_judged

THREE = JUDGED.replace(f"[{', '.join(TEAMS)}]", "[red, green, blue]")
SEASONS = THREE.replace(
    "edits:\n", '  season: {values: [as-drawn, night]}\nedits:\n  season: [{edit: recolor, grade: "{season}"}]\n'
)
GOOD = Standing(0.9, 0.8, "0.900, 80% like the master: between them")
POOR = Standing(0.6, 0.1, "0.600, 10% like the master: no nearer than other characters")
ODD = Outlier("red", 3.0, 9.0, "it lies 3.0 times as far from its nearest variants")


def planned(folder: Path, text: str) -> Planned:
    shelf = replace(Shelf.open(folder, root=ROOT), models=Models())
    return make_plan(read_brief(write_judged(folder, text).read_text(), shelf).brief, shelf)


def drawn(plan: Planned, models: Judges) -> tuple[Likener, list[Asked]]:
    """A likener, and every variant of a plan for it to measure."""
    bench = Bench(lambda source: plan.files[source.sha256], models)
    orders = plan.plan.orders
    works = chain.run(bench, [chain.Turn(order.recipe) for order in orders])
    asked = [Asked(order, lambda work=work: rgba_of(work)) for order, work in zip(orders, works, strict=True)]  # type: ignore[misc]  # mypy knows no default of a lambda
    return Likener(bench, {}), asked


def rgba_of(work: chain.Made) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    assert isinstance(work, chain.Work), work
    return work.rgba


def measured(found: list[Likened | AtelierError]) -> list[Likened]:
    assert all(isinstance(one, Likened) for one in found), found
    return [one for one in found if isinstance(one, Likened)]


# ── other characters ─────────────────────────────────────────────────────────────────────────────────────


def test_a_style_is_not_calibrated_against_its_own_references(tmp_path: Path) -> None:
    judging = planned(tmp_path, THREE).plan.orders[0].judging
    assert judging is not None
    own, others = {s.name for s in judging.styles.values()}, {s.name for s in judging.others}
    assert own == {"cat-kite.png", "bear-lantern.png"}
    assert not own & others
    assert {"valley-dusk.png", "snail.svg", "robot.svg"} <= others


def test_a_style_that_the_brief_does_not_use_shows_other_characters(tmp_path: Path) -> None:
    judging = planned(tmp_path, THREE.replace("styles: [ink-flat]\n", "")).plan.orders[0].judging
    assert judging is not None
    assert judging.styles == {}
    assert {"cat-kite.png", "bear-lantern.png", "snail.svg"} <= {s.name for s in judging.others}


def test_the_briefs_own_others_come_beside_ours_each_once(tmp_path: Path) -> None:
    tmp_path.mkdir(exist_ok=True)
    for name in ("rival.svg", "again.svg"):
        (tmp_path / name).write_bytes((ROOT / "styles/others/owl.svg").read_bytes().replace(b"#2f2a5a", b"#204060"))
    text = THREE.replace("patcher: dino}", "patcher: dino, others: [rival.svg, again.svg]}")
    judging = planned(tmp_path, text).plan.orders[0].judging
    assert judging is not None
    names = [s.name for s in judging.others]
    assert len({"rival.svg", "again.svg"} & set(names)) == 1
    assert len(names) == 1 + 12 + 1  # of the style that is not used, ours, the brief's


def test_the_characters_that_ship_are_drawn_by_the_program_beside_them() -> None:
    from styles.others.draw import drawings

    folder = ROOT / "styles/others"
    assert {path.stem: path.read_text("utf-8") for path in folder.glob("*.svg")} == drawings()
    assert len(drawings()) >= 8
    assert "others" not in load_styles(ROOT / "styles")


# ── measuring ────────────────────────────────────────────────────────────────────────────────────────────


def test_variants_of_one_master_go_through_the_judge_together(tmp_path: Path) -> None:
    models = Judges()
    likener, asked = drawn(planned(tmp_path, THREE), models)
    likener.measure(asked)
    before = list(models.judge.asked)
    likener.measure(asked)
    assert models.judge.asked[len(before) :] == ["picture"] * 3 + ["patches"] * 3 + ["picture"] * 3


def test_each_season_has_a_master_of_its_own(tmp_path: Path) -> None:
    models = Judges()
    likener, asked = drawn(planned(tmp_path, SEASONS), models)
    found = measured(likener.measure(asked))
    assert all(one.standings["master"].share > 0.5 for one in found), "night is compared with the master by night"
    before = len(models.judge.asked)
    likener.measure(asked)
    assert len(models.judge.asked) == before + 3 * len(asked), "two scorers, neither opened again"


def test_a_picture_is_read_only_when_its_turn_comes(tmp_path: Path) -> None:
    likener, asked = drawn(planned(tmp_path, THREE), Judges())
    alive: list[str] = []

    def watched(one: Asked) -> Callable[[], np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
        def read() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
            alive.append(one.order.recipe.name)
            return one.picture()

        return read

    likener.measure([Asked(one.order, watched(one)) for one in asked])
    assert alive == [one.order.recipe.name for one in asked], "each once"


def test_the_masters_round_trip_through_the_painter_is_one_of_its_copies(tmp_path: Path) -> None:
    plan, models = planned(tmp_path, one_team(REPAINTED)), painting()
    likener, asked = drawn(plan, models)
    before = models.judge.asked.count("picture")
    likener.measure(asked)
    copies, others, master, styles = 12, 13, 1, 2
    seen = 4  # the variant whole, its slot and its painted part close, its artwork flat
    assert models.judge.asked.count("picture") - before == copies + 1 + others + master + styles + seen


def one_team(text: str) -> str:
    return text.replace(f"[{', '.join(TEAMS)}]", "[red]")


def test_an_enlarged_variant_is_compared_at_its_masters_size(tmp_path: Path) -> None:
    text = one_team(REPAINTED).replace("seed: 7}\n", "seed: 7}\n    - {edit: upscale, factor: 2}\n")
    plan = planned(tmp_path, text)
    likener, asked = drawn(plan, painting())
    for one, order in zip(measured(likener.measure(asked)), plan.plan.orders, strict=True):
        assert order.recipe.size != (order.recipe.width, order.recipe.height)
        assert one.standings["master"].share > 0.5


def test_a_picture_that_cannot_be_read_stands_as_its_own_error(tmp_path: Path) -> None:
    models = Judges()
    likener, asked = drawn(planned(tmp_path, THREE), models)
    models.judge.broken = asked[1].picture()
    found = likener.measure(asked)
    assert [type(one) for one in found] == [Likened, EngineError, Likened]


def test_a_lost_store_is_everybodys_matter(tmp_path: Path) -> None:
    likener, asked = drawn(planned(tmp_path, THREE), Judges())

    def lost() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        raise StoreError("the disk is gone", got="/objects", fix="mount it")

    with pytest.raises(StoreError):
        likener.measure([*asked[:2], Asked(asked[2].order, lost)])


# ── deciding ─────────────────────────────────────────────────────────────────────────────────────────────


def order_of(folder: Path, text: str) -> Order:
    return planned(folder, one_team(text)).plan.orders[0]


def test_only_what_is_painted_is_painted_again(tmp_path: Path) -> None:
    placed, painted = order_of(tmp_path / "a", JUDGED), order_of(tmp_path / "b", REPAINTED)
    assert decided(placed, {"master": POOR}, take=0).choice == "review"
    assert decided(painted, {"master": POOR}, take=0).choice == "reroll"
    assert decided(painted, {"master": POOR}, take=2).choice == "review"


def test_without_gates_of_its_own_a_brief_asks_for_more_yes_than_no_of_what_is_measured(tmp_path: Path) -> None:
    order = order_of(tmp_path, JUDGED)
    assert decided(order, {"master": GOOD, "style x": POOR}, take=0).choice == "accept"
    assert decided(order, {"master": GOOD, "identity": POOR}, take=0).choice == "review"


def test_an_outlier_that_lies_where_the_masters_copies_lie_belongs(tmp_path: Path) -> None:
    order = order_of(tmp_path, JUDGED)
    assert decided(order, {"master": GOOD}, take=0, outlier=ODD).choice == "review"
    assert decided(order, {"master": replace(GOOD, near=True)}, take=0, outlier=ODD).choice == "accept"


def test_paint_that_is_not_clean_enough_is_painted_again_and_then_looked_at(tmp_path: Path) -> None:
    order = order_of(tmp_path, REPAINTED)
    foul = Standing(0.2, 0.1, "0.200, 10% like the clean master; it is blurred")
    assert decided(order, {"master": GOOD}, take=0, clean=replace(foul, share=0.5)).choice == "accept"
    assert decided(order, {"master": GOOD}, take=0, clean=foul).choice == "reroll"
    last = decided(order, {"master": GOOD}, take=2, clean=foul)
    assert last.choice == "review"
    assert "what was painted is 0.200, 10% like the clean master; it is blurred (at least 50%)" in last.reasons
    unsure = replace(foul, warning="they overlap")
    assert decided(order, {"master": GOOD}, take=0, clean=unsure).choice == "accept"
    asks_nothing = order.model_copy(update={"gates": order.gates.model_copy(update={"clean": 0.0})})
    assert decided(asks_nothing, {"master": GOOD}, take=0, clean=foul).choice == "accept"


def test_without_judges_clean_paint_is_asked_for_all_the_same(tmp_path: Path) -> None:
    order = order_of(tmp_path, REPAINTED).model_copy(update={"judging": None})
    assert decided(order, {}, take=0, clean=replace(GOOD, share=0.2)).choice == "reroll"
    assert decided(order, {}, take=0, clean=GOOD).choice == "accept"


# ── keeping ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("prompt", [None, np.full(4, 0.5, np.float32)])
def test_what_is_kept_comes_back_as_it_was(prompt: np.ndarray[tuple[int], np.dtype[np.float32]] | None) -> None:
    standings = {"master": GOOD, "identity": replace(POOR, warning="they overlap")}
    rows = np.eye(4, dtype=np.float32)
    parts = (Shown("artwork", "flag", "JP", rows[1], rows[2]), Shown("painted", "sky", "in winter", rows[2], rows[3]))
    for shown in ((), parts[:1], parts):
        likened = Likened(standings, rows[0], prompt, shown)
        vector, words, again = unpacked(packed(likened), parts_json(likened))
        assert np.array_equal(vector, likened.vector)
        assert (words is None) == (prompt is None)
        assert [(one.measure, one.where, one.what) for one in again] == [
            (one.measure, one.where, one.what) for one in shown
        ]
        assert all(np.array_equal(one.seen, two.seen) for one, two in zip(again, shown, strict=True))
        assert all(np.array_equal(one.wanted, two.wanted) for one, two in zip(again, shown, strict=True))
    assert standings_of(standings_json(standings)) == standings


def test_a_share_that_means_nothing_is_not_told() -> None:
    found = told({"master": GOOD, "identity": replace(POOR, warning="they overlap")})
    assert found["master"].share == 0.8
    assert found["identity"].share is None
