"""The picks of one person: the colours that they liked, disliked and skipped, kept in a file that grows."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterable
from pathlib import Path

from pydantic import Field

from pipelines.errors import PaletteError
from pipelines.model import Hex, Record
from pipelines.palettes.names import colour_of
from pipelines.palettes.taste import Pick

_KEYS = ("like", "dislike", "skip")
_EXAMPLE = '{"like": ["#34939a"], "dislike": ["#5c5410"]}'


class Picks(Record):
    """What somebody said of colours. No colour stands in two lists but where a file has it so."""

    like: tuple[Hex, ...] = Field((), description="Colours liked.")
    dislike: tuple[Hex, ...] = Field((), description="Colours not liked.")
    skip: tuple[Hex, ...] = Field((), description="Colours shown that nothing was said of.")

    @classmethod
    def of(cls, *, like: Iterable[str] = (), dislike: Iterable[str] = (), skip: Iterable[str] = ()) -> Picks:
        """Picks from colours as people write them. Raises PaletteError for what is no colour."""
        lists = (tuple(dict.fromkeys(map(colour_of, colours))) for colours in (like, dislike, skip))
        return cls(**dict(zip(_KEYS, lists, strict=True)))

    @property
    def seen(self) -> tuple[str, ...]:
        """Every colour that was shown."""
        return (*self.like, *self.dislike, *self.skip)

    @property
    def judged(self) -> tuple[Pick, ...]:
        """What a taste is learned from."""
        return (*(Pick(colour=c, liked=True) for c in self.like), *(Pick(colour=c, liked=False) for c in self.dislike))

    def then(self, later: Picks) -> Picks:
        """With what was said later; of a colour picked again the last word counts."""
        again = set(later.seen)
        lists = {key: (*(c for c in getattr(self, key) if c not in again), *getattr(later, key)) for key in _KEYS}
        return Picks(**lists)


def read_picks(path: Path) -> Picks:
    """The picks in a JSON or TOML file: lists named like, dislike and skip.

    Raises PaletteError for a file that cannot be read or says something else, and for what is no colour.
    """
    try:
        text = path.read_text("utf-8-sig")
        found = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except FileNotFoundError as error:
        raise PaletteError("there is no such file of picks", got=str(path),
                           fix="make one: atelier palette learn --page picks.html, or add --like and --dislike",
                           ) from error  # fmt: skip
    except (OSError, UnicodeDecodeError) as error:
        raise PaletteError("the picks cannot be read", got=f"{path}: {error}", fix="check the file") from error
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise PaletteError("the picks are neither JSON nor TOML", got=f"{path.name}: {error}",
                           fix=f"mend the file; it should look like {_EXAMPLE}") from error  # fmt: skip
    return Picks.of(**_lists(found, path.name))


def _lists(found: object, name: str) -> dict[str, list[str]]:
    if not isinstance(found, dict):
        raise PaletteError("that is no file of picks", got=name, fix=f"it should look like {_EXAMPLE}")
    if strange := [key for key in found if key not in _KEYS]:
        raise PaletteError("that is no list of picks", got=f"{strange[0]!r} in {name}",
                           fix="the lists are like, dislike and skip")  # fmt: skip
    for key, value in found.items():
        if not isinstance(value, list) or not all(isinstance(colour, str) for colour in value):
            raise PaletteError(f"{key} is no list of colours", got=f"{value!r} in {name}",
                               fix=f"it should look like {_EXAMPLE}")  # fmt: skip
    return found


def write_picks(path: Path, picks: Picks) -> None:
    """Keep picks as TOML or JSON, by the file's name; the file changes at once or not at all."""
    lists = {key: list(getattr(picks, key)) for key in _KEYS if getattr(picks, key)}
    toml = path.suffix.lower() == ".toml"
    text = "".join(_toml(*pair) for pair in lists.items()) if toml else json.dumps(lists, indent=2) + "\n"
    half = path.with_name(f".{path.name}.{os.getpid()}.half")
    try:
        half.write_text(text, encoding="utf-8")
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise PaletteError("the picks cannot be written", got=f"{path}: {error}", fix="name another place") from error


def _toml(key: str, colours: list[str]) -> str:
    return f"{key} = [\n" + "".join(f'  "{colour}",\n' for colour in colours) + "]\n"
