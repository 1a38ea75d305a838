"""What an SVG costs to draw: refused when it has too many parts, draws itself, or does not come to an end."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping

from lxml import etree

from pipelines.errors import SourceError
from pipelines.sources.svg.size import svg_size

MOST_ELEMENTS = 200_000
DEEPEST = 256
_XLINK = "{http://www.w3.org/1999/xlink}href"
_LONGEST_CHAIN = 64
_SLENDEREST = 64.0  # longest side over shortest: pictures as wide as a page are as high as the ratio says
_HEAVY = frozenset(("filter", "pattern", "mask", "marker", "clipPath", "use"))
_HEAVY_BYTES, _HEAVY_DEPTH, _HEAVY_RULES = 200_000, 24, 100
_PATIENCE, _ROOM, _PIXELS = 5, 4 * 2**30, 256
_TRIAL = f"""
import resource, sys, resvg_py
resource.setrlimit(resource.RLIMIT_AS, ({_ROOM}, {_ROOM}))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resvg_py.svg_to_bytes(svg_string=sys.stdin.read(), skip_system_fonts=True, dpi=96)
"""

_TELLING = re.compile(r"^\w*Error|panicked|memory allocation")
Uses = Mapping[etree._Element, etree._Element | None]


def count(root: etree._Element, name: str) -> None:
    """Raise SourceError for a drawing with too many elements, or nested too deeply."""
    parts, deepest = _extent(root)
    if parts > MOST_ELEMENTS:
        raise SourceError("the SVG has too many elements", got=f"{name}, {parts}", fix=f"keep it below {MOST_ELEMENTS}")
    if deepest > DEEPEST:
        raise too_deep(name)


def too_deep(name: str) -> SourceError:
    """What to say of a drawing that is nested deeper than it may be."""
    return SourceError("the SVG is nested too deeply", got=f"{name}, more than {DEEPEST} levels",
                       fix="ungroup what needs no group")  # fmt: skip


def _extent(root: etree._Element) -> tuple[int, int]:
    """Elements, and the depth of the deepest."""
    parts, deepest, depth = 0, 0, 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest, parts = max(deepest, depth), parts + (event == "start")
    return parts, deepest


def refuse_endless_use(root: etree._Element, name: str) -> None:
    """No <use> may draw itself, or a group that it stands in; nor may all of them unpack into too many elements."""
    ids = {e.get("id"): e for e in root.iter() if e.get("id")}
    every = [e for e in root.iter() if etree.QName(e).localname == "use"]
    uses = {e: ids.get((e.get("href") or e.get(_XLINK) or "").strip().removeprefix("#")) for e in every}
    known: dict[etree._Element, int] = {}
    total = 0
    for target in uses.values():
        total += _unpacked(target, uses, known, ()) if target is not None else 0
        if total > MOST_ELEMENTS:
            raise SourceError("the SVG's <use> elements unpack without end", got=name, fix="expand fewer copies")


def _unpacked(
    element: etree._Element, uses: Uses, known: dict[etree._Element, int], trail: tuple[etree._Element, ...]
) -> int:
    """How many elements there are below `element` once every <use> in it is unpacked."""
    if element in trail or len(trail) > _LONGEST_CHAIN:
        raise SourceError("a <use> of the SVG draws itself", got=f'id="{element.get("id")}"', fix="remove the loop")
    if element not in known:
        total = 0
        for part in element.iter():
            target = uses.get(part)
            total += 1 + (_unpacked(target, uses, known, (*trail, element)) if target is not None else 0)
            if total > MOST_ELEMENTS:
                break
        known[element] = total
    return known[element]


def refuse_undrawable(root: etree._Element, name: str) -> None:
    """Draw what might be slow once, small, in a process of its own with limits on its time and memory.

    Filters, patterns and masks can make a short file take for ever; nobody should find that out in a worker.
    """
    _, _, width, height = svg_size(root)
    if max(width, height) > _SLENDEREST * min(width, height):
        raise SourceError("the SVG is too long and thin", got=f"{name}, {width:g} x {height:g}",
                          fix=f"keep one side below {_SLENDEREST:g} times the other")  # fmt: skip
    text = etree.tostring(root, encoding="unicode")
    if _is_heavy(root, text):
        _try(_sized(text, width, height), name)


def _is_heavy(root: etree._Element, text: str) -> bool:
    if len(text) > _HEAVY_BYTES or text.count("{") > _HEAVY_RULES or _extent(root)[1] > _HEAVY_DEPTH:
        return True
    return any(etree.QName(element).localname in _HEAVY for element in root.iter())


def _sized(text: str, width: float, height: float) -> str:
    root = etree.fromstring(text.encode())
    scale = _PIXELS / max(width, height)
    root.set("viewBox", " ".join(map(repr, svg_size(root))))
    root.set("width", str(max(1, round(width * scale))))
    root.set("height", str(max(1, round(height * scale))))
    return etree.tostring(root, encoding="unicode")


def _try(text: str, name: str) -> None:
    try:
        done = subprocess.run([sys.executable, "-I", "-c", _TRIAL], input=text.encode(), timeout=_PATIENCE,
                              capture_output=True, check=False)  # fmt: skip
    except subprocess.TimeoutExpired as error:
        problem = f"the SVG takes longer than {_PATIENCE} s to draw, {_PIXELS} pixels wide"
        raise SourceError(
            problem, got=name, fix="simplify its filters, patterns and masks, or give it as PNG"
        ) from error
    if done.returncode:
        said = [line for line in done.stderr.decode(errors="replace").splitlines() if _TELLING.search(line)]
        got = f"{name}: {said[-1] if said else f'status {done.returncode}'}"
        raise SourceError("the SVG cannot be drawn", got=got, fix="open and save it in a drawing program")
