"""Which number format a machine trains in."""

from __future__ import annotations

import pytest
import torch

from models.training.harness.precision import machine


def hardware(monkeypatch: pytest.MonkeyPatch, *, amx: bool, avx512: bool) -> None:
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: avx512)


@pytest.mark.parametrize(
    ("amx", "avx512", "wanted"), [(False, False, "fp32"), (True, False, "bf16"), (False, True, "bf16")]
)
def test_a_cpu_trains_in_bf16_only_where_it_multiplies_it(
    monkeypatch: pytest.MonkeyPatch, amx: bool, avx512: bool, wanted: str
) -> None:
    hardware(monkeypatch, amx=amx, avx512=avx512)
    assert machine(device="cpu").precision == wanted


def test_a_chosen_precision_is_kept_and_computes_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    hardware(monkeypatch, amx=False, avx512=False)
    chosen = machine(device="cpu", precision="bf16")
    with chosen.autocast():
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.bfloat16
    with machine(device="cpu", precision="fp32").autocast():
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.float32


def test_another_precision_is_refused() -> None:
    with pytest.raises(ValueError, match="fp8"):
        machine(precision="fp8")


def test_convolutions_lie_channels_last() -> None:
    placed = machine(device="cpu", precision="fp32").place(torch.nn.Conv2d(4, 4, 3))
    assert next(placed.parameters()).is_contiguous(memory_format=torch.channels_last)
