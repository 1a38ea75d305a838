"""Whether `cutout` edits fit: layers, points and models that exist, one a variant, and no slot that goes with it."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.brief.edits.desk import Desk, apart, each, edits
from pipelines.brief.flaws import Flaw, Path
from pipelines.brief.shelf import reason
from pipelines.errors import CutoutError, EngineError, SlotError
from pipelines.model import Cutout
from pipelines.vectors.layers import find_layer


def cutout_flaws(desk: Desk) -> Iterator[Flaw]:
    """Everything wrong with the `cutout` edits of a brief."""
    found = list(each(desk.draft, Cutout))
    for index, (path, axis, edit) in enumerate(found):
        if any(not apart(other, before, axis, edit) for _, other, before in found[:index]):
            fix = "keep one cutout, or give each its values of one axis"
            yield Flaw(path, "the background of some variant is removed twice", fix)
        wrong = list(_layer_flaws(edit, path, desk))
        yield from wrong
        if not wrong:
            yield from _slot_flaws(edit, path, axis, desk)
        for key, points in (("inside", edit.inside), ("outside", edit.outside)):
            yield from _point_flaws(points, (*path, key), desk)
        if edit.segmenter is not None:
            yield from _segmenter_flaws(edit.segmenter, edit, path, desk)


def _layer_flaws(edit: Cutout, path: Path, desk: Desk) -> Iterator[Flaw]:
    if edit.drop and edit.keep:
        yield Flaw((*path, "keep"), "drop and keep both say what goes", "give one of the two")
    layered = bool(edit.drop or edit.keep)
    if layered and (edit.inside or edit.outside or edit.segmenter):
        yield Flaw(path, "layers say it all: points and a segmenter are for pictures", "remove them")
    for key, names in (("drop", edit.drop), ("keep", edit.keep)):
        if names and desk.master is not None and desk.master.root is None:
            yield Flaw((*path, key), "a pixel master has no layers", "leave it out: flat art is cut by its colours")
        else:
            yield from desk.unknown_layers(names, (*path, key))
    if not layered and edit.segmenter is None and desk.master is not None and desk.master.root is not None:
        fix = "name the layers to drop, and it stays a drawing"
        yield Flaw(path, "a drawing will be cut as pixels, and traced for SVG", fix, warning=True)


def _slot_flaws(edit: Cutout, path: Path, axis: str, desk: Desk) -> Iterator[Flaw]:
    """Layers that are background, and slots of other edits too; or nothing that is left."""
    if not (edit.drop or edit.keep) or desk.master is None or desk.master.root is None:
        return
    from pipelines.edits.cutout import cut_drawing  # brings scipy along, which few briefs need

    key = "drop" if edit.drop else "keep"
    try:
        left = cut_drawing(desk.master.root, drop=edit.drop, keep=edit.keep)
    except CutoutError as error:
        yield Flaw((*path, key), *reason(error))
        return
    told = set()
    for _, other, later in edits(desk.draft):
        slot = (desk.draft.slots or {}).get(getattr(later, "slot", None) or "")
        layer = slot.layer if slot is not None else None
        if layer is None or layer in told or apart(axis, edit, other, later):
            continue
        try:
            find_layer(left, layer)
        except SlotError:
            told.add(layer)
            problem = f"the layer {layer} goes with the background, and {later.edit} needs it"
            yield Flaw((*path, key), problem, "leave it in, or give one of the edits its own values")


def _point_flaws(points: tuple[tuple[float, float], ...], path: Path, desk: Desk) -> Iterator[Flaw]:
    if desk.master is None:
        return
    left, top, width, height = desk.master.box
    for index, (x, y) in enumerate(points):
        if not (left <= x < left + width and top <= y < top + height):
            box = f"x {left:g} to {left + width:g}, y {top:g} to {top + height:g}"
            yield Flaw((*path, index), "the point lies outside the picture", f"the master's own units are {box}")


def _segmenter_flaws(segmenter: str, edit: Cutout, path: Path, desk: Desk) -> Iterator[Flaw]:
    if edit.inside or edit.outside:
        fix = "remove them, or the segmenter"
        yield Flaw(path, "points say nothing to a segmenter", fix, warning=True)
    try:
        desk.shelf.models.pretrained(desk.shelf.locate(segmenter))
    except EngineError as error:
        yield Flaw((*path, "segmenter"), *reason(error))
