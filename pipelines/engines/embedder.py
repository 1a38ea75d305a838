"""Pictures and texts as points of one space, where near means alike.

Vectors are unit length, so the cosine of two is their product. Only vectors of one embedder can be compared; `name`
says which embedder made them, and belongs in the key of whatever keeps them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
Pixels = NDArray[np.uint8]


class Embedder(Protocol):
    """What CLIP gives (Radford et al. 2021)."""

    @property
    def name(self) -> str:
        """The model and its revision: the same name, the same vectors."""
        ...

    def pictures(self, pictures: Sequence[Pixels]) -> F32:
        """(h, w, 3 or 4) sRGB, straight alpha, any sizes → (n, d) unit vectors. Transparent parts count as white."""
        ...

    def texts(self, texts: Sequence[str]) -> F32:
        """Texts → (n, d) unit vectors."""
        ...


def on_white(picture: Pixels) -> Pixels:
    """(h, w, 3 or 4) → (h, w, 3), laid on white as a page would show it."""
    if picture.shape[2] == 3:
        return picture
    alpha = picture[..., 3:].astype(np.uint16)
    laid = (picture[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255
    return laid.astype(np.uint8)


def unit(vectors: NDArray[np.floating]) -> F32:
    """Rows (n, d) scaled to length 1."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-12), dtype=np.float32)
