"""Whether `cutout` edits fit: layers, points and models that exist, and one cutout at most."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.brief.edits.desk import Desk, each
from pipelines.brief.flaws import Flaw, Path
from pipelines.brief.shelf import reason
from pipelines.errors import EngineError
from pipelines.model import Cutout


def cutout_flaws(desk: Desk) -> Iterator[Flaw]:
    """Everything wrong with the `cutout` edits of a brief."""
    found = list(each(desk.draft, Cutout))
    for path, _, edit in found[1:]:
        if not edit.values:
            yield Flaw(path, "the background is removed twice", "keep one cutout")
    for path, _, edit in found:
        yield from _layer_flaws(edit, path, desk)
        for key, points in (("inside", edit.inside), ("outside", edit.outside)):
            yield from _point_flaws(points, (*path, key), desk)
        if edit.segmenter is not None:
            try:
                desk.shelf.models.pretrained(desk.shelf.locate(edit.segmenter))
            except EngineError as error:
                yield Flaw((*path, "segmenter"), *reason(error))


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


def _point_flaws(points: tuple[tuple[float, float], ...], path: Path, desk: Desk) -> Iterator[Flaw]:
    if desk.master is None:
        return
    left, top, width, height = desk.master.box
    for index, (x, y) in enumerate(points):
        if not (left <= x <= left + width and top <= y <= top + height):
            box = f"x {left:g} to {left + width:g}, y {top:g} to {top + height:g}"
            yield Flaw((*path, index), "the point lies outside the picture", f"the master's own units are {box}")
