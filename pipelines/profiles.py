"""Profiles: what Atelier knows of a family of checkpoints, as data in `styles/profiles/*.toml`.

A profile says which checkpoints it fits, at which sizes, steps and strengths they work, in which precision they are
run on which device, what they can be combined with, and what their licence allows. Nothing here loads a model.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self, TypeVar

from pydantic import Field, ValidationError, model_validator

from pipelines.errors import EngineError
from pipelines.model import Drawing, Name, Record

T = TypeVar("T")
R = TypeVar("R", bound=Record)
DEFAULT = "sd15"  # where neither a brief nor its styles name one
Family = Literal["sd15", "pix2pix", "sdxl", "sd3", "flux2", "qwen-edit"]
Number = Literal["fp32", "fp16", "bf16"]
Device = Literal["cuda", "mps", "cpu"]
HUB = r"^[\w.-]+/[\w.-]+$"


class StrengthRule(Record):
    """How much of the schedule a repaint may run: 0 leaves the picture, 1 starts from (almost) pure noise."""

    least: float = Field(gt=0, le=1)
    most: float = Field(gt=0, le=1)
    usual: float = Field(gt=0, le=1)

    @model_validator(mode="after")
    def _in_order(self) -> StrengthRule:
        if not self.least <= self.usual <= self.most:
            raise ValueError("least, usual and most must not fall")
        return self


class Precision(Record):
    """The numbers that the weights are held and multiplied in.

    `vae` is a precision of its own, or "same": then it is still fp32 beside bf16, whose 8 bits would show in colours.
    """

    cuda: Number
    mps: Number
    cpu: Number
    vae: Literal["same", "fp32", "fp16", "bf16"] = "same"


def one_origin(hub: str, ships: str) -> None:
    """Raise ValueError unless a model comes from exactly one place."""
    if bool(hub) == bool(ships):
        raise ValueError("give either hub, where it is fetched, or ships, its folder in the project")


class Published(Record):
    """Where something that goes with a checkpoint comes from, what its licence allows, about how large it is.

    Most is fetched from the hub; what `ships` is in the project itself, and is never fetched.
    """

    hub: str = Field("", pattern=HUB, description="Where `atelier models pull` fetches it; left out for what ships.")
    ships: str = Field("", description="Its folder in the project, for what comes with it.")
    licence: str = Field(min_length=1, description="What it allows, in a sentence.")
    gigabytes: float = Field(gt=0, description="About how much is fetched, in units of 10^9 bytes.")

    @model_validator(mode="after")
    def _from_somewhere(self) -> Self:
        one_origin(self.hub, self.ships)
        return self


class ImagePrompt(Published):
    """The IP-Adapter of this family: `subfolder`/`weights`, and the encoder that it needs in `subfolder`/image_encoder.

    An adapter reads the embeddings of one encoder alone; `check_adapter` compares their widths.
    """

    subfolder: str
    weights: str = Field(pattern=r"\.safetensors$")


class ControlNet(Published):
    """A network that keeps a painting to a drawing."""


class Preview(Published):
    """A tiny VAE for previews; never for delivered pictures."""


class Profile(Record):
    """A family of checkpoints and its rules."""

    profile: Literal[1] = Field(description="Version of this format.")
    name: Name
    title: str
    family: Family
    classes: tuple[str, ...] = Field(min_length=1, description="Pipeline classes of fitting checkpoints.")
    hub: str = Field("", pattern=HUB, description="Where `atelier models pull` fetches it; left out for what ships.")
    ships: str = Field("", description="Its folder in the project, for a checkpoint that comes with it.")
    licence: str = Field(min_length=1, description="What it allows, in a sentence. Read it before you deliver.")
    gigabytes: float = Field(gt=0, description="About how much `atelier models pull` fetches, in units of 10^9 bytes.")
    texts: int | None = Field(
        None, description="Width of the texts that its UNet reads, by which LoRAs, IP-Adapters and ControlNets fit it."
    )
    tokens: int = Field(gt=2, description="The most tokens of a prompt that are read, begin and end included.")
    size: int = Field(ge=64, multiple_of=64, description="Pixels a side that it was trained at.")
    buckets: tuple[tuple[int, int], ...] = Field(min_length=1, description="Crop sizes (width, height).")
    steps: int = Field(ge=1, le=1000)
    guidance: float = Field(ge=0, le=30, description="1 or less runs without the negative prompt.")
    image_guidance: float = Field(
        1.0, ge=1, le=30, description="Of a UNet that edits: above 1 the picture counts more, in three passes a step."
    )
    strength: StrengthRule
    precision: Precision
    ip_adapter: ImagePrompt | None = None
    controlnets: dict[Drawing, ControlNet] = Field(default_factory=dict, description="By the drawing they follow.")
    preview: Preview | None = None
    gate: Name | None = Field(
        None, description="Judge without whose word that it is better no paint is kept, unless a brief says otherwise."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Profile:
        one_origin(self.hub, self.ships)
        for side in (side for bucket in self.buckets for side in bucket):
            if side % 64 or side <= 0:
                raise ValueError(f"bucket side {side} is not a multiple of 64")
        if executed_steps(self.steps, self.strength.least) < 1:
            raise ValueError(f"strength.least {self.strength.least} runs no step of {self.steps}")
        return self

    @property
    def has_unet(self) -> bool:
        """Whether a UNet paints, by our own loop; else a transformer does."""
        return self.family in ("sd15", "pix2pix", "sdxl")

    @property
    def instructs(self) -> bool:
        """Whether a transformer of its family follows an instruction about the picture, and so has no strength."""
        return self.family in ("flux2", "qwen-edit")


def executed_steps(steps: int, strength: float) -> int:
    """How many of a schedule's steps a strength in [0, 1] runs, counted as diffusers' img2img pipelines count them."""
    return min(int(steps * strength), steps)


def load_profiles(root: Path) -> dict[str, Profile]:
    """Read `root`/styles/profiles/*.toml, by name. Raises EngineError for a file that is no profile."""
    return read_records(root / "styles" / "profiles", Profile, like="sd15.toml")


def read_records(folder: Path, kind: type[R], *, like: str) -> dict[str, R]:
    """The records of a folder of TOML files, by the files' names, which the records repeat as `name`.

    `like` is a file to compare a wrong one with. Raises EngineError for a file that is no such record.
    """
    return {path.stem: _read(path, kind, like) for path in sorted(folder.glob("*.toml"))}


def _read(path: Path, kind: type[R], like: str) -> R:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        record = kind.model_validate(table)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EngineError(f"{path.name} is not TOML", got=str(error), fix="correct the line that it names") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or f"the {kind.__name__.lower()}"
        raise EngineError(
            f"{path.name}: {where}: {first['msg']}", got=first["input"], fix=f"compare it with {like}"
        ) from error
    if table["name"] != path.stem:
        problem = f"{path.name} holds the {kind.__name__.lower()} of another name"
        raise EngineError(problem, got=table["name"], fix="rename one of them")
    return record


def find_profile(profiles: Mapping[str, Profile], name: str) -> Profile:
    """The profile of this name. Raises EngineError with the nearest names for any other."""
    return find_named(profiles, name, what="profile")


def find_named(things: Mapping[str, T], name: str, *, what: str) -> T:
    """The thing of this name. Raises EngineError with the nearest names for any other."""
    if name in things:
        return things[name]
    near = difflib.get_close_matches(name.lower(), things, n=2, cutoff=0.5)
    fix = f"did you mean {' or '.join(near)}?" if near else f"choose one of {', '.join(things)}"
    raise EngineError(f"there is no such {what}", got=name, fix=fix)
