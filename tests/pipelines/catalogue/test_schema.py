"""Migrations, on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from pipelines.catalogue import Catalogue, schema
from pipelines.catalogue.database import Database
from pipelines.errors import CatalogueError
from tests.making import plan
from tests.pipelines.catalogue.made import python


def test_the_migrations_make_the_tables_that_the_code_knows(url: str) -> None:
    Catalogue.open(url).close()
    with Database(url).writing() as connection:
        command.check(schema.config(connection))


def test_migrations_go_back_to_nothing_and_forward_again(url: str) -> None:
    database = Database(url)
    schema.prepare(database)
    with database.writing() as connection:
        command.downgrade(schema.config(connection), "base")
    with database.reading() as connection:
        assert set(inspect(connection).get_table_names()) == {schema.VERSIONS}
    schema.prepare(database)
    with database.writing() as connection:
        command.check(schema.config(connection))
        assert ScriptDirectory.from_config(schema.config(connection)).get_heads() == [schema.HEAD]
    database.close()


def test_a_catalogue_of_a_newer_atelier_is_refused_and_left_alone(url: str) -> None:
    Catalogue.open(url).close()
    with Database(url).writing() as connection:
        connection.execute(text("UPDATE atelier_schema SET version_num = '9999'"))
    with pytest.raises(CatalogueError, match=r"newer Atelier.*schema 9999.*upgrade Atelier"):
        Catalogue.open(url)


def test_a_catalogue_that_is_up_to_date_opens_at_once_and_without_alembic(url: str) -> None:
    Catalogue.open(url).close()
    code = (
        "Catalogue.open(sys.argv[1]).close(); begun = time.perf_counter()\n"
        "Catalogue.open(sys.argv[1]).close(); print(time.perf_counter() - begun, 'alembic' in sys.modules)"
    )
    seconds, alembic = python(code, url).communicate(timeout=60)[0].split()
    assert alembic == "False"
    assert float(seconds) < 0.25  # 2 ms when nothing else runs


def test_a_migration_that_fails_leaves_nothing_behind(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(settings: object, target: str) -> None:
        real(settings, target)  # type: ignore[arg-type]  # handed through
        raise RuntimeError("the power went")

    real = command.upgrade
    monkeypatch.setattr(command, "upgrade", half)
    with pytest.raises(RuntimeError):
        Catalogue.open(url)
    monkeypatch.undo()
    with Database(url).reading() as connection:
        assert inspect(connection).get_table_names() == []
    assert Catalogue.open(url).batches() == ()


def test_a_batch_of_the_schema_without_leases_is_kept_and_gets_them(url: str) -> None:
    with Catalogue.open(url) as catalogue:
        before = catalogue.create_batch(plan(), "")
    database = Database(url)
    with database.writing() as connection:
        command.downgrade(schema.config(connection), "0002")
    database.close()
    with Catalogue.open(url) as catalogue:
        assert catalogue.batch(before.id) == before
        assert len(catalogue.leases.plan(before.id, "make", catalogue.names(before.id), size=2, span=4.0)) == 2
