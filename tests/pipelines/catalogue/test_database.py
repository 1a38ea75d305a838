"""Addresses of databases, their errors in words, and what is special to SQLite."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from pipelines.catalogue import Catalogue
from pipelines.catalogue.database import Database
from pipelines.errors import CatalogueError
from tests.making import plan
from tests.pipelines.catalogue.made import fresh_postgres, sqlite_url


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("catalogue.sqlite", r"no URL.*sqlite:////folder"),
        ("mysql://me:hush@host/db", r"this kind of database.*mysql://me:\*\*\*@host/db.*postgresql://"),
        ("sqlite://", r"in memory.*sqlite:////folder"),
        ("sqlite:////proc/nothing/catalogue.sqlite", r"folder cannot be made"),
        (
            "postgresql://postgres:hush@127.0.0.1:1/test?password=hush",
            r"does not answer.*:\*\*\*@127.0.0.1:1/test'\. start",
        ),
    ],
)
def test_a_wrong_address_is_told_without_its_password(address: str, words: str) -> None:
    with pytest.raises(CatalogueError, match=words) as caught:
        Catalogue.open(address)
    assert "hush" not in str(caught.value)
    assert caught.value.everybody


def test_a_missing_postgresql_database_is_told() -> None:
    for url in fresh_postgres():
        with pytest.raises(CatalogueError, match=r"does not exist.*ATELIER_CATALOGUE"):
            Catalogue.open(url + "_not")
        with pytest.raises(CatalogueError, match=r"ATELIER_CATALOGUE"):
            Catalogue.open(make_url(url).set(username="nobody-at-all").render_as_string(hide_password=False))


def test_a_file_that_is_no_catalogue_is_told(tmp_path: Path) -> None:
    (tmp_path / "catalogue.sqlite").write_text("a shopping list " * 100)
    with pytest.raises(CatalogueError, match="no catalogue"):
        Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")


def test_sqlite_lets_readers_read_while_another_writes(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    with Catalogue.open(url) as catalogue, Database(url).writing() as connection:
        connection.execute(text("DELETE FROM results"))
        assert catalogue.batches() == ()
        settings = ("journal_mode", "busy_timeout", "synchronous", "foreign_keys")
        found = [connection.exec_driver_sql(f"PRAGMA {s}").scalar() for s in settings]
    assert found == ["wal", 30_000, 1, 1]


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with Catalogue.open(sqlite_url(tmp_path)) as catalogue:
        with catalogue._database.reading() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 20")
        with pytest.raises(CatalogueError, match="disk of the catalogue is full"):
            catalogue.create_batch(plan(500), "")
        assert catalogue.batches() == ()


def test_a_relative_address_stays_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    catalogue = Catalogue.open("sqlite:///catalogue.sqlite")
    catalogue.close()
    monkeypatch.chdir("/")
    catalogue.create_batch(plan(), "")
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as file:
        assert file.execute("SELECT count(*) FROM variants").fetchone() == (3,)
