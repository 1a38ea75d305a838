"""Cutout: the background removed, exactly from a drawing, by flooding from flat art, through a segmenter otherwise."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from lxml import etree
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from pipelines.colour import codes
from pipelines.cutting.edge import unmix
from pipelines.cutting.ground import Points, dim_rim, find_ground, flood
from pipelines.engines.models import Models
from pipelines.engines.renderer import render
from pipelines.engines.segmenter import Segmenter
from pipelines.errors import CutoutError
from pipelines.master import MasterPicture
from pipelines.model import Cutting
from pipelines.vectors.layers import find_layer
from pipelines.vectors.style import local

F32 = NDArray[np.float32]
Pixels = NDArray[np.uint8]
_CLEAR = 8  # alpha codes below which nobody sees a pixel
_SURE = 0.95
_DIM = 0.1  # share of the outline
_DRAWN = ("path", "rect", "circle", "ellipse", "polygon", "polyline", "line", "use", "image", "text")
_UNDRAWN = frozenset(
    ("defs", "style", "title", "desc", "metadata", "clipPath", "mask", "filter", "pattern", "symbol", "marker",
     "linearGradient", "radialGradient")
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Cutout:
    """`rgba` (h, w, 4), straight alpha: the subject on nothing. `ground` is the colour that was removed, if one was."""

    rgba: Pixels
    ground: str | None
    notes: tuple[str, ...]


def cut_master(master: MasterPicture, step: Cutting, models: Models) -> tuple[MasterPicture, tuple[str, ...]]:
    """A master without its background, and what to note: a drawing loses layers where the step names some, else its
    pixels are cut. Raises CutoutError where that would be wrong.
    """
    if master.root is not None and (step.drop or step.keep):
        root = cut_drawing(master.root, drop=step.drop, keep=step.keep)
        return MasterPicture(render(root, master.width, master.height), root, master.origin, master.scale), ()
    cut = cut_picture(master.rgba, master, step, models)
    return MasterPicture(cut.rgba, None, master.origin, master.scale), cut.notes


def cut_alike(rgba: Pixels, base: Pixels, cut: Cutout) -> Pixels:
    """A picture that differs from `base` (both h, w, 4) in some places, cut out as that was: every variant of a master
    gets the same silhouette, whatever was put inside.

    An edge pixel of its own loses the nearest background's share, which may have been painted over too.
    """
    if np.array_equal(cut.rgba, base):
        return rgba
    result = cut.rgba.copy()
    own = (rgba != base).any(axis=2)
    whole = own & (cut.rgba[..., 3] == 255)
    result[whole, :3] = rgba[whole, :3]
    edge = own & (cut.rgba[..., 3] > 0) & ~whole
    if edge.any():
        result[edge, :3] = _unmixed(rgba, cut, edge)
    return result


def _unmixed(rgba: Pixels, cut: Cutout, edge: NDArray[np.bool_]) -> Pixels:
    """What shows on edge pixels (n, 3) beside the background; where a model cut, the nearest whole pixel's colour."""
    behind = cut.rgba[..., 3] == (0 if cut.ground is not None else 255)
    rows, columns = distance_transform_edt(~behind, return_distances=False, return_indices=True)
    near = rgba[rows[edge], columns[edge], :3]
    if cut.ground is None:
        return near
    alpha = cut.rgba[edge, 3:].astype(np.float32) / 255
    return np.rint(np.clip((rgba[edge, :3] - (1 - alpha) * near) / alpha, 0, 255)).astype(np.uint8)


def cut_picture(rgba: Pixels, master: MasterPicture, step: Cutting, models: Models) -> Cutout:
    """A picture (h, w, 4) of the master's size without its background: without layers, by flooding, or through a
    segmenter.
    """
    if master.root is not None and (step.drop or step.keep):
        root = cut_drawing(master.root, drop=step.drop, keep=step.keep)
        left = Cutout(render(root, master.width, master.height), None, ())
        return replace(left, rgba=cut_alike(rgba, master.rgba, left))
    if step.segmenter is not None:
        return cut_learned(rgba, models.segmenter(step.segmenter))
    inside, outside = ([_pixel(p, master) for p in points] for points in (step.inside, step.outside))
    return cut_flat(rgba, inside=inside, outside=outside)


def _pixel(point: tuple[float, float], master: MasterPicture) -> tuple[float, float]:
    """From the master's units to its pixels."""
    (x, y), (left, top), (across, down) = point, master.origin, master.scale
    return (x - left) * across, (y - top) * down


def cut_drawing(root: etree._Element, *, drop: Sequence[str] = (), keep: Sequence[str] = ()) -> etree._Element:
    """A copy of a sanitised SVG without the layers `drop`, or with nothing but the layers `keep`, where they stand.

    Give one of the two; names are ids or layer labels. Raises CutoutError otherwise, and when nothing would be left;
    SlotError for a layer that is not there.
    """
    if bool(drop) == bool(keep):
        raise CutoutError("a cutout of a drawing needs layers to drop, or layers to keep",
                          got=f"drop {list(drop)}, keep {list(keep)}", fix="give one of the two")  # fmt: skip
    other = copy.deepcopy(root)
    for element in [find_layer(other, name) for name in drop]:
        if (parent := element.getparent()) is not None:
            parent.remove(element)
    if keep:
        _keep_only(other, [find_layer(other, name) for name in keep])
    if not any(_is_drawn(element) for element in other.iter()):
        raise CutoutError("nothing would be left of the drawing", got=f"drop {list(drop)}, keep {list(keep)}",
                          fix="name the background's layers alone")  # fmt: skip
    return other


def cut_flat(rgba: Pixels, *, inside: Points = (), outside: Points = ()) -> Cutout:
    """Remove the flat background of (h, w, 4) pixels: all that hangs together with the border in its colour.

    Edge pixels are un-mixed, so that nothing of the old background shows on a new one; all other pixels of the
    subject stay bit-identical. `inside` and `outside` ([x, y] in pixels) settle what the picture leaves open. Raises
    CutoutError with the reason where removal would be wrong: see `flood`.
    """
    if _border(rgba[..., 3]).mean() < _CLEAR:
        return Cutout(rgba, None, ("the picture has a transparent background already; it was left as it is",))
    if (rgba[..., 3] < 255).any():
        raise CutoutError("a picture that is partly transparent, but not around its subject",
                          got=f"{(rgba[..., 3] < 255).mean():.0%} of its pixels",
                          fix="flatten it on one colour first")  # fmt: skip
    rgb = rgba[..., :3]
    ground = find_ground(rgb)
    is_ground = flood(rgb, ground, inside=inside, outside=outside)
    cover, colour = unmix(rgb, is_ground, (np.array(ground.rgb) / 255).astype(np.float32))
    alpha = codes(cover)
    pixels = np.where((alpha == 255)[..., None], rgb, codes(colour))
    pixels[alpha == 0] = 0
    name = "#{:02x}{:02x}{:02x}".format(*ground.rgb)
    dim = dim_rim(is_ground, ground.distance(rgb))
    note = f"{dim:.0%} of the outline is nearly as dark or light as the background: look at it on another colour"
    return Cutout(np.dstack([pixels, alpha]), name, (note,) if dim > _DIM else ())


def cut_learned(rgba: Pixels, segmenter: Segmenter) -> Cutout:
    """Remove what a segmenter takes for background. Half-covered pixels get the nearest sure colour of the subject.

    Raises CutoutError when it finds no subject, or nothing else.
    """
    cover = segmenter.segment(np.ascontiguousarray(rgba[..., :3]))
    sure = cover > _SURE
    if not sure.any() or cover.min() > 1 - _SURE:
        raise CutoutError("the segmenter tells no subject from a background",
                          got=f"values from {float(cover.min()):.2f} to {float(cover.max()):.2f}",
                          fix="use another checkpoint")  # fmt: skip
    rows, columns = distance_transform_edt(~sure, return_distances=False, return_indices=True)
    pixels = np.where(sure[..., None], rgba[..., :3], rgba[rows, columns, :3])
    alpha = codes(np.where(sure, 1, cover).astype(np.float32) * (rgba[..., 3].astype(np.float32) / 255))
    pixels[alpha == 0] = 0
    return Cutout(np.dstack([pixels, alpha]), None, ("the background was found by a model: look at the edges",))


def _keep_only(root: etree._Element, kept: list[etree._Element]) -> None:
    path = {element for layer in kept for element in (layer, *layer.iterancestors())}
    inside = {element for layer in kept for element in layer.iter()}
    for element in [e for e in root.iter() if isinstance(e.tag, str)]:
        parent = element.getparent()
        if element in path or element in inside or parent is None or _in_definition(element):
            continue
        parent.remove(element)


def _in_definition(element: etree._Element) -> bool:
    return any(local(e) in _UNDRAWN for e in (element, *element.iterancestors()))


def _is_drawn(element: etree._Element) -> bool:
    drawn = local(element) in _DRAWN
    return drawn and not _in_definition(element)


def _border(plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.concatenate([plane[0], plane[-1], plane[:, 0], plane[:, -1]])
