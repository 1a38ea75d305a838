"""Leases, crashes, messages lost and doubled, clocks that run on: in any order, nothing is lost and nothing doubled."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pipelines.catalogue import Catalogue, Chunk
from tests.making import digest, plan
from tests.pipelines.catalogue.made import BATCH

SPAN = 10.0
CLOSE = Chunk("close", BATCH)


@cache
def prepared() -> Path:
    """A catalogue with the batch in it, to be copied."""
    file = Path(tempfile.mkdtemp()) / "catalogue.sqlite"
    with Catalogue.open(f"sqlite:///{file}") as catalogue:
        catalogue.create_batch(plan(), "")
    return file


@dataclass
class Worker:
    """One that holds a chunk, or did before it was too slow."""

    name: str
    chunk: Chunk
    until: float


class Fleet(RuleBasedStateMachine):
    """Workers that paint, make and close a batch of three variants, and a reaper."""

    @initialize(size=st.integers(1, 3))
    def submit(self, size: int) -> None:
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(prepared(), self.folder / "catalogue.sqlite")
        self.now = 0.0
        self.catalogue = Catalogue.open(f"sqlite:///{self.folder / 'catalogue.sqlite'}", ticks=lambda: self.now)
        self.leases = self.catalogue.leases
        self.names = self.catalogue.names(BATCH)
        self.queue = self.leases.plan(BATCH, "paint", self.names, size=size, span=SPAN)
        self.workers: list[Worker] = []
        self.born = 0

    @precondition(lambda self: self.queue)
    @rule(data=st.data(), stays=st.booleans())
    def begin(self, data: st.DataObject, stays: bool) -> None:
        """A message arrives, perhaps not for the last time."""
        chunk = data.draw(st.sampled_from(self.queue))
        if not stays:
            self.queue.remove(chunk)
        self.take(chunk)

    def take(self, chunk: Chunk) -> None:
        self.born += 1
        if self.leases.take(chunk, f"w{self.born}", span=SPAN):
            assert not any(w.chunk == chunk and w.until > self.now for w in self.workers), "done by two at once"
            self.workers.append(Worker(f"w{self.born}", chunk, self.now + SPAN))

    @precondition(lambda self: self.queue)
    @rule(data=st.data())
    def lose(self, data: st.DataObject) -> None:
        self.queue.remove(data.draw(st.sampled_from(self.queue)))

    @precondition(lambda self: self.workers)
    @rule(data=st.data())
    def beat(self, data: st.DataObject) -> None:
        worker = data.draw(st.sampled_from(self.workers))
        if self.leases.beat(worker.chunk, worker.name, span=SPAN):
            worker.until = self.now + SPAN
        else:
            assert worker.until <= self.now, "a living lease was taken away"
            self.workers.remove(worker)

    @precondition(lambda self: self.workers)
    @rule(data=st.data(), redelivered=st.booleans())
    def crash(self, data: st.DataObject, redelivered: bool) -> None:
        worker = data.draw(st.sampled_from(self.workers))
        self.workers.remove(worker)
        if redelivered:
            self.queue.append(worker.chunk)

    @precondition(lambda self: self.workers)
    @rule(data=st.data(), rings=st.booleans())
    def end(self, data: st.DataObject, rings: bool) -> None:
        """A worker ends its chunk; it may die before it has rung for what follows."""
        worker = data.draw(st.sampled_from(self.workers))
        self.workers.remove(worker)
        after = self.work(worker.chunk)
        if self.leases.finish(worker.chunk, worker.name, after, span=SPAN) and rings:
            self.queue += after

    def work(self, chunk: Chunk) -> list[Chunk]:
        if chunk.task == "paint":
            return [Chunk("make", BATCH, (name,)) for name in chunk.names]
        for name in chunk.names:
            self.catalogue.update(BATCH, name, state="delivered")
        if chunk == CLOSE and not self.catalogue.unfinished(BATCH):
            self.catalogue.mark_delivered(BATCH, pack="out", manifest_sha256=digest("a"))
        return [] if self.catalogue.unfinished(BATCH) else [CLOSE]

    @precondition(lambda self: self.workers)
    @rule(data=st.data())
    def give_up(self, data: st.DataObject) -> None:
        worker = data.draw(st.sampled_from(self.workers))
        self.workers.remove(worker)
        self.leases.end(worker.chunk, worker.name)

    @rule(seconds=st.sampled_from([1.0, 9.0, 11.0, 4000.0, 10_000.0]))
    def pass_time(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def reap(self) -> None:
        found = self.leases.due(span=SPAN)
        alive = [w.chunk for w in self.workers if w.until > self.now]
        assert not set(found) & set(alive), "rung for what somebody is doing"
        self.queue += found

    @rule()
    def submit_again(self) -> None:
        self.queue += self.leases.plan(BATCH, "paint", self.catalogue.unfinished(BATCH), size=2, span=SPAN)

    @invariant()
    def what_is_not_done_is_written_down(self) -> None:
        if not hasattr(self, "leases"):
            return
        there = self.leases.of(BATCH)
        names = [name for chunk in there for name in chunk.names]
        assert len(names) == len(set(names)), "two chunks for one variant"
        assert set(names) >= set(self.catalogue.unfinished(BATCH)), "a variant is lost"
        assert there or self.catalogue.batch(BATCH).state == "delivered", "the batch is left as it is"

    def teardown(self) -> None:
        """Whatever happened, and though every message was lost: the batch is delivered in the end."""
        if not hasattr(self, "leases"):
            return
        self.queue.clear()
        for _ in range(4 * len(self.names)):
            self.workers.clear()
            self.now += 10_000.0
            for chunk in self.leases.due(span=SPAN):
                self.take(chunk)
            for worker in list(self.workers):
                self.leases.finish(worker.chunk, worker.name, self.work(worker.chunk), span=SPAN)
        assert self.catalogue.counts(BATCH) == {"delivered": 3}
        assert (self.catalogue.batch(BATCH).state, self.leases.of(BATCH)) == ("delivered", [])
        self.catalogue.close()
        shutil.rmtree(self.folder)


TestFleet = Fleet.TestCase
TestFleet.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
