"""Where a machine keeps its state, from the environment, with defaults that need no server."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """`home` holds the catalogue and the objects unless they have addresses of their own; `broker` "" means an
    embedded worker with a queue in files.
    """

    home: Path
    catalogue: str
    store: str
    broker: str
    outputs: Path
    processes: int
    queue: Path

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read ATELIER_HOME, ATELIER_CATALOGUE, ATELIER_STORE, ATELIER_BROKER, ATELIER_OUTPUTS, ATELIER_PROCESSES,
        ATELIER_QUEUE.
        """
        env = os.environ if environment is None else environment
        home = Path(env.get("ATELIER_HOME") or ".atelier").absolute()
        return cls(
            home=home,
            catalogue=env.get("ATELIER_CATALOGUE") or f"sqlite:///{home / 'catalogue.sqlite'}",
            store=env.get("ATELIER_STORE") or str(home / "objects"),
            broker=env.get("ATELIER_BROKER") or "",
            outputs=Path(env.get("ATELIER_OUTPUTS") or "outputs").absolute(),
            processes=max(1, int(env.get("ATELIER_PROCESSES") or os.cpu_count() or 1)),
            queue=Path(env.get("ATELIER_QUEUE") or home / "queue").absolute(),
        )

    def environment(self) -> dict[str, str]:
        """The variables that give another process the same settings."""
        return {
            "ATELIER_HOME": str(self.home),
            "ATELIER_CATALOGUE": self.catalogue,
            "ATELIER_STORE": self.store,
            "ATELIER_BROKER": self.broker,
            "ATELIER_OUTPUTS": str(self.outputs),
            "ATELIER_PROCESSES": str(self.processes),
            "ATELIER_QUEUE": str(self.queue),
        }
