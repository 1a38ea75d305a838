from __future__ import annotations

import os
import signal
from pathlib import Path

import psutil

from studio import exits
from tests.workers.desk import MANY, check_pack, delivered, finished, larger_brief, small_brief, start, wait


def workers_of(process: int) -> list[psutil.Process]:
    """The processes that a run has started, the oldest first."""
    return psutil.Process(process).children(recursive=True)


def test_ctrl_c_exits_as_documented_and_resume_finishes(workplace: Path) -> None:
    run = start("run", larger_brief(workplace / "brief", variants=20))
    wait(lambda: delivered(workplace) >= 1)
    workers = workers_of(run.pid)
    run.send_signal(signal.SIGINT)
    finished(run, code=exits.INTERRUPTED)
    assert not any(worker.is_running() for worker in workers), "a worker outlived its command"
    assert not (workplace / "outputs" / "small").exists()
    found = finished(start("resume", "--json"))
    assert 0 < found["made"] < 20
    assert found["accepted"] + found["review"] == 20
    check_pack(workplace / "outputs" / "small", 20)


def test_a_killed_run_loses_nothing_and_resume_delivers_every_variant_once(workplace: Path) -> None:
    run = start("run", larger_brief(workplace / "brief"))
    wait(lambda: delivered(workplace) >= 1)
    workers = workers_of(run.pid)
    run.kill()
    run.communicate()
    found = finished(start("resume", "--json"))
    assert found["made"] < MANY  # the workers that the run leaves behind may finish it
    assert found["failed"] == 0
    check_pack(workplace / "outputs" / "small", MANY)
    wait(lambda: not any(worker.is_running() for worker in workers))
    check_pack(workplace / "outputs" / "small", MANY)


def test_a_machine_that_dies_with_its_workers_loses_nothing_and_resume_makes_the_rest(workplace: Path) -> None:
    run = start("run", larger_brief(workplace / "brief", variants=20))
    wait(lambda: delivered(workplace) >= 1)
    for process in (psutil.Process(run.pid), *workers_of(run.pid)):
        process.kill()
    run.communicate()
    found = finished(start("resume", "--json"))
    assert 0 < found["made"] < 20
    assert found["failed"] == 0
    check_pack(workplace / "outputs" / "small", 20)


def test_a_killed_worker_process_loses_no_variant(workplace: Path) -> None:
    run = start("run", larger_brief(workplace / "brief"), "--json")
    wait(lambda: delivered(workplace) >= 1)
    os.kill(workers_of(run.pid)[-1].pid, signal.SIGKILL)
    assert finished(run)["failed"] == 0
    check_pack(workplace / "outputs" / "small", MANY)


def test_editing_the_brief_and_its_artwork_does_not_disturb_the_run(workplace: Path) -> None:
    brief = larger_brief(workplace / "brief")
    text = brief.read_text()
    run = start("run", brief, "--json")
    wait(lambda: delivered(workplace) >= 1)
    brief.write_text("nonsense: [")
    for file in (workplace / "brief" / "art").iterdir():
        file.write_text("gone")
    (workplace / "brief" / "master.svg").unlink()
    assert finished(run)["failed"] == 0
    check_pack(workplace / "outputs" / "small", MANY)
    assert (workplace / "outputs" / "small" / "brief.yaml").read_text() == text


def test_two_runs_at_once_on_one_home_deliver_one_sound_pack(workplace: Path) -> None:
    brief = small_brief(workplace / "brief")
    first, second = start("run", brief, "--json"), start("run", brief, "--json")
    for run in (first, second):
        found = finished(run)
        assert (found["accepted"] + found["review"], found["failed"]) == (3, 0)
    manifest = check_pack(workplace / "outputs" / "small", 3)
    assert {variant["state"] for variant in manifest["variants"]} == {"delivered"}
