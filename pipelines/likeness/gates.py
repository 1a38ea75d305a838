"""What becomes of a variant: accept it, paint it again with the next seed, or let the designer look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pipelines.errors import EngineError
from pipelines.likeness.calibration import Standing
from pipelines.likeness.outliers import Outlier

Choice = Literal["accept", "reroll", "review"]
USUAL = {"master": 0.5, "identity": 0.5}
"""Least shares where a brief names none: more yes than no."""
ODD = "it does not belong to its set"


@dataclass(frozen=True, slots=True)
class LearnedGates:
    """What a variant must reach: the least share in [0, 1] of each measure by its name, and `rerolls`, how often at
    most a variant that fails is painted again.
    """

    least: Mapping[str, float]
    rerolls: int = 2

    def __post_init__(self) -> None:
        wrong = {name: least for name, least in self.least.items() if not 0 <= least <= 1}
        if wrong:
            raise EngineError("a gate's share must lie from 0 to 1", got=wrong, fix="0.5 asks for more yes than no")
        if self.rerolls < 0:
            raise EngineError("a gate cannot re-roll less than never", got=self.rerolls, fix="0 re-rolls nothing")


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do and why, in words. `notes` tell what could not be judged."""

    choice: Choice
    reasons: tuple[str, ...]
    notes: tuple[str, ...] = ()


def decide(
    standings: Mapping[str, Standing],
    gates: LearnedGates,
    *,
    outlier: Outlier | None,
    tries: int,
    beside: tuple[str, ...] = (),
) -> Decision:
    """Judge a variant by where its measures stand, by name, and by whether it stands out of its set.

    `beside` are reasons against it that no judge found. `tries` is how often it has been painted again so far. A
    measure that says nothing decides nothing and is noted; when none of the gates' measures says anything, a person
    must look.
    """
    asked = {name: standings[name] for name in gates.least if name in standings}
    notes = tuple(f"{name} was not judged: {found.warning}" for name, found in asked.items() if found.warning)
    notes += tuple(f"{name} was not measured" for name in gates.least if name not in standings)
    heard = {name: found for name, found in asked.items() if found.warning is None}
    if gates.least and not heard:
        return Decision("review", ("no learned measure could judge it", *beside, *_odd(outlier)), notes)
    reasons = tuple(
        f"{name} is {standing.words} (at least {gates.least[name]:.0%})"
        for name, standing in heard.items()
        if not standing.share >= gates.least[name]
    )
    return _chosen((*reasons, *beside, *_odd(outlier)), notes, left=gates.rerolls - tries, tries=tries)


def _odd(outlier: Outlier | None) -> tuple[str, ...]:
    return () if outlier is None else (f"{ODD}: {outlier.reason}",)


def _chosen(reasons: tuple[str, ...], notes: tuple[str, ...], *, left: int, tries: int) -> Decision:
    if not reasons:
        return Decision("accept", (), notes)
    if left > 0:
        return Decision("reroll", reasons, notes)
    tried = (f"{tries} re-roll{'s' if tries > 1 else ''} did not help",) if tries else ()
    return Decision("review", (*reasons, *tried), notes)
