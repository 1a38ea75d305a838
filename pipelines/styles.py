"""Styles: what a designer keeps in `styles/NAME/`: words, a palette, reference pictures, and how a model follows them.

`style.toml` is data; everything in it but the words is optional, and no model is touched until something is painted.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, JsonValue, ValidationError

from pipelines.errors import BriefError
from pipelines.model import Drawing, Hex, Name, Record, Share


class ModelChoice(Record):
    """The checkpoint that paints in this style, and how: whatever is left out is the profile's."""

    profile: Name
    checkpoint: str | None = Field(None, description="Folder, .safetensors file or hub id.")
    strength: Share | None = None
    steps: int | None = Field(None, ge=1, le=1000)
    guidance: float | None = Field(None, ge=0, le=30)


class ImageChoice(Record):
    """The style's reference pictures as an image prompt (IP-Adapter, Ye et al. 2023)."""

    adapter: str | None = Field(None, description="Weights file; left out: the profile's, pulled from the hub.")
    scale: float | None = Field(None, ge=0, le=2, description="How strongly the references count, in all layers.")
    layers: dict[str, JsonValue] | None = Field(
        None, description="Scales by layer instead, such as {up = {block_0 = [0, 1, 0]}}: SDXL's style without layout."
    )
    masked: bool = Field(False, description="Only inside the painted part.")


class LoraChoice(Record):
    """A LoRA file, relative to the style's folder, and its weight."""

    file: str
    weight: float = Field(1.0, ge=-4, le=4)


class ControlChoice(Record):
    """Lines of the master that the paint must follow (ControlNet, Zhang et al. 2023)."""

    drawing: Drawing = "lineart"
    checkpoint: str | None = Field(None, description="Folder; left out: the profile's, pulled from the hub.")
    scale: float = Field(0.8, ge=0, le=2)


class StyleFile(Record):
    """A style.toml."""

    name: Name | None = None
    description: str = ""
    refs: tuple[str, ...] = Field((), description="Reference pictures, relative to the style's folder.")
    words: tuple[str, ...] = Field((), description="What every prompt in this style says.")
    avoid: tuple[str, ...] = Field((), description="What every prompt in this style avoids.")
    palette: dict[str, Hex] = Field(default_factory=dict, description="The style's colours by name.")
    model: ModelChoice | None = None
    image: ImageChoice | None = None
    loras: tuple[LoraChoice, ...] = ()
    control: ControlChoice | None = None


@dataclass(frozen=True, slots=True)
class Style:
    """A style and the folder that its files are in."""

    folder: Path
    file: StyleFile

    @property
    def references(self) -> tuple[Path, ...]:
        """Its reference pictures; where style.toml names none, all that lie in refs/, drawings before pixels."""
        if self.file.refs:
            return tuple(self.folder / name for name in self.file.refs)
        found = {p.stem: p for suffix in ("jpg", "webp", "png", "svg") for p in self.folder.glob(f"refs/*.{suffix}")}
        return tuple(found[stem] for stem in sorted(found))


def load_styles(folder: Path) -> dict[str, Style]:
    """Every `<name>/style.toml` in `folder`; BriefError for one that cannot be read, with the key that is wrong."""
    return {file.parent.name: Style(file.parent, _read(file)) for file in sorted(folder.glob("*/style.toml"))}


def _read(file: Path) -> StyleFile:
    try:
        return StyleFile.model_validate(tomllib.loads(file.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BriefError("a style that cannot be read", got=str(file), fix=f"mend it: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        problem = f"{file.parent.name}/style.toml: {where}: {first['msg']}"
        raise BriefError(problem, got=first["input"], fix="compare it with styles/ink-flat/style.toml") from error
