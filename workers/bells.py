"""Ring for chunks: a message that says where there is work. What it asks for stands in the catalogue."""

from __future__ import annotations

from collections.abc import Iterable

from celery import Celery

from pipelines.catalogue import Chunk

DRAW, PAINT, MAKE, CLOSE = "atelier.draw", "atelier.paint", "atelier.make", "atelier.close"


def ring(app: Celery, chunks: Iterable[Chunk]) -> int:
    """Send a message for each chunk over one connection; how many."""
    sent = 0
    with app.connection_for_write() as connection:
        for chunk in chunks:
            args = [chunk.batch] if chunk.task == CLOSE else [chunk.batch, list(chunk.names)]
            app.send_task(chunk.task, args=args, connection=connection)
            sent += 1
    return sent
