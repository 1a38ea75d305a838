"""A worker that lives as long as the command that started it: `atelier run` on one machine, with no server."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from pipelines.errors import AtelierError
from workers.settings import Settings
from workers.stops import EMBEDDED

_QUIET = {  # numpy's own threads would only get into each other's way: each process is one thread of work
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
}  # fmt: skip
_LIVES = 20  # times that a worker is started before somebody has to look why it is killed
_Ways = tuple[tuple[signal.Signals, float], ...]  # a signal, and the seconds that it is given
_COLDLY: _Ways = ((signal.SIGKILL, 5.0),)
_WARMLY: _Ways = ((signal.SIGTERM, 20.0), *_COLDLY)


@contextlib.contextmanager
def embedded_worker(settings: Settings, *, run: str, models: bool = False) -> Iterator[Callable[[], bool]]:
    """Start Celery workers in process groups of their own; stop them on the way out. Gives whether all are alive.

    One has as many processes as the settings say; with `models` a second one, of a single process that may use every
    core, takes the work that needs them: each process would load them anew.

    After Ctrl-C they may finish what they have begun; after success or an error of the whole batch there is nothing
    worth finishing, and Celery's own farewell would take five seconds. One that was killed is started anew when asked
    whether it is alive. Their log goes to `<home>/logs/<run>.log`.
    """
    logs = settings.home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with (logs / f"{run}.log").open("ab") as log:
        workers = [_Worker(settings, log, kind) for kind in (("cpu", "gpu") if models else ("cpu",))]
        ways = _WARMLY
        try:
            yield lambda: all(worker.is_alive() for worker in workers)
            ways = _COLDLY
        except AtelierError:
            ways = _COLDLY
            raise
        finally:
            for worker in workers:
                _stop(worker.process, ways)


class _Worker:
    """A process that is started anew when it was killed: by hand, or for want of memory."""

    def __init__(self, settings: Settings, log: IO[bytes], kind: str) -> None:
        self._given = (settings, log, kind)
        self._lives = _LIVES
        self.process = _started(*self._given)

    def is_alive(self) -> bool:
        """Whether it works, be it as another process by now."""
        if self.process.poll() == -signal.SIGKILL and self._lives > 1:
            self._lives -= 1
            self.process = _started(*self._given)
        return self.process.poll() is None


def _started(settings: Settings, log: IO[bytes], kind: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "workers.embedded", str(os.getpid()), kind],
        env={
            "OMP_WAIT_POLICY": "PASSIVE",  # threads of a model that wait must not take the cores of those who draw
            **os.environ,
            **settings.environment(),
            **(_QUIET if kind == "cpu" else {}),
            "PYTHONUNBUFFERED": "1",
            EMBEDDED: "1",
        },
        stdout=log,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


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


def main(parent: int, kind: str) -> None:
    """Be a worker, gone when `parent` is gone: prefork with as many children as the settings say, or one for models."""
    from workers.app import app
    from workers.supervision import follow_parent, stop_group

    settings = Settings.load()
    follow_parent(parent, then=stop_group)
    processes, queues = (settings.processes, "cpu,control") if kind == "cpu" else (1, "gpu")
    app.worker_main(
        ["worker", "--pool=prefork", f"--concurrency={processes}", f"--queues={queues}",
         "--loglevel=INFO", "--without-gossip", "--without-mingle", "--without-heartbeat",
         f"--hostname=embedded-{kind}@%h"]
    )  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
