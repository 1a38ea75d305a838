from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from pipelines.errors import CatalogueError, RunError, StoreError
from studio import exits, runs
from tests.workers.desk import check_pack, planned, small_brief
from workers.batches import _tending, carry_out, follow, submit
from workers.embedded import log_path
from workers.stops import EMBEDDED, forget, raise_if_stopped, told


def test_submit_carry_out_and_the_embedded_worker_deliver_every_variant(workplace: Path) -> None:
    settings, catalogue, batch = planned(small_brief(workplace / "brief"))
    steps = list(carry_out(settings, catalogue, batch.id))
    assert steps[-1].done == 3
    assert steps[-1].batch.state == "delivered"
    check_pack(workplace / "outputs" / "small", 3)
    assert list(settings.home.glob("queue-*")) == [], "its queue is gone with the worker"
    assert "is delivered to" in log_path(settings, batch.id).read_text()


def test_a_pack_that_somebody_damaged_is_made_whole_by_the_next_run(workplace: Path) -> None:
    brief = small_brief(workplace / "brief")
    for _ in range(2):
        assert runs.run(brief, as_json=True, outputs=None) == exits.DONE
        check_pack(workplace / "outputs" / "small", 3)
        shutil.rmtree(workplace / "outputs" / "small" / "png")


def test_what_strikes_everybody_stops_the_run_in_words_and_the_next_run_finishes(workplace: Path) -> None:
    settings, catalogue, batch = planned(small_brief(workplace / "brief"))
    (workplace / "file").write_text("no folder")
    lost = dataclasses.replace(settings, store=str(workplace / "file" / "objects"))
    with pytest.raises(StoreError, match=r"the store cannot be used|not in the store"):
        list(carry_out(lost, catalogue, batch.id))
    assert "failed" not in catalogue.counts(batch.id)
    shut = dataclasses.replace(settings, outputs=workplace / "file")
    with pytest.raises(StoreError, match="output folder cannot be written"):
        list(carry_out(shut, catalogue, batch.id))
    assert catalogue.counts(batch.id) == {"delivered": 3}
    assert list(carry_out(settings, catalogue, batch.id))[-1].batch.state == "delivered"


def test_a_worker_that_is_gone_ends_the_waiting(workplace: Path) -> None:
    _, catalogue, batch = planned(small_brief(workplace / "brief"))
    with pytest.raises(RunError, match="worker stopped"):
        list(follow(catalogue, batch.id, alive=lambda: False, sleep=lambda _: None))


def test_a_new_submission_is_a_new_start(workplace: Path) -> None:
    settings, catalogue, batch = planned(small_brief(workplace / "brief"))
    for _ in range(9):
        catalogue.attempt(batch.id, "red")
    with pytest.raises(OSError, match="disk"), told(lambda: catalogue, batch.id):
        raise OSError("a strange disk")
    assert submit(settings, catalogue, batch.id) == 1
    raise_if_stopped(catalogue, batch.id)
    assert catalogue.attempt(batch.id, "red") == 1


def test_a_batch_of_which_nothing_is_written_down_is_planned_anew(workplace: Path) -> None:
    settings, catalogue, batch = planned(small_brief(workplace / "brief"))
    submit(settings, catalogue, batch.id)
    there = catalogue.leases.of(batch.id)
    for chunk in there:
        catalogue.leases.take(chunk, "me", span=60.0)
        catalogue.leases.finish(chunk, "me", span=60.0)
    _tending(settings, catalogue, batch.id)()
    assert catalogue.leases.of(batch.id) == there


def test_errors_of_any_kind_are_told_with_all_their_words(workplace: Path) -> None:
    _, catalogue, batch = planned(small_brief(workplace / "brief"))
    for error in (StoreError("full", got="/disk", fix="make room"), CatalogueError("lost", fix="find it")):
        with pytest.raises(type(error)), told(lambda: catalogue, batch.id):
            raise error
        with pytest.raises(type(error), match=str(error)):
            raise_if_stopped(catalogue, batch.id)
        forget(catalogue, batch.id)
    with pytest.raises(ZeroDivisionError), told(lambda: catalogue, batch.id):
        raise ZeroDivisionError("a corner")
    with pytest.raises(RunError, match="ZeroDivisionError: a corner"):
        raise_if_stopped(catalogue, batch.id)


def test_an_embedded_worker_that_cannot_even_tell_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[int] = []
    monkeypatch.setattr("os.kill", lambda process, _: stopped.append(process))

    def gone() -> None:
        raise CatalogueError("the catalogue is gone")

    for embedded in ("", "1"):
        monkeypatch.setenv(EMBEDDED, embedded)
        with pytest.raises(CatalogueError), told(gone, "small-1"):  # type: ignore[arg-type]  # it never returns one
            gone()
    assert len(stopped) == 1
