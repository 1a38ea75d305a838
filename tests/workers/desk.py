"""What tests of workers share: small batches, planned, and `atelier` as a real process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pipelines.catalogue import Batch, Catalogue, Chunk
from studio.briefs import opened
from tests.briefs import BRIEF, write_brief
from tests.drawn import disc
from workers.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
MANY = 10


def small_brief(folder: Path) -> Path:
    """Three variants of 64 pixels."""
    return write_brief(folder, text=BRIEF.replace("size: 128", "size: 64"))


def larger_brief(folder: Path, *, variants: int = MANY) -> Path:
    """Variants enough to be caught at work."""
    names = [f"t{i}" for i in range(variants)]
    text = BRIEF.replace("red, green, blue", ", ".join(names))
    path = write_brief(folder, text=text)
    for i, name in enumerate(names):
        (folder / "art" / f"{name}.svg").write_bytes(disc("#ffffff", f"#{i * 10:02x}40{255 - i * 10:02x}"))
    return path


def planned(brief: Path) -> tuple[Settings, Catalogue, Batch]:
    """The brief's batch in the catalogue, its sources in the store."""
    settings = Settings.load()
    settings.home.mkdir(parents=True, exist_ok=True)
    desk = opened(brief, settings)
    catalogue = Catalogue.open(settings.catalogue)
    return settings, catalogue, catalogue.create_batch(desk.plan, desk.text)


def send(catalogue: Catalogue, task: Any, batch: str, names: Sequence[str] | None = None) -> None:
    """Plan a chunk and do it here, as if its message arrived."""
    catalogue.leases.add(Chunk(task.name, batch, tuple(names or ())), span=60.0)
    task(batch) if names is None else task(batch, names)


def start(*words: object) -> subprocess.Popen[str]:
    """`atelier` with these words, as its own process, in the environment of the test."""
    command = [sys.executable, "-m", "studio", *map(str, words)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=ROOT, env=environment)


def finished(process: subprocess.Popen[str], *, code: int = 0) -> dict[str, Any]:
    """The JSON object that it printed last."""
    said, words = process.communicate(timeout=120)
    assert process.returncode == code, said + words
    found: dict[str, Any] = json.loads(said.splitlines()[-1]) if said else {}
    return found


def wait(until: Callable[[], bool], *, seconds: float = 60) -> None:
    """Look again and again."""
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


def delivered(workplace: Path) -> int:
    """How many variants of the newest batch are delivered by now."""
    if not (workplace / "home" / "catalogue.sqlite").exists():
        return 0
    with Catalogue.open(Settings.load().catalogue) as catalogue:
        return sum(catalogue.counts(b.id).get("delivered", 0) for b in catalogue.batches()[:1])


def check_pack(pack: Path, variants: int) -> dict[str, Any]:
    """The manifest of a pack that holds every variant once, in every format, as its manifest says."""
    import hashlib

    manifest: dict[str, Any] = json.loads((pack / "manifest.json").read_bytes())
    assets = [asset for variant in manifest["variants"] for asset in variant["assets"]]
    assert len({asset["path"] for asset in assets}) == len(assets) == 4 * variants
    for asset in assets:
        assert hashlib.sha256((pack / asset["path"]).read_bytes()).hexdigest() == asset["sha256"]
    for kind in ("png", "webp", "avif", "svg"):
        assert len(list((pack / kind).iterdir())) == variants
    assert [p for p in (pack.parent / ".packs").iterdir() if p.name.startswith(".")] == []
    return manifest
