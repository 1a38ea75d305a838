"""`atelier models check`: what a file, folder, hub id or name is, and whether it can be used."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape

from pipelines.engines.checkpoints.judged import judge_parcel
from pipelines.engines.checkpoints.pull import checkpoint_parcel
from pipelines.engines.hub import find
from pipelines.engines.recognised import Recognised, recognise
from pipelines.home import ROOT
from pipelines.profiles import find_profile
from studio.models.shelf import Shelf
from studio.output import console, print_json, sizes


def check_model(where: str, profile: str | None, *, as_json: bool, cache: Path | None = None) -> None:
    """Say what it is. Raises EngineError, and so ends with exit code 1, for what cannot be used."""
    found = _found(where, profile, Shelf.load(ROOT, cache))
    if as_json:
        told = {"what": found.what.split(" ", 1)[1], "base": found.base, "path": str(found.path)}
        print_json({"usable": True, **told, "bytes": found.size, "profiles": list(found.profiles), **found.facts})
        return
    out = console()
    out.print(f"[green]{found.what}[/] for {escape(found.base)}, whole: {sizes(found.size)}")
    if found.profiles:
        out.print(f"fits: {', '.join(found.profiles)}")
    for name, value in {"path": str(found.path), **found.facts}.items():
        out.print(f"{name}: {escape(value)}", soft_wrap=True)


def _found(where: str, profile: str | None, shelf: Shelf) -> Recognised:
    wanted = find_profile(shelf.profiles, profile) if profile is not None else None
    named = not Path(where).expanduser().exists()
    if named and wanted is None and where in shelf.judges:
        parcel = judge_parcel(shelf.judges[where])
        path = find(parcel, shelf.cache)
        size = sum(file.stat().st_size for file in parcel.within(path))
        origin = {"ships": "with Atelier"} if parcel.ships is not None else {"revision": path.name}
        return Recognised("a judge", "likeness", path, size, (), origin)
    if named and wanted is None and where in shelf.profiles:
        wanted = shelf.profiles[where]
        where = str(find(checkpoint_parcel(wanted))) if wanted.ships else wanted.hub
    return recognise(where, shelf.profiles, wanted=wanted, cache=shelf.cache)
