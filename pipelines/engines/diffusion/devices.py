"""Where a model runs, in which numbers, and how many variants fit into one forward pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import import_module, metadata
from typing import Any

from pipelines.errors import EngineError
from pipelines.profiles import Device, Number, Profile

BATCHES = (16, 8, 4, 2, 1)  # few sizes, so that a compiled model meets few shapes
_FIRST = 4  # the size that is tried and measured before any other
_SPARE = 0.85  # of the free memory that a batch may plan with
_LIBRARIES = ("torch", "diffusers", "transformers", "peft", "numpy", "pillow")


def library(name: str) -> Any:
    """A heavy, mostly untyped library, imported when it is used."""
    return import_module(name)


@dataclass(frozen=True, slots=True)
class Placed:
    """A device and the numbers used on it; `memory` tells devices whose free memory can be measured."""

    device: Device
    number: Number
    vae_number: Number

    @property
    def dtype(self) -> Any:
        """The torch type of the denoiser's and text encoders' weights."""
        return dtype_of(self.number)

    @property
    def vae_dtype(self) -> Any:
        """The torch type of the VAE's weights."""
        return dtype_of(self.vae_number)

    def named(self) -> str:
        """For the record: the device, with the model of a GPU."""
        torch = library("torch")
        return f"cuda ({torch.cuda.get_device_name()})" if self.device == "cuda" else self.device


def dtype_of(number: Number) -> Any:
    """The torch type of a precision."""
    torch = library("torch")
    return {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}[number]


def place(profile: Profile, *, device: Device | None = None, number: Number | None = None) -> Placed:
    """The device asked for, or the best that is there, in the profile's precision for it unless another is given.

    Raises EngineError for a device that is not there, and for fp16 on a CPU, which has no arithmetic for it.
    """
    torch = library("torch")
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    chosen: Device = device or ("cuda" if there["cuda"] else "mps" if there["mps"] else "cpu")
    if not there[chosen]:
        fix = f"use {' or '.join(name for name, found in there.items() if found)}"
        raise EngineError("this machine has no such device", got=chosen, fix=fix)
    wanted = number or _precision(profile, chosen)
    if (chosen, wanted) == ("cpu", "fp16"):
        raise EngineError("fp16 on a CPU", got=wanted, fix="use fp32, or bf16 for half the memory")
    own = profile.precision.vae
    same: Number = "fp32" if wanted == "bf16" and not profile.instructs else wanted  # stock code decodes as it denoises
    return Placed(chosen, wanted, same if own == "same" else own)


def _precision(profile: Profile, device: Device) -> Number:
    table: dict[Device, Number] = {
        "cuda": profile.precision.cuda,
        "mps": profile.precision.mps,
        "cpu": profile.precision.cpu,
    }
    return table[device]


def threads() -> int:
    """CPU threads that torch uses."""
    return int(library("torch").get_num_threads())


@cache
def versions() -> dict[str, str]:
    """The libraries that can change pixels."""
    return {name: metadata.version(name) for name in _LIBRARIES}


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a device had too little memory; MPS and CUDA's libraries say so in a plain RuntimeError."""
    said = str(error).lower()
    known = isinstance(error, library("torch").OutOfMemoryError)
    return known or "out of memory" in said or "alloc_failed" in said


@dataclass(slots=True)
class BatchSize:
    """How many variants of one size fit: `most` at first, fewer once measured on CUDA or refused anywhere."""

    device: Device
    most: int
    _fits: dict[tuple[int, int], int] = field(default_factory=dict)

    def size(self, shape: tuple[int, int], wanted: int) -> int:
        """The variants to take now, of `wanted` that are left; always one of BATCHES, or `most` itself."""
        first = min(self.most, _FIRST) if self.device == "cuda" else self.most
        fits = self._fits.get(shape, first)
        return fits if wanted >= fits else next(size for size in BATCHES if size <= wanted)

    def refused(self, shape: tuple[int, int], size: int) -> None:
        """`size` variants were too many."""
        self._fits[shape] = max(size // 2, 1)
        if self.device == "cuda":
            library("torch").cuda.empty_cache()

    def begin(self) -> None:
        """Measure from here."""
        if self.device == "cuda":
            library("torch").cuda.reset_peak_memory_stats()

    def measured(self, shape: tuple[int, int], size: int) -> None:
        """`size` variants ran: learn from their peak how many fit."""
        if self.device != "cuda" or shape in self._fits:
            return
        torch = library("torch")
        held, peak = torch.cuda.memory_allocated(), torch.cuda.max_memory_allocated()
        free = torch.cuda.mem_get_info()[0] + torch.cuda.memory_reserved() - held
        fit = int(free * _SPARE / max((peak - held) / size, 1))
        self._fits[shape] = next((b for b in BATCHES if b <= min(fit, self.most)), 1)


def hush() -> None:
    """Keep the libraries silent: what matters of what they would say is in our records and errors."""
    for name in ("diffusers.utils.logging", "transformers.utils.logging"):
        library(name).set_verbosity_error()
        library(name).disable_progress_bar()
