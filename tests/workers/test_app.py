from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.errors import RunError
from workers.app import configure
from workers.settings import Settings


def settings(folder: Path, **others: str) -> Settings:
    return Settings.load({"ATELIER_HOME": str(folder), **others})


def test_without_a_broker_the_queue_is_a_folder(tmp_path: Path) -> None:
    app = configure(settings(tmp_path))
    assert app.conf.broker_url == "filesystem://"
    assert (tmp_path / "queue" / "messages").is_dir()


def test_a_broker_of_ones_own_is_used(tmp_path: Path) -> None:
    app = configure(settings(tmp_path, ATELIER_BROKER="amqp://broker"))
    assert app.conf.broker_url == "amqp://broker"
    assert not (tmp_path / "queue").exists()


def test_messages_are_acknowledged_late_and_one_is_fetched_at_a_time(tmp_path: Path) -> None:
    conf = configure(settings(tmp_path)).conf
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1
    assert {queue.name for queue in conf.task_queues} == {"gpu", "cpu", "control"}


def test_settings_survive_the_way_to_another_process(tmp_path: Path) -> None:
    first = settings(tmp_path, ATELIER_PROCESSES="3", ATELIER_BROKER="redis://r", ATELIER_HEARTBEAT="0.5")
    assert Settings.load(first.environment()) == first


def test_one_process_a_processor_is_the_default(tmp_path: Path) -> None:
    assert settings(tmp_path).processes == os.cpu_count()


@pytest.mark.parametrize("text", ["many", "0", "-1", "1.5", "100000"])
def test_an_odd_number_of_processes_is_a_clear_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(RunError, match="ATELIER_PROCESSES"):
        settings(tmp_path, ATELIER_PROCESSES=text)


def test_a_worker_beats_every_two_seconds_and_is_dead_after_ten_of_silence(tmp_path: Path) -> None:
    assert (settings(tmp_path).heartbeat, settings(tmp_path).patience) == (2.0, 10.0)
    assert settings(tmp_path, ATELIER_HEARTBEAT="20").patience == 60.0


@pytest.mark.parametrize(
    "given",
    [{"ATELIER_HEARTBEAT": "often"}, {"ATELIER_HEARTBEAT": "0"}, {"ATELIER_HEARTBEAT": "nan"},
     {"ATELIER_PATIENCE": "5"}, {"ATELIER_PATIENCE": "1e9"}],
)  # fmt: skip
def test_odd_seconds_are_a_clear_error(tmp_path: Path, given: dict[str, str]) -> None:
    with pytest.raises(RunError, match=f"{next(iter(given))} is no sound number of seconds.*give a number"):
        settings(tmp_path, **given)
