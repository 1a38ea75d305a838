"""A database by its URL: its connections, its transactions, and its errors in words."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, RootTransaction, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from pipelines.errors import CatalogueError

_BUSY = 30  # seconds that a writer waits for its turn
_EXAMPLES = "write sqlite:////folder/catalogue.sqlite or postgresql://user:password@host/database"
_WORDS = (  # what a database says, what it means, what to do
    ("password", "the database refused the password", "correct the user and password in ATELIER_CATALOGUE"),
    ("authentication", "the database refused the user", "correct the user and password in ATELIER_CATALOGUE"),
    ("does not exist", "the database or its user does not exist", "make it, or correct the name in ATELIER_CATALOGUE"),
    ("permission denied", "the database refuses this user", "grant the user all rights on the catalogue's database"),
    ("database is locked", f"another process kept the catalogue for over {_BUSY} s", "find and end it, then try again"),
    ("is full", "the disk of the catalogue is full", "free some room, then go on"),
    ("no space left", "the disk of the catalogue is full", "free some room, then go on"),
    ("unable to open", "the catalogue cannot be opened", "check that you may read and write its file and its folder"),
    ("readonly", "the catalogue cannot be written", "give yourself the right to write its file and its folder"),
    ("not a database", "the file is no catalogue", "correct the address in ATELIER_CATALOGUE"),
    ("malformed", "the catalogue's file is damaged", "restore a copy, or move it away and run the briefs again"),
    ("connect", "the database does not answer", "start it, or correct the host and port in ATELIER_CATALOGUE"),
    ("resolve", "the database's host is unknown", "correct the host in ATELIER_CATALOGUE"),
)  # fmt: skip


class Database:
    """Connections to SQLite or PostgreSQL, each in a transaction of its own. Usable in threads and after a fork."""

    def __init__(self, url: str) -> None:
        self._url = _parsed(url)
        self._engine = _engine(self._url)
        self._owner = os.getpid()
        self._left: list[Engine] = []

    @property
    def is_sqlite(self) -> bool:
        """Whether it is one file that processes share."""
        return self._url.get_backend_name() == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads. Raises CatalogueError when the database cannot be used, as does `writing`."""
        with self._explained(), self._here().connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: all of it or, after an exception, nothing. SQLite lets in one at a time."""
        with self._explained(), self._here().connect() as connection, _turn(connection):
            yield connection

    def close(self) -> None:
        """Close every connection of this process."""
        self._here().dispose()

    def reopen(self) -> None:
        """Start afresh in a forked child. The parent's connections are kept, unused: closing one would disturb it."""
        self._left.append(self._engine)
        self._engine, self._owner = _engine(self._url), os.getpid()

    def _here(self) -> Engine:
        if self._owner != os.getpid():
            self.reopen()
        return self._engine

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            said = " ".join(str(error.orig).split())
            known = next(((p, f) for needle, p, f in _WORDS if needle in said.lower()), None)
            if known is None and not isinstance(error, OperationalError):
                raise
            problem, fix = known or ("the catalogue's database failed", "look at the database's own log")
            raise CatalogueError(f"{problem} ({said[:160]})", got=_shown(self._url), fix=fix) from error


def _parsed(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise CatalogueError("the catalogue's address is no URL", got=text, fix=_EXAMPLES) from error
    backend = url.get_backend_name()
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise CatalogueError("no catalogue can be kept in this kind of database", got=_shown(url), fix=_EXAMPLES)
    if url.database in (None, "", ":memory:"):
        raise CatalogueError("a catalogue in memory is lost with its process", got=text, fix=_EXAMPLES)
    return url.set(drivername="sqlite", database=str(Path(str(url.database)).absolute()))


def _shown(url: URL) -> str:
    """Without anything secret."""
    return url.set(query={}).render_as_string(hide_password=True)


def _engine(url: URL) -> Engine:
    try:
        if url.get_backend_name() == "sqlite":
            Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(url, connect_args={"timeout": _BUSY})
            event.listen(engine, "connect", _set_up_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    except ModuleNotFoundError as error:
        raise CatalogueError("the driver of PostgreSQL is not installed", got=error.name,
                             fix="pip install 'atelier[postgres]'") from error  # fmt: skip
    except OSError as error:
        raise CatalogueError(f"the catalogue's folder cannot be made ({error.strerror})", got=_shown(url),
                             fix="choose a folder that you may write in ATELIER_CATALOGUE") from error  # fmt: skip


def _set_up_sqlite(connection: sqlite3.Connection, _: object) -> None:
    """Write-ahead logging, so that readers never wait; the driver shall not begin transactions by itself."""
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        (_, _, file) = connection.execute("PRAGMA database_list").fetchone()
        with _folder_lock(Path(file).parent):
            connection.execute("PRAGMA journal_mode = WAL")


def _turn(connection: Connection) -> RootTransaction:
    return connection.execution_options(writes=True).begin()


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its turn at once: SQLite does not let a reader wait to become one."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _folder_lock(folder: Path) -> Iterator[None]:
    """Only one process at a time: the switch to write-ahead logging does not wait for others."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
