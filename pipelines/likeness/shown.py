"""What parts of variants show against what they should: placed artwork against itself, painted parts against words.

Seen whole, a flag is a small part of a picture, and its embedding hardly tells which flag it is; seen close it does. A
cosine alone means little here too, so a part is compared with what every other variant of its batch should show there:
artwork must lie nearest to its own among all artworks, and a painted part to its own words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from pipelines.engines.embedder import F32
from pipelines.likeness.calibration import Calibration, Kinds, Standing, calibrate
from pipelines.likeness.cosines import against, own

Measure = Literal["artwork", "painted"]
SAME = 1 - 1e-5  # cosine from which two things that are asked for are one
_KINDS: Mapping[Measure, Kinds] = {
    "artwork": Kinds("its own artwork", "slots with their own artworks", "slots with each other's artworks"),
    "painted": Kinds("its own words", "parts with their own words", "parts with each other's words"),
}
_SAMPLE = 256  # parts that are calibrated with: 65,000 pairs tell what all hundred million would
_ROWS = 512  # parts that are ranked at a time
_NAMED = 3  # of those that lie nearer than its own


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A part of a variant, seen close: `seen` beside what it should show, `wanted`, unit vectors (d,) of one embedder.

    `where` names the part, such as its slot, and `what` that which it should show, such as CA-ON.
    """

    measure: Measure
    where: str
    what: str
    seen: F32
    wanted: F32


def shown_standings(parts: Mapping[str, Sequence[Shown]]) -> dict[str, dict[Measure, Standing]]:
    """Where each variant stands, by its name and by measure, among all of its batch; of several parts the worst."""
    groups: dict[tuple[Measure, str], list[tuple[str, Shown]]] = {}
    for name, some in parts.items():
        for one in some:
            groups.setdefault((one.measure, one.where), []).append((name, one))
    several = {measure for measure, _ in groups if sum(other == measure for other, _ in groups) > 1}
    found: dict[str, dict[Measure, Standing]] = {}
    for (measure, where), group in groups.items():
        label = f"{where}: " if measure in several else ""
        for (name, _), standing in zip(group, _together(measure, [one for _, one in group]), strict=True):
            mine, told = found.setdefault(name, {}), replace(standing, words=label + standing.words)
            mine[measure] = min(mine.get(measure, told), told, key=lambda one: (one.warning is not None, one.share))
    return found


def _together(measure: Measure, group: list[Shown]) -> list[Standing]:
    seen, wanted = (np.stack([getattr(one, side) for one in group]) for side in ("seen", "wanted"))
    calibration = own_calibration(seen, wanted, _KINDS[measure])
    near = own(seen, wanted).tolist()
    places = _places(group, seen, wanted) if measure == "artwork" else [""] * len(group)
    return [_told(calibration.standing(value), place) for value, place in zip(near, places, strict=True)]


def _told(standing: Standing, place: str) -> Standing:
    return replace(standing, words=f"{standing.words}; {place}") if place else standing


def own_calibration(seen: F32, wanted: F32, kinds: Kinds) -> Calibration:
    """Each of `seen` (n, d) is to be nearer to its own row of `wanted` (n, d) than to the others'; equal rows are not
    others. Of more than 256 some are taken, evenly over all of them.
    """
    if len(seen) > _SAMPLE:
        some = np.linspace(0, len(seen) - 1, _SAMPLE).round().astype(int)
        seen, wanted = seen[some], wanted[some]
    found = against(seen, wanted)
    other = against(wanted, wanted) < SAME
    return calibrate(np.diag(found).tolist(), found[other].tolist(), kinds)


# ── places ───────────────────────────────────────────────────────────────────────────────────────────────


def _places(group: list[Shown], seen: F32, wanted: F32) -> list[str]:
    """In which place each one's own comes among all that are wanted here, in words."""
    names, rows = _different(group, wanted)
    told: list[str] = []
    for start in range(0, len(group), _ROWS):
        found = against(seen[start : start + _ROWS], rows)
        mine = own(seen[start : start + _ROWS], wanted[start : start + _ROWS])
        told += [_place(line, value, names) for line, value in zip(found, mine.tolist(), strict=True)]
    return told


def _different(group: list[Shown], wanted: F32) -> tuple[list[str], F32]:
    """What is wanted, each once, with its name."""
    kept: dict[bytes, int] = {}
    for i in range(len(group)):
        kept.setdefault(np.round(wanted[i], 5).tobytes(), i)
    return [group[i].what for i in kept.values()], wanted[list(kept.values())]


def _place(cosines: F32, own_cosine: float, names: list[str]) -> str:
    if len(names) < 2:
        return ""
    other = cosines[np.abs(cosines - own_cosine) > 1 - SAME]
    order = np.argsort(-cosines, kind="stable")
    nearer = [names[i] for i in order if cosines[i] > own_cosine + (1 - SAME)]
    if not nearer:
        next_best = float(other.max(initial=-1.0))
        second = next((names[i] for i in order if cosines[i] == next_best), None)
        margin = "" if second is None else f", by {own_cosine - next_best:.3f} before {second}"
        return f"nearest of {len(names)} artworks{margin}"
    more = f" and {len(nearer) - _NAMED} more" if len(nearer) > _NAMED else ""
    return f"place {len(nearer) + 1} of {len(names)} artworks, after {', '.join(nearer[:_NAMED])}{more}"
