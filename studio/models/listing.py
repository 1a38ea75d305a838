"""`atelier models list` and `show`: what there is, what of it is here, and what its licence allows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rich.box import SIMPLE
from rich.markup import escape
from rich.table import Column, Table

from pipelines.engines.hub import cache_folder
from pipelines.home import ROOT
from pipelines.judges import Judge
from pipelines.profiles import Profile
from studio.models.shelf import Entry, Part, Shelf
from studio.output import console, print_json, sizes

_STATES = {"here": "[green]yes[/]", "settings": "[yellow]settings[/]", "half": "[yellow]half[/]", "absent": "no"}


def list_models(*, as_json: bool, cache: Path | None = None) -> None:
    """Every profile and judge."""
    entries = Shelf.load(ROOT, cache).entries()
    judges = [entry for entry in entries if isinstance(entry.model, Judge)]
    profiles = [entry for entry in entries if entry not in judges]
    where = cache_folder(cache)
    if as_json:
        told = {"profiles": [facts(entry) for entry in profiles], "judges": [facts(entry) for entry in judges]}
        print_json({"cache": str(where), **told})
        return
    out = console()
    for title, some in (("profile", profiles), ("judge", judges)):
        table = _table(title, "what it is, and its licence")
        for entry in some:
            state = _STATES[entry.main.state]
            table.add_row(f"[bold]{entry.model.name}[/]", _described(entry), _size(entry.main), state, end_section=True)
        out.print(table)
    out.print(f"What is here lies in {short(where)}. `atelier models show NAME` says more of one.", soft_wrap=True)


def show_model(name: str, *, as_json: bool, cache: Path | None = None) -> None:
    """One profile or judge."""
    shelf = Shelf.load(ROOT, cache)
    entry = shelf.entry(shelf.find(name))
    if as_json:
        print_json(facts(entry) | {"settings": entry.model.model_dump(mode="json")})
        return
    model, out = entry.model, console()
    out.print(f"[bold]{model.name}[/]: {escape(model.title)}, {_kind(model)}")
    out.print(escape(model.about if isinstance(model, Judge) else _works(model)))
    out.print(part_table(entry.parts))
    for part in entry.parts:
        if part.held.path is not None:
            out.print(f"{part.word}: {short(part.held.path)}", soft_wrap=True)
        elif part.held.trouble:
            out.print(f"[yellow]{part.word}:[/] {escape(part.held.trouble)}")
    if missing := [part for part in entry.parts if part.state != "here" and part.parcel.ships is None]:
        out.print(f"to fetch: {missing[0].parcel.again}", soft_wrap=True)


def facts(entry: Entry) -> dict[str, object]:
    """A profile or judge and what is here of it, for scripts."""
    model = entry.model
    told: dict[str, object] = {"name": model.name, "title": model.title, **part_facts(entry.main)}
    if isinstance(model, Judge):
        return told | {"kind": model.kind, "about": model.about}
    return told | {"family": model.family, "parts": [part_facts(part) for part in entry.parts[1:]]}


def part_facts(part: Part) -> dict[str, object]:
    """Where a part comes from, and what is here of it."""
    parcel, held = part.parcel, part.held
    return {
        "part": part.word, "hub": parcel.hub, "revision": parcel.revision, "licence": parcel.licence,
        "gigabytes": parcel.gigabytes, "ships": parcel.ships is not None, "state": part.state,
        "path": str(held.path) if held.path else None,
        "bytes": held.size, "trouble": held.trouble, "pull": parcel.again,
    }  # fmt: skip


def part_table(parts: Iterable[Part]) -> Table:
    """Where parts come from, under which licence, how large they are, and what is here of them."""
    table = _table("part", "from, and its licence")
    for part in parts:
        told = f"{_from(part)}\n[dim]{escape(part.parcel.licence)}[/]"
        table.add_row(part.word, told, _size(part), _STATES[part.state])
    return table


def short(path: Path) -> str:
    """A path with the home folder as ~."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def _table(first: str, second: str) -> Table:
    size, here = Column("size", justify="right", no_wrap=True), Column("here", no_wrap=True)
    columns = (Column(first, no_wrap=True), Column(second, ratio=1, overflow="fold"), size, here)
    return Table(*columns, box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False, expand=True)


def _described(entry: Entry) -> str:
    model = entry.model
    ships = ", ships with Atelier" if entry.main.parcel.ships is not None else ""
    lines = [f"{escape(model.title)}, {_kind(model)}{ships}"]
    lines += [escape(model.about)] if isinstance(model, Judge) else []
    lines += [f"[dim]{escape(model.licence)}[/]"]
    if parts := entry.parts[1:]:
        lines.append("parts: " + ", ".join(_word(part) for part in parts))
    return "\n".join(lines)


def _word(part: Part) -> str:
    return part.word if part.state == "absent" else f"{part.word} ({part.state})"


def _kind(model: Profile | Judge) -> str:
    return model.kind if isinstance(model, Judge) else f"family {model.family}"


def _works(profile: Profile) -> str:
    strength, usual = profile.strength, f"{profile.steps} steps at {profile.size} px, guidance {profile.guidance:g}"
    if profile.instructs:
        return f"{usual}; follows instructions"
    return f"{usual}; strength {strength.least:g} to {strength.most:g}, usually {strength.usual:g}"


def _from(part: Part) -> str:
    if part.parcel.ships is not None:
        return "ships with Atelier"
    return part.parcel.hub + (f" at {part.parcel.revision}" if part.parcel.revision != "main" else "")


def _size(part: Part) -> str:
    """What is here if it is here, else about what is fetched."""
    return sizes(part.held.size) if part.state == "here" else f"~{part.parcel.gigabytes:g} GB"
