"""Variants, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from pipelines.catalogue import Catalogue
from pipelines.catalogue.database import Database
from pipelines.errors import CatalogueError
from pipelines.model import Asset, Learned, Scores, Verdict
from tests.making import digest, plan
from tests.pipelines.catalogue.made import BATCH, at_once

VERDICT = Verdict(outcome="review", reasons=("ΔE 5.1 is over 4",))
ASSET = Asset(format="svg", width=64, height=48, bytes=9, gzip_bytes=7, sha256=digest("asset"), path="svg/ca-on.svg")
ALIKE = Learned(value=0.9, share=0.8, words="0.900, 80% like the master")
SCORES = Scores(
    changed_outside=0, delta_e=1.5, delta_e_p95=3.0, geometry=0.2, nearest="CA-ON", nearest_distance=0.1,
    runner_up=None, runner_up_distance=None, edges=0.99, silhouette=1.0, learned={"master": ALIKE},
)  # fmt: skip


def test_a_planned_variant_is_empty(catalogue: Catalogue) -> None:
    catalogue.create_batch(plan(), "")
    variant = catalogue.variant(BATCH, "ca-bc")
    assert variant.order == plan().orders[1]
    assert (variant.state, variant.verdict, variant.scores, variant.error) == ("planned", None, None, None)
    assert (variant.palette, variant.notes, variant.assets, variant.seconds) == ((), (), (), {})


def test_what_is_written_of_a_variant_comes_back_and_the_rest_stays(catalogue: Catalogue) -> None:
    catalogue.create_batch(plan(), "")
    catalogue.update(BATCH, "ca-on", state="edited", stage_seconds=("edit", 0.5))
    catalogue.update(BATCH, "ca-on", state=None, stage_seconds=("score", 0.25))
    catalogue.update(BATCH, "ca-on", scores=SCORES, verdict=VERDICT, palette=("#ff0000",), notes=("a ghost",))
    catalogue.update(BATCH, "ca-on", state="delivered", assets=(ASSET,))
    variant = catalogue.variant(BATCH, "ca-on")
    assert (variant.state, variant.scores, variant.verdict) == ("delivered", SCORES, VERDICT)
    assert (variant.palette, variant.notes, variant.assets) == (("#ff0000",), ("a ghost",), (ASSET,))
    assert variant.seconds == {"edit": 0.5, "score": 0.25}
    catalogue.update(BATCH, "ca-on", verdict=None, scores=None)
    assert (catalogue.variant(BATCH, "ca-on").verdict, catalogue.variant(BATCH, "ca-on").scores) == (None, None)
    assert catalogue.variant(BATCH, "ca-bc").state == "planned"


def test_variants_come_in_the_plans_order_and_may_change_meanwhile(catalogue: Catalogue) -> None:
    batch = catalogue.create_batch(plan(1100), "")
    seen: list[str] = []
    for variant in catalogue.variants(batch.id):
        seen.append(variant.order.recipe.name)
        if len(seen) % 400 == 0:
            catalogue.update(batch.id, variant.order.recipe.name, state="edited")
    assert tuple(seen) == catalogue.names(batch.id)
    assert len(catalogue.names(batch.id, states={"edited"})) == 2


def test_delivered_and_failed_variants_are_finished(catalogue: Catalogue) -> None:
    catalogue.create_batch(plan(), "")
    catalogue.update(BATCH, "ca-on", state="delivered")
    catalogue.update(BATCH, "ca-qc", state="failed", error="no slot")
    assert catalogue.unfinished(BATCH) == ("ca-bc",)
    assert catalogue.names(BATCH, states={"delivered", "failed"}) == ("ca-on", "ca-qc")
    assert catalogue.counts(BATCH) == {"planned": 1, "delivered": 1, "failed": 1}
    catalogue.update(BATCH, "ca-bc", state="delivered")
    assert catalogue.unfinished(BATCH) == ()


def test_an_unknown_variant_names_the_near_ones(catalogue: Catalogue) -> None:
    catalogue.create_batch(plan(), "")
    asks: tuple[Callable[[str], object], ...] = (
        lambda name: catalogue.variant(BATCH, name),
        lambda name: catalogue.attempt(BATCH, name),
        lambda name: catalogue.update(BATCH, name, stage_seconds=("edit", 1.0)),
    )
    for ask in asks:
        with pytest.raises(CatalogueError, match=f"{BATCH} has no such variant.*'ca-no'.*ca-on"):
            ask("ca-no")


def test_attempts_are_counted_once_each_by_many_at_once(catalogue: Catalogue) -> None:
    catalogue.create_batch(plan(), "")
    counted = at_once(lambda _: [catalogue.attempt(BATCH, "ca-on") for _ in range(5)])
    assert sorted(n for some in counted for n in some) == list(range(1, 41))  # type: ignore[attr-defined]  # lists of int
    assert catalogue.attempt(BATCH, "ca-bc") == 1


def test_seconds_of_stages_written_at_once_are_all_kept(catalogue: Catalogue) -> None:
    catalogue.create_batch(plan(), "")
    at_once(lambda i: catalogue.update(BATCH, "ca-on", stage_seconds=(f"stage-{i}", float(i))))
    assert catalogue.variant(BATCH, "ca-on").seconds == {f"stage-{i}": float(i) for i in range(8)}


def test_failed_variants_are_planned_again_with_a_clean_slate(catalogue: Catalogue) -> None:
    catalogue.create_batch(plan(), "")
    catalogue.update(BATCH, "ca-on", state="delivered")
    catalogue.attempt(BATCH, "ca-bc")
    catalogue.update(BATCH, "ca-bc", state="failed", error="no slot", stage_seconds=("edit", 1.0))
    assert catalogue.retry_failed(BATCH) == 1
    variant = catalogue.variant(BATCH, "ca-bc")
    assert (variant.state, variant.error, variant.seconds) == ("planned", None, {"edit": 1.0})
    assert catalogue.attempt(BATCH, "ca-bc") == 1
    assert catalogue.counts(BATCH) == {"planned": 2, "delivered": 1}
    assert catalogue.retry_failed(BATCH) == 0


def test_a_variant_of_another_atelier_is_told(catalogue: Catalogue, url: str) -> None:
    catalogue.create_batch(plan(), "")
    with Database(url).writing() as connection:
        connection.execute(text("""UPDATE variants SET "order" = '{"of": "tomorrow"}' WHERE name = 'ca-on'"""))
    with pytest.raises(CatalogueError, match=r"written by another Atelier.*ca-on of mascot"):
        catalogue.variant(BATCH, "ca-on")
