"""Whether `upscale` edits fit: at the end, once, not too large, and by a model that is here."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.brief.edits.desk import Desk, each, edits
from pipelines.brief.flaws import Flaw
from pipelines.brief.shelf import reason
from pipelines.errors import EngineError
from pipelines.model import Upscale


def upscale_flaws(desk: Desk) -> Iterator[Flaw]:
    """Everything wrong with the `upscale` edits of a brief."""
    every = list(edits(desk.draft))
    for index, (path, _, edit) in enumerate(every):
        later = every[index + 1][2] if index + 1 < len(every) else None
        if isinstance(edit, Upscale) and later is not None:
            problem = f"{later.edit} comes after the picture was enlarged, and its slots are the master's size"
            yield Flaw(path, problem, "put the upscale last")
    for path, _, edit in each(desk.draft, Upscale):
        from pipelines.edits.upscale import LARGEST  # brings scipy along, which few briefs need

        master = desk.draft.master
        if master is not None and master.size * edit.factor > LARGEST:
            fix = f"at most {LARGEST}: lower master.size or the factor"
            yield Flaw((*path, "factor"), f"variants would be {master.size * edit.factor} pixels", fix)
        if edit.upscaler is not None:
            try:
                desk.shelf.models.pretrained(desk.shelf.locate(edit.upscaler))
            except EngineError as error:
                yield Flaw((*path, "upscaler"), *reason(error))
