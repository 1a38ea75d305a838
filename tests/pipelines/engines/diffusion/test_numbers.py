"""Precision, memory, and numbers that are none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipelines.engines.checkpoints import open_checkpoint
from pipelines.engines.diffusion import DiffusersPainter
from pipelines.engines.painter import Painted
from tests.checkpoints import lib
from tests.pipelines.engines.conftest import PROFILES, Loader
from tests.pipelines.engines.requests import apart, error, four, pictures, repainting
from tests.pipelines.engines.watched import instead

pytestmark = pytest.mark.xdist_group("engines")


def test_bf16_alone_is_within_two_steps_of_itself_in_a_batch(painter_of: Loader) -> None:
    painter = painter_of("sd15", number="bf16")
    together = pictures(painter.paint(four()))
    alone = [pictures(painter.paint([request]))[0] for request in four()]
    assert max(apart(one, other) for one, other in zip(together, alone, strict=True)) <= 2


def test_a_stock_family_runs_in_bf16_too(painter_of: Loader) -> None:
    painter = painter_of("sd35", number="bf16")
    together = pictures(painter.paint(four()))
    alone = [pictures(painter.paint([request]))[0] for request in four()]
    assert max(apart(one, other) for one, other in zip(together, alone, strict=True)) <= 2


def test_too_little_memory_halves_the_batch_and_goes_on(shelf: Path) -> None:
    painter = DiffusersPainter(open_checkpoint(shelf / "sd15", PROFILES["sd15"]), device="cpu", batch=8)
    torch, rows = lib("torch"), 2 * 2

    def forward(own: Any, sample: Any, *args: Any, **kwargs: Any) -> Any:
        if sample.shape[0] > rows:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return own(sample, *args, **kwargs)

    requests = [*four(), *four(strength=0.5)]
    with instead(painter.model.pipe.unet, forward):
        outcomes = painter.paint(requests)
    assert [o.record.batch for o in outcomes if isinstance(o, Painted)] == [2] * 8
    rows = 0
    with instead(painter.model.pipe.unet, forward):
        assert "too little memory for a single picture. got '64 x 64'" in error(painter.paint(requests)[7])


def broken(dtypes: tuple[str, ...], *, row: int = -1) -> Any:
    """A denoiser whose last row overflows in these numbers."""

    def forward(own: Any, *args: Any, **kwargs: Any) -> Any:
        found = own(*args, **kwargs)
        if str(found[0].dtype) in dtypes:
            found[0][row] = float("nan")
        return found

    return forward


def test_a_variant_that_overflows_is_painted_again_in_fp32(painter_of: Loader) -> None:
    painter = painter_of("sd15", number="bf16")
    requests = [replace(request, negative="c" * 80) for request in four()]
    whole = pictures(painter.paint(requests))
    with instead(painter.model.pipe.unet, broken(("torch.bfloat16",))):
        outcomes = painter.paint(requests)
    last = outcomes[3]
    assert isinstance(last, Painted)
    assert last.record.precision == "fp32"
    assert "painted again in fp32" in last.record.notes[0]
    assert "the negative prompt has 82 tokens" in last.record.notes[1]
    assert all(np.array_equal(a, b) for a, b in zip(pictures(outcomes[:3]), whole[:3], strict=True))
    assert apart(last.picture, whole[3]) < 100
    assert str(painter.model.pipe.unet.dtype) == "torch.bfloat16"


def test_a_variant_that_overflows_in_fp32_too_fails_alone(painter_of: Loader) -> None:
    for number in ("bf16", "fp32"):
        painter = painter_of("sd15", number=number)
        with instead(painter.model.pipe.unet, broken(("torch.bfloat16", "torch.float32"))):
            outcomes = painter.paint(four())
        assert "not finite, in fp32 too. got 'seed 3'. try another seed" in error(outcomes[3])
        assert len(pictures(outcomes[:3])) == 3


def test_too_little_memory_to_paint_again_in_fp32_fails_alone(painter_of: Loader) -> None:
    painter, overflows = painter_of("sd15", number="bf16"), broken(("torch.bfloat16",))

    def forward(own: Any, sample: Any, *args: Any, **kwargs: Any) -> Any:
        if str(sample.dtype) == "torch.float32":
            raise lib("torch").OutOfMemoryError("CUDA out of memory")
        return overflows(own, sample, *args, **kwargs)

    with instead(painter.model.pipe.unet, forward):
        outcomes = painter.paint(four())
    assert "too little memory for a single picture" in error(outcomes[3])
    assert len(pictures(outcomes[:3])) == 3
    assert str(painter.model.pipe.unet.dtype) == "torch.bfloat16"


@pytest.mark.parametrize("name", ["sd35", "flux2"])
def test_a_stock_family_says_too_that_numbers_are_not_finite(painter_of: Loader, name: str) -> None:
    painter, request = painter_of(name), repainting(strength=1.0)
    with instead(painter.model.pipe.transformer, broken(("torch.float32",))):
        assert "not finite, in fp32 too" in error(painter.paint([request])[0])
    assert len(pictures(painter.paint([request]))) == 1


def test_beside_bf16_the_vae_keeps_every_bit_of_its_weights(painter_of: Loader, shelf: Path) -> None:
    for name in ("sd15", "sd15.safetensors"):
        painter = painter_of(name, number="bf16")
        assert same_weights(painter, shelf)
        with instead(painter.model.pipe.unet, broken(("torch.bfloat16",))):  # goes to fp32 and back
            pictures(painter.paint([repainting()]))
        assert same_weights(painter, shelf)


def same_weights(painter: DiffusersPainter, shelf: Path) -> bool:
    """Whether the VAE holds what its file holds."""
    torch, own = lib("torch"), painter.model.pipe.vae.state_dict()
    saved = lib("safetensors.torch").load_file(shelf / "sd15/vae/diffusion_pytorch_model.safetensors")
    return all(torch.equal(own[name], value) for name, value in saved.items())
