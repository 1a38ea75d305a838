"""What parts of variants show against what they should: placed artwork against itself, painted parts against words.

Seen whole, a flag is a small part of a picture, and its embedding hardly tells which flag it is; seen close it does. A
cosine alone means little here too, so a part is compared with what every other variant of its batch should show there:
artwork must lie nearest to its own among all artworks, and a painted part to its own words. What all parts have in
common, such as the hand that holds every flag, is taken away first, as is what all that is wanted has in common:
cosines are those of the differences from the batch's means, which also closes the gap between pictures and words
(Liang et al. 2022).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.engines.embedder import F32, unit
from pipelines.likeness.calibration import Calibration, Kinds, Standing, calibrate
from pipelines.likeness.cosines import against, own

Names = NDArray[np.str_]
Measure = Literal["artwork", "painted"]
SAME = 1 - 1e-5  # cosine from which two things that are asked for are one
_KINDS: Mapping[Measure, Kinds] = {
    "artwork": Kinds("its own artwork", "slots with their own artworks", "slots with each other's artworks"),
    "painted": Kinds("its own words", "parts with their own words", "parts with each other's words"),
}
_SAMPLE = 256  # parts that are calibrated with: 65,000 pairs tell what all hundred million would
_FEWEST = 3  # different things that are wanted, from which what they have in common is known
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
    whats = np.array([one.what for one in group])
    seen, wanted = _apart(np.stack([one.seen for one in group]), np.stack([one.wanted for one in group]))
    calibration = own_calibration(seen, wanted, _KINDS[measure], whats=whats)
    near = own(seen, wanted).tolist()
    places = _places(whats, seen, wanted) if measure == "artwork" else [""] * len(group)
    return [_told(calibration.standing(value), place) for value, place in zip(near, places, strict=True)]


def _apart(seen: F32, wanted: F32) -> tuple[F32, F32]:
    """Both (n, d) without what each has in common; as they are where too little differs to know what that is."""
    different = np.unique(np.round(wanted, 5), axis=0)
    if len(different) < _FEWEST:
        return seen, wanted
    return unit(seen - seen.mean(axis=0)), unit(wanted - different.mean(axis=0))


def _told(standing: Standing, place: str) -> Standing:
    return replace(standing, words=f"{standing.words}; {place}") if place else standing


def own_calibration(seen: F32, wanted: F32, kinds: Kinds, *, whats: Names | None = None) -> Calibration:
    """Each of `seen` (n, d) is to be nearer to its own row of `wanted` (n, d) than to the others'; equal rows are not
    others, nor are those of one name in `whats` (n,). Of more than 256 some are taken, evenly over all of them.
    """
    if len(seen) > _SAMPLE:
        some = np.linspace(0, len(seen) - 1, _SAMPLE).round().astype(int)
        seen, wanted, whats = seen[some], wanted[some], None if whats is None else whats[some]
    found = against(seen, wanted)
    other = against(wanted, wanted) < SAME
    if whats is not None:
        other &= whats[:, None] != whats[None]
    return calibrate(np.diag(found).tolist(), found[other].tolist(), kinds)


# ── places ───────────────────────────────────────────────────────────────────────────────────────────────


def _places(whats: Names, seen: F32, wanted: F32) -> list[str]:
    """In which place each one's own comes among all that are wanted here, in words; `whats` (n,) names them."""
    names, rows = _different(whats, wanted)
    told: list[str] = []
    for start in range(0, len(seen), _ROWS):
        some = slice(start, start + _ROWS)
        lines, mine = against(seen[some], rows), own(seen[some], wanted[some])
        told += [_place(*one, names) for one in zip(lines, mine.tolist(), whats[some].tolist(), strict=True)]
    return told


def _different(whats: Names, wanted: F32) -> tuple[Names, F32]:
    """What is wanted, each once, with its name."""
    _, first = np.unique(np.round(wanted, 5), axis=0, return_index=True)
    kept = np.sort(first)
    return whats[kept], wanted[kept]


def _place(cosines: F32, near: float, what: str, names: Names) -> str:
    """`near` is the cosine to its own, called `what`; `cosines` (m,) those to all, by their `names` (m,)."""
    other = (names != what) & (np.abs(cosines - near) > 1 - SAME)
    if not other.any():
        return ""
    order = [i for i in np.argsort(-cosines, kind="stable") if other[i]]
    count = len(set(names.tolist()))
    nearer = list(dict.fromkeys(str(names[i]) for i in order if cosines[i] > near))
    if not nearer:
        return f"nearest of {count} artworks, by {near - float(cosines[order[0]]):.3f} before {names[order[0]]}"
    more = f" and {len(nearer) - _NAMED} more" if len(nearer) > _NAMED else ""
    return f"place {len(nearer) + 1} of {count} artworks, after {', '.join(nearer[:_NAMED])}{more}"
