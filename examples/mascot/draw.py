"""Draw the example master: `python -m examples.mascot.draw` writes mascot.svg and current.svg beside this file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from examples.brush import disc, fill, number, smooth, trace
from examples.mascot import british_columbia, dog
from examples.mascot.cloth import cloth, ink, lattice, pole, shade
from pipelines.sources import parse_svg
from pipelines.vectors.bend import bend
from pipelines.vectors.flatten import flatten
from pipelines.vectors.write import elements

HERE = Path(__file__).parent
SIZE = 1024


def scene(artwork: str) -> str:
    """The whole master as SVG text, with a flag drawn on its cloth."""
    brush = dog.Brush()
    left, right = dog.ears(brush)
    layers = [
        _layer("background", "Background", _background()),
        _layer("tail", "Tail", dog.tail(brush)),
        _layer("body", "Body", dog.body(brush)),
        _layer("flag", "Flag", _flag(artwork)),
        _layer("pole", "Pole", _pole(brush)),
        _layer("arm-far", "Arm that holds the pole", dog.far_arm(brush)),
        _layer("arm-near", "Arm on the hip", dog.near_arm(brush)),
        _layer("bandana", "Bandana", dog.bandana(brush)),
        _layer("ear-right", "Ear in the wind", right),
        _layer("head", "Head", dog.head(brush)),
        _layer("ear-left", "Ear", left),
        _layer("face", "Face", dog.face()),
        _layer("hand", "Hand in front of the pole", dog.hand(brush)),
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}" height="{SIZE}">'
    return "\n".join([head, "<defs>", *brush.defs, "</defs>", *layers, "</svg>"]) + "\n"


def _layer(name: str, label: str, shapes: Iterable[str], attributes: str = "") -> str:
    return f'<g id="{name}" data-name="{label}"{attributes}>\n' + "\n".join(shapes) + "\n</g>"


def _flag(artwork: str) -> list[str]:
    grid = f' data-atelier-grid="{lattice()}"'
    return [
        _layer("flag-art", "Artwork on the cloth", _bent(artwork), grid),
        _layer("flag-shade", "Light on the folds", shade()),
        _layer("flag-ink", "Ink of the cloth", ink()),
    ]


def _bent(artwork: str) -> list[str]:
    """A flag, bent along the cloth by the same code that bends all others."""
    drawing = flatten(parse_svg(artwork.encode(), "the flag"))

    def where(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([cloth(u, v) for u, v in points.reshape(-1, 2)]).reshape(points.shape)

    shapes = bend(drawing, where, tolerance=0.08)
    return [_plain(etree.tostring(e, encoding="unicode")) for e in elements(shapes, prefix="flag-art", decimals=1)]


def _plain(text: str) -> str:
    return text.replace(' xmlns="http://www.w3.org/2000/svg"', "")


def _pole(brush: dog.Brush) -> list[str]:
    top, foot = 62.0, 902.0
    shaft = f"M{number(pole(top) - 8)} {number(top)}h16L{number(pole(foot) + 9)} {number(foot)}h-18Z"
    dark = f"M{number(pole(top) + 2)} {number(top)}h12L{number(pole(foot) + 14)} {number(foot)}h-12Z"
    x = pole(44)
    ball = disc((x, 44.0), 21)
    gleam = fill(disc((x - 7, 37.0), 5.5), "#ffffff", 0.9)
    ties = [
        fill(
            smooth([(pole(y) - 12, y - 6), (pole(y) + 14, y - 8), (pole(y) + 14, y + 6), (pole(y) - 12, y + 8)]),
            dog.INK,
        )
        for y in (112.0, 352.0)
    ]
    return [
        *brush.part(shaft, "#c98d57", fill(dark, "#a1673c"), line=9),
        *ties,
        *brush.part(ball, dog.HONEY, fill(disc((x + 9, 54.0), 17), dog.HONEY_SHADE), gleam, line=9),
    ]


def _background() -> list[str]:
    parts = [
        fill(f"M0 0H{SIZE}V{SIZE}H0Z", "#fff9ef"),
        fill(disc((520.0, 484.0), 412), "#dcecee"),
        *_cloud(150, 236, 1.0),
        *_cloud(846, 590, 0.86),
        fill(
            _hill("70,902 190,858 360,838 540,836 720,850 880,878 962,906 880,934 700,956 480,960 270,952 130,932"),
            "#bfd8a6",
        ),
        fill(_hill("150,900 250,880 420,874 620,884 690,900 600,918 400,924 240,916"), "#9fc18b"),
    ]
    for x, y, colour in ((132, 890, dog.CORAL), (776, 912, dog.CORAL), (862, 884, dog.HONEY), (716, 884, dog.HONEY)):
        parts += _flower(float(x), float(y), colour)
    for x, y in ((176, 922), (820, 916), (906, 908), (664, 930)):
        parts += _grass(float(x), float(y))
    return parts


def _hill(text: str) -> str:
    return smooth(trace(text))


def _cloud(x: float, y: float, scale: float) -> list[str]:
    puffs = [(-58, 8, 30), (-22, -14, 42), (30, -4, 34), (64, 12, 24)]
    start, wide = f"M{number(x - 88 * scale)} {number(y + 38 * scale)}", 176 * scale
    base = f"{start}h{number(wide)}v{number(-22 * scale)}h{number(-wide)}Z"
    round_ = [disc((x + a * scale, y + b * scale), r * scale) for a, b, r in puffs]
    ends = [disc((x + a * scale, y + 22 * scale), 16 * scale) for a in (-88, 88)]
    return [fill(d, "#ffffff") for d in [base, *round_, *ends]]


def _flower(x: float, y: float, colour: str) -> list[str]:
    stem = f'<path d="M{number(x)} {number(y)}v26" stroke="#4f8f6a" stroke-width="5" stroke-linecap="round"/>'
    petals = [fill(disc((x + a, y + b), 9), colour) for a, b in ((0, -10), (10, -2), (6, 9), (-6, 9), (-10, -2))]
    return [stem, *petals, fill(disc((x, y), 6), "#fff9ef")]


def _grass(x: float, y: float) -> list[str]:
    return [
        fill(
            f"M{number(x - 4)} {number(y)}Q{number(x + a * 0.4)} {number(y - 16)} {number(x + a)} {number(y - b)}"
            f"Q{number(x + a * 0.5 + 4)} {number(y - 10)} {number(x + 5)} {number(y)}Z",
            "#4f8f6a",
        )
        for a, b in ((-18, 24), (2, 36), (20, 22))
    ]


if __name__ == "__main__":
    today = british_columbia.drawing()
    (HERE / "current.svg").write_text(today, encoding="utf-8")
    (HERE / "mascot.svg").write_text(scene(today), encoding="utf-8")
