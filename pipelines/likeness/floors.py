"""What an embedder's figures must reach to mean something, measured once on drawings whose answer is known.

The file `calibration.json` lies in the embedder's folder or beside it, and is written by whoever trained it:

    {"calibration": 1, "gain": 0.04, "told": "600 held-out edits: 81 % of good ones and 3 % of bad ones reach it"}
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field, ValidationError

from pipelines.errors import EngineError
from pipelines.model import Record

FILE = "calibration.json"


class Floors(Record):
    """What was measured of one embedder."""

    calibration: Literal[1] = Field(description="Version of this format.")
    gain: float = Field(
        gt=0, lt=2, description="Cosine by which a repaint must come nearer to its words than to what was there."
    )
    told: str = Field(min_length=1, description="How it was measured, and how well it tells good from bad.")


def read_floors(embedder: Path) -> Floors | None:
    """The floors of the embedder in this folder; None where nobody measured any.

    Raises EngineError for a file that is none, as a floor that is not kept would let anything pass.
    """
    found = next((place / FILE for place in (embedder, embedder.parent) if (place / FILE).is_file()), None)
    if found is None:
        return None
    try:
        return Floors.model_validate_json(found.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        fix = "write it anew by python -m models.training.calibrate"
        raise EngineError(f"{FILE}: {where}: {first['msg']}", got=str(found), fix=fix) from error


def least_gain(good: Sequence[float], bad: Sequence[float], *, wrong: float = 0.05) -> float:
    """The gain that at most a share `wrong` of the bad repaints reaches, and that half-way to the good ones lies.

    `good` are gains of repaints that show what they should, `bad` of those that do not, at least one of each: nothing
    painted, another scene, damage. Never below 0.001, which is chance.
    """
    if not len(good) or not len(bad):
        got = f"{len(good)} and {len(bad)}"
        raise EngineError("a floor takes good and bad examples", got=got, fix="give some of each")
    limit = float(np.quantile(bad, 1 - wrong))
    middle = (float(np.quantile(good, wrong)) + limit) / 2
    return max(limit, middle, 1e-3)
