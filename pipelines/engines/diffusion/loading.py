"""A checked checkpoint → its components on a device, held by a stock pipeline that is mostly a bag of parts to us."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.engines.checkpoints import Checkpoint, read_header
from pipelines.engines.diffusion.devices import Placed, is_out_of_memory, library
from pipelines.engines.diffusion.editing import widen
from pipelines.engines.diffusion.vision import PictureReader
from pipelines.errors import EngineError
from pipelines.profiles import Family

_CLASSES: dict[Family, str] = {
    "sd15": "StableDiffusionImg2ImgPipeline",
    "pix2pix": "StableDiffusionImg2ImgPipeline",  # the same parts, and only those matter
    "sdxl": "StableDiffusionXLImg2ImgPipeline",
    "sd3": "StableDiffusion3Img2ImgPipeline",
    "flux2": "Flux2KleinPipeline",
    "qwen-edit": "QwenImageEditPipeline",
}
# the watermark would change pixels (provenance does that job); the safety checker may be absent, and judges photographs
_UNCHECKED = {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
_EXTRAS: dict[Family, dict[str, Any]] = {
    "sd15": _UNCHECKED,
    "pix2pix": _UNCHECKED,
    "sdxl": {"add_watermarker": False, "feature_extractor": None, "image_encoder": None},
    "sd3": {"feature_extractor": None, "image_encoder": None},
    "qwen-edit": {"processor": None},  # the stock one cannot be made without torchvision
}
_SETTINGS = "check that its settings belong to its weights; fetch it again if they should"


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
        return self.checkpoint.profile.has_unet

    @property
    def inpaints(self) -> bool:
        """Whether its UNet also reads the mask and the picture around it (nine channels)."""
        return self.is_unet and int(self.pipe.unet.config.in_channels) == 9

    @property
    def edits(self) -> bool:
        """Whether its UNet also reads the picture that is edited (InstructPix2Pix's eight channels)."""
        return self.is_unet and int(self.pipe.unet.config.in_channels) == 8

    @property
    def factor(self) -> int:
        """Picture pixels a latent pixel, along a side."""
        return factor_of(self.pipe.vae)

    @property
    def text_width(self) -> int:
        """The width of the texts that its UNet reads: 768 in SD 1.5, 2048 in SDXL."""
        return int(self.pipe.unet.config.cross_attention_dim)

    def scheduler(self) -> Any:
        """A fresh scheduler: they keep state, and two threads must not share one."""
        pattern = self.pipe.scheduler
        return type(pattern).from_config(pattern.config)

    def modules(self) -> dict[str, Any]:
        """The components that hold weights, by name."""
        kind = library("torch").nn.Module
        return {name: part for name, part in self.pipe.components.items() if isinstance(part, kind)}


def factor_of(vae: Any) -> int:
    """By how much a VAE makes sides shorter; a tiny one may decode through other blocks than it encodes with."""
    blocks = vae.config.get("encoder_block_out_channels") or vae.config.block_out_channels
    return int(2 ** (len(blocks) - 1))


@contextmanager
def explained(problem: str, got: str, fix: str = _SETTINGS) -> Iterator[None]:
    """What goes wrong in the libraries while a file is loaded, as EngineError with what they said of it."""
    said = (
        library("safetensors").SafetensorError,
        library("diffusers.loaders.single_file_utils").SingleFileComponentError,
    )
    try:
        yield
    except (OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError, *said) as error:
        if is_out_of_memory(error):
            fix = "close what else uses the device, or use a smaller profile or another device"
            raise EngineError("too little memory to load it", got=got, fix=fix) from error
        raise EngineError(problem, got=f"{got}: {str(error)[:300]}", fix=fix) from error


def load(checkpoint: Checkpoint, placed: Placed, *, preview: Path | None = None) -> Model:
    """Load every component offline, without any code of the checkpoint, onto the device.

    `preview` is the folder of a tiny VAE. Raises EngineError.
    """
    family = checkpoint.profile.family
    kind = getattr(library("diffusers"), _CLASSES[family])
    extras = {**_EXTRAS.get(family, {}), **dict.fromkeys(checkpoint.absent)}
    opened = _file if checkpoint.is_file else _folder
    name = checkpoint.path.name
    with explained(f"{name} could not be loaded", name):
        pipe = opened(kind, checkpoint, placed, extras)
        if checkpoint.edits is not None:
            widen(pipe.unet, checkpoint.edits)
        if family == "qwen-edit":
            pipe.processor = PictureReader.of(checkpoint.config / "processor", pipe)
        pipe.set_progress_bar_config(disable=True)
        pipe.to(placed.device)
    model = Model(pipe, checkpoint, placed, None if preview is None else _tiny(preview, checkpoint, placed, pipe))
    _check(model)
    _arrange(model)
    return model


def _check(model: Model) -> None:
    """Refuse what our loop would paint wrongly. Raises EngineError."""
    if not model.is_unet:
        return
    name, settings = model.checkpoint.path.name, model.pipe.unet.config
    if model.pipe.config.get("requires_aesthetics_score"):
        raise EngineError("an SDXL refiner", got=name, fix="use the SDXL base checkpoint")
    if model.checkpoint.profile.family == "pix2pix":
        if not model.edits:
            problem = f"a UNet that reads {settings.in_channels} channels: for editing it must be 8"
            raise EngineError(problem, got=name, fix="use a checkpoint of InstructPix2Pix, or the profile of its base")
    elif settings.in_channels not in (4, 9) and model.checkpoint.edits is None:
        problem = f"a UNet that reads {settings.in_channels} channels: 4 and, for inpainting, 9 are known"
        raise EngineError(problem, got=name, fix="use a base or an inpainting checkpoint")
    if settings.time_cond_proj_dim is not None:
        problem = "a UNet that was distilled to read its guidance as a number (LCM)"
        raise EngineError(problem, got=name, fix="use its base checkpoint, or a Turbo one for few steps")


def _tiny(folder: Path, checkpoint: Checkpoint, placed: Placed, pipe: Any) -> Any:
    check_network(folder, "AutoencoderTiny", "a tiny VAE", "fetch the profile's preview")
    with explained("a tiny VAE that could not be loaded", folder.name):
        tiny = library("diffusers").AutoencoderTiny.from_pretrained(
            str(folder), dtype=placed.vae_dtype, use_safetensors=True, local_files_only=True
        )
        tiny.to(placed.device).eval().requires_grad_(requires_grad=False)
    if checkpoint.profile.instructs or _latents(tiny) != _latents(pipe.vae):
        fix = "leave it out, or take one that was made for this family"
        raise EngineError(f"a tiny VAE that does not go with {checkpoint.profile.title}", got=folder.name, fix=fix)
    return tiny


def _latents(vae: Any) -> tuple[int, int]:
    """What must be alike in VAEs that read each other's latents: their channels and their factor."""
    return int(vae.config.latent_channels), factor_of(vae)


def check_network(folder: Path, kind: str, what: str, fix: str) -> bool:
    """Check the files of a network in a folder; whether only half-precision ones are there.

    The library would load one of another class too, and make up what is missing. Raises EngineError.
    """
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise EngineError(f"{what} without .safetensors weights", got=str(folder), fix=fix)
    for path in files:
        read_header(path)
    with explained(f"{what} whose config.json cannot be read", folder.name, fix):
        found = json.loads((folder / "config.json").read_text(encoding="utf-8"))["_class_name"]
    if found != kind:
        raise EngineError(f"{what} is a network of class {kind}", got=f"{found} in {folder.name}", fix=fix)
    return all(".fp16." in path.name for path in files)


def _folder(kind: Any, checkpoint: Checkpoint, placed: Placed, extras: dict[str, Any]) -> Any:
    """The VAE is read in its own numbers: rounded to the denoiser's and widened again it would not be the same."""
    return kind.from_pretrained(
        str(checkpoint.path),
        dtype={"default": placed.dtype, "vae": placed.vae_dtype},
        variant=checkpoint.variant,
        use_safetensors=True,
        local_files_only=True,
        **extras,
    )


def _file(kind: Any, checkpoint: Checkpoint, placed: Placed, extras: dict[str, Any]) -> Any:
    """`config` must be a folder: with a hub id diffusers would ask the hub even when told to stay offline."""
    where = {"config": str(checkpoint.config), "local_files_only": True}
    vae = library("diffusers").AutoencoderKL.from_single_file(
        str(checkpoint.path), subfolder="vae", dtype=placed.vae_dtype, **where
    )
    pipe = kind.from_single_file(str(checkpoint.path), vae=vae, dtype=placed.dtype, **where, **extras)
    marks = read_header(checkpoint.path).tensors
    if "v_pred" in marks:  # how single files say what a scheduler's settings say in folders
        pattern, terminal = pipe.scheduler, {"rescale_betas_zero_snr": True} if "ztsnr" in marks else {}
        pipe.scheduler = type(pattern).from_config(pattern.config, prediction_type="v_prediction", **terminal)
    return pipe


def _arrange(model: Model) -> None:
    """Evaluation mode, and channels last for the convolutions where they are quicker for it.

    That is everywhere on CUDA, and in the VAE alone on a CPU. Attention is torch's SDPA by default.
    """
    for part in model.modules().values():
        part.eval()
        part.requires_grad_(requires_grad=False)
    if model.is_unet and model.placed.device in ("cuda", "cpu"):
        model.pipe.vae.to(memory_format=library("torch").channels_last)
    if model.is_unet and model.placed.device == "cuda":
        model.pipe.unet.to(memory_format=library("torch").channels_last)
