"""Our denoising loop beside diffusers' own, with soft masks, and with every kind of scheduler."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest

from pipelines.engines.checkpoints import open_checkpoint
from pipelines.engines.diffusion import DiffusersPainter
from pipelines.engines.diffusion.latents import latent_mask
from tests.checkpoints import lib, scheduler
from tests.pipelines.engines.conftest import PROFILES, Loader
from tests.pipelines.engines.requests import apart, error, four, pictures, repainting
from tests.pipelines.engines.watched import instead

pytestmark = pytest.mark.xdist_group("engines")
UNETS = pytest.mark.parametrize("base", ["sd15", "sdxl"])


def stock(painter: Any, strength: float) -> list[Any]:
    """The same four variants by diffusers' pipeline, from the same latents."""
    torch, requests = lib("torch"), four(strength=strength)
    own = {"requires_safety_checker": False} if painter.profile.family == "sd15" else {"add_watermarker": False}
    parts = {**painter.model.pipe.components, "scheduler": painter.model.scheduler()}
    pipe = type(painter.model.pipe)(**parts, **own)
    pipe.set_progress_bar_config(disable=True)
    with torch.inference_mode():
        found = pipe(
            prompt=[r.prompt for r in requests], negative_prompt=[r.negative for r in requests],
            image=painter._loop.coder.encode(requests[0].picture).repeat(4, 1, 1, 1), strength=strength,
            num_inference_steps=4, guidance_scale=4.0, output_type="np",
            generator=[torch.Generator("cpu").manual_seed(r.seed) for r in requests],
        ).images  # fmt: skip
    return list(np.rint(found * 255).astype(np.uint8))


@UNETS
@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_a_whole_picture_is_what_the_stock_pipeline_paints(painter_of: Loader, base: str, strength: float) -> None:
    painter = painter_of(base)
    ours = pictures(painter.paint(four(strength=strength)))
    assert max(apart(one, other) for one, other in zip(ours, stock(painter, strength), strict=True)) <= 1


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("EulerAncestralDiscreteScheduler", {"timestep_spacing": "trailing"}),  # SDXL Turbo
        ("EulerDiscreteScheduler", {"timestep_spacing": "trailing"}),  # SD Turbo
        ("EulerDiscreteScheduler", {"final_sigmas_type": "sigma_min", "use_karras_sigmas": True}),
        ("DDIMScheduler", {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True, "clip_sample": False}),
        ("DPMSolverMultistepScheduler", {"use_karras_sigmas": True}),
        ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}),
        ("DPMSolverMultistepScheduler", {"final_sigmas_type": "sigma_min"}),
        ("HeunDiscreteScheduler", {}),
        ("UniPCMultistepScheduler", {}),
        ("LCMScheduler", {}),
    ],
)
@UNETS
def test_any_scheduler_steps_as_it_does_in_the_stock_pipeline(
    painter_of: Loader, base: str, kind: str, settings: dict[str, Any]
) -> None:
    painter = painter_of(base)
    own = scheduler(kind)
    with mock.patch.object(painter.model.pipe, "scheduler", type(own).from_config(own.config, **settings)):
        ours, expected = pictures(painter.paint(four(strength=0.75))), stock(painter, 0.75)
    assert max(apart(one, other) for one, other in zip(ours, expected, strict=True)) <= 1


def test_a_vae_with_a_spread_of_its_own_a_channel_is_read_as_stock_reads_it(
    painter_of: Loader, shelf: Path, tmp_path: Path
) -> None:
    """Playground 2.5, which is an SDXL otherwise."""
    settings = Path(shutil.copytree(shelf / "sdxl", tmp_path / "spread")) / "vae/config.json"
    spread = {"latents_mean": [0.5, -1, 2, 0], "latents_std": [2.0, 1, 3, 0.5]}
    settings.write_text(json.dumps(json.loads(settings.read_text()) | spread))
    painter, plain = (
        DiffusersPainter(open_checkpoint(tmp_path / "spread", PROFILES["sdxl"]), device="cpu"),
        painter_of("sdxl"),
    )
    ours = pictures(painter.paint(four()))
    assert max(apart(one, other) for one, other in zip(ours, stock(painter, 0.5), strict=True)) <= 1
    assert apart(ours[0], pictures(plain.paint(four()))[0]) > 1
    assert apart(trip(painter), trip(plain)) <= 1


def trip(painter: Any) -> Any:
    """The usual picture through the VAE and back."""
    with lib("torch").inference_mode():
        return painter._loop.coder.decode(painter._loop.coder.encode(repainting().picture))[0][0]


@pytest.mark.parametrize("base", ["sd15", "inpaint", "sdxl"])
def test_where_the_mask_is_0_latents_are_the_masters(painter_of: Loader, base: str) -> None:
    painter, nothing = painter_of(base), np.zeros((64, 64), dtype=np.float32)
    requests = [repainting(mask=nothing, seed=seed, prompt=f"prompt {seed}") for seed in (1, 2)]
    one, other = pictures(painter.paint(requests))
    assert apart(one, trip(painter)) <= 1
    assert apart(other, trip(painter)) <= 1


def test_a_pixel_is_let_free_when_its_weight_says(painter_of: Loader) -> None:
    """With weight 0.5 the first half of the steps sees the noised master there, the second half does not."""
    painter, torch = painter_of("sdxl"), lib("torch")

    def seen(left: float) -> list[Any]:
        mask, given = np.ones((64, 64), dtype=np.float32), []
        mask[:, :32] = left

        def forward(own: Any, sample: Any, *args: Any, **kwargs: Any) -> Any:
            given.append(sample[..., :4].clone())
            return own(sample, *args, **kwargs)

        with instead(painter.model.pipe.unet, forward):
            pictures(painter.paint([repainting(mask=mask, strength=1.0, steps=8)]))
        return given

    held, half = seen(0.0), seen(0.5)
    assert [torch.equal(one, other) for one, other in zip(held, half, strict=True)] == [True] * 4 + [False] * 4


@pytest.mark.parametrize(
    "kind",
    [
        "DDIMScheduler",
        "DPMSolverMultistepScheduler",
        "EulerAncestralDiscreteScheduler",
        "HeunDiscreteScheduler",
        "LCMScheduler",
        "UniPCMultistepScheduler",
    ],
)
def test_any_scheduler_paints_soft_masks_and_batches(painter_of: Loader, kind: str) -> None:
    painter, mask = painter_of("sd15"), np.ones((64, 64), dtype=np.float32)
    mask[:, :32], mask[:, :8] = 0.5, 0
    with mock.patch.object(painter.model.pipe, "scheduler", scheduler(kind)):
        together = pictures(painter.paint(four(mask=mask)))
        again = pictures(painter.paint(four(mask=mask)))
        alone = [pictures(painter.paint([request]))[0] for request in four(mask=mask)]
    assert all(np.array_equal(a, b) for a, b in zip(together, again, strict=True))
    assert max(apart(a, b) for a, b in zip(together, alone, strict=True)) <= 1
    assert apart(together[0], together[1]) > 1


def test_a_mask_keeps_its_thin_lines_in_latents() -> None:
    mask = np.zeros((64, 64), dtype=np.float32)
    mask[:, 9] = 0.7
    small = latent_mask(mask, 8)
    assert small.shape == (8, 8)
    assert (small[:, 1] == np.float32(0.7)).all()
    assert small.sum() == pytest.approx(8 * 0.7)


def test_an_inpainting_unet_reads_the_mask(painter_of: Loader) -> None:
    half = np.zeros((64, 64), dtype=np.float32)
    half[:, 32:] = 1
    painter, given = painter_of("inpaint"), []

    def forward(own: Any, sample: Any, *args: Any, **kwargs: Any) -> Any:
        given.append(sample)
        return own(sample, *args, **kwargs)

    with instead(painter.model.pipe.unet, forward):
        pictures(painter.paint([repainting(mask=half)]))
    assert given[0].shape[1] == 9
    assert given[0][0, 4].tolist() == [[0.0] * 4 + [1.0] * 4] * 8


def test_steps_that_a_scheduler_does_not_have_fail_alone(painter_of: Loader) -> None:
    painter = painter_of("sd15")
    with mock.patch.object(painter.model.pipe, "scheduler", scheduler("LCMScheduler")):
        many, fine = painter.paint([repainting(steps=60), repainting()])
    assert "a number of steps that LCMScheduler does not have. got 60" in error(many)
    assert len(pictures([fine])) == 1
