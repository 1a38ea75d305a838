"""`atelier doctor`: what this machine has, what is missing, how to mend it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from rich.table import Table

from pipelines.errors import AtelierError
from studio import exits
from studio.output import console, print_json, sizes
from workers.settings import Settings

Level = Literal["ok", "note", "bad"]
_ROOM = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `note` means that something is limited, `bad` that work will fail."""

    what: str
    level: Level
    found: str
    fix: str = ""


def doctor(*, as_json: bool) -> int:
    """Look at everything; an exit code."""
    findings = examine(Settings.load())
    if as_json:
        print_json({"healthy": not _bad(findings), "findings": [asdict(f) for f in findings]})
    else:
        _show(findings)
    return exits.ERROR if _bad(findings) else exits.DONE


def _bad(findings: list[Finding]) -> bool:
    return any(f.level == "bad" for f in findings)


def _show(findings: list[Finding]) -> None:
    table = Table("", "what", "found", "what to do")
    marks = {"ok": "[green]ok[/]", "note": "[yellow]note[/]", "bad": "[red]bad[/]"}
    for finding in findings:
        table.add_row(marks[finding.level], finding.what, finding.found, finding.fix)
    console().print(table)


def examine(settings: Settings) -> list[Finding]:
    """Every check, in the order in which a newcomer needs them."""
    checks: tuple[Callable[[Settings], Finding], ...] = (
        _python, _torchvision, _libraries, _node, _artwork, _home, _outputs, _room, _catalogue, _accelerator,
        _models, _print,
    )  # fmt: skip
    return [check(settings) for check in checks]


def _python(_: Settings) -> Finding:
    return Finding("Python", "ok", ".".join(map(str, sys.version_info[:3])))


def _torchvision(_: Settings) -> Finding:
    if importlib.util.find_spec("torchvision"):
        return Finding(
            "torchvision", "bad", "installed", "pip uninstall torchvision: it breaks transformers beside CPU torch"
        )
    return Finding("torchvision", "ok", "absent, as it should be")


def _libraries(_: Settings) -> Finding:
    wanted = ("resvg-py", "vtracer", "celery", "sqlalchemy", "pillow")
    missing = [name for name in wanted if not _version(name)]
    if missing:
        return Finding("libraries", "bad", f"missing: {', '.join(missing)}", "make setup")
    return Finding("libraries", "ok", ", ".join(f"{n} {_version(n)}" for n in wanted))


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _node(_: Settings) -> Finding:
    if node := shutil.which("npm"):
        return Finding("Node", "ok", node)
    return Finding(
        "Node",
        "note",
        "npm is not here",
        "install Node.js for all regional artwork; without it, our simple flags serve",
    )


def _artwork(_: Settings) -> Finding:
    from pipelines.artwork import ArtworkLibrary
    from pipelines.home import ROOT

    artwork = ArtworkLibrary(ROOT)
    if missing := artwork.missing_packages():
        return Finding(
            "artwork", "note", f"not installed: {', '.join(missing)}", "npm ci --prefix artwork (make artwork)"
        )
    return Finding("artwork", "ok", f"{len(artwork.codes())} regions")


def _print(_: Settings) -> Finding:
    from pipelines.engines.printer import lacking

    if (error := lacking()) is not None:
        return Finding("PDF", "note", error.problem, error.fix)
    return Finding("PDF", "ok", f"cairosvg {_version('cairosvg')}")


def _home(settings: Settings) -> Finding:
    return _writable("state", settings.home, "ATELIER_HOME")


def _outputs(settings: Settings) -> Finding:
    return _writable("outputs", settings.outputs, "ATELIER_OUTPUTS")


def _writable(what: str, folder: Path, variable: str) -> Finding:
    there = next(p for p in (folder, *folder.parents) if p.exists())
    if there.is_dir() and os.access(there, os.W_OK):
        return Finding(what, "ok", str(folder))
    return Finding(what, "bad", f"{folder} cannot be written", f"set {variable} to a folder of yours")


def _room(settings: Settings) -> Finding:
    there = next(p for p in (settings.home, *settings.home.parents) if p.exists())
    free = shutil.disk_usage(there).free
    level: Level = "ok" if free > _ROOM else "note"
    return Finding(
        "disk", level, f"{sizes(free)} free", "" if level == "ok" else "a hundred variants need about 200 MB"
    )


def _catalogue(settings: Settings) -> Finding:
    from pipelines.catalogue import Catalogue

    if settings.catalogue.startswith("sqlite") and not settings.home.exists():
        return Finding("catalogue", "ok", "none yet; the first run makes it")
    try:
        with Catalogue.open(settings.catalogue) as catalogue:
            return Finding("catalogue", "ok", f"{len(catalogue.batches())} batches")
    except AtelierError as error:
        return Finding("catalogue", "bad", error.problem, error.fix)


def _accelerator(_: Settings) -> Finding:
    if not importlib.util.find_spec("torch"):
        return Finding(
            "GPU", "note", "torch is not installed", "pip install 'atelier[gpu]' to repaint; placing needs none"
        )
    import torch

    if torch.cuda.is_available():
        return Finding("GPU", "ok", torch.cuda.get_device_name(0))
    if torch.backends.mps.is_available():
        return Finding("GPU", "ok", "Apple MPS")
    return Finding("GPU", "note", "none; torch runs on the CPU", "placing needs none; repainting is slow without")


def _models(_: Settings) -> Finding:
    from pipelines.home import ROOT
    from studio.models.shelf import Shelf

    try:
        entries = Shelf.load(ROOT).entries()
    except AtelierError as error:
        return Finding("models", "note", error.problem, error.fix)
    found = "; ".join(told for told in (entry.told() for entry in entries) if told)
    parts = [part for entry in entries for part in entry.parts]
    gone = [entry.model.name for entry in entries if entry.main.parcel.ships is not None and entry.main.state != "here"]
    if gone:
        lost = f"not whole, though it ships with Atelier: {', '.join(gone)}"
        return Finding("models", "note", "; ".join(told for told in (found, lost) if told), "install Atelier again")
    broken = next((part for part in parts if part.state == "half"), None)
    if broken is not None:
        return Finding("models", "note", found, broken.parcel.again)
    return Finding("models", "ok", found)
