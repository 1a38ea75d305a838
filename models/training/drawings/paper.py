"""From a scene to SVG, and from SVG to pixels through resvg."""

from __future__ import annotations

import io
import math
from typing import Literal

import numpy as np
import resvg_py
from numpy.typing import NDArray
from PIL import Image

from examples.brush import Point, disc, number, poly, smooth
from models.training.drawings.characters import Sketch
from models.training.drawings.flags import RATIO, Cloth
from models.training.drawings.pen import Pen
from models.training.drawings.scene import Scene
from models.training.drawings.scenery import draw_backdrop
from models.training.drawings.words import CLOTH, FLAG_COLOURS, OUTLINES

SIDE = 512
Pixels = NDArray[np.uint8]
View = tuple[float, float, float]
Layer = Literal["all", "backdrop", "front", "flag"]

_GROUND = 440.0
_TILT = 0.05  # of a pole, in radians
_POLE = 330.0


def svg(scene: Scene, layer: Layer = "all") -> str:
    """The drawing, or one of its layers on nothing, as SVG of 512 × 512 units.

    `front` is all but the backdrop: the character with what it holds. `flag` is the cloth alone.
    """
    pens = []
    if layer in ("all", "backdrop"):
        pens.append(_backdrop(scene))
    if layer in ("all", "front"):
        pens.append(_front(scene))
    if layer == "flag":
        pens.append(_pen(scene, "f", lit=scene.lit))
        _flag(pens[-1], scene)
    defs = "".join(part for pen in pens for part in pen.defs)
    shapes = "".join(f"<g>{''.join(pen.shapes)}</g>" for pen in pens)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" height="{SIDE}">'
    return f"{head}<defs>{defs}</defs>{shapes}</svg>"


def rasterise(drawing: str, size: int, view: View | None = None) -> Pixels:
    """Pixels (size, size, 4) of a drawing by `svg`; `view` is the square (x, y, side) that is seen, in its units."""
    x, y, side = view or (0.0, 0.0, float(SIDE))
    _, rest = drawing.split(">", 1)
    box = f"{x:.2f} {y:.2f} {side:.2f} {side:.2f}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{size}" height="{size}">'
    data = resvg_py.svg_to_bytes(svg_string=head + rest, skip_system_fonts=True)
    with Image.open(io.BytesIO(bytes(data))) as picture:
        return np.asarray(picture.convert("RGBA"))


def render(scene: Scene, size: int, view: View | None = None) -> Pixels:
    """The drawing as (size, size, 3)."""
    return rasterise(svg(scene), size, view)[..., :3]


def flag_view(scene: Scene) -> View:
    """The square around its flag, in drawing units."""
    cloth = cloth_of(scene)
    side = cloth.width * 1.16
    return cloth.x - 0.06 * cloth.width, cloth.y + cloth.height / 2 - side / 2, side


def _holds(scene: Scene) -> bool:
    return scene.flag is not None or scene.prop != "no prop"


def _left(scene: Scene) -> float:
    """Where the character stands: to the left where it holds something."""
    return (180 if _holds(scene) else 256) + scene.at


def _hand(scene: Scene) -> Point | None:
    """Where it holds, in its own units."""
    return (108.0, -128.0) if _holds(scene) else None


def _grip(scene: Scene) -> Point:
    """The same in the drawing's units."""
    x, y = _hand(scene) or (0.0, 0.0)
    return _left(scene) + x * scene.size, _GROUND + y * scene.size


def cloth_of(scene: Scene) -> Cloth:
    """Where its flag hangs."""
    x, y = _grip(scene)
    swing, phase, waves, droop = scene.wave
    top = y - _POLE * 0.8 * scene.size
    width = min(205.0 * scene.size, 500 - x)
    return Cloth(x - math.sin(_TILT) * (y - top) + 3, top + 8, width, width / RATIO, swing, phase, waves, droop)


def _pen(scene: Scene, prefix: str, *, lit: bool, finish: str | None = None, outline: str | None = None) -> Pen:
    where = scene.backdrop
    pen = Pen(
        prefix,
        finish or scene.finish,
        OUTLINES[outline or scene.outline],
        scene.ink,
        scene.palette,
        where.time if lit else "by day",
        where.weather if lit else "clear",
        scene.turn,
        scene.level,
    )
    if pen.finish == "textured":
        rng = np.random.default_rng(scene.character.build + 3)
        marks = "".join(f"M{x:.0f} {y:.0f}l4 3" for x, y in rng.uniform(0, 22, (9, 2)))
        pen.grain(marks)
    return pen


def _backdrop(scene: Scene) -> Pen:
    pen = _pen(scene, "b", lit=True, finish="flat", outline="without outlines")
    draw_backdrop(pen, scene.backdrop)
    return pen


def _front(scene: Scene) -> Pen:
    pen = _pen(scene, "c", lit=scene.lit)
    sketch = Sketch.of(pen, scene.character, scene.dress, scene.pose, _hand(scene))
    place = f"translate({number(_left(scene))} {number(_GROUND)}) scale({scene.size:.3f})"
    pen.fill(f"M{number(_left(scene) - 80)} {number(_GROUND)}a80 12 0 1 0 160 0a80 12 0 1 0 -160 0Z", "#2a2350", 0.22)
    start = len(pen.shapes)
    sketch.draw()
    pen.group(place, start)
    if scene.flag is not None:
        _pole(pen, scene)
        _flag(pen, scene)
    elif scene.prop != "no prop":
        _prop(pen, scene)
    start = len(pen.shapes)
    sketch.hold()
    pen.group(place, start)
    return pen


def _pole(pen: Pen, scene: Scene) -> None:
    x, y = _grip(scene)
    top, foot = y - _POLE * 0.8 * scene.size, _GROUND + 6
    upper = (x - math.sin(_TILT) * (y - top), top - 6)
    lower = (x + math.sin(_TILT) * (foot - y), foot)
    pen.limb(f"M{number(lower[0])} {number(lower[1])}L{number(upper[0])} {number(upper[1])}", "#a8754a", 8)
    pen.body(disc(upper, 9), "#f2c23e", lift=(-2, -2))


def _flag(pen: Pen, scene: Scene) -> None:
    """The cloth: bent and lit as drawn, bent alone, or pasted flat."""
    if scene.flag is None:
        return
    cloth = cloth_of(scene)
    bent = scene.hang != "flat"
    for name, corners in scene.flag.shapes():
        colour = FLAG_COLOURS[name]
        d = cloth.path(corners) if bent else cloth.flat(corners)
        own = pen.colour(colour) if scene.hang == "drawn" else colour
        pen.shapes.append(f'<path d="{d}" fill="{own}"/>')
    if scene.hang != "drawn":
        return
    for strip, light in cloth.folds():
        tint, share = ("#ffffff", 0.34 * light) if light > 0 else ("#241c48", -0.4 * light)
        if scene.finish == "flat":
            share = 0.2 if share > 0.2 else 0.0
        elif scene.finish == "cel shaded":
            share = 0.26 if share > 0.16 else 0.0
        if share:
            pen.shapes.append(f'<path d="{strip}" fill="{tint}" fill-opacity="{share:.2f}"/>')
    if scene.finish == "textured":
        pen.shapes.append(f'<path d="{cloth.rim()}" fill="url(#{pen.prefix}grain)"/>')
    if pen.outline:
        pen.stroke(cloth.rim(), pen.ink, pen.outline)


def _prop(pen: Pen, scene: Scene) -> None:
    x, y = _grip(scene)
    colour, s = CLOTH[scene.prop_colour], scene.size
    if scene.prop == "balloon":
        pen.stroke(smooth([(x, y), (x + 14, y - 70 * s), (x + 8, y - 130 * s)], closed=False), "#5a5060", 2.4)
        pen.body(
            smooth([(x + 8, y - 128 * s), (x - 52 * s, y - 200 * s), (x + 8, y - 268 * s), (x + 68 * s, y - 200 * s)]),
            colour,
        )
        pen.fill(disc((x - 16 * s, y - 226 * s), 10 * s), "#ffffff", 0.7)
    elif scene.prop == "umbrella":
        pen.limb(f"M{number(x)} {number(y + 20)}V{number(y - 150 * s)}", "#8a6240", 6)
        reach, top = 120 * s, y - 150 * s
        scallops = "".join(f"q{number(-reach / 4)} {number(-22 * s)} {number(-reach / 2)} 0" for _ in range(4))
        dome = f"A{number(reach)} {number(110 * s)} 0 0 1 {number(x + reach)} {number(top)}"
        pen.body(f"M{number(x - reach)} {number(top)}{dome}{scallops}Z", colour)
    else:
        pen.body(poly([(x - 34, y - 44), (x + 34, y - 52), (x + 40, y + 28), (x - 28, y + 36)]), colour)
        pen.fill(poly([(x - 20, y - 28), (x + 24, y - 34), (x + 25, y - 24), (x - 19, y - 18)]), "#fff8e8")
