"""Rows of variants: one order of a batch, how far it has come and what came out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypedDict, get_args

from pydantic import BaseModel, ValidationError
from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, insert, select, update

from pipelines.catalogue.batches import find as find_batch
from pipelines.catalogue.batches import suggestion
from pipelines.catalogue.tables import variants
from pipelines.errors import CatalogueError
from pipelines.model import Asset, Hex, Order, Paint, Scores, State, Variant, Verdict

_CHUNK = 500
DONE: tuple[State, ...] = ("delivered", "failed")
_UNDERWAY: tuple[State, ...] = ("edited", "scored", "vectorized")
UNFINISHED: tuple[State, ...] = tuple(s for s in get_args(State) if s not in DONE)


class Changes(TypedDict, total=False):
    """What may change of a variant; what is not given stays. A `state` or `stage_seconds` of None stays too.

    An `error` or `verdict` of None is cleared. A state on the way to delivered does not undo delivered.
    """

    state: State | None
    verdict: Verdict | None
    scores: Scores | None
    palette: Sequence[Hex]
    notes: Sequence[str]
    paints: Sequence[Paint]
    assets: Sequence[Asset]
    error: str | None
    stage_seconds: tuple[str, float] | None


def add(connection: Connection, batch: str, orders: Iterable[Order], now: datetime) -> None:
    """Write down a batch's variants, a chunk at a time."""
    fresh = {"batch_id": batch, "state": "planned", "palette": [], "paints": [], "notes": [], "assets": [],
             "attempts": 0, "seconds": {}, "updated": now}  # fmt: skip
    numbered = enumerate(orders)
    while some := list(islice(numbered, _CHUNK)):
        connection.execute(insert(variants), [fresh | _planned(position, order) for position, order in some])


def _planned(position: int, order: Order) -> dict[str, object]:
    return {
        "name": order.recipe.name,
        "position": position,
        "order_digest": order.digest,
        "recipe_digest": order.recipe.digest,
        "order": order.model_dump(mode="json"),
    }


def names(connection: Connection, batch: str, states: Collection[State] | None = None) -> tuple[str, ...]:
    """Names in the plan's order, of variants in `states` or of all. Raises CatalogueError for an unknown batch."""
    wanted = select(variants.c.name).where(variants.c.batch_id == batch).order_by(variants.c.position)
    found = connection.scalars(wanted if states is None else wanted.where(variants.c.state.in_(states))).all()
    if not found:
        find_batch(connection, batch)
    return tuple(found)


def find(connection: Connection, batch: str, name: str) -> Variant:
    """One variant. Raises CatalogueError that names the nearest."""
    row = connection.execute(select(variants).where(_is(batch, name))).one_or_none()
    if row is None:
        raise _missing(connection, batch, name)
    return _variant(row)


def page(connection: Connection, batch: str, start: int) -> list[Variant]:
    """The next variants in the plan's order, from position `start`; empty at the end."""
    wanted = select(variants).where(variants.c.batch_id == batch, variants.c.position >= start)
    return [_variant(row) for row in connection.execute(wanted.order_by(variants.c.position).limit(_CHUNK))]


def change(connection: Connection, batch: str, name: str, changes: Changes, *, now: datetime) -> None:
    """Write down what changed. Raises CatalogueError when there is no such variant."""
    given = {key: _plain(value) for key, value in changes.items() if key not in ("state", "stage_seconds")}
    if (state := changes.get("state")) is not None:
        given["state"] = _forward(state) if state in _UNDERWAY else state
    if (spent := changes.get("stage_seconds")) is not None:
        before = connection.scalar(select(variants.c.seconds).where(_is(batch, name)).with_for_update())
        given["seconds"] = {**(before or {}), spent[0]: spent[1]}
    done = connection.execute(update(variants).where(_is(batch, name)).values(given | {"updated": now}))
    if done.rowcount == 0:
        raise _missing(connection, batch, name)


def _forward(state: State) -> ColumnElement[str]:
    """That state, unless the variant is delivered: a task that comes late, or twice, takes nothing back."""
    return case((variants.c.state == "delivered", "delivered"), else_=state)


def attempt(connection: Connection, batch: str, name: str, now: datetime) -> int:
    """Count one more attempt; how many there were with it."""
    counted = update(variants).where(_is(batch, name)).values(attempts=variants.c.attempts + 1, updated=now)
    found: int | None = connection.scalar(counted.returning(variants.c.attempts))
    if found is None:
        raise _missing(connection, batch, name)
    return found


def attempts(connection: Connection, batch: str, name: str) -> int:
    """How many attempts were counted so far."""
    found: int | None = connection.scalar(select(variants.c.attempts).where(_is(batch, name)))
    if found is None:
        raise _missing(connection, batch, name)
    return found


def retry_failed(connection: Connection, batch: str, now: datetime) -> int:
    """Plan the failed ones again, with a clean slate; how many. What their stages kept is still there."""
    find_batch(connection, batch)
    failed = and_(variants.c.batch_id == batch, variants.c.state == "failed")
    again = {"state": "planned", "error": None, "attempts": 0, "updated": now}
    return connection.execute(update(variants).where(failed).values(again)).rowcount


def forgive(connection: Connection, batch: str) -> None:
    """Count the attempts at unfinished variants from none again."""
    waiting = and_(variants.c.batch_id == batch, variants.c.state.in_(UNFINISHED))
    connection.execute(update(variants).where(waiting).values(attempts=0))


def counts(connection: Connection, batch: str) -> dict[State, int]:
    """How many variants are in each state that occurs."""
    grouped = select(variants.c.state, func.count()).where(variants.c.batch_id == batch).group_by(variants.c.state)
    found: dict[State, int] = dict(tuple(row) for row in connection.execute(grouped))
    if not found:
        find_batch(connection, batch)
    return found


def _is(batch: str, name: str) -> ColumnElement[bool]:
    return and_(variants.c.batch_id == batch, variants.c.name == name)


def _missing(connection: Connection, batch: str, name: str) -> CatalogueError:
    near = suggestion(name, names(connection, batch)) or f"`atelier status {batch}` shows what there is"
    return CatalogueError(f"batch {batch} has no such variant", got=name, fix=near)


def _plain(value: object) -> object:
    """A record, or a sequence of records or texts, as JSON can hold it."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _variant(row: Row[Any]) -> Variant:
    told = {field: row._mapping[variants.c[field]] for field in Variant.model_fields}
    try:
        return Variant.model_validate(told)
    except ValidationError as error:
        fix = "use the Atelier that made the batch, or run its brief again with this one"
        wrong = error.errors()[0]
        problem = f"a variant was written by another Atelier (at {wrong['loc']}: {wrong['msg']})"
        raise CatalogueError(problem, got=f"{row.name} of {row.batch_id}", fix=fix) from error
