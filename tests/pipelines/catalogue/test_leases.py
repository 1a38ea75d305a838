"""Leases of chunks, on SQLite and on PostgreSQL."""

from __future__ import annotations

import time

import pytest

from pipelines.catalogue import Catalogue, Chunk
from tests.making import digest, plan
from tests.pipelines.catalogue.made import BATCH, at_once

LONG, SHORT = 100.0, 0.05
MAKE = Chunk("make", BATCH, ("ca-on", "ca-bc"))
REST = Chunk("make", BATCH, ("ca-qc",))
CLOSE = Chunk("close", BATCH)


def by_key(chunks: list[Chunk]) -> list[Chunk]:
    return sorted(chunks, key=lambda chunk: chunk.key)


@pytest.fixture
def planned(catalogue: Catalogue) -> Catalogue:
    catalogue.create_batch(plan(), "")
    found = catalogue.leases.plan(BATCH, "make", catalogue.names(BATCH), size=2, span=LONG)
    assert by_key(found) == by_key([MAKE, REST])
    return catalogue


def test_names_are_planned_once_and_rung_for_until_somebody_holds_them(planned: Catalogue) -> None:
    assert planned.leases.take(MAKE, "me", span=LONG)
    assert planned.leases.plan(BATCH, "paint", ("ca-qc", "ca-on"), size=1, span=LONG) == [REST]
    assert planned.leases.of(BATCH) == by_key([MAKE, REST])


def test_of_many_that_take_a_chunk_at_once_one_gets_it(planned: Catalogue) -> None:
    assert at_once(lambda i: planned.leases.take(MAKE, str(i), span=LONG)).count(True) == 1


def test_a_message_for_what_was_never_planned_or_is_done_is_void(planned: Catalogue) -> None:
    assert not planned.leases.take(Chunk("make", BATCH, ("gb",)), "me", span=LONG)
    assert planned.leases.take(MAKE, "me", span=LONG)
    assert planned.leases.finish(MAKE, "me", span=LONG)
    assert not planned.leases.take(MAKE, "me", span=LONG)
    assert planned.leases.of(BATCH) == [REST]


def test_what_follows_is_planned_as_the_chunk_ends_and_only_by_its_owner(planned: Catalogue) -> None:
    planned.leases.take(MAKE, "me", span=LONG)
    assert not planned.leases.finish(MAKE, "another", [CLOSE], span=LONG)
    assert CLOSE not in planned.leases.of(BATCH)
    assert planned.leases.finish(MAKE, "me", [CLOSE], span=LONG)
    assert planned.leases.of(BATCH) == by_key([CLOSE, REST])


def test_a_lease_without_beats_ends_and_is_rung_for_once_though_many_look(planned: Catalogue) -> None:
    planned.leases.take(MAKE, "me", span=LONG)
    assert planned.leases.due(span=LONG) == []
    planned.leases.take(REST, "gone", span=SHORT)
    time.sleep(2 * SHORT)
    found = at_once(lambda _: planned.leases.due(BATCH, span=LONG))
    assert [chunk for some in found for chunk in some] == [REST]  # type: ignore[attr-defined]  # lists of chunks
    assert not planned.leases.beat(REST, "gone", span=LONG)
    assert planned.leases.held() == [(MAKE, "me")]


def test_a_beat_keeps_a_lease_alive_even_when_it_comes_late(planned: Catalogue) -> None:
    planned.leases.take(MAKE, "me", span=SHORT)
    time.sleep(2 * SHORT)
    assert planned.leases.beat(MAKE, "me", span=LONG)
    assert not planned.leases.take(MAKE, "another", span=LONG)


def test_a_lease_that_is_given_up_may_be_taken_and_is_rung_for_at_once(planned: Catalogue) -> None:
    planned.leases.take(MAKE, "me", span=LONG)
    assert not planned.leases.end(MAKE, "another")
    assert planned.leases.end(MAKE, "me")
    assert planned.leases.due(span=LONG) == [MAKE]
    assert planned.leases.take(MAKE, "another", span=LONG)


def test_a_message_that_nobody_comes_for_is_rung_again_less_and_less_often(planned: Catalogue) -> None:
    planned.leases.add(CLOSE, span=0.8)
    time.sleep(0.85)
    assert planned.leases.due(span=LONG) == [CLOSE]
    time.sleep(0.85)
    assert planned.leases.due(span=LONG) == [], "twice as long this time"
    time.sleep(0.85)
    assert planned.leases.due(span=LONG) == [CLOSE]


def test_what_waits_behind_others_of_its_kind_is_not_lost(planned: Catalogue) -> None:
    last = Chunk("make", BATCH, ("gb",))
    planned.leases.add(last, span=SHORT)
    planned.leases.take(REST, "me", span=LONG)
    time.sleep(2 * SHORT)
    assert planned.leases.due(span=LONG) == []
    planned.leases.finish(REST, "me", span=LONG)
    assert planned.leases.due(span=LONG) == [last]


def test_a_delivered_batch_has_nothing_that_waits(planned: Catalogue) -> None:
    planned.leases.take(MAKE, "me", span=LONG)
    planned.mark_delivered(BATCH, pack="out", manifest_sha256=digest("a"))
    assert planned.leases.of(BATCH) == [MAKE]
    assert planned.leases.finish(MAKE, "me", [CLOSE], span=LONG)
    assert planned.leases.of(BATCH) == []


def test_a_lease_from_before_the_machine_was_started_anew_is_over(url: str) -> None:
    ticks = [5000.0]
    with Catalogue.open(url, ticks=lambda: ticks[0]) as catalogue:
        catalogue.create_batch(plan(), "")
        catalogue.leases.plan(BATCH, "make", ("ca-on",), size=1, span=LONG)
        (chunk,) = catalogue.leases.of(BATCH)
        assert catalogue.leases.take(chunk, "me", span=LONG)
        ticks[0] = 20.0
        over = catalogue.leases.due(span=LONG)
    assert over == ([chunk] if url.startswith("sqlite") else []), "PostgreSQL heeds no worker's clock"
