"""Hold a chunk's lease while working on it: a thread beats, and tells when the lease is somebody else's."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipelines.catalogue import Chunk, Leases
from pipelines.errors import AtelierError
from workers.owners import is_gone, new_owner
from workers.settings import Settings

log = logging.getLogger("atelier.worker")


@dataclass(frozen=True, slots=True)
class Lease:
    """A chunk that is ours until it is finished, or `lost` because we kept silent for too long."""

    chunk: Chunk
    owner: str
    leases: Leases
    pace: Settings
    lost: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def beat(self) -> None:
        """Say that we are alive, once."""
        try:
            if not self.leases.beat(self.chunk, self.owner, span=self.pace.patience):
                self.lost.set()
        except AtelierError as error:
            log.warning("no heartbeat for %s of %s: %s", self.chunk.task, self.chunk.batch, error)

    def finish(self, after: Sequence[Chunk] = ()) -> bool:
        """Done; whether what follows was planned and may be rung for."""
        self.over.set()
        return self.leases.finish(self.chunk, self.owner, after, span=waits(self.pace))


def waits(pace: Settings) -> float:
    """Seconds for which a message is trusted while nobody is busy with its like."""
    return 2 * pace.heartbeat


@contextlib.contextmanager
def held(leases: Leases, chunk: Chunk, pace: Settings) -> Iterator[Lease | None]:
    """The chunk's lease; None when there is nothing to do or a living worker holds it: the message came twice.

    Given back, to be done by another, when it was not finished.
    """
    lease = Lease(chunk, new_owner(), leases, pace)
    if not _taken(lease):
        yield None
        return
    thread = threading.Thread(target=_keep, args=(lease,), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield lease
    finally:
        unfinished = not lease.over.is_set()
        lease.over.set()
        thread.join()
        if unfinished:
            with contextlib.suppress(AtelierError):
                leases.end(chunk, lease.owner)


def bury(leases: Leases, batch: str | None = None) -> None:
    """End the leases of processes of this machine that are gone: nobody needs to wait for their heartbeat."""
    for chunk, owner in leases.held(batch):
        if is_gone(owner):
            leases.end(chunk, owner)


def _taken(lease: Lease) -> bool:
    return lease.leases.take(lease.chunk, lease.owner, span=lease.pace.patience)


def _keep(lease: Lease) -> None:
    while not lease.over.wait(lease.pace.heartbeat) and not lease.lost.is_set():
        lease.beat()
