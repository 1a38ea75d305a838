"""Who holds a lease: host, process and a name of its own; of one on this machine, whether it is still there."""

from __future__ import annotations

import contextlib
import functools
import os
import platform
import uuid
from pathlib import Path

import psutil


def new_owner() -> str:
    """A name that nobody had before: host:pid:uuid."""
    return f"{_host()}:{os.getpid()}:{uuid.uuid4().hex}"


def is_gone(owner: str) -> bool:
    """Whether it was a process of this machine that is no more; False wherever one cannot know."""
    host, process, _ = owner.rsplit(":", 2)
    return "/" in host and host == _host() and not psutil.pid_exists(int(process))


@functools.cache
def _host() -> str:
    """The machine's name and, where the system tells, its start and space of processes: containers have their own."""
    with contextlib.suppress(OSError):
        start = Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
        return f"{platform.node()}/{start}-{Path('/proc/self/ns/pid').readlink().name[5:-1]}"
    return platform.node()
