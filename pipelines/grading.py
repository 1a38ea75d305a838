"""A recipe's recolouring: the master and the artwork in another light or season, before anything is placed.

Placing and grading commute, since a grade looks at a colour alone: graded artwork on the graded master is the graded
variant. So everything that comes after (slots, scores, vectors) works on a graded master as on any other.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from lxml import etree

from pipelines.colour import codes, hex_rgb
from pipelines.edits.recolor import Grade, grade_of, recolor, recolor_drawing
from pipelines.engines.renderer import render
from pipelines.errors import SourceError
from pipelines.master import MasterPicture
from pipelines.model import Placement, Recoloring, Source
from pipelines.sources import decode_raster, parse_svg
from pipelines.vectors.layers import find_layer

Read = Callable[[Source], bytes]
_NO_PICTURE = ("defs", "style", "title", "desc", "metadata", "namedview")


@dataclass(frozen=True, slots=True)
class Grading:
    """The grade of a recipe, ready for use: `scene` for the characters, `backdrop` for the layers behind them, `placed`
    for artwork, which takes the light but keeps its hues: leaves turn in autumn, flags do not.
    """

    scene: Grade
    backdrop: Grade
    placed: Grade
    layers: tuple[str, ...]

    def master(self, master: MasterPicture) -> MasterPicture:
        """The master in its new colours. Raises SourceError for a pixel master."""
        if master.root is None:
            raise SourceError("a pixel master cannot be recoloured", got="pixels", fix="give the master as SVG")
        root = self._drawing(master.root)
        return MasterPicture(render(root, master.width, master.height), root, master.origin, master.scale)

    def _drawing(self, root: etree._Element) -> etree._Element:
        behind = [find_layer(root, name) for name in self.layers]
        rest = tuple(_named(root, behind))
        graded = recolor_drawing(root, self.scene, layers=rest) if rest else root
        return recolor_drawing(graded, self.backdrop, layers=self.layers) if self.layers else graded

    def artwork(self, data: bytes, source: Source) -> bytes:
        """Artwork as the scene's light shows it."""
        if source.kind == "svg":
            return etree.tostring(recolor_drawing(parse_svg(data, source.name), self.placed), encoding="utf-8")
        from PIL import Image

        out = io.BytesIO()
        Image.fromarray(recolor(decode_raster(data, source.name).rgba, self.placed)).save(out, "PNG")
        return out.getvalue()

    def placement(self, placement: Placement) -> Placement:
        """The same placement on a ground of the new colour."""
        (ground,) = codes(self.placed(np.asarray(hex_rgb(placement.ground))[None]))
        return placement.model_copy(update={"ground": "#" + bytes(ground.tolist()).hex()})


def grading(wanted: Recoloring, read: Read) -> Grading:
    """Open a recipe's grade. What is kept stays recognisable in the scene; the backdrop takes the grade in full."""
    data, name = read(wanted.grade), wanted.grade.name
    scene = grade_of(data, name, keep=wanted.keep)
    placed = replace(scene, curves=scene.curves.model_copy(update={"turns": ()}))
    return Grading(scene, grade_of(data, name, part="backdrop"), placed, wanted.backdrop)


def _named(root: etree._Element, behind: list[etree._Element]) -> Iterator[str]:
    """Ids of what is drawn and lies not in the layers `behind`; those that have none are given one."""
    above = {element for layer in behind for element in layer.iterancestors()}
    for number, element in enumerate(_parts(root, behind, above)):
        if element.get("id") is None:
            element.set("id", f"part-{number + 1}")
        yield str(element.get("id"))


def _parts(top: etree._Element, behind: list[etree._Element], above: set[etree._Element]) -> Iterator[etree._Element]:
    for child in top:
        if not isinstance(child.tag, str) or etree.QName(child).localname in _NO_PICTURE or child in behind:
            continue
        if child in above:
            yield from _parts(child, behind, above)
        else:
            yield child
