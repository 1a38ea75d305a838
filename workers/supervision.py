"""Processes that must not outlive the one that started them."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable

_GRACE = 5.0  # seconds for what was begun; its lease goes to whoever takes the batch up


def follow_parent(parent: int, *, then: Callable[[], None], every: float = 0.5) -> threading.Thread:
    """Do `then` once `parent` is no longer the parent of this process (it was killed, say)."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(every)
        then()

    thread = threading.Thread(target=watch, name="follow-parent", daemon=True)
    thread.start()
    return thread


def stop_group(*, grace: float = _GRACE) -> None:
    """Stop this process and all that it started: first warmly, so that what is nearly done gets done."""
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def die() -> None:
    """Stop this process at once, whatever it is at."""
    os.kill(os.getpid(), signal.SIGKILL)
