"""The palette of a picture: the colours that its flat pixels gather around.

Antialiased pixels do not count, so that the brown between orange and ink is no colour of the palette. Modes are found
in OKLab: a colour stands for all that are nearer to it than to a more frequent one and within reach, which is mean
shift (Comaniciu and Meer 2002) with the steps taken on the colours that occur. So each one is a colour of the picture
itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.colour import oklab
from pipelines.model import Hex, Record
from pipelines.palettes.oklab import Array, hex_of
from pipelines.palettes.pixels import Mask, Pixels, distinct, flat, weights

_REACH = 0.05  # OKLab distance within which colours are one
_KERNEL = 0.02  # over which a colour's neighbours count for it
_MOST_COLOURS = 2048  # that modes are looked for among; a gradient has more


class Swatch(Record):
    """A colour of a picture, and the share of its flat pixels that it stands for, 0 to 1."""

    colour: Hex
    share: float


def extract(rgba: Pixels, *, most: int = 8, mask: Mask | None = None) -> tuple[Swatch, ...]:
    """The picture's (h, w, 4) main colours, at most `most`, the largest first; within `mask` (h, w) if there is one.

    Transparent pixels do not count; a picture without flat pixels is taken as it is, and one without pixels has no
    colours. Raises PaletteError for a mask of another size.
    """
    seen = weights(rgba, mask) > 0.5
    seen &= rgba[..., 3] > 127
    areas = seen & flat(rgba)
    codes, counts = _frequent(rgba[areas if areas.any() else seen][:, :3])
    if not len(codes):
        return ()
    modes, owners = _modes(oklab(codes).astype(np.float64), counts)
    shares = np.bincount(owners, weights=counts, minlength=len(modes)) / counts.sum()
    order = np.argsort(-shares, kind="stable")[:most]
    names = hex_of(codes[modes])
    return tuple(Swatch(colour=names[i], share=round(float(shares[i]), 5)) for i in order)


def _frequent(colours: Pixels) -> tuple[Pixels, NDArray[np.intp]]:
    """The most frequent colours (n, 3) with how many pixels each has, in a stable order."""
    codes, _, counts = distinct(colours)
    order = np.argsort(-counts, kind="stable")[:_MOST_COLOURS]
    return codes[order], counts[order]


def _modes(lab: Array, counts: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which colours are modes, densest first, and which of those each colour belongs to."""
    apart = np.sqrt(np.maximum(((lab[:, None] - lab[None]) ** 2).sum(axis=2), 0))
    density = np.exp(-((apart / _KERNEL) ** 2)) @ counts
    modes: list[int] = []
    for i in np.argsort(-density, kind="stable"):
        if not modes or apart[i, modes].min() > _REACH:
            modes.append(int(i))
    found = np.array(modes, dtype=np.intp)
    return found, apart[:, found].argmin(axis=1)
