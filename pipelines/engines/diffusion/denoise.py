"""The denoising loop: img2img with a soft mask, over the parts of a stock pipeline.

With a mask of ones it computes what diffusers' img2img pipelines compute. With any other it is Differential Diffusion
(Levin and Fried 2023, algorithm 1): the mask says how much of the schedule each latent pixel may run, and until then
the master, noised to the step's level, is put back there.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

from pipelines.engines.diffusion.devices import library
from pipelines.engines.diffusion.latents import Canvas
from pipelines.errors import EngineError
from pipelines.profiles import executed_steps


@dataclass(frozen=True, slots=True)
class ControlGuide:
    """A ControlNet, the drawing that it reads (n or 2n, 3, h, w; 0 to 1), and how strongly it counts."""

    net: Any
    drawing: Any
    scale: float


@dataclass(frozen=True, slots=True)
class Guide:
    """What steers a batch of n. Every row is there once a pass: the negatives first, the prompts last."""

    embeds: Any
    added: dict[str, Any]
    cross: dict[str, Any] | None
    guidance: float
    image_guidance: float = 1.0
    control: ControlGuide | None = None

    @property
    def passes(self) -> int:
        """See `passes_of`."""
        return passes_of(self.guidance, self.image_guidance)


def passes_of(guidance: float, image_guidance: float) -> int:
    """How often the UNet sees each variant in a step.

    Once with its prompt alone; twice with the negative one (classifier-free guidance, Ho and Salimans 2022); and three
    times, first without the picture that is edited too, where that is to count more than it does by itself (Brooks et
    al. 2023, equation 3).
    """
    if guidance <= 1:
        return 1
    return 3 if image_guidance > 1 else 2


def denoise(unet: Any, scheduler: Any, canvas: Canvas, guide: Guide, *, steps: int, strength: float) -> Any:
    """Run the last int(steps * strength) of the schedule; returns latents (n, 4, h, w).

    `scheduler` is fresh and this call's own. Where the mask is 0, the result is the master's latents exactly.
    """
    torch = library("torch")
    timesteps = _schedule(scheduler, steps, strength, canvas.master.device)
    latents = _begin(scheduler, canvas, timesteps[:1], strength)
    extras = _step_extras(scheduler, canvas)
    whole = bool((canvas.mask == 1).all())
    for index, timestep in enumerate(timesteps):
        if index and not whole:
            held = canvas.mask < 1 - index / len(timesteps)
            latents = torch.where(held, _noised(scheduler, canvas, timestep[None]), latents)
        prediction = _predict(unet, scheduler, latents, timestep, canvas, guide)
        latents = scheduler.step(prediction, timestep, latents, **extras, return_dict=False)[0]
    return latents if whole else torch.where(canvas.mask > 0, latents, canvas.master)


def _schedule(scheduler: Any, steps: int, strength: float, device: Any) -> Any:
    """The timesteps that are run, as diffusers' img2img pipelines choose them."""
    try:
        scheduler.set_timesteps(steps, device=device)
    except ValueError as error:  # LCM's has no more steps than it was distilled from
        kind = type(scheduler).__name__
        raise EngineError(f"a number of steps that {kind} does not have", got=steps, fix=str(error)) from error
    begin = (steps - executed_steps(steps, strength)) * scheduler.order
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(begin)
    return scheduler.timesteps[begin:]


def _begin(scheduler: Any, canvas: Canvas, timestep: Any, strength: float) -> Any:
    """The noised master; pure noise at full strength for a UNet that sees the picture besides, as it was trained."""
    if canvas.extra is not None and strength == 1:
        return canvas.noise * scheduler.init_noise_sigma
    return _noised(scheduler, canvas, timestep)


def _noised(scheduler: Any, canvas: Canvas, timestep: Any) -> Any:
    return scheduler.add_noise(canvas.master, canvas.noise, timestep.repeat(canvas.master.shape[0]))


def _step_extras(scheduler: Any, canvas: Canvas) -> dict[str, Any]:
    takes = inspect.signature(scheduler.step).parameters
    return {"generator": canvas.generators} if "generator" in takes else {}


def _predict(unet: Any, scheduler: Any, latents: Any, timestep: Any, canvas: Canvas, guide: Guide) -> Any:
    """The noise that the UNet sees, all passes in one batch."""
    torch = library("torch")
    given = scheduler.scale_model_input(torch.cat([latents] * guide.passes), timestep)
    residuals = _controlled(guide, given, timestep)
    if canvas.extra is not None:
        given = torch.cat([given, _beside(canvas.extra, guide.passes)], dim=1)
    seen = unet(
        given,
        timestep,
        encoder_hidden_states=guide.embeds,
        cross_attention_kwargs=guide.cross,
        added_cond_kwargs=guide.added,
        return_dict=False,
        **residuals,
    )[0]
    return _guided(seen.chunk(guide.passes), guide)


def _beside(extra: Any, passes: int) -> Any:
    """What the UNet reads besides, in each pass; of three passes the first sees none of it."""
    torch = library("torch")
    blind = [torch.zeros_like(extra)] if passes == 3 else []
    return torch.cat([*blind, *[extra] * (passes - len(blind))])


def _guided(seen: tuple[Any, ...], guide: Guide) -> Any:
    """One prediction of those of every pass."""
    if len(seen) == 1:
        return seen[0]
    negative, positive = seen[-2:]
    if len(seen) == 2:
        return negative + guide.guidance * (positive - negative)
    return seen[0] + guide.guidance * (positive - negative) + guide.image_guidance * (negative - seen[0])


def _controlled(guide: Guide, given: Any, timestep: Any) -> dict[str, Any]:
    control = guide.control
    if control is None:
        return {}
    down, mid = control.net(
        given,
        timestep,
        encoder_hidden_states=guide.embeds,
        controlnet_cond=control.drawing,
        conditioning_scale=control.scale,
        added_cond_kwargs=guide.added,
        return_dict=False,
    )
    return {"down_block_additional_residuals": down, "mid_block_additional_residual": mid}
