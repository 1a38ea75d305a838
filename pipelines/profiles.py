"""Profiles: what Atelier knows of a family of checkpoints, as data in `styles/profiles/*.toml`.

A profile says which checkpoints it fits, at which sizes, steps and strengths they work, in which precision they are
run on which device, what they can be combined with, and what their licence allows. Nothing here loads a model.
"""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from pipelines.errors import EngineError
from pipelines.model import Name, Record

Family = Literal["sd15", "sdxl", "sd3", "flux2", "qwen-edit"]
Number = Literal["fp32", "fp16", "bf16"]
Device = Literal["cuda", "mps", "cpu"]
Drawing = Literal["canny", "lineart"]


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


class ImagePrompt(Record):
    """The IP-Adapter of this family: `hub`/`subfolder`/`weights`, its encoder in `subfolder`/image_encoder."""

    hub: str
    subfolder: str
    weights: str


class Preview(Record):
    """A tiny VAE for previews; never for delivered pictures."""

    hub: str


class Profile(Record):
    """A family of checkpoints and its rules."""

    profile: Literal[1] = Field(description="Version of this format.")
    name: Name
    title: str
    family: Family
    classes: tuple[str, ...] = Field(min_length=1, description="Pipeline classes of fitting checkpoints.")
    hub: str = Field(pattern=r"^[\w.-]+/[\w.-]+$", description="Where `models pull` fetches it.")
    licence: str = Field(min_length=1, description="What it allows, in a sentence. Read it before you deliver.")
    tokens: int = Field(gt=2, description="The most tokens of a prompt that are read, begin and end included.")
    size: int = Field(ge=64, multiple_of=64, description="Pixels a side that it was trained at.")
    buckets: tuple[tuple[int, int], ...] = Field(min_length=1, description="Crop sizes (width, height).")
    steps: int = Field(ge=1, le=1000)
    guidance: float = Field(ge=0, le=30, description="1 or less runs without the negative prompt.")
    strength: StrengthRule
    precision: Precision
    ip_adapter: ImagePrompt | None = None
    controlnets: dict[Drawing, str] = Field(default_factory=dict, description="Drawing → hub id.")
    preview: Preview | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Profile:
        for side in (side for bucket in self.buckets for side in bucket):
            if side % 64 or side <= 0:
                raise ValueError(f"bucket side {side} is not a multiple of 64")
        if executed_steps(self.steps, self.strength.least) < 1:
            raise ValueError(f"strength.least {self.strength.least} runs no step of {self.steps}")
        return self

    @property
    def instructs(self) -> bool:
        """Whether it follows an instruction about the picture, and so has no strength."""
        return self.family in ("flux2", "qwen-edit")


def executed_steps(steps: int, strength: float) -> int:
    """How many of a schedule's steps a strength in [0, 1] runs, counted as diffusers' img2img pipelines count them."""
    return min(int(steps * strength), steps)


def load_profiles(root: Path) -> dict[str, Profile]:
    """Read `root`/styles/profiles/*.toml, by name. Raises EngineError for a file that is no profile."""
    profiles = [_read(path) for path in sorted((root / "styles" / "profiles").glob("*.toml"))]
    return {profile.name: profile for profile in profiles}


def _read(path: Path) -> Profile:
    try:
        profile = Profile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EngineError(f"{path.name} is not TOML", got=str(error), fix="correct the line that it names") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the profile"
        raise EngineError(
            f"{path.name}: {where}: {first['msg']}", got=first["input"], fix="compare it with sd15.toml"
        ) from error
    if profile.name != path.stem:
        raise EngineError(f"{path.name} holds the profile of another name", got=profile.name, fix="rename one of them")
    return profile


def find_profile(profiles: dict[str, Profile], name: str) -> Profile:
    """The profile of this name. Raises EngineError with the nearest names for any other."""
    if name in profiles:
        return profiles[name]
    near = difflib.get_close_matches(name.lower(), profiles, n=2, cutoff=0.5)
    fix = f"did you mean {' or '.join(near)}?" if near else f"choose one of {', '.join(profiles)}"
    raise EngineError("there is no such profile", got=name, fix=fix)
