"""Draw the poster's masters: `python -m examples.poster.draw` writes poster.svg and boat.svg beside this file.

Both are the hero scene, framed anew: the poster with evening sky above for a headline, the boat nearly square.
"""

import random
from pathlib import Path

from examples.brush import Canvas, disc, fill
from examples.hero.boat import draw_banner, draw_front, draw_hull, gull
from examples.hero.land import HEIGHT, WIDTH, draw_clouds, draw_mountains, draw_sky, draw_water
from examples.hero.shore import draw_foreground, draw_shore

HERE = Path(__file__).parent
Frame = tuple[int, int, int, int]
POSTER: Frame = (420, -567, 1100, 1467)
BOAT: Frame = (730, 70, 800, 800)
"""Left, top, width and height in the hero's units, so that the sail's grid stays true."""
SMALL_TEXT = (-190, -50)


def framed(frame: Frame) -> str:
    """The hero scene within a frame, as SVG text."""
    canvas = Canvas(WIDTH, HEIGHT)
    for draw in (
        draw_sky,
        draw_evening,
        draw_clouds,
        draw_mountains,
        draw_shore,
        draw_water,
        draw_hull,
        draw_banner,
        draw_front,
    ):
        draw(canvas)
    _free_the_gull(canvas)
    draw_foreground(canvas)
    _, body = canvas.svg().split("\n", 1)
    left, top, width, height = frame
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {width} {height}"'
    return f'{head} width="{width}" height="{height}">\n{body}'


def draw_evening(canvas: Canvas) -> None:
    """The sky above the hero's own, which begins at 0, and fades into it, with the first stars; none where small text
    will stand, since a star is a dot, and in Arabic dots are letters.
    """
    left, top, width, _ = POSTER
    stops = [(0, "#18204a", 1), (0.45, "#283367", 1), (0.76, "#36457c", 1), (1, "#36457c", 0)]
    blue = canvas.linear("evening-light", (0, top), (0, 180), stops)
    shapes = [fill(f"M{left} {top}H{left + width}V180H{left}Z", blue)]
    rng = random.Random(7)
    for _ in range(46):
        x, share, size = rng.uniform(left, left + width), rng.random(), rng.uniform(0.8, 2.2)
        y, light = top * (1 - 0.85 * share**1.3), 0.35 + 0.5 * rng.random()
        if not SMALL_TEXT[0] < y < SMALL_TEXT[1]:
            shapes.append(fill(disc((x, y), size), "#fff2d8", light))
    canvas.layer("evening", "Evening sky", shapes)


def _free_the_gull(canvas: Canvas) -> None:
    """Give the gull, which flies before the sail, a layer of its own, so that a cutout may leave it out."""
    shapes = gull((1262, 318), 1.0)
    canvas.layers[-1] = canvas.layers[-1].replace("\n".join(["", *shapes]), "")
    canvas.layer("gull", "Gull", shapes)


if __name__ == "__main__":
    (HERE / "poster.svg").write_text(framed(POSTER), encoding="utf-8")
    (HERE / "boat.svg").write_text(framed(BOAT), encoding="utf-8")
