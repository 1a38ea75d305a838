"""A worker that lives as long as the command that started it: `atelier run` on one machine, with no server."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from pipelines.errors import AtelierError
from workers.settings import Settings
from workers.stops import EMBEDDED

_QUIET = {  # numpy's own threads would only get into each other's way: each process is one thread of work
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1",
}  # fmt: skip
_Ways = tuple[tuple[signal.Signals, float], ...]  # a signal, and the seconds that it is given
_COLDLY: _Ways = ((signal.SIGKILL, 5.0),)
_WARMLY: _Ways = ((signal.SIGTERM, 20.0), *_COLDLY)


@contextlib.contextmanager
def embedded_worker(settings: Settings, *, run: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a Celery worker in a process group of its own; stop it on the way out.

    After Ctrl-C it may finish what it has begun; after success or an error of the whole batch there is nothing worth
    finishing, and Celery's own farewell would take five seconds.

    Its log goes to `<home>/logs/<run>.log`.
    """
    logs = settings.home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with (logs / f"{run}.log").open("ab") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "workers.embedded", str(os.getpid())],
            env={**os.environ, **settings.environment(), **_QUIET, EMBEDDED: "1"},
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        ways = _WARMLY
        try:
            yield worker
            ways = _COLDLY
        except AtelierError:
            ways = _COLDLY
            raise
        finally:
            _stop(worker, ways)


def _stop(worker: subprocess.Popen[bytes], ways: _Ways) -> None:
    for kind, patience in ways:
        if worker.poll() is not None:
            break
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if kind is signal.SIGKILL:
                os.killpg(worker.pid, kind)
            else:
                worker.send_signal(kind)
        with contextlib.suppress(subprocess.TimeoutExpired):
            worker.wait(patience)


def log_path(settings: Settings, run: str) -> Path:
    """Where an embedded worker writes."""
    return settings.home / "logs" / f"{run}.log"


def main(parent: int) -> None:
    """Be the worker: prefork, as many children as the settings say, gone when `parent` is gone."""
    from workers.app import app
    from workers.supervision import follow_parent

    settings = Settings.load()
    follow_parent(parent)
    app.worker_main(
        ["worker", "--pool=prefork", f"--concurrency={settings.processes}", "--queues=gpu,cpu,control",
         "--loglevel=INFO", "--without-gossip", "--without-mingle", "--without-heartbeat", "--hostname=embedded@%h"]
    )  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]))
