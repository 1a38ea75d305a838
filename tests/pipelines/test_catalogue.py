"""One contract over the catalogue on SQLite and on PostgreSQL, and what is special to each."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.exc import OperationalError

from pipelines.catalogue import Catalogue, schema
from pipelines.catalogue.database import Database
from pipelines.errors import CatalogueError
from pipelines.model import Asset, Scores, Verdict
from tests.making import digest, plan

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
POSTGRES = os.environ.get("ATELIER_TEST_POSTGRES") or "postgresql://postgres@127.0.0.1:5432/test"
BATCH = f"mascot-{plan().digest[:12]}"
VERDICT = Verdict(outcome="review", reasons=("ΔE 5.1 is over 4",))
ASSET = Asset(format="svg", width=64, height=48, bytes=9, gzip_bytes=7, sha256=digest("asset"), path="svg/ca-on.svg")
SCORES = Scores(
    changed_outside=0, delta_e=1.5, delta_e_p95=3.0, geometry=0.2, nearest="CA-ON", nearest_distance=0.1,
    runner_up=None, runner_up_distance=None, edges=0.99, silhouette=1.0, learned={"clip": 0.9},
)  # fmt: skip


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


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
    else:
        yield from fresh_postgres()


@pytest.fixture
def catalogue(url: str) -> Iterator[Catalogue]:
    with Catalogue.open(url, clock=Clock()) as opened:
        yield opened


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


# ── batches ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_batch_is_made_from_its_plan(catalogue: Catalogue) -> None:
    batch = catalogue.create_batch(plan(), "name: mascot")
    assert batch.id == BATCH
    assert (batch.brief, batch.brief_text, batch.why) == ("mascot", "name: mascot", "a test")
    assert (batch.data_used, batch.biases, batch.warnings) == (("country",), (), ("nothing is real",))
    assert (batch.state, batch.total, batch.pack, batch.manifest_sha256) == ("running", 3, None, None)
    assert batch.created == batch.updated == NOON + timedelta(minutes=1)
    assert catalogue.batch(batch.id) == batch
    assert catalogue.names(batch.id) == catalogue.unfinished(batch.id) == ("ca-on", "ca-bc", "ca-qc")


def test_the_same_plan_gives_the_same_batch_and_leaves_its_variants_alone(catalogue: Catalogue) -> None:
    first = catalogue.create_batch(plan(), "")
    catalogue.update(first.id, "ca-bc", state="scored")
    assert catalogue.create_batch(plan(), "a comment") == first
    assert catalogue.counts(first.id) == {"planned": 2, "scored": 1}


def test_the_same_plan_submitted_by_many_at_once_is_one_batch(catalogue: Catalogue) -> None:
    found = at_once(lambda _: catalogue.create_batch(plan(9), "").total)
    assert found == [9] * 8
    assert len(catalogue.batches()) == 1
    assert len(catalogue.names(catalogue.batches()[0].id)) == 9


def test_the_plan_comes_back_whole(catalogue: Catalogue) -> None:
    asked = plan(1203)
    batch = catalogue.create_batch(asked, "")
    assert catalogue.plan_of(batch.id) == asked
    assert list(catalogue.plan_of(batch.id).orders[0].recipe.labels) == ["region"]


def test_batches_come_newest_first(catalogue: Catalogue) -> None:
    ids = [catalogue.create_batch(plan(1, brief=b, edition=e), "").id for b, e in (("a", "1"), ("b", "1"), ("a", "2"))]
    assert [batch.id for batch in catalogue.batches()] == ids[::-1]
    latest = catalogue.latest("a")
    assert latest is not None
    assert latest.id == ids[2]
    assert catalogue.latest("nothing") is None


def test_an_unknown_batch_names_the_near_ones(catalogue: Catalogue) -> None:
    catalogue.create_batch(plan(), "")
    wrong = BATCH[:-1] + "x"
    asks: tuple[Callable[[str], object], ...] = (
        catalogue.batch, catalogue.names, catalogue.unfinished, catalogue.variants, catalogue.counts,
        catalogue.retry_failed, catalogue.reopen, catalogue.plan_of, lambda b: catalogue.variant(b, "ca-on"),
        lambda b: catalogue.update(b, "ca-on", state="edited"), lambda b: catalogue.attempt(b, "ca-on"),
        lambda b: catalogue.mark_delivered(b, pack="", manifest_sha256=""),
    )  # fmt: skip
    for ask in asks:
        with pytest.raises(CatalogueError, match=f"no such batch.*{wrong}.*near ones are: {BATCH}"):
            ask(wrong)


def test_only_one_of_many_delivers_a_batch(catalogue: Catalogue) -> None:
    batch = catalogue.create_batch(plan(), "")
    won = at_once(lambda i: catalogue.mark_delivered(batch.id, pack=f"out/{i}", manifest_sha256=digest(str(i))))
    assert sorted(map(bool, won)) == [False] * 7 + [True]
    delivered = catalogue.batch(batch.id)
    assert (delivered.state, delivered.pack) == ("delivered", f"out/{won.index(True)}")
    assert delivered.manifest_sha256 == digest(str(won.index(True)))
    assert delivered.updated > delivered.created


def test_a_reopened_batch_can_be_delivered_again(catalogue: Catalogue) -> None:
    batch = catalogue.create_batch(plan(), "")
    catalogue.reopen(batch.id)
    assert catalogue.batch(batch.id) == batch
    catalogue.mark_delivered(batch.id, pack="out", manifest_sha256=digest("a"))
    catalogue.reopen(batch.id)
    assert (catalogue.batch(batch.id).state, catalogue.batch(batch.id).pack) == ("running", None)
    assert catalogue.mark_delivered(batch.id, pack="out", manifest_sha256=digest("b"))


# ── variants ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_planned_variant_is_empty(catalogue: Catalogue) -> None:
    catalogue.create_batch(plan(), "")
    variant = catalogue.variant(BATCH, "ca-bc")
    assert variant.order == plan().orders[1]
    assert (variant.state, variant.verdict, variant.scores, variant.error) == ("planned", None, None, None)
    assert (variant.palette, variant.notes, variant.assets, variant.seconds) == ((), (), (), {})


def test_what_is_written_of_a_variant_comes_back_and_the_rest_stays(catalogue: Catalogue) -> None:
    catalogue.create_batch(plan(), "")
    catalogue.update(BATCH, "ca-on", state="edited", stage_seconds=("edit", 0.5))
    catalogue.update(BATCH, "ca-on", state=None, stage_seconds=("score", 0.25))
    catalogue.update(BATCH, "ca-on", scores=SCORES, verdict=VERDICT, palette=("#ff0000",), notes=("a ghost",))
    catalogue.update(BATCH, "ca-on", state="delivered", assets=(ASSET,))
    variant = catalogue.variant(BATCH, "ca-on")
    assert (variant.state, variant.scores, variant.verdict) == ("delivered", SCORES, VERDICT)
    assert (variant.palette, variant.notes, variant.assets) == (("#ff0000",), ("a ghost",), (ASSET,))
    assert variant.seconds == {"edit": 0.5, "score": 0.25}
    catalogue.update(BATCH, "ca-on", verdict=None, scores=None)
    assert (catalogue.variant(BATCH, "ca-on").verdict, catalogue.variant(BATCH, "ca-on").scores) == (None, None)
    assert catalogue.variant(BATCH, "ca-bc").state == "planned"


def test_variants_come_in_the_plans_order_and_may_change_meanwhile(catalogue: Catalogue) -> None:
    batch = catalogue.create_batch(plan(1100), "")
    seen: list[str] = []
    for variant in catalogue.variants(batch.id):
        seen.append(variant.order.recipe.name)
        if len(seen) % 400 == 0:
            catalogue.update(batch.id, variant.order.recipe.name, state="edited")
    assert tuple(seen) == catalogue.names(batch.id)
    assert len(catalogue.names(batch.id, states={"edited"})) == 2


def test_delivered_and_failed_variants_are_finished(catalogue: Catalogue) -> None:
    catalogue.create_batch(plan(), "")
    catalogue.update(BATCH, "ca-on", state="delivered")
    catalogue.update(BATCH, "ca-qc", state="failed", error="no slot")
    assert catalogue.unfinished(BATCH) == ("ca-bc",)
    assert catalogue.names(BATCH, states={"delivered", "failed"}) == ("ca-on", "ca-qc")
    assert catalogue.counts(BATCH) == {"planned": 1, "delivered": 1, "failed": 1}
    catalogue.update(BATCH, "ca-bc", state="delivered")
    assert catalogue.unfinished(BATCH) == ()


def test_an_unknown_variant_names_the_near_ones(catalogue: Catalogue) -> None:
    catalogue.create_batch(plan(), "")
    asks: tuple[Callable[[str], object], ...] = (
        lambda name: catalogue.variant(BATCH, name),
        lambda name: catalogue.attempt(BATCH, name),
        lambda name: catalogue.update(BATCH, name, stage_seconds=("edit", 1.0)),
    )
    for ask in asks:
        with pytest.raises(CatalogueError, match=f"{BATCH} has no such variant.*'ca-no'.*ca-on"):
            ask("ca-no")


def test_attempts_are_counted_once_each_by_many_at_once(catalogue: Catalogue) -> None:
    catalogue.create_batch(plan(), "")
    counted = at_once(lambda _: [catalogue.attempt(BATCH, "ca-on") for _ in range(5)])
    assert sorted(n for some in counted for n in some) == list(range(1, 41))  # type: ignore[attr-defined]  # lists of int
    assert catalogue.attempt(BATCH, "ca-bc") == 1


def test_seconds_of_stages_written_at_once_are_all_kept(catalogue: Catalogue) -> None:
    catalogue.create_batch(plan(), "")
    at_once(lambda i: catalogue.update(BATCH, "ca-on", stage_seconds=(f"stage-{i}", float(i))))
    assert catalogue.variant(BATCH, "ca-on").seconds == {f"stage-{i}": float(i) for i in range(8)}


def test_failed_variants_are_planned_again_with_a_clean_slate(catalogue: Catalogue) -> None:
    catalogue.create_batch(plan(), "")
    catalogue.update(BATCH, "ca-on", state="delivered")
    catalogue.attempt(BATCH, "ca-bc")
    catalogue.update(BATCH, "ca-bc", state="failed", error="no slot", stage_seconds=("edit", 1.0))
    assert catalogue.retry_failed(BATCH) == 1
    variant = catalogue.variant(BATCH, "ca-bc")
    assert (variant.state, variant.error, variant.seconds) == ("planned", None, {"edit": 1.0})
    assert catalogue.attempt(BATCH, "ca-bc") == 1
    assert catalogue.counts(BATCH) == {"planned": 2, "delivered": 1}
    assert catalogue.retry_failed(BATCH) == 0


def test_a_variant_of_another_atelier_is_told(catalogue: Catalogue, url: str) -> None:
    catalogue.create_batch(plan(), "")
    with Database(url).writing() as connection:
        connection.execute(text("""UPDATE variants SET "order" = '{"of": "tomorrow"}' WHERE name = 'ca-on'"""))
    with pytest.raises(CatalogueError, match=r"written by another Atelier.*ca-on of mascot"):
        catalogue.variant(BATCH, "ca-on")


# ── results ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_result_is_kept_for_its_stage_and_digest(catalogue: Catalogue) -> None:
    value = {"picture": digest("p"), "notes": ["é", None, 1.5], "deep": {"a": [True]}}
    assert catalogue.result("edit", digest("a")) is None
    assert catalogue.keep_result("edit", digest("a"), value) == value  # type: ignore[arg-type]  # JSON, invariantly
    assert catalogue.result("edit", digest("a")) == value
    assert catalogue.result("score", digest("a")) is None


def test_of_many_results_for_one_digest_the_first_is_kept_for_all(catalogue: Catalogue) -> None:
    found = at_once(lambda i: catalogue.keep_result("edit", digest("a"), {"by": i}))
    assert found == [catalogue.result("edit", digest("a"))] * 8


def test_known_and_forgotten_results_go_by_the_thousand(catalogue: Catalogue) -> None:
    digests = [digest(str(i)) for i in range(1201)]
    for one in digests[::100]:
        catalogue.keep_result("edit", one, {})
    assert catalogue.known("edit", iter(digests)) == set(digests[::100])
    assert catalogue.known("score", digests) == set()
    assert catalogue.known("edit", []) == set()
    assert catalogue.forget_results("edit", digests[:1001]) == 11
    assert catalogue.known("edit", digests) == {digests[1100], digests[1200]}


# ── processes ────────────────────────────────────────────────────────────────────────────────────────────


def test_many_processes_may_open_a_new_catalogue_at_once(url: str) -> None:
    code = "with Catalogue.open(sys.argv[1]) as c: c.create_batch(plan(), ''); print(len(c.batches()))"
    crowd = [python(code, url) for _ in range(5)]
    assert [process.communicate(timeout=120) for process in crowd] == [("1\n", "")] * 5


def test_a_forked_child_uses_connections_of_its_own(catalogue: Catalogue) -> None:
    catalogue.create_batch(plan(), "")
    for explicit in (True, False):
        child = os.fork()
        if child == 0:
            try:
                if explicit:
                    catalogue.reopen_after_fork()
                catalogue.attempt(BATCH, "ca-on")
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        catalogue.attempt(BATCH, "ca-on")
    assert catalogue.attempt(BATCH, "ca-on") == 5


def test_a_killed_writer_leaves_a_readable_catalogue(url: str) -> None:
    code = (
        "c = Catalogue.open(sys.argv[1]); b = c.create_batch(plan(9), ''); print(b.id, flush=True)\n"
        "for i in range(10**9):\n"
        "    c.update(b.id, 'ca-on', state='edited', notes=('x' * 5000,), stage_seconds=('edit', float(i)))\n"
        "    c.keep_result('edit', digest(str(i)), {'i': i})\n"
    )
    for _ in range(3):
        process = python(code, url)
        assert process.stdout is not None
        batch = process.stdout.readline().strip()
        time.sleep(0.2)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        with Catalogue.open(url) as catalogue:
            assert len(list(catalogue.variants(batch))) == 9
            assert catalogue.variant(batch, "ca-on").notes == ("x" * 5000,)
            catalogue.update(batch, "ca-on", state="planned")


def test_a_writer_killed_while_it_makes_a_batch_leaves_none(url: str) -> None:
    Catalogue.open(url).close()
    code = (
        "from pipelines.catalogue import variants\n"
        "whole, page = plan(1200), variants._planned\n"
        "variants._planned = lambda p, o: page(p, o) if p < 1000 else (print('in', flush=True), time.sleep(60))\n"
        "Catalogue.open(sys.argv[1]).create_batch(whole, '')\n"
    )
    process = python(code, url)
    assert process.stdout is not None
    assert process.stdout.readline() == "in\n"
    process.kill()
    process.communicate()
    with Catalogue.open(url) as catalogue:
        assert catalogue.batches() == ()
        assert catalogue.create_batch(plan(1200), "").total == 1200


# ── schema ───────────────────────────────────────────────────────────────────────────────────────────────


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


# ── addresses and errors ─────────────────────────────────────────────────────────────────────────────────


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
