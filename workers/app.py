"""The Celery application: two queues, late acknowledgement, one message at a time, ids only."""

from __future__ import annotations

from pathlib import Path

from celery import Celery
from kombu.entity import Queue

from workers.settings import Settings

FILES = "filesystem://"


def configure(settings: Settings) -> Celery:
    """An application for these settings. Without a broker the queue is a folder."""
    app = Celery("atelier")
    app.conf.update(
        broker_url=settings.broker or FILES,
        broker_connection_retry_on_startup=True,
        task_queues=list(map(Queue, ("gpu", "cpu", "control"))),
        task_default_queue="cpu",
        task_routes={"atelier.close": {"queue": "control"}, "atelier.paint": {"queue": "gpu"}},
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        worker_lost_wait=1.0,  # nobody waits for results, so a killed process needs no long grace
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        task_serializer="json",
        accept_content=["json"],
        imports=["workers.tasks", "workers.lives"],
    )
    if not settings.broker:
        app.conf.broker_transport_options = queue_in_files(settings.queue)
    return app


def queue_in_files(folder: Path) -> dict[str, object]:
    """Kombu's filesystem transport in `folder`; polled often, since nothing rings there."""
    messages, control = folder / "messages", folder / "control"
    for path in (messages, control):
        path.mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(messages),
        "data_folder_out": str(messages),
        "control_folder": str(control),
        "polling_interval": 0.05,
    }


app = configure(Settings.load())
