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
from pipelines.vectors.layers import SVG

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]
Pixels = NDArray[np.uint8]
_OPAQUE = 254  # codes of alpha from which a pixel is all paint
_THROUGH = 242  # codes of alpha below which the ground shows: a hairline between two shapes that abut leaves about 240
_STEEP = 0.06  # change over two pixels, of 1, from which a slope is an edge; σ 3 of noise stays below it
_FAR = 8.0  # pixels: an edge that has no partner counts as this far off
_AROUND = 16  # pixels: the reach of an edge's partner, and of what softens edges
_SAMPLE = 20_000  # pixels whose CIEDE2000 is worked out, at most: their mean is within 2 % of that of all
_MET = 0.92  # structural similarity that drawn art reaches even when it is blurred, noisy and full of flags
_AREAS, _FEWEST, _MOST = 0.003, 200, 1500  # areas a pixel that drawn art may have, and the limits of that
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
    box = _differing(rgba, drawn)
    first, second = _on_white(rgba[box]), _on_white(drawn[box])
    part = first[..., 0].size / rgba[..., 0].size  # outside the two are alike
    return Proof(
        ssim=round(1 - part * (1 - _ssim(first @ _LUMA, second @ _LUMA)), 5),
        delta_e=round(part * _delta_e(first, second), 4),
        edge_error=round(_edge_error(rgba, drawn, box), 4),
        holes=round(_holes(rgba[..., 3], drawn[..., 3]), 6),
        gzip_bytes=len(gzip.compress(svg, 6, mtime=0)),
    )


def unfit(svg: bytes, proof: Proof, size: tuple[int, int]) -> str | None:
    """What to say of a picture of that size (h, w) that vectors are not for: so many areas, and still it is not met."""
    areas = _areas(svg)
    most = min(max(size[0] * size[1] * _AREAS, _FEWEST), _MOST)
    if proof.ssim >= _MET or areas <= most:
        return None
    return (
        f"it looks like a photograph or a painting ({areas} areas of colour, structural similarity {proof.ssim:.2f}): "
        "deliver PNG or WebP, the SVG shows its larger shapes alone"
    )


def _areas(svg: bytes) -> int:
    """How many outlines it draws."""
    paths = (element.get("d") or "" for element in parse_svg(svg, "the delivered SVG").iter(SVG + "path"))
    return sum(data.count("M") + data.count("m") for data in paths)


def _differing(first: Pixels, second: Pixels) -> tuple[slice, slice]:
    """The box around all that differs, and some more: a drawing's own paths are drawn as they were."""
    differ = (first != second).any(axis=2)
    rows, columns = np.flatnonzero(differ.any(axis=1)), np.flatnonzero(differ.any(axis=0))
    if not rows.size:
        return slice(0, 0), slice(0, 0)
    low = (max(int(side[0]) - _AROUND, 0) for side in (rows, columns))
    high = (int(side[-1]) + 1 + _AROUND for side in (rows, columns))
    down, across = (slice(a, b) for a, b in zip(low, high, strict=True))
    return down, across


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


def _edges(picture: Floats, alpha: NDArray[np.uint8]) -> Bools:
    """One-pixel lines where lightness, colour or opacity changes steeply: crests of the gradient over all three."""
    planes = [picture @ _LUMA, picture[..., 0] - picture[..., 2]]
    if int(alpha.min(initial=255)) < _OPAQUE:
        planes.append(alpha.astype(np.float32) / 255)
    down2, across2 = np.zeros(alpha.shape, np.float32), np.zeros(alpha.shape, np.float32)
    for plane in planes:
        soft = gaussian_filter(plane, 1, truncate=2)
        down2[1:-1] += np.square(soft[2:] - soft[:-2])
        across2[:, 1:-1] += np.square(soft[:, 2:] - soft[:, :-2])
    steep = np.pad(down2 + across2, 1)
    here = steep[1:-1, 1:-1]
    level = (here >= steep[:-2, 1:-1]) & (here > steep[2:, 1:-1])
    upright = (here >= steep[1:-1, :-2]) & (here > steep[1:-1, 2:])
    return (here > _STEEP**2) & np.where(down2 > across2, level, upright)


def _edge_error(rgba: Pixels, drawn: Pixels, box: tuple[slice, slice]) -> float:
    """Of both ways, each edge pixel of the whole pictures counting once; 0 where neither has an edge."""
    if not rgba[box].size:
        return 0.0
    whole = _edges(_on_white(rgba), rgba[..., 3])
    first, second = whole[box], _edges(_on_white(drawn[box]), drawn[box][..., 3])
    count = 2 * int(whole.sum()) - int(first.sum()) + int(second.sum())
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
