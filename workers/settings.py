"""Where a machine keeps its state, from the environment, with defaults that need no server."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import RunError

_MOST_PROCESSES = 512
_LONGEST = 600.0


@dataclass(frozen=True, slots=True)
class Settings:
    """`home` holds the catalogue and the objects unless they have addresses of their own; `broker` "" means an
    embedded worker with a queue in files. A worker tells every `heartbeat` seconds that it is alive, and is taken for
    dead after `patience` seconds of silence.
    """

    home: Path
    catalogue: str
    store: str
    broker: str
    outputs: Path
    processes: int
    queue: Path
    compiles: bool = False
    heartbeat: float = 2.0
    patience: float = 10.0

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read ATELIER_HOME, ATELIER_CATALOGUE, ATELIER_STORE, ATELIER_BROKER, ATELIER_OUTPUTS, ATELIER_PROCESSES,
        ATELIER_QUEUE, ATELIER_COMPILE, ATELIER_HEARTBEAT, ATELIER_PATIENCE.
        """
        env = os.environ if environment is None else environment
        home = Path(env.get("ATELIER_HOME") or ".atelier").absolute()
        heartbeat = _seconds(env, "ATELIER_HEARTBEAT", 2.0, least=0.05)
        return cls(
            home=home,
            catalogue=env.get("ATELIER_CATALOGUE") or f"sqlite:///{home / 'catalogue.sqlite'}",
            store=env.get("ATELIER_STORE") or str(home / "objects"),
            broker=env.get("ATELIER_BROKER") or "",
            outputs=Path(env.get("ATELIER_OUTPUTS") or "outputs").absolute(),
            processes=_processes(env.get("ATELIER_PROCESSES", "")),
            queue=Path(env.get("ATELIER_QUEUE") or home / "queue").absolute(),
            compiles=env.get("ATELIER_COMPILE", "").lower() in ("1", "true", "yes", "on"),
            heartbeat=heartbeat,
            patience=_seconds(env, "ATELIER_PATIENCE", max(10.0, 3 * heartbeat), least=3 * heartbeat),
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
            "ATELIER_COMPILE": "1" if self.compiles else "",
            "ATELIER_HEARTBEAT": str(self.heartbeat),
            "ATELIER_PATIENCE": str(self.patience),
        }


def _processes(text: str) -> int:
    if not text:
        return os.cpu_count() or 1
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_PROCESSES:
        fix = f"give a whole number from 1 to {_MOST_PROCESSES}, or nothing for one a processor"
        raise RunError("ATELIER_PROCESSES is no number of processes", got=text, fix=fix)
    return int(text)


def _seconds(env: Mapping[str, str], name: str, default: float, *, least: float) -> float:
    text = env.get(name) or str(default)
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not least <= seconds <= _LONGEST:
        fix = f"give a number of seconds from {least:g} to {_LONGEST:g}, or nothing for {default:g}"
        raise RunError(f"{name} is no sound number of seconds", got=text, fix=fix)
    return seconds
