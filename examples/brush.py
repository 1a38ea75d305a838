"""Small vector brushes: paths, gradients and groups, written as plain SVG text."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Point = tuple[float, float]
Stop = tuple[float, str, float]
"""Offset in [0, 1], colour as #rrggbb, opacity in [0, 1]."""


def number(value: float) -> str:
    """Write a coordinate with at most one decimal and no trailing zero."""
    return f"{value:.1f}".removesuffix(".0").replace("-0.0", "0")


def trace(text: str) -> tuple[Point, ...]:
    """Read points written as 'x,y x,y …'."""
    return tuple((float(x), float(y)) for x, y in (pair.split(",") for pair in text.split()))


def poly(points: Iterable[Point]) -> str:
    """Return the path data of a closed polygon."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + "Z"


def smooth(points: Sequence[Point], *, closed: bool = True) -> str:
    """Return the path data of a Catmull-Rom curve through the points, as cubic Béziers."""
    count = len(points)
    last = count if closed else count - 1

    def at(index: int) -> Point:
        return points[index % count] if closed else points[min(max(index, 0), count - 1)]

    parts = [f"M{number(points[0][0])} {number(points[0][1])}"]
    for i in range(last):
        p0, p1, p2, p3 = at(i - 1), at(i), at(i + 1), at(i + 2)
        c1 = (p1[0] + (p2[0] - p0[0]) / 6, p1[1] + (p2[1] - p0[1]) / 6)
        c2 = (p2[0] - (p3[0] - p1[0]) / 6, p2[1] - (p3[1] - p1[1]) / 6)
        parts.append("C" + " ".join(f"{number(x)} {number(y)}" for x, y in (c1, c2, p2)))
    return "".join(parts) + ("Z" if closed else "")


def lens(centre: Point, half_width: float, half_height: float) -> str:
    """Return the path data of a pointed horizontal sliver, the shape of a glint on water."""
    (x, y), w, h = centre, half_width, half_height
    return (
        f"M{number(x - w)} {number(y)}Q{number(x)} {number(y - h)} {number(x + w)} {number(y)}"
        f"Q{number(x)} {number(y + h)} {number(x - w)} {number(y)}Z"
    )


def disc(centre: Point, radius: float) -> str:
    """Return the path data of a circle."""
    (x, y), r = centre, radius
    arc = f"a{number(r)} {number(r)} 0 1 0 "
    return f"M{number(x - r)} {number(y)}{arc}{number(2 * r)} 0{arc}{number(-2 * r)} 0Z"


def taper(points: Sequence[Point], start: float, end: float) -> str:
    """Return the path data of a round-ended stroke along the points, its width from start to end in pixels."""
    left: list[Point] = []
    right: list[Point] = []
    final = len(points) - 1
    for i, (x, y) in enumerate(points):
        ax, ay = points[max(i - 1, 0)]
        bx, by = points[min(i + 1, final)]
        length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5 or 1.0
        half = (start + (end - start) * i / final) / 2
        nx, ny = (ay - by) / length * half, (bx - ax) / length * half
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    (tip_x, tip_y), (root_x, root_y) = right[-1], left[0]
    tip = f"A{number(end / 2)} {number(end / 2)} 0 0 0 {number(tip_x)} {number(tip_y)}"
    root = f"A{number(start / 2)} {number(start / 2)} 0 0 0 {number(root_x)} {number(root_y)}"
    back = smooth(right[::-1], closed=False)
    return smooth(left, closed=False) + tip + back[back.index("C") :] + root + "Z"


def fill(d: str, paint: str, opacity: float = 1.0) -> str:
    """Return one filled path; an opacity below 1 is written out."""
    alpha = "" if opacity >= 1 else f' fill-opacity="{opacity:.2f}"'
    return f'<path d="{d}" fill="{paint}"{alpha}/>'


def mix(first: str, second: str, share: float) -> str:
    """Blend two #rrggbb colours; share 0 gives the first, 1 the second."""
    pairs = ((int(first[i : i + 2], 16), int(second[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def jagged(points: Sequence[Point], roughness: float, rng: random.Random, depth: int = 3) -> list[Point]:
    """Subdivide a polyline, moving each new midpoint by up to roughness × the segment's length."""
    if depth == 0:
        return list(points)
    out = [points[0]]
    for (ax, ay), (bx, by) in pairwise(points):
        reach = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5 * roughness
        t = rng.uniform(0.38, 0.62)
        out += [(ax + (bx - ax) * t, ay + (by - ay) * t + rng.uniform(-reach, reach)), (bx, by)]
    return jagged(out, roughness * 0.85, rng, depth - 1)


@dataclass(slots=True)
class Canvas:
    """Collects gradients and named layers, and writes them as one SVG document."""

    width: int
    height: int
    defs: list[str] = field(default_factory=list)
    layers: list[str] = field(default_factory=list)

    def linear(self, name: str, start: Point, end: Point, stops: Iterable[Stop]) -> str:
        """Define a linear gradient in user space and return the paint that refers to it."""
        (x1, y1), (x2, y2) = start, end
        axis = f'x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
        return self._gradient("linearGradient", name, axis, stops)

    def radial(self, name: str, centre: Point, radius: float, stops: Iterable[Stop], squash: float = 1.0) -> str:
        """Define a radial gradient in user space, its height squashed about the centre, and return its paint."""
        x, y = centre
        shape = f'cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"'
        if squash != 1.0:
            shape += f' gradientTransform="matrix(1 0 0 {squash:.3f} 0 {number(y * (1 - squash))})"'
        return self._gradient("radialGradient", name, shape, stops)

    def layer(self, name: str, label: str, shapes: Iterable[str], attributes: str = "") -> None:
        """Append a top-level group with its id and its label for people."""
        extra = f" {attributes}" if attributes else ""
        self.layers.append(f'<g id="{name}" data-name="{label}"{extra}>\n' + "\n".join(shapes) + "\n</g>")

    def svg(self) -> str:
        """Return the whole document."""
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}"'
        head += f' width="{self.width}" height="{self.height}">'
        return "\n".join([head, "<defs>", *self.defs, "</defs>", *self.layers, "</svg>"]) + "\n"

    def _gradient(self, tag: str, name: str, geometry: str, stops: Iterable[Stop]) -> str:
        marks = "".join(
            f'<stop offset="{at:.3g}" stop-color="{colour}"'
            + (f' stop-opacity="{alpha:.3g}"' if alpha < 1 else "")
            + "/>"
            for at, colour, alpha in stops
        )
        self.defs.append(f'<{tag} id="{name}" gradientUnits="userSpaceOnUse" {geometry}>{marks}</{tag}>')
        return f"url(#{name})"
