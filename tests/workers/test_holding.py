from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.catalogue import Catalogue, Chunk
from pipelines.errors import CatalogueError
from tests.making import plan
from tests.pipelines.catalogue.made import BATCH, sqlite_url
from tests.workers.desk import wait
from workers.holding import bury, held
from workers.owners import is_gone, new_owner
from workers.settings import Settings

CHUNK = Chunk("make", BATCH, ("ca-on",))
PACE = Settings.load({"ATELIER_HEARTBEAT": "0.05", "ATELIER_PATIENCE": "5"})


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue.open(sqlite_url(tmp_path)) as opened:
        opened.create_batch(plan(), "")
        opened.leases.add(CHUNK, span=60.0)
        yield opened


def test_a_message_that_comes_twice_finds_its_chunk_held_and_then_done(catalogue: Catalogue) -> None:
    with held(catalogue.leases, CHUNK, PACE) as first, held(catalogue.leases, CHUNK, PACE) as second:
        assert first is not None
        assert second is None
        assert first.finish()
    with held(catalogue.leases, CHUNK, PACE) as late:
        assert late is None


def test_a_holder_beats_while_it_works(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    beats: list[str] = []
    real = catalogue.leases.beat

    def counted(chunk: Chunk, owner: str, *, span: float) -> bool:
        beats.append(owner)
        return real(chunk, owner, span=span)

    monkeypatch.setattr(catalogue.leases, "beat", counted)
    with held(catalogue.leases, CHUNK, PACE) as lease:
        wait(lambda: len(beats) >= 3)
    assert lease is not None
    assert set(beats) == {lease.owner}
    assert [t for t in threading.enumerate() if t.name == "heartbeat"] == []


def test_a_holder_that_lost_its_lease_is_told_and_plans_nothing(catalogue: Catalogue) -> None:
    with held(catalogue.leases, CHUNK, PACE) as lease:
        assert lease is not None
        catalogue.leases.end(CHUNK, lease.owner)
        assert catalogue.leases.take(CHUNK, "another", span=60.0)
        assert lease.lost.wait(5)
        assert not lease.finish([Chunk("close", BATCH)])
    assert catalogue.leases.held() == [(CHUNK, "another")]


def test_a_missed_heartbeat_is_no_reason_to_stop(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    missed: list[object] = []

    def away(*_: object, **__: object) -> bool:
        missed.append(None)
        raise CatalogueError("the database is away")

    with held(catalogue.leases, CHUNK, PACE) as lease:
        monkeypatch.setattr(catalogue.leases, "beat", away)
        wait(lambda: len(missed) >= 2)
        assert lease is not None
        assert lease.finish()


def test_work_that_fails_is_given_back_to_be_rung_for_at_once(catalogue: Catalogue) -> None:
    with pytest.raises(ZeroDivisionError), held(catalogue.leases, CHUNK, PACE):
        raise ZeroDivisionError
    assert catalogue.leases.due(span=60.0) == [CHUNK]


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="elsewhere one cannot tell machines and containers apart"
)
def test_what_a_process_of_this_machine_held_is_free_once_it_is_gone(catalogue: Catalogue) -> None:
    code = "from workers.owners import new_owner; print(new_owner())"
    gone = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert is_gone(gone)
    assert not is_gone(new_owner())
    assert not is_gone(gone.replace("/", "/another-"))
    catalogue.leases.take(CHUNK, gone, span=60.0)
    bury(catalogue.leases, BATCH)
    assert catalogue.leases.due(span=60.0) == [CHUNK]
