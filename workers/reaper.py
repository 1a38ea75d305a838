"""The reaper: rings again for what dead workers held and for messages that were lost, whatever the broker does."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from celery import Celery

from pipelines.catalogue import Catalogue, Chunk
from workers.bells import ring
from workers.holding import bury, waits
from workers.owners import new_owner
from workers.settings import Settings
from workers.stops import is_stopped

log = logging.getLogger("atelier.reaper")
_THRONE = Chunk("atelier.reap", None)  # of the reapers of many workers one reigns, while it lives


class Reaper:
    """Looks once a heartbeat at what is left lying; of one batch, or of all. Harmless in any number."""

    def __init__(
        self,
        app: Celery,
        catalogue: Catalogue,
        settings: Settings,
        *,
        batch: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app, self._catalogue, self._settings, self._batch = app, catalogue, settings, batch
        self._clock, self._next = clock, clock()
        self._owner = new_owner()

    def look(self) -> bool:
        """Ring for what is due, unless it looked just now or another reaper reigns; whether it looked."""
        if self._clock() < self._next:
            return False
        self._next = self._clock() + self._settings.heartbeat
        if self._batch is None and not self._reigns():
            return False
        self._reap()
        return True

    def _reigns(self) -> bool:
        leases, span = self._catalogue.leases, self._settings.patience
        leases.add(_THRONE, span=span)
        return leases.beat(_THRONE, self._owner, span=span) or leases.take(_THRONE, self._owner, span=span)

    def _reap(self) -> None:
        leases = self._catalogue.leases
        bury(leases, self._batch)
        due = leases.due(self._batch, span=waits(self._settings))
        stopped = {batch for batch in {chunk.batch for chunk in due} if batch and is_stopped(self._catalogue, batch)}
        going = [chunk for chunk in due if chunk.batch not in stopped]
        for chunk in going:
            log.info("ringing again for %s of %s: %s", chunk.task, chunk.batch, ", ".join(chunk.names))
        if going:
            ring(self._app, going)


def reap_forever(app: Celery, settings: Settings) -> threading.Thread:
    """A thread that looks after all batches for as long as this process lives."""

    def watch() -> None:
        reaper = None
        while True:
            try:
                reaper = reaper or Reaper(app, Catalogue.open(settings.catalogue), settings)
                reaper.look()
            except Exception:  # a lost database or broker may come back
                log.exception("the reaper could not look")
            time.sleep(settings.heartbeat)

    thread = threading.Thread(target=watch, name="reaper", daemon=True)
    thread.start()
    return thread
