"""`atelier palette learn`: a taste learned from picks, and palettes proposed in it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Literal

from rich.markup import escape

from pipelines.errors import PaletteError
from pipelines.palettes.contrast import Check, check
from pipelines.palettes.deck import deck
from pipelines.palettes.names import named
from pipelines.palettes.picks import Picks, read_picks, write_picks
from pipelines.palettes.portrait import Portrait, portrait
from pipelines.palettes.propose import Proposal, propose
from pipelines.palettes.table import palette_table
from studio.output import console, print_json
from studio.palettes.contrasting import pair_json, show_pairs
from studio.palettes.page import render_pick_page
from studio.palettes.sheet import Judged, Sheet, render_sheet
from studio.palettes.swatches import strip

Form = Literal["words", "json", "toml"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: picks from options and files, pages to write, and how many palettes of which size."""

    like: tuple[str, ...]
    dislike: tuple[str, ...]
    picks: Path | None
    add: Path | None
    page: Path | None
    sheet: Path | None
    proposals: int
    size: int
    seed: int


def learn_taste(wish: Wish, *, form: Form) -> None:
    """Take the picks in, keep them, and propose palettes; with a page and no picks at all, write the page alone.

    Raises PaletteError for what is no colour, and for files that cannot be read or written.
    """
    picks = _gathered(wish)
    if wish.page is not None:
        _write(wish.page, render_pick_page(deck(seen=picks.seen), _next(wish)))
        if form == "words":
            _say_page(wish.page, _next(wish))
    if wish.page is not None and not picks.judged and wish.sheet is None and form == "words":
        return
    told, judged = portrait(picks.judged), _proposed(picks, wish)
    if wish.sheet is not None:
        _write(wish.sheet, render_sheet(Sheet(picks, told, judged)))
    if form == "json":
        print_json(_json(picks, told, judged))
    elif form == "toml":
        sys.stdout.write("\n".join(_tables(judged)))
    else:
        _show(picks, told, judged, wish)


def _gathered(wish: Wish) -> Picks:
    """The picks of the files and options, the later ones last; what is new is kept in the file of picks."""
    said = Picks.of(like=wish.like, dislike=wish.dislike)
    if both := set(said.like) & set(said.dislike):
        raise PaletteError("a colour cannot be both liked and disliked", got=min(both), fix="leave one of the two out")
    new = read_picks(wish.add).then(said) if wish.add is not None else said
    if wish.picks is None:
        return new
    if not new.seen and wish.page is not None and not wish.picks.exists():
        return new
    kept = read_picks(wish.picks) if wish.picks.exists() or not new.seen else Picks()
    grown = kept.then(new)
    if grown != kept:
        write_picks(wish.picks, grown)
    return grown


def _proposed(picks: Picks, wish: Wish) -> tuple[Judged, ...]:
    found = propose(picks.judged, size=wish.size, count=wish.proposals, seed=wish.seed)
    return tuple(Judged(each, _checks(each)) for each in found)


def _checks(found: Proposal) -> tuple[Check, ...]:
    pairs = (check(*pair) for pair in combinations(found.colours, 2))
    return tuple(sorted(pairs, key=lambda each: -each.contrast.ratio))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PaletteError("the page cannot be written", got=f"{path}: {error}", fix="name another place") from error


def _json(picks: Picks, told: Portrait, judged: Sequence[Judged]) -> dict[str, object]:
    palettes = []
    for each in judged:
        names = named(each.proposal.colours)
        pairs = [pair_json(pair, {colour: name for name, colour in names.items()}) for pair in each.checks]
        palettes.append({"colours": names, "liking": each.proposal.liking, "pairs": pairs})
    counts = {"liked": len(picks.like), "disliked": len(picks.dislike), "skipped": len(picks.skip)}
    return {"picks": counts, "taste": told.model_dump(), "palettes": palettes}


def _tables(judged: Sequence[Judged]) -> list[str]:
    """The best palette as `[palette]`, the others as `[palette-2]` and so on."""
    return [
        palette_table(named(each.proposal.colours), title="palette" if place == 1 else f"palette-{place}",
                      said=f"proposal {place} of {len(judged)}, liking {each.proposal.liking:.0%}")
        for place, each in enumerate(judged, 1)
    ]  # fmt: skip


def _next(wish: Wish) -> str:
    """The command that takes in what the page saves."""
    kept = f"--picks {wish.picks} --add" if wish.picks else "--picks"
    return f"atelier palette learn {kept} picks.json --sheet proposals.html"


def _say_page(page: Path, command: str) -> None:
    out = console()
    out.print(f"Open [bold]{escape(str(page))}[/] in a browser and pick; it saves picks.json. Then:")
    out.print(f"  {escape(command)}")


def _show(picks: Picks, told: Portrait, judged: Sequence[Judged], wish: Wish) -> None:
    out = console()
    out.print(f"[bold]{len(picks.like)} liked, {len(picks.dislike)} disliked[/]")
    for words, kinds in (("leans to", told.likes), ("away from", told.dislikes)):
        if kinds:
            out.print(f"{words} {', '.join(kinds)}")
    for doubt in told.doubts:
        out.print(f"[yellow]note:[/] {doubt}")
    for place, each in enumerate(judged, 1):
        fit = f"{sum(pair.passes for pair in each.checks)} of {len(each.checks)} pairs fit for text at AA"
        out.print(f"\n[bold]{place}[/]  liking {each.proposal.liking:.0%}, {fit}")
        if out.color_system:
            out.print("   " + strip(each.proposal.colours, 8))
        out.print("   " + " ".join(each.proposal.colours))
        if wish.sheet is None:
            show_pairs(each.checks, {}, "AA")
    if wish.sheet is not None:
        out.print(f"\nEvery pair with its contrast, level and fix: [bold]{escape(str(wish.sheet))}[/]")
