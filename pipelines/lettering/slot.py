"""The slot that text is set into: with its light where that is known, plain where it is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipelines.master import MasterPicture
from pipelines.model import Lettering, Source
from pipelines.slots.cover import cover_of
from pipelines.slots.pixel_map import PixelMap
from pipelines.slots.surface import Surface
from pipelines.slots.view import SlotView, open_slot

Floats = NDArray[np.floating]
Pixels = NDArray[np.uint8]


def is_plain(lettering: Lettering) -> bool:
    """Whether its slot has no light of its own, so that letters get exactly their colour and lie on top of the picture.

    A layer of a drawing has what the drawing puts over it, and a picture's slot that says what it shows today
    (`current`) has what that leaves unexplained. Any other is a place on the picture, such as a sky or a box.
    """
    return lettering.layer is None and lettering.current is None


def text_slot(master: MasterPicture, lettering: Lettering, read: Callable[[Source], bytes]) -> SlotView:
    """The slot of a lettering, made ready. Raises SlotError as `open_slot` does."""
    if not is_plain(lettering):
        return open_slot(master, lettering, read)
    return plain_slot(master.rgba, *cover_of(master, lettering, read))


def plain_slot(rgba: Pixels, surface: Surface, cover: Floats) -> SlotView:
    """A slot of `rgba` (h, w, 4) without light; `cover` (h, w), 0 to 1, is how much of each pixel is the slot's.

    Text may stand where the picture is transparent: there it is as opaque as anywhere else.
    """
    rows, columns = np.nonzero(cover > 0)
    share = cover[rows, columns, None].astype(np.float32)
    seen = premultiplied(rgba, rows, columns)
    black, white = np.array([0, 0, 0, 1], np.float32), np.ones(4, np.float32)
    dark, light = (seen + share * (colour - seen) for colour in (black, white))
    return SlotView(surface, rows, columns, dark, light, None, ())


def without(view: SlotView, covered: NDArray[np.bool_]) -> SlotView:
    """A slot less the pixels (h, w) that something covers: what can still be seen of what was placed in it."""
    free = ~covered[view.rows, view.columns]
    at = view.sheet
    left = PixelMap(at.at[free], at.right[free], at.down[free])
    return replace(view, rows=view.rows[free], columns=view.columns[free], dark=view.dark[free],
                   white=view.white[free], solved=left)  # fmt: skip


def premultiplied(rgba: Pixels, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.float32]:
    """Some pixels of a picture, (n, 4), encoded 0 to 1 and premultiplied."""
    pixels: NDArray[np.float32] = rgba[rows, columns].astype(np.float32) / np.float32(255)
    pixels[:, :3] *= pixels[:, 3:]
    return pixels
