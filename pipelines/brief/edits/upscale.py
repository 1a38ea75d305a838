"""Whether `upscale` edits fit: at the end, not too large, and by a model that is here and enlarges as often."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path as FilePath

from pipelines.brief.edits.desk import Desk, apart, each, edits
from pipelines.brief.flaws import Flaw, Path
from pipelines.brief.shelf import reason
from pipelines.errors import EngineError
from pipelines.model import Upscale


def upscale_flaws(desk: Desk) -> Iterator[Flaw]:
    """Everything wrong with the `upscale` edits of a brief."""
    every = list(edits(desk.draft))
    for index, (path, axis, edit) in enumerate(every):
        if not isinstance(edit, Upscale):
            continue
        later = next((later for _, other, later in every[index + 1 :] if not apart(axis, edit, other, later)), None)
        if isinstance(later, Upscale):
            yield Flaw(path, "some variant is enlarged twice", "keep one upscale, or give each its values of one axis")
        elif later is not None:
            problem = f"{later.edit} comes after the picture was enlarged, and its slots are the master's size"
            yield Flaw(path, problem, "put the upscale last")
    for path, _, edit in each(desk.draft, Upscale):
        from pipelines.edits.upscale import LARGEST  # brings scipy along, which few briefs need

        master = desk.draft.master
        if master is not None and master.size * edit.factor > LARGEST:
            fix = f"at most {LARGEST}: lower master.size or the factor"
            yield Flaw((*path, "factor"), f"variants would be {master.size * edit.factor} pixels", fix)
        if edit.upscaler is not None:
            yield from _upscaler_flaws(edit.upscaler, edit, (*path, "upscaler"), desk)


def _upscaler_flaws(upscaler: str, edit: Upscale, path: Path, desk: Desk) -> Iterator[Flaw]:
    try:
        place, _ = desk.shelf.models.pretrained(desk.shelf.locate(upscaler))
    except EngineError as error:
        yield Flaw(path, *reason(error))
        return
    factor = _factor_of(FilePath(place))
    if factor is not None and factor != edit.factor:
        fix = f"write factor: {factor}, or name another checkpoint"
        yield Flaw(path, f"this upscaler enlarges {factor} times, and not {edit.factor}", fix)


def _factor_of(folder: FilePath) -> int | None:
    """What a checkpoint says of itself, if it does."""
    try:
        found = json.loads((folder / "config.json").read_bytes()).get("upscale")
    except (OSError, ValueError, AttributeError):
        return None
    return found if isinstance(found, int) else None
