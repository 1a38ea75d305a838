"""Three ways of drawing a part: flat, inked and cel-shaded. Coordinates are pixels of a 512 × 512 sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from examples.brush import disc, fill, number, smooth, trace

SIDE = 512
MIDDLE = SIDE / 2


def oval(x: float, y: float, wide: float, high: float) -> str:
    """Path data of an ellipse by its centre and radii."""
    arc = f"a{number(wide)} {number(high)} 0 1 0 "
    return f"M{number(x - wide)} {number(y)}{arc}{number(2 * wide)} 0{arc}{number(-2 * wide)} 0Z"


def box(x: float, y: float, wide: float, high: float, corner: float) -> str:
    """Path data of a rectangle with round corners, by its top left."""
    w, h, bend = number(wide - 2 * corner), number(high - 2 * corner), f"a{number(corner)} {number(corner)} 0 0 1 "
    c = number(corner)
    return (
        f"M{number(x + corner)} {number(y)}h{w}{bend}{c} {c}v{h}{bend}-{c} {c}h-{w}{bend}-{c} -{c}v-{h}{bend}{c} -{c}Z"
    )


def blob(text: str) -> str:
    """Path data of a closed smooth curve through points written as 'x,y x,y …'."""
    return smooth(trace(text))


def even(text: str) -> str:
    """The same, for the right half of something symmetric about the sheet's middle, from its top to its foot."""
    right = trace(text)
    left = [(2 * MIDDLE - x, y) for x, y in reversed(right) if abs(x - MIDDLE) > 0.5]
    return smooth([*right, *left])


def pair(x: float, y: float, wide: float, high: float) -> list[str]:
    """Two ellipses, `x` to either side of the sheet's middle."""
    return [oval(MIDDLE - x, y, wide, high), oval(MIDDLE + x, y, wide, high)]


def line(text: str, colour: str, wide: float) -> str:
    """A round-ended line of one width."""
    path = smooth(trace(text), closed=False)
    stroke = f'stroke="{colour}" stroke-width="{number(wide)}" stroke-linecap="round" stroke-linejoin="round"'
    return f'<path d="{path}" fill="none" {stroke}/>'


def smile(x: float, y: float, wide: float, colour: str, thick: float) -> str:
    """A mouth that goes up at both ends."""
    return line(f"{x - wide},{y} {x - wide / 2},{y + wide * 0.4} {x},{y + wide * 0.52} "
                f"{x + wide / 2},{y + wide * 0.4} {x + wide},{y}", colour, thick)  # fmt: skip


def eyes(x: float, y: float, size: float, colour: str) -> list[str]:
    """Two round eyes with a gleam each."""
    both = pair(x, y, size, size * 1.15)
    light = [disc((MIDDLE + side * x - size * 0.3, y - size * 0.45), size * 0.34) for side in (-1, 1)]
    return [*(fill(d, colour) for d in both), *(fill(d, "#ffffff") for d in light)]


@dataclass(slots=True)
class Pen:
    """Collects the clip paths of one drawing."""

    defs: list[str] = field(default_factory=list)

    def within(self, d: str, shapes: Iterable[str]) -> str:
        """Shapes that show only inside a path."""
        name = f"c{len(self.defs) + 1}"
        self.defs.append(f'<clipPath id="{name}"><path d="{d}"/></clipPath>')
        return f'<g clip-path="url(#{name})">' + "".join(shapes) + "</g>"

    def inked(self, d: str, paint: str, *inside: str, ink: str, wide: float = 6) -> list[str]:
        """A print whose colour sits a little beside its line."""
        colour = f'<g transform="translate(5 4)">{fill(d, paint)}</g>'
        outline = f'<path d="{d}" fill="none" stroke="{ink}" stroke-width="{number(wide)}" stroke-linejoin="round"/>'
        return [colour, *([self.within(d, inside)] if inside else []), outline]

    def cel(self, d: str, paint: str, shade: str, *inside: str, rim: str) -> list[str]:
        """Two tones with a hard edge, light from the top left, and a line of a darker colour of the same hue."""
        bright = f'<path d="{d}" fill="{paint}" transform="translate(-14 -12)"/>'
        outline = f'<path d="{d}" fill="none" stroke="{rim}" stroke-width="5" stroke-linejoin="round"/>'
        return [fill(d, shade), self.within(d, [bright, *inside]), outline]


def sheet(shapes: Iterable[str], pen: Pen) -> str:
    """A whole drawing as SVG text."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" height="{SIDE}">'
    defs = [f"<defs>{''.join(pen.defs)}</defs>"] if pen.defs else []
    return "\n".join([head, *defs, *shapes, "</svg>"]) + "\n"
