"""Leases: which chunk of a batch's work waits for its message, and which is held by a worker that is alive.

A row is there from the moment at which a chunk is planned to the one at which it is done: a message without a row is
void. What follows from a chunk is planned in the transaction that ends it, so nothing falls between two messages.

Time is the database's own: PostgreSQL's clock, and for SQLite, whose users share one machine, the seconds since that
machine started. So no worker's clock matters, nor one that is set while they work.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Double, Row, and_, cast, delete, func, literal, or_, select, update

from pipelines.catalogue.batches import insert_new
from pipelines.catalogue.database import Database
from pipelines.catalogue.tables import batches, leases

LONGEST = 3600.0  # seconds after which a message that nobody came for is taken for lost, however busy workers are
_PAGE = 500
_SOME = 64  # chunks that are rung for at once: those behind them come to the front as these are done


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one message asks for: a task for variants of a batch. Without a batch, the reaper's own work."""

    task: str
    batch: str | None
    names: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The same work has the same key."""
        return hashlib.sha256(json.dumps([self.task, self.batch, self.names]).encode()).hexdigest()


class Leases:
    """Each method is one transaction. `span` is in seconds: how long a lease stands from its last beat, and how long a
    waiting chunk's message is trusted.
    """

    def __init__(self, database: Database, ticks: Callable[[], float]) -> None:
        self._database = database
        self._ticks = ticks

    def plan(self, batch: str, task: str, names: Sequence[str], *, size: int, span: float) -> list[Chunk]:
        """Plan chunks of at most `size` for those names that no chunk of the batch has yet.

        Returns every chunk that nobody holds, to be rung for.
        """
        with self._database.writing() as connection:
            _lock(connection, batch)
            there = connection.execute(select(leases.c.names).where(leases.c.batch_id == batch))
            covered = {name for row in there for name in row.names}
            fresh = [name for name in names if name not in covered]
            cut = [Chunk(task, batch, tuple(fresh[i : i + size])) for i in range(0, len(fresh), size)]
            self._add(connection, cut, span)
            waiting = and_(leases.c.batch_id == batch, ~_alive(self._now()))
            return self._rung(connection, _keys(connection, waiting), span)

    def add(self, chunk: Chunk, *, span: float) -> None:
        """Plan one chunk, unless it is there already."""
        with self._database.writing() as connection:
            self._add(connection, [chunk], span)

    def take(self, chunk: Chunk, owner: str, *, span: float) -> bool:
        """Hold a chunk that is planned and that nobody alive holds; False otherwise."""
        with self._database.writing() as connection:
            return self._set(connection, _is(chunk) & ~_alive(self._now()), span, owner=owner)

    def beat(self, chunk: Chunk, owner: str, *, span: float) -> bool:
        """Hold it for another span; False when it is somebody else's by now."""
        with self._database.writing() as connection:
            return self._set(connection, _is(chunk) & (leases.c.owner == owner), span, owner=owner)

    def end(self, chunk: Chunk, owner: str) -> bool:
        """Give it up before its time, to be rung for at the next look; False when it is somebody else's."""
        with self._database.writing() as connection:
            return self._set(connection, _is(chunk) & (leases.c.owner == owner), 0.0, owner=owner)

    def finish(self, chunk: Chunk, owner: str, after: Iterable[Chunk] = (), *, span: float) -> bool:
        """It is done: plan what follows and forget it, at once; False, and nothing of that, when it is another's."""
        with self._database.writing() as connection:
            state = None if chunk.batch is None else _lock(connection, chunk.batch)
            if connection.execute(delete(leases).where(_is(chunk) & (leases.c.owner == owner))).rowcount == 0:
                return False
            self._add(connection, after if state == "running" else (), span)
            return True

    def held(self, batch: str | None = None) -> list[tuple[Chunk, str]]:
        """Chunks with their owners, dead or alive; of one batch or of all."""
        wanted = leases.c.owner.is_not(None) & leases.c.batch_id.is_not(None) & _of(batch)
        with self._database.reading() as connection:
            return [(_chunk(row), row.owner) for row in connection.execute(select(leases).where(wanted))]

    def of(self, batch: str) -> list[Chunk]:
        """Every chunk of a batch that is not done."""
        with self._database.reading() as connection:
            return list(map(_chunk, connection.execute(select(leases).where(_of(batch)).order_by(leases.c.key))))

    def due(self, batch: str | None = None, *, span: float) -> list[Chunk]:
        """Chunks to be rung for, of one batch or of all, each given to one caller only.

        Those whose owner missed its beats; and those whose message seems lost: nobody came for it within its span,
        though nobody is busy with such a task, or with the batch. Each ring that brings nobody doubles that span, up to
        an hour.
        """
        with self._database.writing() as connection:
            mine = leases.c.batch_id.is_not(None) & _of(batch)
            dead = _keys(connection, mine & leases.c.owner.is_not(None) & ~_stands(leases, self._now()), free=True)
            found = self._rung(connection, dead, span)
            for row in self._unheard(connection, mine):
                found += self._rung(connection, [row.key], min(2 * row.span, LONGEST))
            return found

    def _unheard(self, connection: Connection, mine: ColumnElement[bool]) -> list[Row[Any]]:
        """Of the first that wait, those whose message seems lost."""
        now, other = self._now(), leases.alias()
        alike = or_(other.c.task == leases.c.task, other.c.batch_id == leases.c.batch_id)
        busy = select(other.c.key).where(alike, other.c.owner.is_not(None), _stands(other, now))
        idle = or_(~busy.exists(), leases.c.until + LONGEST <= now)
        first = select(leases.c.key, leases.c.span, _stands(leases, now).label("heard"))
        first = first.where(mine, leases.c.owner.is_(None), idle).order_by(leases.c.key).limit(_SOME)
        rows = connection.execute(first.with_for_update(of=leases, skip_locked=True))
        return [row for row in rows if not row.heard]

    def _rung(self, connection: Connection, keys: Sequence[str], span: float) -> list[Chunk]:
        """Let chunks wait from now on."""
        found: list[Chunk] = []
        for i in range(0, len(keys), _PAGE):
            some = update(leases).where(leases.c.key.in_(keys[i : i + _PAGE]))
            again = some.values(owner=None, until=self._now() + span, span=span).returning(*leases.c)
            found += map(_chunk, connection.execute(again))
        return found

    def _set(self, connection: Connection, which: ColumnElement[bool], span: float, *, owner: str) -> bool:
        changes = {"owner": owner, "until": self._now() + span, "span": span}
        return connection.execute(update(leases).where(which).values(changes)).rowcount == 1

    def _add(self, connection: Connection, chunks: Iterable[Chunk], span: float) -> None:
        for chunk in chunks:
            row: dict[str, object] = {
                "key": chunk.key, "batch_id": chunk.batch, "task": chunk.task, "names": list(chunk.names),
                "owner": None, "until": self._now() + span, "span": span,
            }  # fmt: skip
            insert_new(connection, leases, row)

    def _now(self) -> ColumnElement[float]:
        if self._database.is_sqlite:
            return literal(self._ticks(), Double)
        return cast(func.extract("epoch", func.clock_timestamp()), Double)


def forget_waiting(connection: Connection, batch: str) -> None:
    """A delivered batch has nothing that waits."""
    connection.execute(delete(leases).where(leases.c.batch_id == batch, leases.c.owner.is_(None)))


def _is(chunk: Chunk) -> ColumnElement[bool]:
    return leases.c.key == chunk.key


def _keys(connection: Connection, wanted: ColumnElement[bool], *, free: bool = False) -> Sequence[str]:
    """Keys of rows, locked one after the other; `free` leaves those out that somebody else has locked."""
    rows = select(leases.c.key).where(wanted).order_by(leases.c.key)
    return connection.scalars(rows.with_for_update(skip_locked=free)).all()


def _of(batch: str | None) -> ColumnElement[bool]:
    return literal(True) if batch is None else leases.c.batch_id == batch


def _alive(now: ColumnElement[float]) -> ColumnElement[bool]:
    return and_(leases.c.owner.is_not(None), _stands(leases, now))


def _stands(table: Any, now: ColumnElement[float]) -> ColumnElement[bool]:
    """Not over, nor from a time that this clock has not come to: the machine was started anew since."""
    stands: ColumnElement[bool] = and_(table.c.until > now, table.c.until <= now + table.c.span)
    return stands


def _lock(connection: Connection, batch: str) -> str | None:
    """Whoever plans for a batch does so alone; the batch's state."""
    return connection.scalar(select(batches.c.state).where(batches.c.id == batch).with_for_update(key_share=True))


def _chunk(row: Any) -> Chunk:
    return Chunk(row.task, row.batch_id, tuple(row.names))
