"""The painter's seam: pictures with a mask and a prompt in, painted pictures with the record of their making out.

    Repainting ─▶ Painter.paint ─▶ Painted (picture, PaintRecord), or the EngineError of that variant alone

A painter works on crops: it may change every pixel a little, as a VAE does. `pipelines.crop.stitch` keeps the master.

The same request gives the same pixels at the same batch size, on the same device and number of threads. In a batch of
another size it does not, bit for bit: up to 1 of 255 in fp32 on a CPU, up to 2 of 255 in bf16. So the record holds the
batch size, and `paint(..., batch=record.batch)` replays at it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import EngineError
from pipelines.model import Drawing, PaintRecord
from pipelines.profiles import Profile, executed_steps

F32 = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Layers = dict[str, dict[str, list[float]]]

SEEDING = 1  # what a seed means: one CPU generator a variant draws only noise; the VAE's mode, not a sample, is noised


@dataclass(frozen=True, slots=True)
class Lora:
    """A LoRA file and how strongly it counts; 1 is as it was trained."""

    file: Path
    weight: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class ImagePrompt:
    """Pictures (h, w, 3) whose style an IP-Adapter carries over.

    `scale` is one number for all layers, or diffusers' nested form for some of them: {"up": {"block_0": [0, 1, 0]}}
    carries style without layout in SDXL (InstantStyle, Wang et al. 2024). `masked` keeps it inside the mask.
    """

    pictures: tuple[Pixels, ...]
    adapter: Path
    scale: float | Layers = 0.6
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """A drawing made from the picture that the result must follow (ControlNet, Zhang et al. 2023)."""

    drawing: Drawing
    checkpoint: Path
    scale: float = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Style:
    """What steers a painter besides words."""

    image: ImagePrompt | None = None
    loras: tuple[Lora, ...] = ()
    control: Control | None = None

    def digest(self) -> str:
        """Over everything that can change pixels."""
        found = hashlib.sha256(repr((self.loras, self.control)).encode())
        if self.image is not None:
            found.update(repr((self.image.adapter, self.image.scale, self.image.masked)).encode())
            for picture in self.image.pictures:
                found.update(digest_of(picture).encode())
        return found.hexdigest()


PLAIN = Style()


@dataclass(frozen=True, slots=True, eq=False)
class Repainting:
    """One picture to paint over.

    `picture` is (h, w, 3) uint8 with both sides multiples of 8, of 16 for transformers; `mask` (h, w) float32 in 0 to 1
    says how early in the schedule each pixel is let free: 1 for all of `strength`, less for less, 0 never. `strength`
    is the share of the `steps` that is run; 0 gives the picture back untouched. `guidance` of 1 or less ignores
    `negative`; `image_guidance` above 1 makes an editing model keep more of the picture, and counts beside a guidance
    above 1 alone.
    """

    picture: Pixels
    mask: F32
    prompt: str
    seed: int
    strength: float
    steps: int
    guidance: float
    negative: str = ""
    image_guidance: float = 1.0
    style: Style = field(default=PLAIN)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.picture.shape[1], self.picture.shape[0]

    def digest(self) -> str:
        """Over everything that can change pixels: what is alike is painted alike."""
        words = (self.prompt, self.negative, self.seed)
        numbers = (self.strength, self.steps, self.guidance, self.image_guidance)
        arrays = (digest_of(self.picture), digest_of(self.mask))
        return hashlib.sha256(repr((words, numbers, arrays, self.style.digest())).encode()).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """A painted picture (h, w, 3) uint8 of the size it was asked for, and how it was made."""

    picture: Pixels
    record: PaintRecord


Outcome = Painted | EngineError


class Painter(Protocol):
    """Paints batches. Same requests at the same batch size on the same machine: same pixels."""

    @property
    def profile(self) -> Profile:
        """The rules of its checkpoint."""
        ...

    def paint(self, requests: Sequence[Repainting], *, batch: int | None = None) -> tuple[Outcome, ...]:
        """Paint each request, in their order; what fails fails alone, as an EngineError in its place.

        `batch` sets the size of the forward pass, for replay of a record; a smaller group is filled up with copies.
        """
        ...


def refusal(request: Repainting, profile: Profile) -> EngineError | None:
    """Why this request cannot be painted with this profile; None if it can."""
    return (
        _unfit_pixels(request, profile)
        or _unfit_numbers(request, profile)
        or _unfit_guidance(request, profile)
        or _unfit_style(request.style, profile)
    )


def _unfit_pixels(request: Repainting, profile: Profile) -> EngineError | None:
    shape, mask, unit = request.picture.shape, request.mask, _unit(profile)
    if request.picture.dtype != np.uint8 or len(shape) != 3 or shape[2] != 3:
        fix = "lay it on a ground and give three channels of uint8: four are taken for latents"
        return EngineError("a picture that is not (h, w, 3)", got=f"{shape} {request.picture.dtype}", fix=fix)
    if shape[0] % unit or shape[1] % unit or not shape[0] * shape[1]:
        fix = "crop to one of the profile's buckets; other sizes would come back smaller"
        return EngineError(f"a size that is no multiple of {unit}", got=f"{shape[1]} x {shape[0]}", fix=fix)
    if mask.shape != shape[:2] or mask.dtype != np.float32 or not (mask.min() >= 0 and mask.max() <= 1):
        fix = f"give {shape[:2]} of float32 in 0 to 1"
        return EngineError("a mask that does not fit the picture", got=f"{mask.shape} {mask.dtype}", fix=fix)
    return None


def _unit(profile: Profile) -> int:
    """Pixels a side that a picture comes in: what a VAE makes one of, and transformers two by two of those."""
    return 8 if profile.has_unet else 16


def _unfit_numbers(request: Repainting, profile: Profile) -> EngineError | None:
    strength, steps, rule = request.strength, request.steps, profile.strength
    if not 1 <= steps <= 1000:
        return EngineError("a number of steps that no schedule has", got=steps, fix=f"{profile.steps} is usual")
    if strength == 0:
        return None
    if not rule.least <= strength <= rule.most:
        fix = f"{profile.name} works from {rule.least} to {rule.most}, and 0 leaves the picture as it is"
        return EngineError("a strength that the profile does not have", got=strength, fix=fix)
    if executed_steps(steps, strength) < 1:
        fix = f"raise strength to {math.ceil(1000 / steps) / 1000:.3g}, or steps to {int(1 / strength) + 1}"
        return EngineError(f"a strength that runs none of {steps} steps", got=strength, fix=fix)
    return None


def _unfit_guidance(request: Repainting, profile: Profile) -> EngineError | None:
    given = (
        ("a guidance", request.guidance, 0, profile.guidance),
        ("an image guidance", request.image_guidance, 1, profile.image_guidance),
    )
    for what, number, least, usual in given:
        if not least <= number <= 30:
            return EngineError(f"{what} outside {least} to 30", got=number, fix=f"{usual} is usual")
    return None


def _unfit_style(style: Style, profile: Profile) -> EngineError | None:
    wants = {
        "an IP-Adapter": (style.image is not None, profile.has_unet),
        "a ControlNet": (style.control is not None, profile.has_unet),
        "a LoRA": (bool(style.loras), profile.has_unet),
    }
    for what, (wanted, works) in wants.items():
        if wanted and not works:
            fix = "use a profile of SD 1.5 or SDXL, or leave it out"
            return EngineError(f"{what} does not work with this profile", got=profile.name, fix=fix)
    return None


def digest_of(array: NDArray[np.generic]) -> str:
    """Over shape, type and contents."""
    found = hashlib.sha256(f"{array.shape} {array.dtype}".encode())
    found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()
