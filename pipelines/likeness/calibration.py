"""What a cosine means in this batch: where it falls between copies of the master and other characters.

Raw cosines mean little: with one model everything lies above 0.7, with another hardly anything. So a logistic curve is
fitted to pictures whose answer is known (`positives.py`), as Platt (1999) turns the scores of a classifier into
probabilities, by the Newton steps of Lin, Lin and Weng (2007). His targets keep few examples from saying much: n copies
of the master never make a share above (n + 1) / (n + 2), Laplace's rule of succession.

Whether a measure tells the two apart at all is said by how often a copy lies above another character (the area under
the ROC curve). Unlike means and deviations that does not care how far off the unlike ones are: a night scene among ten
day scenes changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import EngineError

Floats = NDArray[np.float64]
_FEWEST = 3  # of each kind; with fewer nothing is fitted
_NOTHING = 0.75  # below this, one time in four another character scores above a copy of the master
_SURE = 1.28  # standard errors: nine times in ten the true separation lies above
_FENCE = 1.5  # interquartile ranges below which another character counts as merely that far (Tukey 1977)
_NOISE = 1e-3  # cosines nearer than this to each other are the same
_RIDGE = 1e-3
_STEPS = 50
_EVEN = 0.5


@dataclass(frozen=True, slots=True)
class Kinds:
    """What a measure tells apart, in words: it is like `what`, as the `copies` are, or as little as the `others`."""

    what: str
    copies: str
    others: str


MASTER = Kinds("the master", "the master's own copies", "other characters")
STYLE = Kinds("the style", "the master's own copies", "other characters")
PROMPT = Kinds("its own prompt", "variants with their own prompts", "variants with each other's prompts")


@dataclass(frozen=True, slots=True)
class Standing:
    """A value, the share in [0, 1] of, say, "like the master" against "like another character", and in words.

    With a `warning` the share means nothing, for the reason given. `near` is whether it lies where the copies lie.
    """

    value: float
    share: float
    words: str
    warning: str | None = None
    near: bool = False


@dataclass(frozen=True, slots=True)
class Calibration:
    """What values of one measure mean in one batch.

    `separation` is how often a copy of the master lies above another character, 0 to 1, ties counted half; None where
    nothing was fitted. `copies` and `others` are the ranges of the two, None where there are none. With a `warning` the
    measure says nothing of this batch, and no gate should use it.
    """

    kinds: Kinds
    slope: float
    middle: float
    bounds: tuple[float, float]
    separation: float | None
    copies: tuple[float, float] | None
    others: tuple[float, float] | None
    warning: str | None

    def share(self, value: float) -> float:
        """How far a value speaks for the master rather than another character, in [0, 1]; never falls with it."""
        logit = self.slope * (value - self.middle)
        raw = 1 / (1 + math.exp(-logit)) if logit >= 0 else math.exp(logit) / (1 + math.exp(logit))
        return min(max(raw, self.bounds[0]), self.bounds[1])

    def standing(self, value: float) -> Standing:
        """The value with where it falls. Raises EngineError for NaN and infinity."""
        _refuse_nan([value])
        share = self.share(value)
        if self.warning is not None:
            return Standing(value, share, f"{value:.3f}, which says nothing here: {self.warning}", self.warning)
        near, place = self._place(value, likely=share >= _EVEN)
        return Standing(value, share, f"{value:.3f}, {share:.0%} like {self.kinds.what}: {place}", near=near)

    def _place(self, value: float, *, likely: bool) -> tuple[bool, str]:
        """Whether it lies where the copies lie, and where it lies in words. Both ranges may hold strays."""
        assert self.copies is not None  # noqa: S101 - fitted, as there is no warning
        assert self.others is not None  # noqa: S101
        (low, high), (under, over) = self.copies, self.others
        if value >= low and likely:
            return True, f"as near as {self.kinds.copies} ({low:.3f} to {high:.3f})"
        if value <= over and not likely:
            return False, f"no nearer than {self.kinds.others} ({under:.3f} to {over:.3f})"
        both = f"{self.kinds.others} (up to {over:.3f}) and {self.kinds.copies} (from {low:.3f})"
        return False, f"where {both} overlap" if low <= over else f"between {both}"


def calibrate(copies: Sequence[float], others: Sequence[float], kinds: Kinds = MASTER) -> Calibration:
    """Fit what values mean, from those of the master's copies and those of other characters, at least 3 each.

    Both kinds weigh the same however many there are. With fewer, or when the two overlap so much that the values tell
    nothing, the calibration carries a warning. Raises EngineError for NaN and infinity.
    """
    _refuse_nan([*copies, *others])
    ranges = (_range(copies), _range(others))
    if min(len(copies), len(others)) < _FEWEST:
        warning = (
            f"{len(copies)} of {kinds.copies} and {len(others)} of {kinds.others} are too few "
            f"({_FEWEST} of each at least)"
        )
        return Calibration(kinds, 0.0, 0.0, (0.5, 0.5), None, *ranges, warning)
    yes, no = np.asarray(copies, dtype=np.float64), np.asarray(others, dtype=np.float64)
    slope, middle = _fitted(yes, _fenced(no))
    bounds = (1 / (len(no) + 2), (len(yes) + 1) / (len(yes) + 2))
    separation, error = _separation(yes, no)
    return Calibration(kinds, slope, middle, bounds, separation, *ranges, _warning(kinds, separation, error))


def _warning(kinds: Kinds, separation: float, error: float) -> str | None:
    if separation - _SURE * error >= _NOTHING:
        return None
    if separation <= 0.5:
        return f"{kinds.copies} are no nearer than {kinds.others}"
    found = f"{kinds.others} lie nearer than {kinds.copies} {1 - separation:.0%} of the time"
    if separation < _NOTHING:
        return found
    return f"{found}, give or take {_SURE * error:.0%} with so few examples"


def _separation(yes: Floats, no: Floats) -> tuple[float, float]:
    """The area under the ROC curve and its standard error (Hanley and McNeil 1982)."""
    ordered = np.sort(no)
    under = np.searchsorted(ordered, yes - _NOISE, side="left")
    level = np.searchsorted(ordered, yes + _NOISE, side="right") - under
    found = float((under + level / 2).mean()) / len(no)
    one, other = found / (2 - found), 2 * found**2 / (1 + found)
    variance = found * (1 - found) + (len(yes) - 1) * (one - found**2) + (len(no) - 1) * (other - found**2)
    return found, math.sqrt(max(variance, 0) / (len(yes) * len(no)))


def _fitted(yes: Floats, no: Floats) -> tuple[float, float]:
    """Slope and middle of the logistic curve; a slope of 0 where the copies do not lie above."""
    values = np.concatenate([yes, no])
    centre, scale = (yes.mean() + no.mean()) / 2, max(float(values.std()), _NOISE)
    targets = np.concatenate([np.full(len(yes), _target(len(yes))), np.full(len(no), 1 - _target(len(no)))])
    weights = np.concatenate([np.full(len(yes), 0.5 / len(yes)), np.full(len(no), 0.5 / len(no))])
    line = np.stack([np.ones(len(values)), (values - centre) / scale], axis=1)
    offset, steepness = _newton(line, targets, weights)
    if steepness <= 0:
        return 0.0, float(centre)
    return steepness / scale, float(centre) - offset / steepness * scale


def _fenced(values: Floats) -> Floats:
    """The same with those that lie far below the rest brought up to a fence, as they would flatten the curve."""
    low, high = np.quantile(values, (0.25, 0.75))
    fenced: Floats = np.maximum(values, low - _FENCE * max(high - low, _NOISE))
    return fenced


def _target(count: int) -> float:
    return (count + 1) / (count + 2)


def _newton(line: Floats, targets: Floats, weights: Floats) -> tuple[float, float]:
    """Offset and slope of the least weighted cross entropy, with a small ridge on both."""
    at = np.zeros(2)
    loss = _loss(line, targets, weights, at)
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-line @ at))
        gradient = line.T @ (weights * (chance - targets)) + _RIDGE * at
        bend = (line * (weights * chance * (1 - chance))[:, None]).T @ line + _RIDGE * np.eye(2)
        step, size = np.linalg.solve(bend, gradient), 1.0
        while (new := _loss(line, targets, weights, at - size * step)) > loss and size > 1e-6:
            size /= 2
        at = at - size * step
        if loss - new < 1e-12:
            break
        loss = new
    return float(at[0]), float(at[1])


def _loss(line: Floats, targets: Floats, weights: Floats, at: Floats) -> float:
    logits = line @ at
    return float(weights @ (np.logaddexp(0, logits) - targets * logits) + _RIDGE / 2 * at @ at)


def _range(values: Sequence[float]) -> tuple[float, float] | None:
    return (float(min(values)), float(max(values))) if len(values) else None


def _refuse_nan(values: Sequence[float]) -> None:
    wrong = [v for v in values if not math.isfinite(v)]
    if wrong:
        raise EngineError("a cosine is no number", got=wrong[0], fix="run the embedder in fp32")
