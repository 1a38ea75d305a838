"""What stops a batch for everybody (a full disk, a lost store) is written down where whoever follows it will see it."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
from collections.abc import Callable, Iterator, Mapping

from pydantic import JsonValue

from pipelines.catalogue import Catalogue
from pipelines.errors import AtelierError, CatalogueError, RunError, StoreError

log = logging.getLogger("atelier.worker")
EMBEDDED = "ATELIER_EMBEDDED"  # set for a worker that belongs to one command
_STAGE = "stopped"
_KINDS: dict[str, type[AtelierError]] = {kind.__name__: kind for kind in (StoreError, CatalogueError)}


@contextlib.contextmanager
def told(catalogue: Callable[[], Catalogue], batch: str) -> Iterator[None]:
    """Write down any error of a task that is not one variant's matter, and raise it.

    Where even that cannot be written, a worker that belongs to one command stops, which its command notices.
    """
    try:
        yield
    except Exception as error:
        log.exception("batch %s is stopped", batch)
        try:
            catalogue().keep_result(_STAGE, batch, _record(error))
        except AtelierError:
            if os.environ.get(EMBEDDED):
                os.kill(os.getppid(), signal.SIGTERM)
        raise


def _record(error: Exception) -> dict[str, JsonValue]:
    if isinstance(error, AtelierError):
        got = None if error.got is None else str(error.got)
        return {"kind": type(error).__name__, "problem": error.problem, "got": got, "fix": error.fix}
    problem, fix = "the worker met an error that it does not know", "look at its log, then `atelier resume`"
    return {"kind": "RunError", "problem": problem, "got": f"{type(error).__name__}: {error}", "fix": fix}


def forget(catalogue: Catalogue, batch: str) -> None:
    """Nothing stops the batch as yet."""
    catalogue.forget_results(_STAGE, [batch])


def is_stopped(catalogue: Catalogue, batch: str) -> bool:
    """Whether something stops the batch until somebody submits it anew."""
    return catalogue.result(_STAGE, batch) is not None


def raise_if_stopped(catalogue: Catalogue, batch: str) -> None:
    """Raise what a worker wrote down."""
    found = catalogue.result(_STAGE, batch)
    if found is not None:
        raise _error(found)


def _error(found: Mapping[str, JsonValue]) -> AtelierError:
    kind = _KINDS.get(str(found["kind"]), RunError)
    problem, fix = str(found["problem"]), str(found["fix"])
    return kind(problem, fix=fix) if found["got"] is None else kind(problem, got=str(found["got"]), fix=fix)
