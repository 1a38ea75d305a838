"""Colour for a grey master: its flat greys get a palette's colours by lightness and area, and keep their own lightness.

The greys that areas gather around are matched with the palette in order, dark with dark: among all such matchings the
one whose lightnesses agree best, large areas counting more, and a colour used twice or strange hues side by side
counting against (dynamic programming, as sequences are aligned: Needleman and Wunsch 1970). Every pixel keeps its
OKLab lightness, so that light, shade and ink stay as drawn. The matching is returned region by region, to be edited
and given back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.colour import oklab
from pipelines.errors import PaletteError, SourceError
from pipelines.model import Hex, Record
from pipelines.palettes.extract import Swatch, extract
from pipelines.palettes.oklab import Array, codes_of, encoded_of, fitted, hex_of, lab_of
from pipelines.palettes.pixels import Pixels, flat, moved, weights

_GREY = 0.02  # OKLab chroma below which nobody sees a colour
_STRAY = 0.005  # share of the pixels that may have colour nevertheless
_MOST_LEVELS = 16
_SMALLEST = 0.0005  # share of the picture that makes a region worth naming
_TWICE = 0.004  # what using a colour twice costs, in squared lightness
_STRANGE = 0.5  # what strange hues of tones that touch cost
_ACROSS = 3  # pixels from one flat area to the next
_TOUCHING = 3.0  # shares of the smaller area that touch are soon the whole contact
Labels = NDArray[np.int32]


class Region(Record):
    """An area of one grey and the colour that it got. `at` is a pixel (x, y) well inside it, `share` of the picture."""

    at: tuple[int, int]
    grey: Hex
    share: float
    colour: Hex


@dataclass(frozen=True, eq=False, slots=True)
class Colourised:
    """The picture in colour, (h, w, 4), and its regions, the largest first."""

    rgba: Pixels
    regions: tuple[Region, ...]


def colourise(rgba: Pixels, palette: Sequence[str], *, regions: Sequence[Region] = ()) -> Colourised:
    """Colour a grey picture (h, w, 4) with the palette's hex colours; alpha and lightness stay.

    `regions`: regions of an earlier result with other colours, any number of them; they are found by where they are.
    The same picture and palette give the same pixels. Raises SourceError for a picture that has colour already, or
    nothing to colour, and PaletteError for an empty palette, what is no colour, and a region that is not there.
    """
    if not palette:
        raise PaletteError("there are no colours to give", fix="name a style with a palette")
    _refuse_coloured(rgba)
    levels = _levels(rgba)
    areas = _areas(rgba, levels)
    colours = matched(levels, _contacts(areas, len(levels)), palette)
    labels, owners = _labelled(areas, len(levels))
    named = _named(labels, owners, levels, colours)
    lab = oklab(rgba[..., :3]).astype(np.float64)
    plane = _by_lightness(lab[..., 0], levels, colours)
    for region in regions:
        here = labels == _label_at(labels, region)
        plane[here] = _at_lightness(lab_of([region.colour])[0], lab[here][:, 0])
    edited = {_label_at(labels, region): region.colour for region in regions}
    told = tuple(r.model_copy(update={"colour": edited.get(int(labels[r.at[1], r.at[0]]), r.colour)}) for r in named)
    return Colourised(_painted(rgba, lab, plane), told)


def matched(levels: Sequence[Swatch], contacts: Array, palette: Sequence[str]) -> tuple[str, ...]:
    """A colour of the palette for each grey, none darker than that of a darker grey.

    `levels` go from dark to light; `contacts` (n - 1,), 0 to 1, says how much each touches the next, since tones that
    touch and follow each other are often one thing and its shade, whose hues should not be strangers.
    """
    order = sorted(range(len(palette)), key=lambda i: (lab_of([palette[i]])[0, 0], i))
    lab = lab_of(palette[i] for i in order)
    grey, shares = lab_of(level.colour for level in levels)[:, 0], np.array([level.share for level in levels])
    cost = (grey[:, None] - lab[:, 0]) ** 2 * np.sqrt(shares)[:, None]
    strange = ((lab[:, None, 1:] - lab[None, :, 1:]) ** 2).sum(axis=2)
    darker = np.where(np.tri(len(lab), dtype=bool).T, np.eye(len(lab)) * _TWICE, np.inf)
    total, came = cost[0], []
    for row, contact in zip(cost[1:], contacts, strict=True):
        step = total[:, None] + darker + _STRANGE * contact * strange
        came.append(step.argmin(axis=0))
        total = step.min(axis=0) + row
    path = [int(total.argmin())]
    for back in reversed(came):
        path.append(int(back[path[-1]]))
    return tuple(palette[order[i]] for i in reversed(path))


def _refuse_coloured(rgba: Pixels) -> None:
    seen = rgba[rgba[..., 3] > 127][:, :3]
    if not len(seen):
        raise SourceError("the picture is transparent all over", got=f"{rgba.shape[1]} x {rgba.shape[0]}",
                          fix="give a greyscale picture")  # fmt: skip
    chroma = np.hypot(*oklab(seen)[:, 1:].T)
    share = float((chroma > _GREY).mean())
    if share > _STRAY:
        example = hex_of(seen[int(chroma.argmax())])[0]
        raise SourceError("the picture is not grey", got=f"{share:.1%} of its pixels have colour, such as {example}",
                          fix="give a greyscale picture, or recolor this one from palette to palette")  # fmt: skip


def _levels(rgba: Pixels) -> list[Swatch]:
    """The greys that flat areas gather around, dark to light."""
    found = extract(rgba, most=_MOST_LEVELS)
    kept = [swatch for swatch in found if swatch.share >= _SMALLEST] or list(found)
    return sorted(kept, key=lambda swatch: float(lab_of([swatch.colour])[0, 0]))


def _areas(rgba: Pixels, levels: list[Swatch]) -> Labels:
    """Which level each flat pixel is nearest to, (h, w); -1 for edges and where the picture is transparent."""
    nearest = np.abs(oklab(rgba[..., :3])[..., :1] - lab_of(s.colour for s in levels)[:, 0]).argmin(axis=2)
    return np.where(flat(rgba) & (rgba[..., 3] > 0), nearest, -1).astype(np.int32)


def _contacts(areas: Labels, count: int) -> Array:
    """How much each level touches the next lighter one, across the antialiasing between them, (count - 1,), 0 to 1."""
    met = np.zeros((count, count))
    for first, second in ((areas[_ACROSS:], areas[:-_ACROSS]), (areas[:, _ACROSS:], areas[:, :-_ACROSS])):
        both = (first >= 0) & (second >= 0)
        np.add.at(met, (first[both], second[both]), 1)
    sizes = np.bincount(areas[areas >= 0], minlength=count)
    steps = np.arange(count - 1)
    touching = met[steps, steps + 1] + met[steps + 1, steps]
    return np.clip(_TOUCHING * touching / np.maximum(np.minimum(sizes[:-1], sizes[1:]), 1), 0, 1)


def _labelled(areas: Labels, count: int) -> tuple[Labels, NDArray[np.intp]]:
    """Connected areas of one level: labels (h, w) from 1, 0 where there is none, and the level of each label."""
    from scipy.ndimage import label

    labels, owners = np.zeros(areas.shape, dtype=np.int32), [0]
    for i in range(count):
        found, parts = label(areas == i)
        labels[found > 0] = found[found > 0] + len(owners) - 1
        owners += [i] * parts
    return labels, np.array(owners, dtype=np.intp)


def _named(
    labels: Labels, owners: NDArray[np.intp], levels: list[Swatch], colours: tuple[str, ...]
) -> tuple[Region, ...]:
    from scipy.ndimage import distance_transform_cdt, maximum_position

    shares = np.bincount(labels.ravel(), minlength=len(owners)) / labels.size
    large = [i for i in np.argsort(-shares, kind="stable").tolist() if i and shares[i] >= _SMALLEST]
    around = np.pad(labels, 1)
    inner = (labels == around[2:, 1:-1]) & (labels == around[:-2, 1:-1]) & (labels == around[1:-1, 2:])
    depth = distance_transform_cdt(np.pad(inner & (labels == around[1:-1, :-2]), 1))[1:-1, 1:-1]
    places = np.array(maximum_position(depth, labels, large)).reshape(-1, 2).tolist() if large else []
    return tuple(
        Region(at=(x, y), grey=levels[owners[i]].colour, share=round(float(shares[i]), 5),
               colour=colours[owners[i]])
        for i, (y, x) in zip(large, places, strict=True)
    )  # fmt: skip


def _label_at(labels: Labels, region: Region) -> int:
    x, y = region.at
    found = int(labels[y, x]) if 0 <= y < labels.shape[0] and 0 <= x < labels.shape[1] else 0
    if not found:
        raise PaletteError("there is no flat region there", got=region.at, fix="take the places that colourise returns")
    return found


def _by_lightness(lightness: Array, levels: list[Swatch], colours: tuple[str, ...]) -> Array:
    """Hue and chroma (h, w, 2) for each lightness: a level's own colour, and between two levels their mix."""
    at = lab_of(level.colour for level in levels)[:, 0]
    planes = np.array([_at_lightness(q, at[i : i + 1])[0] for i, q in enumerate(lab_of(colours))])
    mixed = [np.interp(lightness, at, planes[:, i]) for i in range(2)]
    fade = np.where(lightness > at[-1], (1 - lightness) / max(1 - at[-1], 1e-6), 1.0)
    fade = np.where(lightness < at[0], lightness / max(at[0], 1e-6), fade)
    found: Array = np.stack(mixed, axis=-1) * np.clip(fade, 0, 1)[..., None]
    return found


def _at_lightness(colour: Array, lightness: Array) -> Array:
    """Hue and chroma (n, 2) of a colour's shades and tints of those lightnesses (n,), within sRGB."""
    shade = np.minimum(lightness / max(colour[0], 1e-6), 1)
    tint = np.clip((1 - lightness) / max(1 - colour[0], 1e-6), 0, 1)
    found = np.concatenate([lightness[:, None], np.minimum(shade, tint)[:, None] * colour[1:]], axis=1)
    return fitted(found)[:, 1:]


def _painted(rgba: Pixels, lab: Array, plane: Array) -> Pixels:
    """The picture with that hue and chroma, edges mixed from their neighbours, every lightness as it was."""
    aim = encoded_of(np.concatenate([lab[..., :1], plane], axis=2))
    seen = weights(rgba, None)
    result = moved(rgba, (aim * 255 - rgba[..., :3]).astype(np.float32), seen)
    done = oklab(result[..., :3]).astype(np.float64)
    done[..., 0] = lab[..., 0]
    result[seen > 0, :3] = codes_of(fitted(done[seen > 0]))
    return result
