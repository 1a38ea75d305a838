"""Where a model trains and in which number format."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

PRECISIONS = ("auto", "fp32", "bf16")


@dataclass(frozen=True, slots=True)
class Machine:
    """A device, and the format that matrix products are computed in; weights stay fp32."""

    device: torch.device
    precision: str

    def autocast(self) -> AbstractContextManager[object]:
        """Compute in bf16 inside this block where the machine has it."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bf16")

    def place(self, model: nn.Module) -> nn.Module:
        """The model on the device, its convolutions' weights in channels-last order."""
        return model.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]

    def pictures(self, batch: Tensor) -> Tensor:
        """A batch (n, c, h, w) on the device in channels-last order."""
        return batch.to(self.device).contiguous(memory_format=torch.channels_last)


def machine(*, device: str = "auto", precision: str = "auto") -> Machine:
    """The best of this machine: CUDA when there is one; bf16 only where the hardware multiplies it natively.

    A CPU without AMX or AVX512-BF16 emulates bf16 some ten times slower than fp32, so it trains in fp32.
    """
    if precision not in PRECISIONS:
        raise ValueError(f"there is no precision {precision!r}: choose {', '.join(PRECISIONS)}")
    name = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    where = torch.device(name)
    if precision == "auto":
        precision = "bf16" if _multiplies_bf16(where) else "fp32"
    return Machine(where, precision)


def _multiplies_bf16(where: torch.device) -> bool:
    if where.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return bool(torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported())
