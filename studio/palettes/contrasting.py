"""`atelier palette contrast`: which colours can be read on which, and what would mend the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from rich.markup import escape

from pipelines.errors import PaletteError
from pipelines.home import ROOT
from pipelines.palettes.contrast import Check, Use, Wanted, check, floor_of
from pipelines.palettes.names import colour_of
from pipelines.palettes.table import read_palette
from studio.output import console, print_json
from studio.palettes.swatches import LEVELS, levels, plain_table, sample, swatch

_MANY = 40  # pairs, beyond which those that reach nothing are left out
_LOWEST = 3.0  # the ratio from which a pair reaches anything
_WHAT: dict[Use, str] = {"text": "text", "large": "large text", "graphics": "graphics"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: colours as people write them, or a TOML file, or a style; and for what they must be fit."""

    colours: tuple[str, ...]
    style: str | None
    on: str | None
    use: Use
    wanted: Wanted


def show_contrasts(wish: Wish, *, as_json: bool) -> None:
    """Show every pair, the strongest first. Raises PaletteError for what is no colour, and for fewer than two."""
    floor = floor_of(wish.use, wish.wanted)
    palette = _palette(wish)
    found = [check(*pair, use=wish.use, wanted=wish.wanted) for pair in _pairs(palette, wish.on)]
    found.sort(key=lambda each: -each.contrast.ratio)
    names = {colour: name for name, colour in palette.items()}
    if as_json:
        pairs = [pair_json(each, names) for each in found]
        print_json({"for": wish.use, "level": wish.wanted, "floor": floor, "pairs": pairs})
        return
    shown = found if len(found) <= _MANY else [each for each in found if each.contrast.ratio >= _LOWEST]
    show_pairs(shown, names, wish.wanted)
    out, fit = console(), sum(each.passes for each in found)
    out.print(f"\n{fit} of {len(found)} pairs are fit for {_WHAT[wish.use]} at {wish.wanted}, {floor:g} : 1.")
    if len(shown) < len(found):
        out.print(
            f"{len(found) - len(shown)} more reach nothing and are left out; --on COLOUR shows all of one colour."
        )


def pair_json(found: Check, names: Mapping[str, str]) -> dict[str, object]:
    """A pair for scripts. `fix` is null if it passes, or if no change of one colour is enough."""
    pair = found.contrast
    told = {"names": [names.get(colour, colour) for colour in (pair.first, pair.second)], "passes": found.passes}
    return pair.model_dump() | told | {"fix": found.mend.model_dump() if found.mend else None}


def show_pairs(pairs: Sequence[Check], names: Mapping[str, str], wanted: Wanted) -> None:
    """The pairs as a table; a pair that fails says the least change that mends it."""
    table = plain_table("", "colours", "", "ratio", LEVELS, f"fix for {wanted}")
    for each in pairs:
        pair = each.contrast
        first, second = (escape(names.get(colour, colour)) for colour in (pair.first, pair.second))
        ratio = f"{int(pair.ratio * 100) / 100:5.2f}"  # cut, not rounded: 4.499 is not 4.5
        table.add_row(sample(pair.first, pair.second), first, second, ratio, levels(pair), _fix(each, names))
    console().print(table)


def _fix(found: Check, names: Mapping[str, str]) -> str:
    if found.passes:
        return ""
    if found.mend is None:
        return "[red]change both[/]"
    change = found.mend.change
    whose = escape(names[change]) if names.get(change, change) != change else f"for {change}"
    return f"{swatch(found.mend.to, 2)} {found.mend.to} {whose}"


def _palette(wish: Wish) -> dict[str, str]:
    """Name → colour; a colour that stands for itself is its own name."""
    files = [text for text in wish.colours if text.lower().endswith(".toml")]
    if wish.style is not None:
        files = [str(style_file(wish.style)), *files]
    found = {name: colour for file in files for name, colour in read_palette(Path(file)).items()}
    plain = [colour_of(text) for text in wish.colours if text not in files]
    found |= {colour: colour for colour in plain if colour not in found.values()}
    on = () if wish.on is None or wish.on in found else (colour_of(wish.on),)
    found |= {colour: colour for colour in on if colour not in found.values()}
    if len(set(found.values())) < 2:
        raise PaletteError("a contrast needs two colours", got=" ".join(wish.colours) or "none",
                           fix="name them without #, which starts a comment in a shell: eda24b 2d2130; or --style NAME",
                           )  # fmt: skip
    return found


def style_file(name: str) -> Path:
    """The file of a style that ships with Atelier. Raises PaletteError for a name that none has."""
    known = {file.parent.name: file for file in sorted((ROOT / "styles").glob("*/style.toml"))}
    if name not in known:
        raise PaletteError("there is no such style", got=name, fix=f"the styles are: {', '.join(known)}")
    return known[name]


def _pairs(palette: Mapping[str, str], on: str | None) -> list[tuple[str, str]]:
    colours = tuple(dict.fromkeys(palette.values()))
    if on is None:
        return list(combinations(colours, 2))
    ground = palette.get(on) or colour_of(on)
    return [(colour, ground) for colour in colours if colour != ground]
