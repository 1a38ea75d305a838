"""Brings a database to the schema of this code, through its migrations."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, inspect, select, text

from pipelines.catalogue.database import Database
from pipelines.errors import CatalogueError

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0003"  # the newest file in migrations/versions
VERSIONS = "atelier_schema"  # a table of our own: other tools keep an alembic_version
_TURN = 0x61746C72  # PostgreSQL's advisory lock of whoever migrates
_one_at_a_time = threading.Lock()  # Alembic's context belongs to the whole process


def prepare(database: Database) -> None:
    """Create or upgrade the tables, once, however many processes ask; quick when there is nothing to do.

    Raises CatalogueError when the catalogue was written by a newer Atelier.
    """
    with database.reading() as connection:
        if version(connection) == HEAD:
            return
    with _one_at_a_time, database.writing() as connection:
        if not database.is_sqlite:  # SQLite's writers take turns anyway
            connection.execute(select(func.pg_advisory_xact_lock(_TURN)))
        _upgrade(connection)


def version(connection: Connection) -> str | None:
    """The schema's version; None for an empty database."""
    if not inspect(connection).has_table(VERSIONS):
        return None
    found = connection.scalar(text(f"SELECT version_num FROM {VERSIONS}"))  # noqa: S608  (our own constant)
    return None if found is None else str(found)


def config(connection: Connection) -> Config:
    """Alembic's configuration for commands that run on `connection`, in its transaction."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory

    settings = config(connection)
    known = {script.revision for script in ScriptDirectory.from_config(settings).walk_revisions()}
    found = version(connection)
    if found is not None and found not in known:
        raise CatalogueError("the catalogue was written by a newer Atelier",
                             got=f"schema {found}, this one knows {HEAD}",
                             fix="upgrade Atelier here, or set ATELIER_CATALOGUE to another catalogue")  # fmt: skip
    command.upgrade(settings, "head")
