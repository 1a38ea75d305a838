"""A variant as SVG: the master's own paths with the bent artwork in its slot, or the whole picture traced.

Either way the file has a view box, a title, stable ids and nothing that reaches outside it, and it is drawn again and
compared with the picture it stands for.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from pipelines.artwork_drawing import artwork_drawing
from pipelines.edits.letter import set_text
from pipelines.edits.place import texture_for
from pipelines.engines.tracer import Tracer
from pipelines.errors import TraceError
from pipelines.insets import continued
from pipelines.lettering.drawing import lettered
from pipelines.master import MasterPicture
from pipelines.model import Lettering, Painting, Placement, Source
from pipelines.slots.view import SlotView
from pipelines.sources import decode_raster, svg_size
from pipelines.tokens import theme
from pipelines.tracing.better import BetterTracer
from pipelines.vectors.bend import bend
from pipelines.vectors.layers import SVG, replaced, unused
from pipelines.vectors.paths import polygon
from pipelines.vectors.shapes import Shape
from pipelines.vectors.shorten import shorten
from pipelines.vectors.write import QUARTERS, elements, in_quarters, traced_elements

Array = NDArray[np.float64]
Read = Callable[[Source], bytes]
_TOLERANCE = 0.08  # pixels between a bent curve and its fit
WHOLE = 254 / 255  # of a pixel: all of it is paint
_SMALLEST = 0.25  # square pixels below which nobody sees a shape


@dataclass(frozen=True, eq=False, slots=True)
class Spliced:
    """Artwork (`data`), text or paint to splice into its slot; of paint, `picture` is the variant (h, w, 4) and `area`
    (h, w) how much of each pixel was painted.
    """

    step: Placement | Lettering | Painting
    view: SlotView | None = None
    data: bytes = b""
    picture: NDArray[np.uint8] | None = None
    area: NDArray[np.float32] | None = None


def splice(master: MasterPicture, edits: list[Spliced], tracer: Tracer, read: Read) -> etree._Element:
    """The master's SVG with each slot's layer holding its new artwork, bent as vector, its text as paths, or its paint
    traced.
    """
    root = master.root
    if root is None:
        raise TraceError("a pixel master has no paths to keep", got="a pixel master", fix="trace the picture instead")
    for edit in edits:
        root = _spliced(root, master, edit, tracer, read)
    return root


def _spliced(root: etree._Element, master: MasterPicture, edit: Spliced, tracer: Tracer, read: Read) -> etree._Element:
    step, view = edit.step, edit.view
    if isinstance(step, Painting):
        assert step.inside is not None and step.inside.layer is not None  # noqa: PT018, S101 (as the stage makes sure)
        content = _paint_shapes(master, edit, tracer)
        return replaced(root, step.inside.layer, content, ident=slot_id(master, step.inside.slot), border=None)
    assert view is not None  # noqa: S101 (told to the type checker)
    if isinstance(step, Lettering):
        return lettered(root, step, set_text(view, step, master, read), view, master)
    assert step.layer is not None  # noqa: S101 (as the stage makes sure)
    content = _content(master, step, view, edit.data, tracer)
    return replaced(root, step.layer, content, ident=slot_id(master, step.slot), border=view.border)


def slot_id(master: MasterPicture, slot: str) -> str:
    """The id of the group that shows what a slot holds: the same in every variant, and no other's in the master."""
    return f"slot-{slot}" if master.root is None else unused(master.root, f"slot-{slot}")


def _paint_shapes(master: MasterPicture, edit: Spliced, tracer: Tracer) -> list[etree._Element]:
    """What was painted into a layer, traced. It goes on a little behind what stands before it."""
    assert isinstance(edit.step, Painting) and edit.step.inside is not None  # noqa: PT018, S101 (as its caller sees)
    assert edit.picture is not None and edit.area is not None  # noqa: PT018, S101 (as the stage makes sure)
    picture = continued(edit.picture, edit.area >= WHOLE)
    group = etree.Element(SVG + "g")
    (left, top), (across, down) = master.origin, master.scale
    group.set("transform", f"translate({left:.6g} {top:.6g}) scale({1 / across:.6g} {1 / down:.6g})")
    group.extend(traced_elements(tracer.trace(picture), prefix=slot_id(master, edit.step.inside.slot)))
    return [group]


def _content(
    master: MasterPicture, placement: Placement, view: SlotView, data: bytes, tracer: Tracer
) -> list[etree._Element]:
    _, fit = texture_for(view, placement, data)
    drawing = artwork_drawing(data, placement.artwork, tracer)
    unit = 1 / float(np.mean(master.scale))

    def where(points: Array) -> Array:
        found: Array = view.surface.points(fit.surface(points)) / master.scale + master.origin
        return found

    shapes = bend(drawing, where, tolerance=_TOLERANCE * unit, smallest=_SMALLEST * unit * unit)
    sheet = view.border if view.border is not None else _box(view, master)
    ground = Shape((sheet,), "nonzero", placement.ground)
    decimals = max(0, 2 - round(np.log10(unit))) if unit < 0.5 else 2
    return elements((ground, *shapes), prefix=slot_id(master, placement.slot), decimals=int(decimals))


def _box(view: SlotView, master: MasterPicture) -> Array:
    left, top, right, bottom = view.surface.box
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float64)
    return polygon(corners / master.scale + master.origin)


def trace(rgba: NDArray[np.uint8], tracer: Tracer, *, ident: str = "picture") -> etree._Element:
    """The whole picture as shapes, in one group of that id."""
    height, width = rgba.shape[:2]
    root = blank(width, height)
    group = etree.SubElement(root, SVG + "g", {"id": ident})
    group.extend(traced_elements(tracer.trace(rgba), prefix=ident))
    return root


def blank(width: int, height: int) -> etree._Element:
    """An SVG of that view box with nothing in it."""
    return etree.Element(
        SVG + "svg",
        {"viewBox": f"0 0 {width} {height}"},
        nsmap={None: SVG[1:-1]},  # type: ignore[dict-item]  # lxml-stubs do not know the default namespace
    )


def finish(root: etree._Element, *, title: str, description: str, width: int, height: int) -> bytes:
    """Give the file what production asks for: view box, size, role, title and description; then write it, briefly."""
    done = copy.deepcopy(root)
    view = svg_size(done)
    done.set("viewBox", " ".join(f"{v:g}" for v in view))
    done.set("width", str(width))
    done.set("height", str(height))
    done.set("role", "img")
    for child in [c for c in done if c.tag in (SVG + "title", SVG + "desc")]:
        done.remove(child)
    for name, text in (("desc", description), ("title", title)):
        if text:
            element = etree.Element(SVG + name)
            element.text = text
            done.insert(0, element)
    for path in done.iter(SVG + "path"):
        path.set("d", shorten(path.get("d") or ""))
    etree.cleanup_namespaces(done)
    return etree.tostring(done, encoding="utf-8")


def trace_picture(
    rgba: NDArray[np.uint8], *, title: str, palette: Sequence[str] = (), tokens: Mapping[str, str] | None = None
) -> bytes:
    """A picture (h, w, 4) → a production SVG of it, as large as it, in units of quarters of its pixels.

    With a `palette` (`#rrggbb`) every fill is one of its colours. Paint in one of the `tokens` (colour → name) can be
    recoloured by the custom property of that name.
    """
    high, wide = rgba.shape[:2]
    root = blank(QUARTERS * wide, QUARTERS * high)
    shapes = BetterTracer().trace(rgba, palette=palette)
    root.extend(elements(in_quarters(shapes), prefix="picture", decimals=0))
    theme(root, tokens or {})
    return finish(root, title=title, description="", width=wide, height=high)


def trace_file(path: str | Path, *, palette: Sequence[str] = ()) -> str:
    """A picture file (PNG, JPEG, WebP) → the text of an SVG of it, titled by its name; see `trace_picture`.

    Raises SourceError for what is no picture.
    """
    source = Path(path)
    rgba = decode_raster(source.read_bytes(), source.name).rgba
    return trace_picture(rgba, title=source.stem, palette=palette).decode()
