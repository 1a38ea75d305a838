"""A worker that lives as long as the command that started it: `atelier run` on one machine, with no server."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from workers.settings import Settings

_QUIET = {  # numpy's own threads would only get into each other's way: each process is one thread of work
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1",
}  # fmt: skip
_PATIENCE = 20.0


@contextlib.contextmanager
def embedded_worker(settings: Settings, *, run: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a Celery worker in a process group of its own; stop it warmly on the way out, coldly if it lingers.

    Its log goes to `<home>/logs/<run>.log`.
    """
    logs = settings.home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with (logs / f"{run}.log").open("ab") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "workers.embedded", str(os.getpid())],
            env={**os.environ, **settings.environment(), **_QUIET},
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            yield worker
        finally:
            _stop(worker)


def _stop(worker: subprocess.Popen[bytes]) -> None:
    for kind, patience in ((signal.SIGTERM, _PATIENCE), (signal.SIGKILL, 5.0)):
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
