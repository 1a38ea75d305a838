"""`atelier schema`, `check` and `plan`: briefs before anything runs."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from pipelines.errors import BriefError
from pipelines.home import ROOT
from pipelines.model import Plan
from studio.output import console, print_json
from workers.settings import Settings


@dataclass(frozen=True, slots=True)
class Desk:
    """A brief, planned, its sources in the store."""

    plan: Plan
    text: str


def print_schema() -> None:
    """The JSON Schema of briefs."""
    from pipelines.brief import schema

    sys.stdout.write(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")


def check(path: Path, *, as_json: bool) -> None:
    """Report mistakes (raised) and warnings."""
    _, brief_name, warnings = _read(path)
    if as_json:
        print_json({"brief": brief_name, "sound": True, "warnings": list(warnings)})
        return
    for warning in warnings:
        console().print(f"[yellow]note:[/] {warning}")
    console().print(f"[green]{brief_name} is sound[/]")


def _read(path: Path) -> tuple[str, str, tuple[str, ...]]:
    from pipelines.brief import Shelf, read_brief

    text = _text(path)
    checked = read_brief(text, Shelf.open(path.parent, root=ROOT), name=path.name)
    return text, checked.brief.name, tuple(map(str, checked.warnings))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BriefError(f"{path.name} is not UTF-8", got=str(error), fix="save the file as UTF-8") from error
    except IsADirectoryError as error:
        raise BriefError("that is a folder, not a brief", got=str(path), fix="name the YAML file in it") from error
    except OSError as error:
        near = sorted(p.name for p in path.parent.glob("*.y*ml"))[:5] if path.parent.is_dir() else []
        fix = f"in that folder are: {', '.join(near)}" if near else "examples/mascot/brief.yaml is one to start from"
        raise BriefError("there is no such brief", got=str(path), fix=fix) from error


def planned(path: Path) -> tuple[Plan, dict[str, bytes], str]:
    """A brief → its plan, the bytes of its sources, and its text."""
    from pipelines.brief import Shelf, read_brief
    from pipelines.plan import make_plan

    text = _text(path)
    shelf = Shelf.open(path.parent, root=ROOT)
    checked = read_brief(text, shelf, name=path.name)
    done = make_plan(checked.brief, shelf, warnings=tuple(map(str, checked.warnings)))
    return done.plan, dict(done.files), text


def opened(path: Path, settings: Settings) -> Desk:
    """Plan a brief and take its sources into the store, so that editing the files cannot disturb the run."""
    from pipelines.store import open_store

    plan, files, text = planned(path)
    store = open_store(settings.store)
    for digest, data in files.items():
        if not store.has(digest):
            store.put(data)
    return Desk(plan, text)


def show_plan(path: Path, *, as_json: bool) -> None:
    """What a run would make, and why."""
    from pipelines.catalogue import MADE, Catalogue
    from pipelines.plan import compare

    plan, _, _ = planned(path)
    settings = Settings.load()
    if settings.catalogue.startswith("sqlite") and not settings.home.exists():
        outlook = compare(plan, lambda _: set())
    else:
        with Catalogue.open(settings.catalogue) as catalogue:
            latest = catalogue.latest(plan.brief)
            previous = catalogue.plan_of(latest.id) if latest else None
            outlook = compare(plan, lambda digests: catalogue.known(MADE, digests), previous)
    found = {
        "brief": plan.brief, "variants": len(plan.orders), "unchanged": len(outlook.unchanged),
        "new": [c.name for c in outlook.new], "vanished": list(outlook.vanished), "warnings": list(plan.warnings),
        "stale": {c.name: {"reasons": list(c.reasons), "new_pixels": c.pixels} for c in outlook.stale},
    }  # fmt: skip
    if as_json:
        print_json(found)
        return
    _plan_words(found)


def _plan_words(found: dict[str, object]) -> None:
    out = console()
    new, stale, vanished, warnings = (found[k] for k in ("new", "stale", "vanished", "warnings"))
    assert isinstance(new, list) and isinstance(stale, dict)  # noqa: PT018, S101 (told to the type checker)
    assert isinstance(vanished, list) and isinstance(warnings, list)  # noqa: PT018, S101 (told to the type checker)
    out.print(f"[bold]{found['brief']}[/]: {found['variants']} variants: "
              f"{len(new)} new, {len(stale)} stale, {found['unchanged']} unchanged, {len(vanished)} gone")  # fmt: skip
    if new:
        out.print(f"new: {', '.join(new)}")
    if stale:
        table = Table("stale", "why", "pixels")
        for name, change in stale.items():
            table.add_row(name, "; ".join(change["reasons"]), "new" if change["new_pixels"] else "kept")
        out.print(table)
    if vanished:
        out.print(f"gone: {', '.join(vanished)} (their files stay in the store)")
    for warning in warnings:
        out.print(f"[yellow]note:[/] {warning}")
