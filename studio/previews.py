"""`atelier preview`: a few variants of a brief, small and at once, before a whole batch is asked for."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from pipelines import chain
from pipelines.bench import Bench
from pipelines.deliver import encode_png
from pipelines.engines.models import LoadedModels
from pipelines.errors import AtelierError, RunError
from pipelines.home import ROOT
from pipelines.model import Plan, Recipe, Source
from studio import exits
from studio.briefs import planned
from studio.output import console, print_json

_FIRST = 4


def preview(brief: Path, names: Sequence[str], *, size: int, out: Path, as_json: bool) -> int:
    """Make the named variants, or the first few, with a longest side of `size` pixels, into `out`; an exit code.

    Nothing is scored, delivered or kept. A preview VAE decodes what is painted, if one was pulled: quick and inexact.
    """
    plan, files, _ = planned(brief)
    recipes = [_smaller(recipe, size) for recipe in _chosen(plan, names)]

    def read(source: Source) -> bytes:
        return files[source.sha256]

    begun = time.monotonic()
    made = chain.run(Bench(read, LoadedModels(ROOT, previews=True)), [chain.Turn(recipe) for recipe in recipes])
    out.mkdir(parents=True, exist_ok=True)
    found = {recipe.name: _written(out, recipe, work) for recipe, work in zip(recipes, made, strict=True)}
    seconds = round(time.monotonic() - begun, 2)
    if as_json:
        print_json({"previews": found, "seconds": seconds})
    else:
        _say(found, seconds)
    return exits.SOME_FAILED if any("error" in told for told in found.values()) else exits.DONE


def _chosen(plan: Plan, names: Sequence[str]) -> list[Recipe]:
    import difflib

    recipes = {order.recipe.name: order.recipe for order in plan.orders}
    for name in names:
        if name not in recipes:
            near = ", ".join(difflib.get_close_matches(name, recipes, n=4, cutoff=0.3)) or ", ".join(list(recipes)[:6])
            raise RunError("the brief makes no such variant", got=name, fix=f"near ones are: {near}")
    return [recipes[name] for name in names] or list(recipes.values())[:_FIRST]


def _smaller(recipe: Recipe, size: int) -> Recipe:
    """The recipe at a smaller size; a small one stays as it is."""
    scale = min(1.0, size / max(recipe.width, recipe.height))
    sides = {"width": max(1, round(recipe.width * scale)), "height": max(1, round(recipe.height * scale))}
    return recipe.model_copy(update=sides)


def _written(out: Path, recipe: Recipe, work: chain.Made) -> dict[str, object]:
    if isinstance(work, AtelierError):
        return {"error": str(work)}
    path = out / f"{recipe.name}.png"
    path.write_bytes(encode_png(work.rgba))
    return {"file": str(path), "notes": list(work.notes)}


def _say(found: dict[str, dict[str, object]], seconds: float) -> None:
    out = console()
    for name, told in found.items():
        if "error" in told:
            out.print(f"[red]failed[/] {name}: {told['error']}", soft_wrap=True)
        else:
            out.print(f"{told['file']}", soft_wrap=True)
            for note in told["notes"]:  # type: ignore[attr-defined]  # a list, put there above
                out.print(f"  [yellow]note:[/] {note}")
    out.print(f"{len(found)} previews in {seconds:.1f} s; nothing was scored or kept")
