"""How near a traced drawing comes to the true one, and how heavy it is."""

from __future__ import annotations

import gzip
from dataclasses import dataclass

import numpy as np
from lxml import etree
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion
from skimage.metrics import structural_similarity

from benchmarks.vectorize.inputs import SIDE, drawn, on_white
from benchmarks.vectorize.markup import commands, shapes
from pipelines.colour import ciede2000, codes
from pipelines.engines.renderer import render
from pipelines.sources import parse_svg

Pixels = NDArray[np.uint8]
SCALE = 2  # drawings are compared at this many times the size that was traced
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
_WINDOW = 7
_INK, _HOLE = 0.99, 0.9  # alpha


@dataclass(frozen=True, slots=True)
class Figures:
    """A traced drawing against the true one, both at twice the size that was traced, on white.

    `ssim` in [0, 1] on luma; `delta_e` mean CIEDE2000; `holes` per cent of the true drawing's opaque pixels, more than
    a traced pixel within it, through which one sees; `size` bytes through gzip; `shapes` and `commands` of the markup.
    """

    ssim: float
    delta_e: float
    holes: float
    size: int
    shapes: int
    commands: int


def truth(root: etree._Element) -> Pixels:
    """The true drawing at the size of comparison."""
    return drawn(root, SIDE * SCALE)


def measured(svg: str, true: Pixels) -> Figures:
    """Compare a traced drawing with the true one's pixels."""
    root = parse_svg(svg.encode(), "what was traced")
    found = render(root, true.shape[1], true.shape[0])
    first, second = on_white(true), on_white(found)
    return Figures(
        ssim=_ssim(first, second),
        delta_e=_delta_e(first, second),
        holes=_holes(true, found),
        size=len(gzip.compress(svg.encode(), 9, mtime=0)),
        shapes=shapes(root),
        commands=commands(root),
    )


def _ssim(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    side = min(_WINDOW, *first.shape[:2])
    if side < 3:
        return 1.0 - float(np.abs(first - second).mean())
    window = side - (side + 1) % 2
    return float(structural_similarity(first @ _LUMA, second @ _LUMA, data_range=1.0, win_size=window))


def _delta_e(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Of codes, each pair of colours once: traced drawings have few."""
    pair = codes(np.concatenate([first, second], axis=2)).astype(np.uint64)
    packed = pair @ (np.uint64(1) << np.arange(40, -8, -8, dtype=np.uint64))
    found, counts = np.unique(packed[packed >> np.uint64(24) != packed & np.uint64(0xFFFFFF)], return_counts=True)
    values = ((found[:, None] >> np.arange(40, -8, -8, dtype=np.uint64)) & np.uint64(255)) / 255
    return float(ciede2000(values[:, :3], values[:, 3:]) @ counts / packed.size) if found.size else 0.0


def _holes(true: Pixels, found: Pixels) -> float:
    ink = binary_erosion(true[..., 3] >= 255 * _INK, iterations=SCALE, border_value=1)
    through = ink & (found[..., 3] < 255 * _HOLE)
    return float(100 * through.sum() / max(int(ink.sum()), 1))
