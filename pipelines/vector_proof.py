"""How an SVG, drawn again, compares with the picture that it stands for: figures to choose and judge by."""

from __future__ import annotations

import gzip

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.ndimage import binary_erosion, distance_transform_edt, gaussian_filter

from pipelines.colour import ciede2000
from pipelines.engines.renderer import render
from pipelines.model import Record
from pipelines.sources import parse_svg

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]
Pixels = NDArray[np.uint8]
_OPAQUE = 254  # codes of alpha from which a pixel is all paint
_THROUGH = 242  # codes of alpha below which the ground shows: a hairline between two shapes that abut leaves about 240
_STEEP = 0.04  # change a pixel, of 1, from which a slope is an edge; σ 3 of noise stays below it
_FAR = 8.0  # pixels: an edge that has no partner counts as this far off
_SAMPLE = 20_000  # pixels whose CIEDE2000 is worked out, at most: their mean is within 2 % of that of all
_LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)


class Proof(Record):
    """An SVG's likeness to its picture, both on white, and what it weighs."""

    ssim: float = Field(description="Structural similarity (Wang et al. 2004) of luma, at most 1.")
    delta_e: float = Field(description="Mean CIEDE2000 over all pixels.")
    edge_error: float = Field(description="Mean distance in pixels from the edges of each to those of the other.")
    holes: float = Field(description="Share of the picture's opaque pixels, but for its outline, that show through.")
    gzip_bytes: int = Field(description="Size after gzip.")


def prove(svg: bytes, rgba: Pixels) -> Proof:
    """Draw `svg` again at the picture's size (h, w, 4) and compare. Raises SourceError for what cannot be drawn."""
    height, width = rgba.shape[:2]
    drawn = render(parse_svg(svg, "the delivered SVG"), width, height)
    first, second = _on_white(rgba), _on_white(drawn)
    return Proof(
        ssim=round(_ssim(first @ _LUMA, second @ _LUMA), 5),
        delta_e=round(_delta_e(first, second), 4),
        edge_error=round(_edge_error(_edges(first, rgba), _edges(second, drawn)), 4),
        holes=round(_holes(rgba[..., 3], drawn[..., 3]), 6),
        gzip_bytes=len(gzip.compress(svg, 6, mtime=0)),
    )


def _on_white(rgba: Pixels) -> Floats:
    alpha = rgba[..., 3:].astype(np.float32) / 255
    return rgba[..., :3].astype(np.float32) / 255 * alpha + (1 - alpha)


def _ssim(first: Floats, second: Floats) -> float:
    """1 for pictures too small to have structure."""
    from skimage.metrics import structural_similarity

    side = min(7, *first.shape)
    if side < 3:
        return 1.0
    return float(structural_similarity(first, second, data_range=1.0, win_size=side - (side + 1) % 2))


def _delta_e(first: Floats, second: Floats) -> float:
    """Only pixels that differ are worked out, and of many every n-th."""
    differ = np.flatnonzero((np.abs(first - second) > 0.5 / 255).any(axis=2))
    if not differ.size:
        return 0.0
    some = differ[:: -(-differ.size // _SAMPLE)]
    found = ciede2000(first.reshape(-1, 3)[some], second.reshape(-1, 3)[some])
    return float(found.mean() * differ.size / first[..., 0].size)


def _edges(picture: Floats, rgba: Pixels) -> Bools:
    """One-pixel lines where colour or opacity changes steeply: crests of the gradient over all channels."""
    planes = np.dstack([picture, rgba[..., 3].astype(np.float32) / 255])
    soft = gaussian_filter(planes, (1, 1, 0), truncate=2)
    down, across = np.zeros_like(soft), np.zeros_like(soft)
    down[1:-1] = (soft[2:] - soft[:-2]) / 2
    across[:, 1:-1] = (soft[:, 2:] - soft[:, :-2]) / 2
    down2, across2 = (down**2).sum(axis=2), (across**2).sum(axis=2)
    steep = np.pad(down2 + across2, 1)
    here = steep[1:-1, 1:-1]
    level = (here >= steep[:-2, 1:-1]) & (here > steep[2:, 1:-1])
    upright = (here >= steep[1:-1, :-2]) & (here > steep[1:-1, 2:])
    return (here > _STEEP**2) & np.where(down2 > across2, level, upright)


def _edge_error(first: Bools, second: Bools) -> float:
    """Of both ways, each edge pixel counting once; 0 where neither picture has an edge."""
    count = int(first.sum()) + int(second.sum())
    return (_apart(first, second) + _apart(second, first)) / count if count else 0.0


def _apart(edges: Bools, others: Bools) -> float:
    """The sum of the distances from `edges` to `others`."""
    if not others.any():
        return _FAR * float(edges.sum())
    away = edges & ~others
    return float(np.minimum(distance_transform_edt(~others)[away], _FAR).sum()) if away.any() else 0.0


def _holes(asked: NDArray[np.uint8], drawn: NDArray[np.uint8]) -> float:
    inside = binary_erosion(asked >= _OPAQUE, np.ones((3, 3), bool), border_value=1)
    return float((drawn[inside] < _THROUGH).mean()) if inside.any() else 0.0
