"""One catalogue in many processes, some of which die, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import signal
import time

from pipelines.catalogue import Catalogue
from tests.making import plan
from tests.pipelines.catalogue.made import BATCH, python


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
