"""Score a variant against its master and its own artwork, and judge it by the brief's gates. Pure.

Outside the slots nothing may differ, counted in pixels. Inside, the picture is laid flat with its shading undone
(`references.py`) and compared with the artwork: colour (CIEDE2000), place (in pixels), and whether any other artwork of
the batch would be nearer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, shift

from pipelines.colour import ciede2000, encoded, oklab_of
from pipelines.model import Gates, Placement, Scores, Verdict
from pipelines.references import CELLS, Sheet, seen_sheet
from pipelines.slots.view import SlotView
from pipelines.vector_proof import Proof

Floats = NDArray[np.floating]
_INKED = 0.1  # of the artwork's light at most comes through ink
_KEPT = 0.08  # encoded difference at which ink counts as gone
_STEPS = 6  # of least squares at each scale
_CLEAR = 0.04  # of the strongest direction's gradient; less, and a direction says nothing of place
_TIE = 0.02  # OKLab x 100: artworks nearer than this to each other are the same artwork


@dataclass(frozen=True, eq=False)
class Slotted:
    """A slot with what was placed in it and the reference sheets of all artworks that the batch places there."""

    placement: Placement
    view: SlotView
    references: Mapping[str, Floats]


def score(
    base: NDArray[np.uint8],
    variant: NDArray[np.uint8],
    free: NDArray[np.bool_],
    slots: list[Slotted],
    *,
    laid: NDArray[np.uint8] | None = None,
    outlined: NDArray[np.uint8] | None = None,
) -> Scores:
    """Measure a variant (h, w, 4) against what it would be without edits of single places, `base`, which outside
    `free` (h, w) it must equal bit for bit. A variant with several placed slots gets its worst slot's figures; `laid`
    is the variant at the size of the slots, if it was enlarged since; `outlined` the one whose outline counts, if text
    stands beside the subject.
    """
    changed = int(((base != variant).any(axis=2) & ~free).sum())
    outline = variant if outlined is None else outlined
    silhouette = round(_overlap(base[..., 3] > 127, outline[..., 3] > 127), 5)
    if not slots:
        return Scores(changed_outside=changed, silhouette=silhouette)
    at_size = variant if laid is None else laid
    worst = max((_slot_figures(at_size, slot) for slot in slots), key=lambda figures: figures.delta_e)
    return Scores(
        changed_outside=changed,
        delta_e=round(worst.delta_e, 3),
        delta_e_p95=round(worst.delta_e_p95, 3),
        geometry=round(max(worst.geometry, 0.0), 3),
        nearest=worst.nearest[0][0],
        nearest_distance=round(worst.nearest[0][1], 3),
        runner_up=worst.nearest[1][0] if len(worst.nearest) > 1 else None,
        runner_up_distance=round(worst.nearest[1][1], 3) if len(worst.nearest) > 1 else None,
        edges=round(min(_ink_kept(at_size, slot.view) for slot in slots), 4),
        silhouette=silhouette,
    )


def fidelity(variant: NDArray[np.uint8], view: SlotView, own: Floats) -> float:
    """Mean CIEDE2000 of what a slot shows to the artwork's reference sheet, shading undone; 0 where nothing is seen."""
    sheet = seen_sheet(variant, view)
    if not sheet.seen.any():
        return 0.0
    return float(ciede2000(encoded(sheet.light[sheet.seen]), encoded(own[sheet.seen])).mean())


@dataclass(frozen=True, slots=True)
class _Figures:
    delta_e: float
    delta_e_p95: float
    geometry: float
    nearest: list[tuple[str, float]]


def _slot_figures(variant: NDArray[np.uint8], slot: Slotted) -> _Figures:
    sheet = seen_sheet(variant, slot.view)
    own = slot.references[slot.placement.code]
    if not sheet.seen.any():
        return _Figures(0.0, 0.0, 0.0, [(slot.placement.code, 0.0)])
    differences = ciede2000(encoded(sheet.light[sheet.seen]), encoded(own[sheet.seen]))
    return _Figures(
        delta_e=float(differences.mean()),
        delta_e_p95=float(np.quantile(differences, 0.95)),
        geometry=_offset(sheet, own, slot.view),
        nearest=rank(sheet, slot.references, own=slot.placement.code),
    )


def rank(sheet: Sheet, references: Mapping[str, Floats], *, own: str) -> list[tuple[str, float]]:
    """Artworks by mean OKLab distance x 100 from the sheet, nearest first; identical artworks count as `own`."""
    seen = oklab_of(sheet.light[sheet.seen])
    found = {
        code: float(np.linalg.norm(oklab_of(light[sheet.seen]) - seen, axis=1).mean()) * 100
        for code, light in references.items()
    }
    return sorted(found.items(), key=lambda item: item[1] - (_TIE if item[0] == own else 0.0))


def _offset(sheet: Sheet, own: Floats, view: SlotView) -> float:
    """How far the artwork lies from where it belongs, in pixels.

    Iterated least squares on gradients (Lucas and Kanade 1981) of all three channels, from coarse to fine. A direction
    along which the artwork hardly changes (that of a tricolour's bars) cannot be measured and counts as 0.
    """
    expected = encoded(own)
    seen = np.where(sheet.seen[..., None], encoded(sheet.light), expected)
    moved = np.zeros(2)
    for sigma in (4.0, 2.0, 1.0):
        for _ in range(_STEPS):
            moved += _step(expected, shift(seen, (*moved, 0.0), order=1, mode="nearest"), sigma)
    wide, high = view.surface.size
    return float(np.hypot(moved[0] * high / CELLS[0], moved[1] * wide / CELLS[1]))


def _step(expected: Floats, seen: Floats, sigma: float) -> NDArray[np.float64]:
    """The shift (down, right) in cells that brings `seen` nearer to `expected`."""
    first, second = (gaussian_filter(sheet, (sigma, sigma, 0)) for sheet in (expected, seen))
    down, right = np.gradient(first, axis=(0, 1))
    slopes = np.stack([down.ravel(), right.ravel()], axis=1).astype(np.float64)
    strength, directions = np.linalg.eigh(slopes.T @ slopes)
    pull = directions.T @ (slopes.T @ (first - second).ravel().astype(np.float64))
    clear = strength > max(_CLEAR * float(strength[-1]), 1e-6)
    found: NDArray[np.float64] = directions @ np.where(clear, -pull / np.where(clear, strength, 1.0), 0.0)
    return found


def _ink_kept(variant: NDArray[np.uint8], view: SlotView) -> float:
    """Share of the slot's inked pixels that still show the ink."""
    inked = (view.white - view.dark)[:, :3].max(axis=1) < _INKED
    if not inked.any():
        return 1.0
    pixels = variant[view.rows[inked], view.columns[inked]].astype(np.float32) / 255
    gone = np.abs(pixels[:, :3] * pixels[:, 3:] - view.dark[inked, :3]).max(axis=1) > _INKED + _KEPT
    return float(1 - gone.mean())


def _overlap(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    union = int((first | second).sum())
    return float((first & second).sum() / union) if union else 1.0


def judge(scores: Scores, gates: Gates, *, own: frozenset[str], proof: Proof | None) -> Verdict:
    """Accept a variant, or send it to review with every reason in words. `own`: the codes that it stands for."""
    reasons = []
    if scores.changed_outside:
        reasons.append(f"{scores.changed_outside} pixels that no edit may change differ from the master")
    limits = (
        ("the artwork's colours are off by CIEDE2000 {}", scores.delta_e, gates.delta_e),
        ("the artwork lies {} px from where it belongs", scores.geometry, gates.geometry),
    )
    reasons += [
        f"{text.format(f'{v:.2f}')} (at most {most:g})" for text, v, most in limits if v is not None and v > most
    ]
    floors = (
        ("only {} of the master's ink inside the slot survives", scores.edges, gates.edges),
        ("the outline overlaps the master's by only {}", scores.silhouette, gates.silhouette),
        ("the SVG, drawn again, is only {} like the picture", proof.ssim if proof else None, gates.svg_ssim),
    )
    reasons += [
        f"{text.format(f'{v:.1%}')} (at least {low:.1%})" for text, v, low in floors if v is not None and v < low
    ]
    if gates.nearest_own and scores.nearest is not None and scores.nearest not in own:
        reasons.append(f"it is nearer to the artwork of {scores.nearest} than to its own")
    return Verdict(outcome="review" if reasons else "accepted", reasons=tuple(reasons))


def palette(rgba: NDArray[np.uint8], *, most: int = 8) -> tuple[str, ...]:
    """The picture's main colours as hex, the largest first; transparent pixels do not count."""
    from PIL import Image

    opaque = rgba[rgba[..., 3] > 127][:, :3]
    if not len(opaque):
        return ()
    step = max(1, len(opaque) // 60_000)
    strip = Image.fromarray(np.ascontiguousarray(opaque[::step][None]))
    reduced = strip.quantize(most, method=Image.Quantize.MAXCOVERAGE)
    colours = np.array(reduced.getpalette()).reshape(-1, 3)
    counts = sorted(reduced.getcolors() or [], key=lambda c: -c[0])
    return tuple("#{:02x}{:02x}{:02x}".format(*colours[int(str(i))]) for _, i in counts)
