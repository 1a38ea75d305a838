"""A recipe's preparation: the master itself in other colours or without its background, before anything is put on it.

Placing and grading commute, since a grade looks at a colour alone: graded artwork on the graded master is the graded
variant. So everything that comes after (slots, scores, vectors) works on a prepared master as on any other.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from pipelines.colour import codes, hex_rgb
from pipelines.edits.recolor import Change, Grade, grade_of, recolor, recolor_drawing, swap
from pipelines.engines.renderer import render
from pipelines.master import MasterPicture
from pipelines.model import Lettering, Placement, Recoloring, Source
from pipelines.palettes.colourise import colourise
from pipelines.sources import decode_raster, parse_svg
from pipelines.vectors.layers import find_layer

Read = Callable[[Source], bytes]
Pixels = NDArray[np.uint8]
_LETTERED = ("colour", "cover", "outline_colour")
_NO_PICTURE = ("defs", "style", "title", "desc", "metadata", "namedview")


@dataclass(frozen=True, slots=True)
class InTurn:
    """Changes of colour, one after another."""

    changes: tuple[Change, ...]

    def __call__(self, colours: Pixels, /) -> NDArray[np.float64]:
        """SRGB codes (n, 3) → encoded values 0 to 1 (n, 3)."""
        values = np.asarray(colours, dtype=np.float64) / 255
        for change in self.changes:
            values = change(codes(values.astype(np.float32)))
        return values


@dataclass(frozen=True, slots=True)
class Colouring:
    """A recipe's recolouring, ready for use: `scene` for the characters, `backdrop` for the layers behind them,
    `placed` for artwork, which takes a grade's light but keeps its hues: leaves turn in autumn, flags do not.
    """

    scene: Change
    backdrop: Change
    placed: Grade | None
    layers: tuple[str, ...]
    colours: tuple[str, ...]

    def master(self, master: MasterPicture) -> MasterPicture:
        """The master in its new colours. Raises SourceError where a picture that is not grey should be coloured."""
        if master.root is None:
            return replace(master, rgba=self.pixels(master.rgba))
        root = self._drawing(master.root)
        return MasterPicture(render(root, master.width, master.height), root, master.origin, master.scale)

    def pixels(self, rgba: Pixels) -> Pixels:
        """A picture (h, w, 4) in its new colours; alpha stays."""
        return recolor(colourise(rgba, self.colours).rgba if self.colours else rgba, self.scene)

    def _drawing(self, root: etree._Element) -> etree._Element:
        behind = [find_layer(root, name) for name in self.layers]
        rest = tuple(_named(root, behind))
        graded = recolor_drawing(root, self.scene, layers=rest) if rest else root
        return recolor_drawing(graded, self.backdrop, layers=self.layers) if self.layers else graded

    def artwork(self, data: bytes, source: Source) -> bytes:
        """Artwork as the scene's light shows it."""
        if self.placed is None:
            return data
        if source.kind == "svg":
            return etree.tostring(recolor_drawing(parse_svg(data, source.name), self.placed), encoding="utf-8")
        from PIL import Image

        out = io.BytesIO()
        Image.fromarray(recolor(decode_raster(data, source.name).rgba, self.placed)).save(out, "PNG")
        return out.getvalue()

    def placement(self, placement: Placement) -> Placement:
        """The same placement on a ground of the new colour."""
        return placement.model_copy(update={"ground": self._shown(placement.ground)})

    def lettering(self, lettering: Lettering) -> Lettering:
        """The same text as the scene's light shows it; letters in the master's ink follow the master by themselves."""
        named = {key: colour for key in _LETTERED if (colour := getattr(lettering, key)) is not None}
        return lettering.model_copy(update={key: self._shown(colour) for key, colour in named.items()})

    def _shown(self, colour: str) -> str:
        """The colour of something placed, as the scene's light shows it."""
        if self.placed is None:
            return colour
        (shown,) = codes(self.placed(np.asarray(hex_rgb(colour))[None]))
        return "#" + bytes(shown.tolist()).hex()


def colouring(wanted: Recoloring, read: Read) -> Colouring:
    """Open a recipe's recolouring: other colours for some first, then the grade.

    What is kept stays recognisable in the scene; the backdrop takes the grade in full.
    """
    swaps: tuple[Change, ...] = (swap(wanted.swap),) if wanted.swap else ()
    if wanted.grade is None:
        return Colouring(InTurn(swaps), InTurn(swaps), None, wanted.backdrop, wanted.colourise)
    data, name = read(wanted.grade), wanted.grade.name
    scene, backdrop = grade_of(data, name, keep=wanted.keep), grade_of(data, name, part="backdrop")
    placed = replace(scene, curves=scene.curves.model_copy(update={"turns": ()}))
    first, second = (grade if not swaps else InTurn((*swaps, grade)) for grade in (scene, backdrop))
    return Colouring(first, second, placed, wanted.backdrop, wanted.colourise)


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
