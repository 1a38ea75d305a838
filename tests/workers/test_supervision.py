from __future__ import annotations

import subprocess
import sys

import psutil

from tests.workers.desk import ROOT, wait

CHILD = """
import os, signal, sys, time
from workers.supervision import follow_parent, {then}
signal.signal(signal.SIGTERM, lambda *_: None)  # busy with something long
follow_parent(int(sys.argv[1]), then={call}, every=0.05)
print(os.getpid(), flush=True)
time.sleep(60)
"""
PARENT = """
import os, subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[1], str(os.getpid())], start_new_session=True)
time.sleep(60)
"""


def orphan(then: str, call: str) -> psutil.Process:
    """A process whose parent was killed."""
    code = CHILD.format(then=then, call=call)
    parent = subprocess.Popen([sys.executable, "-c", PARENT, code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    assert child.is_running()
    parent.kill()
    parent.wait()
    return child


def test_a_worker_that_is_busy_for_long_does_not_outlive_its_command_by_more_than_its_grace() -> None:
    child = orphan("stop_group", "lambda: stop_group(grace=0.3)")
    wait(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, seconds=10)


def test_a_process_of_a_killed_worker_is_gone_at_once() -> None:
    child = orphan("die", "die")
    wait(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, seconds=10)
