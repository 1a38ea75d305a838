"""Batches that take a model: painted together by one worker, finished by the others, and nothing lost on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from pipelines.catalogue import Catalogue, Chunk
from pipelines.engines.fakes import FakeModels
from pipelines.flow import settle
from pipelines.home import ROOT
from pipelines.profiles import load_profiles
from pipelines.stages import Batchmates, Job
from pipelines.workshop import Workshop
from tests.briefs import BRIEF, write_brief
from tests.checkpoints import sd15
from tests.workers.desk import check_pack, finished, planned, send, start
from workers import tasks
from workers.batches import uses_models

NAMES = ["red.winter", "green.winter", "blue.winter"]
TEXT = BRIEF.replace("size: 128", "size: 64").replace(
    "edits:\n",
    """  season: {values: [winter]}
edits:
  season: [{edit: repaint, checkpoint: tiny, steps: 2, strength: 0.6, prompt: "deep {season}"}]
""",
)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sd15(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def brief(workplace: Path, checkpoint: Path) -> Path:
    """A brief with a checkpoint beside it."""
    path = write_brief(workplace / "brief", text=TEXT)
    (workplace / "brief" / "tiny").symlink_to(checkpoint, target_is_directory=True)
    return path


def test_a_batch_is_painted_by_a_real_checkpoint_delivered_and_replayed(workplace: Path, brief: Path) -> None:
    found = finished(start("run", brief, "--json"))
    assert found["failed"] == 0
    manifest = check_pack(workplace / "outputs" / "small", 3)
    records = [paint["record"] for variant in manifest["variants"] for paint in variant["paints"]]
    assert {(r["profile"], r["batch"], r["device"]) for r in records} <= {("sd15", b, "cpu") for b in (1, 2, 4)}
    assert len(records) == 3
    log = next((workplace / "home" / "logs").glob("*.log")).read_text()
    void = log.count("atelier.paint of")  # rung for again, since the worker took long to start
    assert log.count("Task atelier.paint") - 2 * void == 2, "received once, succeeded once, but for doubles"
    again = finished(start("replay", workplace / "outputs" / "small", "red.winter", "--json"))
    assert again["identical"]
    assert again["tolerance"] >= 1
    assert finished(start("run", brief, "--json"))["made"] == 0


@pytest.fixture
def rung(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, list[list[str]]]]:
    """Tasks run in this process on models without weights; what they ring for."""
    asked: dict[str, list[list[str]]] = {"paint": [], "make": [], "close": []}

    def ring(_: object, chunks: Sequence[Chunk]) -> None:
        for chunk in chunks:
            asked[chunk.task.removeprefix("atelier.")].append(list(chunk.names))

    monkeypatch.setattr(tasks, "ring", ring)
    opened = tasks.workshop.__wrapped__
    tasks._mates.cache_clear()

    def without_weights() -> Workshop:
        shop = opened()
        return Workshop(shop.store, shop.catalogue, shop.tracer, FakeModels(load_profiles(ROOT)))

    shop = without_weights
    kept: list[Workshop] = []

    def once() -> Workshop:
        if not kept:
            kept.append(shop())
        return kept[0]

    monkeypatch.setattr(tasks, "workshop", once)
    yield asked
    tasks._mates.cache_clear()


@pytest.fixture
def batch(brief: Path, rung: object) -> tuple[Catalogue, str]:
    _, catalogue, found = planned(brief)
    return catalogue, found.id


def test_painted_variants_go_on_to_the_others_in_small_chunks(
    rung: dict[str, list[list[str]]], batch: tuple[Catalogue, str]
) -> None:
    catalogue, ident = batch
    assert uses_models(catalogue, ident)
    send(catalogue, tasks.paint_variants, ident, NAMES)
    assert rung["make"] == [NAMES]
    assert catalogue.counts(ident) == {"edited": 3}
    send(catalogue, tasks.paint_variants, ident, NAMES)  # the message came twice
    send(catalogue, tasks.make_variants, ident, NAMES)
    assert catalogue.counts(ident) == {"delivered": 3}
    assert rung["close"] == [[]]


def test_what_is_only_judged_is_drawn_by_all_workers_and_judged_by_the_one_with_models(
    rung: dict[str, list[list[str]]], batch: tuple[Catalogue, str]
) -> None:
    catalogue, ident = batch
    send(catalogue, tasks.draw_variants, ident, NAMES[:2])
    assert rung["paint"] == [NAMES[:2]]
    shop = tasks.workshop()
    kept = shop.catalogue.known("edit", [catalogue.variant(ident, n).order.recipe.digest for n in NAMES])
    assert len(kept) == 2


def broken_for(bad: str) -> Callable[..., dict[str, Job]]:
    def stumbles(shop: Workshop, batch: str, names: Sequence[str], mates: Batchmates) -> dict[str, Job]:
        if bad in names:
            raise ZeroDivisionError("a corner nobody thought of")
        return settle(shop, batch, names, mates)

    return stumbles


def test_an_unforeseen_error_fails_one_variant_and_the_others_are_painted(
    rung: dict[str, list[list[str]]], batch: tuple[Catalogue, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue, ident = batch
    monkeypatch.setattr(tasks, "settle", broken_for("green.winter"))
    send(catalogue, tasks.paint_variants, ident, NAMES)
    assert catalogue.counts(ident) == {"edited": 2, "failed": 1}
    assert rung["make"] == [["red.winter", "blue.winter"]]
    assert "ZeroDivisionError" in str(catalogue.variant(ident, "green.winter").error)


def test_a_variant_that_takes_its_worker_down_again_and_again_is_set_aside(
    rung: dict[str, list[list[str]]], batch: tuple[Catalogue, str]
) -> None:
    catalogue, ident = batch
    for _ in range(2 * tasks.MOST_ATTEMPTS):
        catalogue.attempt(ident, "green.winter")
    send(catalogue, tasks.paint_variants, ident, NAMES)
    assert catalogue.variant(ident, "green.winter").state == "failed"
    assert rung["make"] == [["red.winter", "blue.winter"]]


def test_after_a_worker_went_down_each_is_tried_alone_and_only_the_cause_runs_out_of_attempts(
    rung: dict[str, list[list[str]]], batch: tuple[Catalogue, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue, ident = batch

    class WorkerLostError(BaseException):
        """The process is gone: nothing after it happens."""

    def dies(shop: Workshop, batch_id: str, names: Sequence[str], mates: Batchmates) -> dict[str, Job]:
        if "green.winter" in names:
            raise WorkerLostError
        return settle(shop, batch_id, names, mates)

    monkeypatch.setattr(tasks, "settle", dies)
    for _ in range(2 * tasks.MOST_ATTEMPTS):
        with pytest.raises(WorkerLostError):
            send(catalogue, tasks.paint_variants, ident, NAMES)
    send(catalogue, tasks.paint_variants, ident, NAMES)
    assert catalogue.counts(ident) == {"edited": 2, "failed": 1}
    assert catalogue.variant(ident, "green.winter").state == "failed"
