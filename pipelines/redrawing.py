"""A finished variant → SVG that shares all it can with the other variants of its batch.

a drawing    its own paths, each edit in its layer          what has no layer: insets on top
a picture    its base, traced once a batch                  what differs: insets on top
either       text that nothing covers: paths                changed as a whole: traced as a whole
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from pipelines.declared import declared, is_drawing
from pipelines.edits.letter import set_text
from pipelines.insets import Change, Inset, insets, lay_over
from pipelines.lettering.drawing import laid_on
from pipelines.lettering.slot import is_plain
from pipelines.master import MasterPicture
from pipelines.model import Lettering, Painting, Placement, Recipe
from pipelines.palette_lock import LockedTracer, base_palette, known_palette
from pipelines.vectorize import WHOLE, Spliced, blank, slot_id, splice, trace
from pipelines.workshop import Workshop

Pixels = NDArray[np.uint8]
Edit = Placement | Lettering | Painting


@dataclass(frozen=True, eq=False)
class Finished:
    """A variant's pixels (h, w, 4): `base` is without edits of single places, `bare` without the texts `on_top` that
    nothing has covered since. `steps` are the edits of single places that were kept, `style` the styles' colours.
    """

    shop: Workshop
    recipe: Recipe
    rgba: Pixels
    base: Pixels
    bare: Pixels
    steps: tuple[Edit, ...]
    on_top: tuple[Lettering, ...]
    style: tuple[str, ...]

    @cached_property
    def master(self) -> MasterPicture:
        """The recipe's master."""
        return self.shop.bench.master(self.recipe)

    @cached_property
    def tracer(self) -> LockedTracer:
        """What traces in the recipe's colours."""
        return LockedTracer(self.shop.tracer, known_palette(self.shop.bench, self.recipe, self.style))

    @cached_property
    def texts(self) -> tuple[Lettering, ...]:
        """Texts that can be laid on last, whatever lies below them."""
        return self.on_top if all(map(is_plain, self.on_top)) else ()

    @cached_property
    def picture(self) -> Pixels:
        """What lies below them."""
        return self.bare if self.texts else self.rgba

    def insets(self, steps: tuple[Edit, ...]) -> tuple[Inset, ...] | None:
        """What some of the steps changed; see `insets`."""
        return insets(self.base, self.picture, _changes(self, steps))


def redraw(done: Finished) -> etree._Element:
    """The variant as SVG. Raises TraceError where the tracer gives up."""
    drawn = done.master.root is not None and is_drawing(done.recipe)
    root = _from_drawing(done) if drawn else _from_picture(done)
    return _lettered(trace(done.picture, done.tracer), done) if root is None else root


def _changes(done: Finished, steps: tuple[Edit, ...]) -> list[Change]:
    """What steps may change, by the id of their group: those of one slot are one change."""
    found: dict[str, Change] = {}
    edits = list(done.recipe.edits)
    for step, mask in declared(done.shop.bench, done.recipe):
        if step in steps:
            site = step.inside if isinstance(step, Painting) else step
            ident = f"edit-{edits.index(step) + 1}" if site is None else slot_id(done.master, site.slot)
            found[ident] = Change(ident, found[ident].mask | mask if ident in found else mask)
    return list(found.values())


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────────────


def _from_picture(done: Finished) -> etree._Element | None:
    found = done.insets(tuple(step for step in done.steps if step not in done.texts))
    if found is None:
        return None
    height, width = done.base.shape[:2]
    root = blank(width, height)
    root.append(done.shop.traced(done.base, base_palette(done.shop.bench, done.recipe, done.style)))
    lay_over(root, done.picture, found, tracer=done.tracer, units=np.eye(3)[:2])
    return _lettered(root, done)


def _lettered(root: etree._Element, done: Finished) -> etree._Element:
    """With the text that lies on top of a picture."""
    shop, recipe = done.shop, done.recipe
    for step in done.texts:
        view, shown = shop.bench.view(recipe, step), shop.bench.lettering(recipe, step)
        laid = set_text(view, shown, done.master, shop.read)
        laid_on(root, shown, laid, view, done.master, factor=recipe.size[0] // recipe.width)
    return root


# ── drawings ─────────────────────────────────────────────────────────────────────────────────────────────


def _from_drawing(done: Finished) -> etree._Element | None:
    layered = tuple(step for step in done.steps if _has_its_layer(done, step))
    found = done.insets(tuple(step for step in done.steps if step not in layered))
    if found is None:
        return None
    below = [_spliced(done, step) for step in layered if step not in done.on_top]
    above = [_spliced(done, step) for step in layered if step in done.on_top]
    root = splice(done.master, below, done.tracer, done.shop.read)
    if found:
        root = copy.deepcopy(root)  # without edits below it is the master's own
        lay_over(root, done.picture, found, tracer=done.tracer, units=_units(done.master))
    return splice(replace(done.master, root=root), above, done.tracer, done.shop.read)


def _units(master: MasterPicture) -> NDArray[np.float64]:
    (left, top), (across, down) = master.origin, master.scale
    return np.array([[1 / across, 0, left], [0, 1 / down, top]])


def _has_its_layer(done: Finished, step: Edit) -> bool:
    """Whether its result can stand in a layer of the drawing, or on top of it as paths."""
    if step in done.on_top:
        return _layer(step) is not None or (isinstance(step, Lettering) and is_plain(step))
    if not isinstance(step, Painting):
        return _layer(step) is not None
    layers = [_layer(other) for other in done.steps if other not in done.on_top]
    return _layer(step) is not None and layers.count(_layer(step)) == 1 and _fills_its_layer(done, step)


def _layer(step: Edit) -> str | None:
    site = step.inside if isinstance(step, Painting) else step
    return None if site is None else site.layer


def _fills_its_layer(done: Finished, step: Painting) -> bool:
    """Its paint stands for the layer: nothing of it was kept, and somewhere it is opaque and its colour known."""
    return not step.keep and bool((done.shop.bench.area(done.recipe, step) >= WHOLE).any())


def _spliced(done: Finished, step: Edit) -> Spliced:
    bench, recipe = done.shop.bench, done.recipe
    if isinstance(step, Painting):
        picture = done.bare if done.on_top else done.rgba
        return Spliced(step, picture=picture, area=bench.area(recipe, step))
    view = bench.view(recipe, step)
    if isinstance(step, Lettering):
        return Spliced(bench.lettering(recipe, step), view)
    placement, data = bench.artwork(recipe, step)
    return Spliced(placement, view, data)
