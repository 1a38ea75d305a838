"""Processes that must not outlive the one that started them."""

from __future__ import annotations

import os
import signal
import threading
import time


def follow_parent(parent: int, *, every: float = 1.0) -> threading.Thread:
    """Ask this process to stop warmly once `parent` is no longer its parent (it was killed, say)."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(every)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=watch, name="follow-parent", daemon=True)
    thread.start()
    return thread
