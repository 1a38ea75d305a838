"""What many trials say together: medians against what must be reached, by set, and where the baseline is better."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.vectorize.inputs import CONDITIONS, Condition
from benchmarks.vectorize.trials import Trial, Tried

Of = Callable[[Tried], float]
Limits = tuple[float, float]  # at least, aim
LOSSES = 12  # of each condition, that are told


@dataclass(frozen=True, slots=True)
class Row:
    """A figure: its key with --json, in words, the baseline's if it has one, ours, and what it must and should be."""

    key: str
    words: str
    base: float | None
    ours: float
    limits: Limits

    @property
    def verdict(self) -> str:
        """Reached or not: whether more or less is wanted, the limits tell."""
        least, aim = self.limits
        least_met, aim_met = (self.ours >= v if aim > least else self.ours <= v for v in self.limits)
        return "aim reached" if aim_met else "reached" if least_met else "not reached"

    def cells(self) -> list[object]:
        """As a line of a table."""
        return [self.words, "–" if self.base is None else self.base, self.ours, *self.limits, self.verdict]


COLUMNS: dict[str, tuple[Of, Of | None]] = {
    "gzip": (lambda t: t.ours.size / t.base.size, None),
    "SSIM": (lambda t: t.ours.ssim, lambda t: t.base.ssim),
    "ΔE00": (lambda t: t.ours.delta_e, lambda t: t.base.delta_e),
    "shapes": (lambda t: t.ours.shapes, lambda t: t.base.shapes),
    "cmds": (lambda t: t.ours.commands / max(t.base.commands, 1), None),
    "holes": (lambda t: t.ours.holes, None),
    "s": (lambda t: t.seconds, None),
}


def rows(trials: Sequence[Trial]) -> list[Row]:
    """The figures that must be reached."""
    found = [
        _compared(trials, "degraded", "gzip", limits=(0.40, 0.15)),
        _compared(trials, "degraded", "SSIM", limits=(0.978, 0.990)),
        Row("degraded_wins", "degraded: SSIM ≥ baseline on", None, wins(trials, "degraded"), (0.95, 1.0)),
        _compared(trials, "degraded", "ΔE00", limits=(0.50, 0.30)),
        _compared(trials, "degraded", "shapes", limits=(12, 8)),
        _compared(trials, "clean", "gzip", limits=(0.60, 0.40)),
        _compared(trials, "clean", "SSIM", limits=(0.988, 0.994)),
        Row("clean_wins", "clean: SSIM ≥ baseline on", None, wins(trials, "clean"), (0.90, 1.0)),
        _compared(trials, "clean", "cmds", limits=(1.0, 0.6)),
    ]
    every = [tried for trial in trials for tried in trial.tried.values()]
    base, ours = (statistics.median(v) for v in zip(*((t.base.holes, t.ours.holes) for t in every), strict=True))
    seconds = statistics.median(t.seconds for t in every)
    return [
        *found,
        *_locked(trials),
        Row("holes", "holes, % of ink", base, ours, (0, 0)),
        Row("seconds", "seconds of one core", None, seconds, (2, 0.4)),
    ]


def wins(trials: Sequence[Trial], condition: Condition) -> float:
    """The share of pictures that are at least as like the truth as the baseline's."""
    found = [trial.tried[condition] for trial in trials]
    return statistics.mean(float(tried.ours.ssim >= tried.base.ssim) for tried in found)


def by_family(trials: Sequence[Trial]) -> list[list[object]]:
    """Medians of every set in both conditions, ours before the baseline's."""
    lines: list[list[object]] = []
    for family in dict.fromkeys(trial.truth.family for trial in trials):
        here = [trial for trial in trials if trial.truth.family == family]
        for condition in CONDITIONS:
            cells = [_cell(here, condition, *column) for column in COLUMNS.values()]
            lines.append([f"{family}, {len(here)}", condition, f"{wins(here, condition):.0%}", *cells])
    return lines


def losses(trials: Sequence[Trial], condition: Condition) -> list[list[object]]:
    """Where the baseline is more like the truth, the worst first."""
    told = sorted(((trial, trial.tried[condition]) for trial in trials), key=lambda pair: pair[1].margin)
    return [
        [trial.truth.name, condition, f"{t.ours.ssim:.4f}", f"{t.base.ssim:.4f}", t.ours.delta_e, t.base.delta_e]
        for trial, t in told[:LOSSES]
        if t.margin < 0
    ]


def _middle(trials: Sequence[Trial], condition: Condition, of: Of) -> float:
    return statistics.median(of(trial.tried[condition]) for trial in trials)


_KEYS = {"gzip": "gzip_ratio", "SSIM": "ssim", "ΔE00": "delta_e", "shapes": "shapes", "cmds": "commands_ratio"}


def _compared(trials: Sequence[Trial], condition: Condition, column: str, *, limits: Limits) -> Row:
    ours, base = COLUMNS[column]
    words = f"{condition}: {'path commands' if column == 'cmds' else column}"
    other = 1.0 if base is None else _middle(trials, condition, base)
    return Row(f"{condition}_{_KEYS[column]}", words, other, _middle(trials, condition, ours), limits)


def _locked(trials: Sequence[Trial]) -> list[Row]:
    found = [trial.locked for trial in trials if trial.locked is not None]
    if not found:
        return []
    apart, outside = (statistics.median(v) for v in zip(*((f.delta_e, f.outside) for f in found), strict=True))
    return [
        Row("palette_delta_e", "palette given: its colours' ΔE00", None, apart, (0.05, 0)),
        Row("fills_outside", "palette given: fills outside it", None, outside, (0, 0)),
    ]


def _cell(trials: Sequence[Trial], condition: Condition, ours: Of, base: Of | None) -> str:
    told = f"{_middle(trials, condition, ours):.3g}"
    return told if base is None else f"{told} ({_middle(trials, condition, base):.3g})"
