"""Catalogues to test: their addresses, a clock, processes and threads beside ours."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from tests.making import plan

ROOT = Path(__file__).resolve().parents[3]
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
POSTGRES = os.environ.get("ATELIER_TEST_POSTGRES") or "postgresql://postgres@127.0.0.1:5432/test"
BATCH = f"mascot-{plan().digest[:12]}"


class Clock:
    """A minute passes between two looks."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


def fresh_postgres() -> Iterator[str]:
    """The address of a new, empty database."""
    server = create_engine(make_url(POSTGRES).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    name = f"atelier_{uuid.uuid4().hex[:12]}"
    try:
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
    except OperationalError as error:
        if os.environ.get("ATELIER_REQUIRE_SERVICES") == "1":
            raise
        pytest.skip(f"no PostgreSQL answers at {POSTGRES}: {str(error.orig).splitlines()[0]}")
    yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'home' / 'catalogue.sqlite'}"


def python(code: str, *args: object) -> subprocess.Popen[str]:
    """A process of its own; its address comes as the first argument."""
    head = "import os, sys, time\nfrom pipelines.catalogue import Catalogue\nfrom tests.making import digest, plan\n"
    given = [sys.executable, "-c", head + code, *map(str, args)]
    return subprocess.Popen(given, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def at_once(work: Callable[[int], object], count: int = 8) -> list[object]:
    """What `count` threads return that start together."""
    gate, found = threading.Barrier(count), [None] * count

    def run(i: int) -> None:
        gate.wait()
        found[i] = work(i)  # type: ignore[call-overload]  # a list of whatever comes

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return list(found)
