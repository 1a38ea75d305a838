"""A palette as a TOML table: read from a style or any TOML file, written to be pasted into one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from pipelines.errors import PaletteError
from pipelines.palettes.names import colour_of, named

_TABLE = "palette"


def read_palette(path: Path) -> dict[str, str]:
    """Name → colour of a file's `[palette]` table, or of its top level where it has none.

    A list of colours will do too; it gets names. Raises PaletteError for a file that cannot be read, is no TOML, or
    has no colours, and for what is no colour.
    """
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PaletteError("a palette that cannot be read", got=f"{path}: {reason}",
                           fix="name a TOML file with a [palette] table") from error  # fmt: skip
    except tomllib.TOMLDecodeError as error:
        raise PaletteError("a palette that is no TOML", got=f"{path}: {error}", fix="mend it there") from error
    table = found.get(_TABLE, found)
    if isinstance(table, list) and all(isinstance(colour, str) for colour in table):
        return named(dict.fromkeys(map(colour_of, table)))
    colours = {name: value for name, value in table.items() if isinstance(value, str)} if table else {}
    if not colours or (_TABLE not in found and len(colours) < len(table)):
        raise PaletteError("there is no palette in that file", got=str(path),
                           fix='give it a table: [palette], ink = "#2d2130"')  # fmt: skip
    return {name: colour_of(value) for name, value in colours.items()}


def palette_table(palette: Mapping[str, str], *, title: str = _TABLE, said: str = "") -> str:
    """The TOML of a palette, `said` as a comment above it. Names must be bare TOML keys, as `named` gives them."""
    comment = f"# {said}\n" if said else ""
    return f"{comment}[{title}]\n" + "".join(f'{name} = "{colour}"\n' for name, colour in palette.items())
