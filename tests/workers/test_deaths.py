"""Real workers, killed in the middle of a batch: it is delivered all the same, with the same bytes, and soon."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from kombu.connection import Connection

from pipelines.catalogue import Catalogue
from tests.pipelines.catalogue.made import fresh_postgres
from tests.services import missing
from tests.workers.desk import ROOT, check_pack, finished, larger_brief, start, wait
from workers.settings import Settings

VARIANTS = 12
SOON = 15.0  # seconds from a worker's death until another has taken up, or done, what it held
REDIS = os.environ.get("ATELIER_TEST_REDIS") or "redis://127.0.0.1:6379/11"
RABBIT = os.environ.get("ATELIER_TEST_RABBITMQ") or "amqp://guest:guest@127.0.0.1:5672/"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Digests of the files of a batch that nobody disturbed, by path."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("home", "outputs"):
            patch.setenv(f"ATELIER_{name.upper()}", str(folder / name))
        finished(start("run", larger_brief(folder / "brief", variants=VARIANTS), "--json"))
    return digests(folder)


def digests(folder: Path) -> dict[str, str]:
    manifest = check_pack(folder / "outputs" / "small", VARIANTS)
    return {asset["path"]: asset["sha256"] for variant in manifest["variants"] for asset in variant["assets"]}


def made(*, of: str) -> int:
    """Variants delivered by now; -1 while there is no batch."""
    with Catalogue.open(of) as catalogue:
        return sum(catalogue.counts(b.id).get("delivered", 0) for b in catalogue.batches()[:1])


def kill(process: int) -> None:
    """A worker with all its processes, at once."""
    main = psutil.Process(process)
    for one in (main, *main.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()


def killed_at_work(url: str, worker: int) -> float:
    """Kill a worker while it holds a chunk; the seconds until the chunk is its no more."""
    with Catalogue.open(url) as catalogue:

        def holding() -> set[str]:
            own = {child.pid for child in psutil.Process(worker).children(recursive=True)}
            return {owner for _, owner in catalogue.leases.held() if int(owner.split(":")[1]) in own}

        wait(lambda: bool(holding()))
        for child in psutil.Process(worker).children(recursive=True):
            child.suspend()  # that it may not be done just now
        owners = holding()
        kill(worker)
        killed = time.monotonic()
        assert owners
        wait(lambda: not owners & {owner for _, owner in catalogue.leases.held()}, seconds=SOON + 5)
        return time.monotonic() - killed


def test_an_embedded_worker_is_killed(workplace: Path, undisturbed: dict[str, str]) -> None:
    catalogue = Settings.load().catalogue
    (workplace / "home").mkdir()
    run = start("run", larger_brief(workplace / "brief", variants=VARIANTS), "--json")
    wait(lambda: made(of=catalogue) >= 1)
    assert killed_at_work(catalogue, psutil.Process(run.pid).children()[0].pid) < SOON
    assert finished(run)["failed"] == 0
    assert digests(workplace) == undisturbed


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A Redis whose queues are empty."""
    import redis

    client = redis.Redis.from_url(REDIS)
    try:
        client.flushdb()
    except redis.ConnectionError as error:
        missing(f"no Redis answers at {REDIS} ({error})")
    monkeypatch.setenv("ATELIER_BROKER", REDIS)
    yield REDIS
    client.flushdb()


@pytest.fixture
def rabbit(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """RabbitMQ with a space of its own where we may make one, and PostgreSQL."""
    try:
        with Connection(RABBIT, connect_timeout=3) as connection:
            connection.connect()
    except OSError as error:
        missing(f"no RabbitMQ answers at {RABBIT} ({error})")
    space = f"atelier-{uuid.uuid4().hex[:8]}"
    own = shutil.which("rabbitmqctl") and _rabbitmqctl("add_vhost", space)
    if own:
        _rabbitmqctl("set_permissions", "-p", space, "guest", ".*", ".*", ".*")
    for database in fresh_postgres():
        monkeypatch.setenv("ATELIER_BROKER", RABBIT + (space if own else "/"))
        monkeypatch.setenv("ATELIER_CATALOGUE", database)
        yield RABBIT
    if own:
        _rabbitmqctl("delete_vhost", space)


def _rabbitmqctl(*words: str) -> bool:
    return subprocess.run(["rabbitmqctl", "--quiet", *words], check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize("broker", ["redis", "rabbit"])
def test_one_of_two_workers_of_a_broker_is_killed(
    workplace: Path, undisturbed: dict[str, str], broker: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(broker)
    catalogue = Settings.load().catalogue
    (workplace / "home").mkdir()
    Catalogue.open(catalogue).close()
    with _worker(workplace, "first") as first, _worker(workplace, "second"):
        run = start("run", larger_brief(workplace / "brief", variants=VARIANTS), "--json")
        wait(lambda: made(of=catalogue) >= 1)
        assert killed_at_work(catalogue, first.pid) < SOON
        assert finished(run)["failed"] == 0
    assert digests(workplace) == undisturbed


@contextlib.contextmanager
def _worker(workplace: Path, name: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "celery", "--app", "workers.app", "worker", "--queues=gpu,cpu,control",
               "--concurrency=1", "--loglevel=INFO", f"--hostname={name}@%h", "--without-mingle"]  # fmt: skip
    with (workplace / f"{name}.log").open("wb") as log:
        worker = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env={**os.environ, "C_FORCE_ROOT": "1"})
    try:
        yield worker
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            kill(worker.pid)
        worker.wait(10)
