"""A checked checkpoint → its components on a device, held by a stock pipeline that is mostly a bag of parts to us."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.engines.checkpoints import Checkpoint, read_header
from pipelines.engines.diffusion.devices import Placed, library
from pipelines.errors import EngineError
from pipelines.profiles import Family

_CLASSES: dict[Family, str] = {
    "sd15": "StableDiffusionImg2ImgPipeline",
    "sdxl": "StableDiffusionXLImg2ImgPipeline",
    "sd3": "StableDiffusion3Img2ImgPipeline",
    "flux2": "Flux2KleinPipeline",
    "qwen-edit": "QwenImageEditPipeline",
}
# the watermark would change pixels (provenance does that job); the safety checker may be absent, and judges photographs
_EXTRAS: dict[Family, dict[str, Any]] = {
    "sd15": {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False},
    "sdxl": {"add_watermarker": False, "feature_extractor": None, "image_encoder": None},
    "sd3": {"feature_extractor": None, "image_encoder": None},
}


@dataclass(frozen=True, slots=True)
class Model:
    """A loaded checkpoint. `pipe` is diffusers' pipeline; its scheduler is a pattern that nobody steps.

    `tiny` decodes instead of the VAE when only previews are wanted.
    """

    pipe: Any
    checkpoint: Checkpoint
    placed: Placed
    tiny: Any = None

    @property
    def is_unet(self) -> bool:
        """Whether our own loop can run it."""
        return self.checkpoint.profile.family in ("sd15", "sdxl")

    @property
    def inpaints(self) -> bool:
        """Whether its UNet also reads the mask and the picture around it (nine channels)."""
        return self.is_unet and int(self.pipe.unet.config.in_channels) == 9

    def scheduler(self) -> Any:
        """A fresh scheduler: they keep state, and two threads must not share one."""
        pattern = self.pipe.scheduler
        return type(pattern).from_config(pattern.config)


def load(checkpoint: Checkpoint, placed: Placed, *, preview: Path | None = None) -> Model:
    """Load every component offline, without any code of the checkpoint, onto the device.

    `preview` is the folder of a tiny VAE. Raises EngineError.
    """
    family = checkpoint.profile.family
    kind = getattr(library("diffusers"), _CLASSES[family])
    extras = {**_EXTRAS.get(family, {}), **dict.fromkeys(checkpoint.absent)}
    try:
        pipe = (
            _file(kind, checkpoint, placed, extras) if checkpoint.is_file else _folder(kind, checkpoint, placed, extras)
        )
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        fix = "check that its settings belong to its weights; fetch it again if they should"
        raise EngineError(f"{checkpoint.path.name} could not be loaded", got=str(error)[:300], fix=fix) from error
    if pipe.config.get("requires_aesthetics_score"):
        raise EngineError("an SDXL refiner", got=str(checkpoint.path), fix="use the SDXL base checkpoint")
    pipe.set_progress_bar_config(disable=True)
    pipe.to(placed.device)
    if pipe.vae.dtype != placed.vae_dtype:
        pipe.vae.to(placed.vae_dtype)
    model = Model(pipe, checkpoint, placed, None if preview is None else _tiny(preview, placed))
    _arrange(model)
    return model


def _tiny(folder: Path, placed: Placed) -> Any:
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise EngineError("a tiny VAE without .safetensors weights", got=str(folder), fix="fetch the profile's preview")
    read_header(files[0])
    tiny = library("diffusers").AutoencoderTiny.from_pretrained(
        str(folder), dtype=placed.vae_dtype, use_safetensors=True, local_files_only=True
    )
    return tiny.to(placed.device).eval().requires_grad_(requires_grad=False)


def _folder(kind: Any, checkpoint: Checkpoint, placed: Placed, extras: dict[str, Any]) -> Any:
    return kind.from_pretrained(
        str(checkpoint.path),
        dtype=placed.dtype,
        variant=checkpoint.variant,
        use_safetensors=True,
        local_files_only=True,
        **extras,
    )


def _file(kind: Any, checkpoint: Checkpoint, placed: Placed, extras: dict[str, Any]) -> Any:
    """`config` must be a folder: with a hub id diffusers would ask the hub even when told to stay offline."""
    return kind.from_single_file(
        str(checkpoint.path), config=str(checkpoint.config), dtype=placed.dtype, local_files_only=True, **extras
    )


def _arrange(model: Model) -> None:
    """Evaluation mode, and channels last for the convolutions on CUDA. Attention is torch's SDPA by default."""
    torch = library("torch")
    for part in model.pipe.components.values():
        if isinstance(part, torch.nn.Module):
            part.eval()
            part.requires_grad_(requires_grad=False)
    if model.is_unet and model.placed.device == "cuda":
        model.pipe.unet.to(memory_format=torch.channels_last)
        model.pipe.vae.to(memory_format=torch.channels_last)
