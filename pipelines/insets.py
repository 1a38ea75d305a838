"""Insets: the parts of a variant that differ from its base, each traced by itself and laid over the base's own shapes.

So a hundred variants of one picture share its shapes to the letter. Where the two meet they show the same pixels, so an
inset reaches a few pixels beyond its change, over what it repeats: no seam can show. What is laid over can't erase, so
where the variant is not opaque the base's shapes are left out below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from lxml import etree
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from skimage.measure import approximate_polygon, find_contours

from pipelines.engines.tracer import Tracer
from pipelines.sources import svg_size
from pipelines.vectors.layers import SVG, unused
from pipelines.vectors.path_data import format_path
from pipelines.vectors.paths import Subpath, polygon, transform
from pipelines.vectors.write import traced_elements

Pixels = NDArray[np.uint8]
Bools = NDArray[np.bool_]
Matrix = NDArray[np.float64]
_MOST = 0.6  # of what can be seen; beyond it, tracing all of it is smaller and better
_REACH, _LOOSE = 4, 1.0  # pixels that an inset goes beyond its change, and by how much its corners may be cut
_HOLE, _TIGHT = 1, 0.4  # the same for what is left out below
_AROUND = 2  # pixels around an inset that are traced with it
_UNSEEN = 6  # pixels beyond what is seen, from where on nothing is traced
_OPAQUE, _FAINT = 254, 8  # codes of alpha
_HALF = 0.1  # of the seam's pixels: antialiased outlines that cross it make fewer


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """Pixels (h, w) that may differ from the base, and the id of the group that shows them."""

    ident: str
    mask: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Inset:
    """What is laid over a base: `mask` as it changed, `wide` as far as it reaches, both (h, w)."""

    ident: str
    mask: Bools
    wide: Bools
    erases: bool


def insets(base: Pixels, rgba: Pixels, changes: Sequence[Change]) -> tuple[Inset, ...] | None:
    """What to lay over a drawing of `base` so that it shows `rgba`, both (h, w, 4), in the changes' order.

    None where tracing the whole picture is better: most of it changed, or half-transparent paint crosses the border of
    a change, where it would be laid on itself.
    """
    differs = (base != rgba).any(axis=2)
    found = tuple(_inset(change, base, rgba) for change in changes if (change.mask & differs).any())
    if not found:
        return ()
    seen = (base[..., 3] > 0) | (rgba[..., 3] > 0)
    covered = np.any([one.wide for one in found], axis=0) & seen
    if covered.sum() > _MOST * seen.sum() or any(_half(one, rgba) for one in found):
        return None
    return found


def lay_over(root: etree._Element, rgba: Pixels, found: Sequence[Inset], *, tracer: Tracer, units: Matrix) -> None:
    """Put insets on top of a drawing of their base, in place. `units` (2, 3) takes pixels to its user units."""
    erasing = [one.mask for one in found if one.erases]
    if erasing:
        _leave_out(root, np.any(erasing, axis=0), units)
    root.extend([_group(one, rgba, tracer, units) for one in found])


def _inset(change: Change, base: Pixels, rgba: Pixels) -> Inset:
    wide = _wider(change.mask, _REACH)
    erases = bool(((rgba[..., 3] < _OPAQUE) & (base[..., 3] > 0) & wide).any())
    return Inset(change.ident, change.mask, wide, erases)


def _wider(mask: Bools, pixels: float) -> Bools:
    found: Bools = distance_transform_edt(~mask) <= pixels
    return found


def _half(one: Inset, rgba: Pixels) -> bool:
    """Whether half-transparent paint crosses its border, and not antialiased outlines alone."""
    alpha = rgba[..., 3][one.wide & ~one.mask]
    return bool(((alpha > _FAINT) & (alpha < _OPAQUE)).sum() > _HALF * alpha.size)


def _group(one: Inset, rgba: Pixels, tracer: Tracer, units: Matrix) -> etree._Element:
    rows, columns = _box(one.wide)
    part, inside = rgba[rows, columns], one.wide[rows, columns]
    moved = units @ np.array([[1, 0, columns.start], [0, 1, rows.start], [0, 0, 1]])
    group = etree.Element(SVG + "g", {"id": one.ident, "clip-path": f"url(#{one.ident}-clip)", **_transform(moved)})
    clip = etree.SubElement(group, SVG + "clipPath", {"id": f"{one.ident}-clip"})
    outline = _outline(inside, tolerance=_LOOSE)
    etree.SubElement(clip, SVG + "path", {"d": format_path(outline, decimals=0)})
    group.extend(traced_elements(tracer.trace(continued(part, inside)), prefix=one.ident))
    return group


def _box(mask: Bools) -> tuple[slice, slice]:
    height, width = mask.shape
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (
        slice(max(int(rows[0]) - _AROUND, 0), min(int(rows[-1]) + 1 + _AROUND, height)),
        slice(max(int(columns[0]) - _AROUND, 0), min(int(columns[-1]) + 1 + _AROUND, width)),
    )


def continued(picture: Pixels, inside: Bools) -> Pixels:
    """The picture (h, w, 4) as far as it will be seen (`inside`), and a little farther, where the nearest of its pixels
    go on: no seam shows, and nothing is traced for what nobody sees.
    """
    away, (rows, columns) = distance_transform_edt(~inside, return_indices=True)
    found: Pixels = picture[rows, columns]
    found[away > _UNSEEN] = 0
    return found


def _leave_out(root: etree._Element, mask: Bools, units: Matrix) -> None:
    """Show what the root holds so far everywhere but in the mask."""
    left, top, wide, high = svg_size(root)
    corners = np.array([[left, top], [left + wide, top], [left + wide, top + high], [left, top + high]])
    outline = [transform(s, units) for s in _outline(_wider(mask, _HOLE), tolerance=_TIGHT)]
    name = unused(root, "unchanged")
    clip = etree.Element(SVG + "clipPath", {"id": name})
    decimals = 1 if abs(units[0, 0]) >= 0.5 else 2
    data = format_path([polygon(corners), *outline], decimals=decimals)
    etree.SubElement(clip, SVG + "path", {"d": data})
    holder = etree.Element(SVG + "g", {"clip-path": f"url(#{name})"})
    holder.extend(list(root))
    root.extend([clip, holder])


def _outline(mask: Bools, *, tolerance: float) -> list[Subpath]:
    """The border of a mask as polygons in pixels; at the picture's border it goes on outside.

    Borders run anticlockwise and those of holes in it the other way, so that both rules of filling mean the mask:
    CairoSVG knows no `clip-rule`.
    """
    lines = find_contours(np.pad(np.pad(mask, 2, mode="edge"), 1).astype(np.float32), 0.5, positive_orientation="high")
    corners = (approximate_polygon(line[:, ::-1] - 2.5, tolerance)[:-1] for line in lines)
    return [polygon(line) for line in corners if len(line) > 2]


def _transform(matrix: Matrix) -> dict[str, str]:
    (a, c, e), (b, d, f) = matrix.tolist()
    if (a, b, c, d) == (1, 0, 0, 1):
        return {"transform": f"translate({e:.6g} {f:.6g})"} if e or f else {}
    return {"transform": f"matrix({a:.6g} {b:.6g} {c:.6g} {d:.6g} {e:.6g} {f:.6g})"}
