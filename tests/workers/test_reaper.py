from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.catalogue import Catalogue, Chunk
from pipelines.errors import StoreError
from tests.making import plan
from tests.pipelines.catalogue.made import BATCH, sqlite_url
from workers import reaper
from workers.app import app
from workers.reaper import Reaper
from workers.settings import Settings
from workers.stops import told

CHUNK = Chunk("make", BATCH, ("ca-on",))
PACE = Settings.load({"ATELIER_HEARTBEAT": "2", "ATELIER_PATIENCE": "10"})


class Days:
    """Time that passes when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def days() -> Days:
    return Days()


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[Chunk]:
    """What was rung for."""
    asked: list[Chunk] = []
    monkeypatch.setattr(reaper, "ring", lambda _, chunks: asked.extend(chunks))
    return asked


@pytest.fixture
def catalogue(tmp_path: Path, days: Days) -> Iterator[Catalogue]:
    with Catalogue.open(sqlite_url(tmp_path), ticks=days) as opened:
        opened.create_batch(plan(), "")
        opened.leases.add(CHUNK, span=10.0)
        yield opened


def test_what_a_silent_worker_held_is_rung_for_within_15_s(catalogue: Catalogue, days: Days, rung: list[Chunk]) -> None:
    catalogue.leases.take(CHUNK, "elsewhere:1:x", span=PACE.patience)
    looks = Reaper(app, catalogue, PACE, batch=BATCH, clock=days)
    while not rung:
        days.now += 0.1
        looks.look()
    assert 10.0 <= days.now <= 13.0
    assert rung == [CHUNK]


def test_of_two_reapers_one_reigns_until_it_is_gone(catalogue: Catalogue, days: Days, rung: list[Chunk]) -> None:
    first, second = (Reaper(app, catalogue, PACE, clock=days) for _ in range(2))
    for _ in range(9):
        assert first.look()
        assert not second.look()
        days.now += 3.0
    days.now += 10.0
    assert second.look()
    assert not first.look()
    assert rung.count(CHUNK) >= 1


def test_it_looks_once_a_heartbeat(catalogue: Catalogue, days: Days, rung: list[Chunk]) -> None:
    looks = Reaper(app, catalogue, PACE, batch=BATCH, clock=days)
    assert [looks.look() for _ in range(3)] == [True, False, False]


def test_a_batch_that_something_stops_is_left_alone(catalogue: Catalogue, days: Days, rung: list[Chunk]) -> None:
    with pytest.raises(StoreError), told(lambda: catalogue, BATCH):
        raise StoreError("full", got="/disk", fix="make room")
    days.now += 11.0
    Reaper(app, catalogue, PACE, batch=BATCH, clock=days).look()
    assert rung == []
