"""`atelier palette extract`: the colours that a picture is drawn in."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rich.markup import escape

from pipelines.brief.opened import fitted
from pipelines.engines.renderer import render
from pipelines.errors import PaletteError
from pipelines.palettes.extract import Swatch, extract
from pipelines.palettes.names import named
from pipelines.palettes.table import palette_table
from pipelines.sources import decode_raster, parse_svg, read_source, svg_size
from studio.output import console, print_json
from studio.palettes.swatches import bar, plain_table, share_of, swatch

Form = Literal["words", "json", "toml"]
_DRAWN = 1024  # pixels of the longer side that a drawing is looked at with


def extract_palette(path: Path, *, most: int, form: Form) -> None:
    """Show a picture's colours. Raises SourceError for one that cannot be used, PaletteError for one without any."""
    found = extract(_pixels(path), most=most)
    if not found:
        raise PaletteError("the picture is transparent all over", got=path.name, fix="give one with something in it")
    names = named(each.colour for each in found)
    if form == "json":
        colours = [
            {"name": n, "colour": each.colour, "share": each.share} for n, each in zip(names, found, strict=True)
        ]
        print_json({"picture": str(path), "colours": colours})
    elif form == "toml":
        sys.stdout.write(palette_table(names, said=f"the colours of {path.name}, the largest first"))
    else:
        _show(path.name, tuple(names), found)


def _pixels(path: Path) -> NDArray[np.uint8]:
    file = read_source(path)
    if file.kind == "raster":
        return decode_raster(file.data, file.name).rgba
    root = parse_svg(file.data, file.name)
    _, _, wide, high = svg_size(root)
    return render(root, *fitted(wide, high, _DRAWN))


def _show(picture: str, names: Sequence[str], found: Sequence[Swatch]) -> None:
    out = console()
    table = plain_table("", "colour", "name", "share", "")
    for name, each in zip(names, found, strict=True):
        table.add_row(swatch(each.colour, 8), each.colour, name, f"{share_of(each.share):>7}", bar(each.share))
    out.print(f"[bold]{escape(picture)}[/]: {len(found)} colours")
    out.print(table)
    rest = 1 - sum(each.share for each in found)
    if rest > 0.005:
        out.print(f"{share_of(rest)} of it is in other colours; --most shows more of them.")
    out.print(escape("For a style: --toml prints them as a [palette] table."))
