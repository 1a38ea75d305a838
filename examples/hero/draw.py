"""Draw the hero scene: `python -m examples.hero.draw` writes hero.svg and current.svg beside this file."""

from pathlib import Path

from examples.brush import Canvas, fill, number
from examples.hero.boat import ARTWORK, draw_banner, draw_front, draw_hull, emblem
from examples.hero.land import HEIGHT, WIDTH, draw_clouds, draw_mountains, draw_sky, draw_water
from examples.hero.sail import Shape
from examples.hero.shore import draw_foreground, draw_shore

HERE = Path(__file__).parent


def scene() -> str:
    """Return the hero scene as SVG text."""
    canvas = Canvas(WIDTH, HEIGHT)
    draw_sky(canvas)
    draw_clouds(canvas)
    draw_mountains(canvas)
    draw_shore(canvas)
    draw_water(canvas)
    draw_hull(canvas)
    draw_banner(canvas)
    draw_front(canvas)
    draw_foreground(canvas)
    return canvas.svg()


def artwork() -> str:
    """Return the sail's present emblem, flat, as SVG text."""
    width, height = ARTWORK
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(width)} {number(height)}"'
    head += f' width="{number(width)}" height="{number(height)}">'
    return "\n".join([head, *(fill(flat(shape), shape.colour) for shape in emblem()), "</svg>"]) + "\n"


def flat(shape: Shape) -> str:
    """Return the path data of a shape as it lies, unbent."""
    (x, y), *_ = shape.outline[0]
    parts = [f"M{number(x)} {number(y)}"]
    for _, *rest in shape.outline:
        parts.append("C" + " ".join(f"{number(a)} {number(b)}" for a, b in rest))
    return "".join(parts) + "Z"


if __name__ == "__main__":
    (HERE / "hero.svg").write_text(scene(), encoding="utf-8")
    (HERE / "current.svg").write_text(artwork(), encoding="utf-8")
