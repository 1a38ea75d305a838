"""Whether a repaint over placed artwork is better than leaving it alone: the harmonising pass has to earn its place.

Low-strength painting makes artwork look more of the drawing, and a little less like itself. It is kept only where a
learned embedder finds the slot nearer to the style's references than before, and where the artwork is still itself:
its colours no further off than `_WORSE`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.bench import Bench
from pipelines.edits.repaint import reference_picture
from pipelines.likeness.cosines import against
from pipelines.model import BetterGate, Recipe
from pipelines.references import reference_sheet
from pipelines.score import fidelity

F32 = NDArray[np.float32]
Pixels = NDArray[np.uint8]
_GAIN = 0.002  # cosine to the style by which the slot must come nearer: less is chance
_WORSE = 1.0  # mean CIEDE2000 by which artwork may come to differ more from its drawing
_AROUND = 0.15  # of the area's sides, seen around it


def is_better(
    bench: Bench, recipe: Recipe, gate: BetterGate, *, before: Pixels, after: Pixels, area: F32
) -> tuple[bool, str]:
    """Whether to keep `after` rather than `before` (h, w, 4), and why, in words. `area` (h, w) is what was painted."""
    for placement in recipe.placements:
        view = bench.view(recipe, placement)
        if not (area[view.rows, view.columns] > 0).any():
            continue
        own = reference_sheet(view, *bench.artwork(recipe, placement))
        was, now = (fidelity(picture, view, own) for picture in (before, after))
        if now > was + _WORSE:
            return (
                False,
                f"the repaint was left out: {placement.code} came to differ by CIEDE2000 {now:.1f}, from {was:.1f}",
            )
    if gate.embedder is None or not gate.styles:
        return False, "the repaint was left out: without an embedder and style references nobody can say it is better"
    gain = _gain(bench, gate, before, after, area)
    if gain < _GAIN:
        return False, f"the repaint was left out: it came no nearer to the style (cosine {gain:+.3f})"
    return True, f"the repaint was kept: it came nearer to the style (cosine {gain:+.3f})"


def _gain(bench: Bench, gate: BetterGate, before: Pixels, after: Pixels, area: F32) -> float:
    assert gate.embedder is not None  # noqa: S101 (asked for only where there is one)
    embedder = bench.models.embedder(gate.embedder)
    styles = embedder.pictures([reference_picture(bench.read(source), source) for source in gate.styles])
    window = _window(area)
    cosines = against(embedder.pictures([before[window], after[window]]), styles).mean(axis=1)
    return float(cosines[1] - cosines[0])


def _window(area: F32) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(area.any(axis=1)), np.flatnonzero(area.any(axis=0))
    grown = []
    for found, length in ((rows, area.shape[0]), (columns, area.shape[1])):
        more = round((found[-1] - found[0] + 1) * _AROUND)
        grown.append(slice(max(int(found[0]) - more, 0), min(int(found[-1]) + 1 + more, length)))
    return grown[0], grown[1]
