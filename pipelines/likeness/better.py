"""Whether a repaint is better than leaving the picture alone: it has to earn its place.

A repaint with words must bring what it painted nearer to those words than to the words of what was there before, as a
learned embedder sees it. One over placed artwork, which is to make it look more of the drawing, must bring the slot
nearer to the style's references. Either must leave artwork itself, its colours no further off than `_WORSE`, and be
clean, which no embedder sees. What cannot be judged is not kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.bench import Bench
from pipelines.edits.repaint import reference_picture
from pipelines.engines.embedder import Embedder
from pipelines.likeness.calibration import Standing
from pipelines.likeness.close_up import close_up
from pipelines.likeness.cosines import against
from pipelines.model import BetterGate, Painting, Recipe
from pipelines.references import reference_sheet
from pipelines.score import fidelity

F32 = NDArray[np.float32]
Pixels = NDArray[np.uint8]
_GAIN = 0.002  # cosine to the style by which the slot must come nearer: less is chance
_TOWARDS = 0.02  # cosine to its words by which it must, where nobody measured the embedder
_WORSE = 1.0  # mean CIEDE2000 by which artwork may come to differ more from its drawing


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether the paint is kept, and why, in words."""

    kept: bool
    why: str


def is_better(bench: Bench, recipe: Recipe, step: Painting, *, before: Pixels, after: Pixels, area: F32) -> Judged:
    """Whether to keep `after` rather than `before` (h, w, 4) by the step's gate. `area` (h, w) is what was painted."""
    gate = step.better
    assert gate is not None  # noqa: S101 (asked for only where there is one)
    if (harm := _harm(bench, recipe, before, after, area)) is not None:
        return _left_out(harm)
    if gate.embedder is None or (gate.words is None and not gate.styles):
        return _left_out("without an embedder and words or style references nobody can say it is better")
    clean = bench.cleanliness(recipe, (step,)).standing(after)
    if gate.words is not None:
        embedder = bench.models.embedder(gate.embedder)
        seen = embedder.pictures([close_up(picture, area > 0) for picture in (before, after)])
        words, present = embedder.texts([gate.words, gate.present])
        return by_words(words_gain(*seen, words=words, present=present), gate.gain, clean=clean)
    return by_style(_gain(bench, gate, before, after, area), clean=clean)


def words_gain(before: F32, after: F32, *, words: F32, present: F32) -> float:
    """How much nearer a picture came to its words than to those of what was there; all unit vectors (d,), one space.

    It is the change of the picture along the change of the words, as the directional similarity of StyleGAN-NADA (Gal
    et al. 2022), but not divided by how large the change is: a repaint that changes next to nothing gains nothing.
    """
    return float((after - before) @ (words - present))


def by_words(gain: float, least: float | None, *, clean: Standing) -> Judged:
    """The judgement of a repaint with words. `least` is the gain that its embedder takes; None: as usual."""
    floor = _TOWARDS if least is None else least
    if gain < floor:
        return _left_out(f"it was not better than leaving it, {gain:+.3f} nearer to its words (at least {floor:+.3f})")
    return _if_clean(f"it came nearer to its words (cosine {gain:+.3f})", clean)


def by_style(gain: float, *, clean: Standing) -> Judged:
    """The judgement of a repaint over placed artwork."""
    if gain < _GAIN:
        return _left_out(f"it came no nearer to the style (cosine {gain:+.3f})")
    return _if_clean(f"it came nearer to the style (cosine {gain:+.3f})", clean)


def _if_clean(why: str, clean: Standing) -> Judged:
    if clean.warning is None and clean.share < 0.5:
        return _left_out(f"it was not better than leaving it: {clean.words}")
    return Judged(True, f"the repaint was kept: {why}")


def _left_out(why: str) -> Judged:
    return Judged(False, f"the repaint was left out: {why}")


def _harm(bench: Bench, recipe: Recipe, before: Pixels, after: Pixels, area: F32) -> str | None:
    """What it did to placed artwork that was painted over."""
    for placement in recipe.placements:
        view = bench.view(recipe, placement)
        if not (area[view.rows, view.columns] > 0).any():
            continue
        own = reference_sheet(view, *bench.artwork(recipe, placement))
        was, now = (fidelity(picture, view, own) for picture in (before, after))
        if now > was + _WORSE:
            return f"{placement.code} came to differ by CIEDE2000 {now:.1f}, from {was:.1f}"
    return None


def _gain(bench: Bench, gate: BetterGate, before: Pixels, after: Pixels, area: F32) -> float:
    assert gate.embedder is not None  # noqa: S101 (asked for only where there is one)
    embedder: Embedder = bench.models.embedder(gate.embedder)
    styles = embedder.pictures([reference_picture(bench.read(source), source) for source in gate.styles])
    seen = embedder.pictures([close_up(picture, area > 0) for picture in (before, after)])
    cosines = against(seen, styles).mean(axis=1)
    return float(cosines[1] - cosines[0])
