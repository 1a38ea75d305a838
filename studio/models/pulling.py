"""`atelier models pull`: say what is fetched, fetch it, say where it lies."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rich.markup import escape

from pipelines.engines.checkpoints.judged import judge_parcel
from pipelines.engines.checkpoints.parts import adapter_parcel, control_parcel, preview_parcel
from pipelines.engines.checkpoints.pull import checkpoint_parcel, pull, pull_parcel, pull_settings
from pipelines.engines.hub import Parcel, cache_folder, held, unfinished
from pipelines.errors import EngineError
from pipelines.home import ROOT
from pipelines.judges import Judge
from pipelines.profiles import Profile
from studio import exits
from studio.models.listing import part_facts, part_table, short
from studio.models.shelf import Part, Shelf
from studio.output import console, print_json, sizes

_SETTINGS_GB = 0.02  # a large tokenizer and some small files


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for on the command line."""

    name: str
    adapter: bool = False
    controls: tuple[str, ...] = ()
    preview: bool = False
    no_weights: bool = False
    revision: str | None = None


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing to fetch: its word, where it comes from, and the doing, which gives the path that arrived."""

    word: str
    parcel: Parcel
    go: Callable[[], Path]


def pull_model(wish: Wish, *, dry_run: bool, as_json: bool, cache: Path | None = None) -> None:
    """Fetch it all, in the order of the table that is shown before. Raises EngineError at the first that fails."""
    model = Shelf.load(ROOT, cache).find(wish.name)
    errands = errands_of(wish, model, cache, quiet=as_json)
    where = cache_folder(cache)
    if not as_json:
        _announce(model, [_part(errand, cache) for errand in errands], where)
    if not dry_run:
        with _stoppable({errand.parcel.hub for errand in errands}, cache):
            for errand in errands:
                path = errand.go()
                if not as_json:
                    console().print(f"[green]{errand.word}[/], checked: {short(path)}", soft_wrap=True)
    if as_json:
        parts = [part_facts(_part(errand, cache)) for errand in errands]
        print_json({"name": model.name, "dry_run": dry_run, "cache": str(where), "parts": parts})


@contextmanager
def _stoppable(hubs: set[str], cache: Path | None) -> Iterator[None]:
    """Let Ctrl-C end the process at once: the hub's library would first finish the files under way, hours perhaps."""

    def half() -> set[Path]:
        return {file for hub in hubs for file in unfinished(hub, cache)}

    def stop(*_: object) -> None:
        for file in half() - before:
            file.unlink(missing_ok=True)
        os.write(sys.stderr.fileno(), b"\nstopped; files that arrived are kept, the same command fetches the rest\n")
        os._exit(exits.INTERRUPTED)

    before = half()
    usual = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


def errands_of(wish: Wish, model: Profile | Judge, cache: Path | None, *, quiet: bool) -> list[Errand]:
    """What a wish comes to. Raises EngineError for parts that the model does not have."""
    if isinstance(model, Judge):
        if wish.adapter or wish.controls or wish.preview or wish.no_weights:
            fix = f"run `atelier models pull {model.name}` alone"
            raise EngineError("a judge has no parts to choose from", got=model.name, fix=fix)
        parcel = judge_parcel(model, wish.revision or "")
        return [Errand("judge", parcel, lambda: pull_parcel(parcel, cache=cache, quiet=quiet))]
    parts = {"adapter": adapter_parcel(model)} if wish.adapter else {}
    parts |= {f"control {drawing}": control_parcel(model, drawing) for drawing in wish.controls}
    parts |= {"preview": preview_parcel(model)} if wish.preview else {}
    return [
        _checkpoint(wish, model, cache, quiet=quiet),
        *(_errand(*item, cache, quiet=quiet) for item in parts.items()),
    ]


def _errand(word: str, parcel: Parcel, cache: Path | None, *, quiet: bool) -> Errand:
    return Errand(word, parcel, lambda: pull_parcel(parcel, cache=cache, quiet=quiet))


def _checkpoint(wish: Wish, profile: Profile, cache: Path | None, *, quiet: bool) -> Errand:
    revision = wish.revision or "main"
    parcel = checkpoint_parcel(profile, revision)
    if wish.no_weights:
        files = tuple(pattern for pattern in parcel.files if not pattern.endswith(".safetensors"))
        bare = replace(parcel, files=files, gigabytes=_SETTINGS_GB, again=f"{parcel.again} --no-weights")
        return Errand("settings", bare, lambda: pull_settings(profile, revision=revision, cache=cache, quiet=quiet))
    return Errand("checkpoint", parcel, lambda: pull(profile, revision=revision, cache=cache, quiet=quiet).path)


def _part(errand: Errand, cache: Path | None) -> Part:
    return Part(errand.word, errand.parcel, held(errand.parcel, cache))


def _announce(model: Profile | Judge, parts: list[Part], where: Path) -> None:
    out = console()
    out.print(f"[bold]{model.name}[/]: {escape(model.title)}")
    out.print(part_table(parts))
    needed = sum(part.parcel.gigabytes for part in parts if part.state != "here")
    free = shutil.disk_usage(next(path for path in (where, *where.absolute().parents) if path.exists())).free
    if all(part.parcel.ships is not None for part in parts):
        out.print("It ships with Atelier: there is nothing to fetch.")
        return
    if not needed:
        out.print("All of it is here; what has changed since is fetched.")
        return
    out.print(f"About {needed:.3g} GB to fetch into {short(where)}, where {sizes(free)} are free.", soft_wrap=True)
    if needed * 1e9 > free:
        out.print("[yellow]note:[/] that is more than there is room for; HF_HOME moves the cache to another disk")
