from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.catalogue import Catalogue
from pipelines.errors import StoreError
from pipelines.flow import make
from pipelines.stages import Batchmates
from pipelines.workshop import Workshop
from tests.workers.desk import check_pack, planned, send, small_brief
from workers import tasks
from workers.stops import raise_if_stopped

NAMES = ["red", "green", "blue"]


@pytest.fixture
def rung(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Tasks run in this process, and the batches whose closing was asked for."""
    asked: list[str] = []
    monkeypatch.setattr(tasks, "ring", lambda _, chunks: asked.extend(chunk.batch for chunk in chunks))
    for kept in (tasks.workshop, tasks._mates):
        kept.cache_clear()
    yield asked
    tasks.workshop.cache_clear()
    tasks._mates.cache_clear()


@pytest.fixture
def batch(workplace: Path, rung: list[str]) -> tuple[Catalogue, str]:
    """A small batch, planned."""
    _, catalogue, found = planned(small_brief(workplace / "brief"))
    return catalogue, found.id


def test_a_task_that_runs_twice_doubles_nothing(workplace: Path, rung: list[str], batch: tuple[Catalogue, str]) -> None:
    catalogue, ident = batch
    send(catalogue, tasks.make_variants, ident, NAMES)
    before = list(catalogue.variants(ident))
    for _ in range(2 * tasks.MOST_ATTEMPTS):
        send(catalogue, tasks.make_variants, ident, NAMES)
    assert list(catalogue.variants(ident)) == before
    send(catalogue, tasks.close_batch, ident)
    pack = workplace / "outputs" / "small"
    first = (pack / "manifest.json").read_bytes()
    send(catalogue, tasks.close_batch, ident)
    assert (pack / "manifest.json").read_bytes() == first
    check_pack(pack, 3)


def test_a_batch_is_closed_only_when_nothing_is_left_to_do(rung: list[str], batch: tuple[Catalogue, str]) -> None:
    catalogue, ident = batch
    send(catalogue, tasks.make_variants, ident, NAMES[:2])
    send(catalogue, tasks.close_batch, ident)
    assert rung == []
    assert catalogue.batch(ident).state == "running"
    send(catalogue, tasks.make_variants, ident, NAMES[2:])
    assert rung == [ident]


def test_a_variant_whose_attempts_are_used_up_fails_with_its_reason_and_the_batch_closes(
    workplace: Path, rung: list[str], batch: tuple[Catalogue, str]
) -> None:
    catalogue, ident = batch
    for _ in range(tasks.MOST_ATTEMPTS):
        catalogue.attempt(ident, "green")
    send(catalogue, tasks.make_variants, ident, NAMES)
    assert "given up after 3 attempts" in str(catalogue.variant(ident, "green").error)
    assert catalogue.counts(ident) == {"delivered": 2, "failed": 1}
    send(catalogue, tasks.close_batch, ident)
    assert catalogue.batch(ident).state == "delivered"
    assert len(list((workplace / "outputs" / "small" / "png").iterdir())) == 2


def test_an_unforeseen_error_fails_one_variant_alone(
    rung: list[str], batch: tuple[Catalogue, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue, ident = batch

    def stumbles(shop: Workshop, batch_id: str, name: str, mates: Batchmates) -> None:
        if name == "green":
            raise ZeroDivisionError("a corner nobody thought of")
        make(shop, batch_id, name, mates)

    monkeypatch.setattr(tasks, "make", stumbles)
    send(catalogue, tasks.make_variants, ident, NAMES)
    assert catalogue.counts(ident) == {"delivered": 2, "failed": 1}
    assert catalogue.variant(ident, "green").error == "ZeroDivisionError: a corner nobody thought of"


def test_an_error_that_strikes_everybody_is_written_down_and_fails_nobody(
    workplace: Path, rung: list[str], batch: tuple[Catalogue, str]
) -> None:
    catalogue, ident = batch
    shutil.move(workplace / "home" / "objects", workplace / "elsewhere")
    with pytest.raises(StoreError):
        send(catalogue, tasks.make_variants, ident, NAMES)
    assert "failed" not in catalogue.counts(ident)
    with pytest.raises(StoreError, match="run the brief again"):
        raise_if_stopped(catalogue, ident)


def test_files_lost_from_the_store_are_made_again_before_the_pack(
    workplace: Path, rung: list[str], batch: tuple[Catalogue, str]
) -> None:
    catalogue, ident = batch
    send(catalogue, tasks.make_variants, ident, NAMES)
    store = tasks.workshop().store
    lost = store.path(catalogue.variant(ident, "red").assets[0].sha256)
    assert lost is not None
    lost.unlink()
    send(catalogue, tasks.close_batch, ident)
    check_pack(workplace / "outputs" / "small", 3)
