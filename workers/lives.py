"""What begins with a worker: its processes follow it into death, and it looks after what other workers left."""

from __future__ import annotations

import os

from celery.signals import worker_process_init, worker_ready

from workers.app import app
from workers.reaper import reap_forever
from workers.settings import Settings
from workers.stops import EMBEDDED
from workers.supervision import die, follow_parent

_MAIN = os.getpid()  # this is imported before the first fork


@worker_process_init.connect  # type: ignore[untyped-decorator]  # celery has no types
def follow_main(**_: object) -> None:
    """A process whose worker was killed gets no more work, and would hold what it has."""
    follow_parent(_MAIN, then=die)


@worker_ready.connect  # type: ignore[untyped-decorator]  # celery has no types
def look_after_others(**_: object) -> None:
    """An embedded worker leaves that to the command that it belongs to, and so minds that command's batch alone."""
    if not os.environ.get(EMBEDDED):
        reap_forever(app, Settings.load())
