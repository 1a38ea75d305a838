"""Batches, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from pipelines.catalogue import Catalogue
from pipelines.errors import CatalogueError
from tests.making import digest, plan
from tests.pipelines.catalogue.made import BATCH, NOON, at_once


def test_a_batch_is_made_from_its_plan(catalogue: Catalogue) -> None:
    batch = catalogue.create_batch(plan(), "name: mascot")
    assert batch.id == BATCH
    assert (batch.brief, batch.brief_text, batch.why) == ("mascot", "name: mascot", "a test")
    assert (batch.data_used, batch.biases, batch.warnings) == (("country",), (), ("nothing is real",))
    assert (batch.state, batch.total, batch.pack, batch.manifest_sha256) == ("running", 3, None, None)
    assert batch.created == batch.updated == NOON + timedelta(minutes=1)
    assert catalogue.batch(batch.id) == batch
    assert catalogue.names(batch.id) == catalogue.unfinished(batch.id) == ("ca-on", "ca-bc", "ca-qc")


def test_the_same_plan_gives_the_same_batch_and_leaves_its_variants_alone(catalogue: Catalogue) -> None:
    first = catalogue.create_batch(plan(), "")
    catalogue.update(first.id, "ca-bc", state="scored")
    assert catalogue.create_batch(plan(), "a comment") == first
    assert catalogue.counts(first.id) == {"planned": 2, "scored": 1}


def test_the_same_plan_submitted_by_many_at_once_is_one_batch(catalogue: Catalogue) -> None:
    found = at_once(lambda _: catalogue.create_batch(plan(9), "").total)
    assert found == [9] * 8
    assert len(catalogue.batches()) == 1
    assert len(catalogue.names(catalogue.batches()[0].id)) == 9


def test_the_plan_comes_back_whole(catalogue: Catalogue) -> None:
    asked = plan(1203)
    batch = catalogue.create_batch(asked, "")
    assert catalogue.plan_of(batch.id) == asked
    assert list(catalogue.plan_of(batch.id).orders[0].recipe.labels) == ["region"]


def test_batches_come_newest_first(catalogue: Catalogue) -> None:
    ids = [catalogue.create_batch(plan(1, brief=b, edition=e), "").id for b, e in (("a", "1"), ("b", "1"), ("a", "2"))]
    assert [batch.id for batch in catalogue.batches()] == ids[::-1]
    latest = catalogue.latest("a")
    assert latest is not None
    assert latest.id == ids[2]
    assert catalogue.latest("nothing") is None


def test_an_unknown_batch_names_the_near_ones(catalogue: Catalogue) -> None:
    catalogue.create_batch(plan(), "")
    wrong = BATCH[:-1] + "x"
    asks: tuple[Callable[[str], object], ...] = (
        catalogue.batch, catalogue.names, catalogue.unfinished, catalogue.variants, catalogue.counts,
        catalogue.retry_failed, catalogue.reopen, catalogue.plan_of, lambda b: catalogue.variant(b, "ca-on"),
        lambda b: catalogue.update(b, "ca-on", state="edited"), lambda b: catalogue.attempt(b, "ca-on"),
        lambda b: catalogue.mark_delivered(b, pack="", manifest_sha256=""),
    )  # fmt: skip
    for ask in asks:
        with pytest.raises(CatalogueError, match=f"no such batch.*{wrong}.*near ones are: {BATCH}"):
            ask(wrong)


def test_only_one_of_many_delivers_a_batch(catalogue: Catalogue) -> None:
    batch = catalogue.create_batch(plan(), "")
    won = at_once(lambda i: catalogue.mark_delivered(batch.id, pack=f"out/{i}", manifest_sha256=digest(str(i))))
    assert sorted(map(bool, won)) == [False] * 7 + [True]
    delivered = catalogue.batch(batch.id)
    assert (delivered.state, delivered.pack) == ("delivered", f"out/{won.index(True)}")
    assert delivered.manifest_sha256 == digest(str(won.index(True)))
    assert delivered.updated > delivered.created


def test_a_reopened_batch_can_be_delivered_again(catalogue: Catalogue) -> None:
    batch = catalogue.create_batch(plan(), "")
    catalogue.reopen(batch.id)
    assert catalogue.batch(batch.id) == batch
    catalogue.mark_delivered(batch.id, pack="out", manifest_sha256=digest("a"))
    catalogue.reopen(batch.id)
    assert (catalogue.batch(batch.id).state, catalogue.batch(batch.id).pack) == ("running", None)
    assert catalogue.mark_delivered(batch.id, pack="out", manifest_sha256=digest("b"))
