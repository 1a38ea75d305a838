"""`atelier mask`: a slot's mask picture, from points in a flat drawing or from a learned segmenter."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.markup import escape

from pipelines.brief.opened import fitted
from pipelines.cutting.region import Region, region
from pipelines.cutting.rim import cover_of, grown
from pipelines.cutting.subject import subject_cover
from pipelines.engines.renderer import render
from pipelines.errors import AtelierError, CutoutError
from pipelines.sources import decode_raster, parse_svg, read_source, svg_size
from studio.mask_preview import Preview, draw_preview
from studio.output import console, print_json

if TYPE_CHECKING:
    from pipelines.cutting.pockets import Part

Pixels = NDArray[np.uint8]
F32 = NDArray[np.float32]
Point = tuple[float, float]
_DRAWN = 1024  # pixels of the longer side of a drawing's mask, if nothing else is asked for
_NUMBER = r"\s*(-?\d+(?:\.\d+)?)\s*(%?)\s*"
_POINT = re.compile(f"{_NUMBER},{_NUMBER}")
_BENT = "Four corners were found: artwork will be bent to its sides."
_UPRIGHT = "It has no four corners: artwork will stand upright in its box. A polygon or grid in the brief says more."
_NAMED = 4  # enclosed things that are told of


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. Points are as people write them: `620,560` in pixels of the mask, or `60%,55%`."""

    picture: Path
    at: tuple[str, ...]
    outside: tuple[str, ...]
    across: bool
    out: Path | None
    preview: Path | None
    size: int | None
    grow: float
    segmenter: str | None


@dataclass(frozen=True, eq=False, slots=True)
class Mask:
    """A mask (h, w), 0 to 1; `covered` and `left_out` are things that the region encloses."""

    cover: F32
    covered: tuple[Part, ...] = ()
    left_out: tuple[Part, ...] = ()


def make_mask(wish: Wish, *, as_json: bool) -> None:
    """Make the mask, its preview, or both; without points, a preview to read points off.

    Raises SourceError for a picture that cannot be used, and CutoutError with the reason where no mask can be made; a
    preview is drawn even then, to see it.
    """
    rgba = _pixels(wish)
    height, width = rgba.shape[:2]
    at, outside = (tuple(_point(text, width, height) for text in some) for some in (wish.at, wish.outside))
    preview = Preview(rgba, at, outside)
    if not at and wish.segmenter is None:
        _draw(wish.preview, preview)
        _say_points(wish, width, height)
        return
    try:
        made = _mask(wish, rgba, at, outside)
    except _LeakError as leak:
        _draw(
            wish.preview, Preview(rgba, at, outside, cover=cover_of(rgba, leak.region.whole), leaks=leak.region.leaks)
        )
        raise CutoutError(leak.problem, got=leak.got, fix=leak.fix) from leak
    except AtelierError:
        _draw(wish.preview, preview)
        raise
    cover = grown(made.cover, wish.grow)
    if wish.out is not None:
        _save(wish.out, Image.fromarray(np.rint(cover * 255).astype(np.uint8)))
    drawn = Preview(rgba, at, outside, cover=cover, covered=made.covered[:_NAMED])
    _draw(wish.preview, drawn)
    told = _told(wish, made, cover, bent=drawn.bent)
    if as_json:
        print_json(told)
    else:
        _say(wish, made, told)


class _LeakError(CutoutError):
    """A region that leaks, with the region, to be drawn."""

    def __init__(self, found: Region) -> None:
        x, y = found.leaks[0].at
        super().__init__(
            "the region runs through a narrow gap into another area",
            got="the area around " + " and ".join(f"{part.at[0]},{part.at[1]}" for part in found.leaks),
            fix=f"add --not {x},{y} to cut it off there, or --at {x},{y} if it belongs to it",
        )
        self.region = found


def _mask(wish: Wish, rgba: Pixels, at: tuple[Point, ...], outside: tuple[Point, ...]) -> Mask:
    if wish.segmenter is not None:
        return Mask(subject_cover(_likely(wish.segmenter, rgba), at, outside=outside))
    found = region(rgba, at, outside=outside, across=wish.across)
    if found.leaks:
        raise _LeakError(found)
    return Mask(cover_of(rgba, found.whole), found.covered, found.left_out)


def _likely(folder: str, rgba: Pixels) -> F32:
    from pipelines.engines.segmenter import SemanticSegmenter

    alpha = rgba[..., 3:].astype(np.float32) / 255
    on_white = np.rint(rgba[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    return SemanticSegmenter(folder).segment(on_white)


def _pixels(wish: Wish) -> Pixels:
    file = read_source(wish.picture)
    if file.kind == "svg":
        root = parse_svg(file.data, file.name)
        _, _, wide, high = svg_size(root)
        return render(root, *fitted(wide, high, wish.size or _DRAWN))
    if wish.size is not None:
        raise CutoutError("--size is for drawings", got=f"{file.name}, a picture",
                          fix="leave it out: the mask gets the picture's own size")  # fmt: skip
    return decode_raster(file.data, file.name).rgba


def _point(text: str, width: int, height: int) -> Point:
    found = _POINT.fullmatch(text)
    if found is None:
        raise CutoutError("that is no point", got=text, fix="write X,Y in pixels, such as 620,560, or 60%,55%")
    x, x_share, y, y_share = found.groups()
    return (float(x) * (width / 100 if x_share else 1), float(y) * (height / 100 if y_share else 1))


def _save(path: Path, picture: Image.Image) -> None:
    try:
        picture.save(path, "PNG", optimize=True)
    except OSError as error:
        raise CutoutError("the picture cannot be written", got=f"{path}: {error}", fix="name another place") from error


def _draw(path: Path | None, preview: Preview) -> None:
    if path is not None:
        _save(path, draw_preview(preview))


def _told(wish: Wish, made: Mask, cover: F32, *, bent: bool) -> dict[str, object]:
    rows, columns = np.nonzero(cover > 0.5)
    box = [int(v) for v in (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)] if len(rows) else None
    height, width = cover.shape
    return {
        "mask": wish.out and str(wish.out), "preview": wish.preview and str(wish.preview), "width": width,
        "height": height, "share": round(float(cover.mean()), 5), "box": box, "bent": bent,
        "covered": [{"at": part.at, "share": round(part.share, 5)} for part in made.covered],
        "left_out": [{"at": part.at, "share": round(part.share, 5)} for part in made.left_out],
        "slot": {"mask": wish.out.name} if wish.out else None,
    }  # fmt: skip


def _say(wish: Wish, made: Mask, told: dict[str, object]) -> None:
    out = console()
    left, top, right, bottom = told["box"] if isinstance(told["box"], list) else (0, 0, 0, 0)
    name = escape(str(wish.out)) if wish.out else "the region"
    out.print(f"[green]{name}[/]: {told['width']} x {told['height']}, white in {told['share']:.1%} of it, "
              f"from {left},{top} to {right},{bottom}")  # fmt: skip
    for part in made.covered[:_NAMED]:
        x, y = part.at
        out.print(f"It covers what it encloses at {x},{y} ({part.share:.1%}); --not {x},{y} leaves that out.")
    if len(made.covered) > _NAMED:
        out.print(f"It covers {len(made.covered) - _NAMED} smaller things that it encloses, too.")
    out.print(_BENT if told["bent"] else _UPRIGHT)
    if wish.preview:
        out.print(f"Look at it: [bold]{escape(str(wish.preview))}[/]")
    if wish.out:
        out.print(f"\nIn the brief, with {escape(wish.out.name)} beside it:")
        sys.stdout.write(_slot(wish.out))


def _slot(out: Path) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", out.stem.lower()).strip("-") or "slot"
    return f"slots:\n  {name}:\n    mask: {out.name}\n"


def _say_points(wish: Wish, width: int, height: int) -> None:
    out = console()
    out.print(f"[bold]{escape(wish.picture.name)}[/]: {width} x {height}")
    out.print(f"Read a point off the rulers of {escape(str(wish.preview))}, then: "
              f"atelier mask {escape(str(wish.picture))} --at X,Y --out mask.png")  # fmt: skip
