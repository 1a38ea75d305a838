"""A checkpoint as one `.safetensors` file in the layout of its first publication: told by the names of its tensors."""

from __future__ import annotations

import json
from pathlib import Path

from pipelines.engines.checkpoints.weights import Header, read_header
from pipelines.errors import EngineError
from pipelines.profiles import Family, Profile

_UNET = "model.diffusion_model.input_blocks.0.0.weight"
_TEXTS = ".attn2.to_k.weight"
_MARKS: tuple[tuple[str, Family], ...] = (
    ("conditioner.embedders.", "sdxl"),
    ("joint_blocks.0.", "sd3"),
    ("single_stream_modulation.lin.weight", "flux2"),
    ("transformer_blocks.0.img_mod.", "qwen-edit"),
    ("cond_stage_model.", "sd15"),
)
_PARTS = (
    ("lora_", "a LoRA"),
    ("ip_adapter.", "an IP-Adapter"),
    ("control_model.", "a ControlNet"),
    ("controlnet_", "a ControlNet"),
    ("first_stage_model.", "a VAE"),
    ("decoder.conv_in.", "a VAE"),
)


def read_single_file(path: Path, profile: Profile) -> Header:
    """Check that the file is whole and of the profile's family. Raises EngineError."""
    header = read_header(path)
    family = family_of(header)
    if family != profile.family:
        raise EngineError(
            f"a file of another family: {profile.name} needs {profile.title}",
            got=f"{path.name}, which is {family or part_of(header)}",
            fix="choose the profile that fits the file, or a file that fits the profile",
        )
    return header


def family_of(header: Header) -> Family | None:
    """The family whose layout the names follow; None for parts of a model and for unknown layouts."""
    if header.has("lora_") or header.has("ip_adapter."):
        return None
    family = next((family for mark, family in _MARKS if header.has(mark)), None)
    first = header.shape(_UNET)
    if family in ("sd15", "sdxl") and not first:
        return None
    return "pix2pix" if family == "sd15" and first[1:2] == (8,) else family


def part_of(header: Header) -> str:
    """What a file is that is no checkpoint, in words."""
    return next((what for mark, what in _PARTS if header.has(mark)), "of no layout that we know")


def config_folder(path: Path, cached: Path | None, profile: Profile) -> Path:
    """Where the file's component settings and tokenizers are: a folder of its name beside it, or the hub's cache.

    diffusers would fetch them from the hub at this point. Raises EngineError if they are in neither place.
    """
    beside = path.with_suffix("")
    for folder in (beside, cached):
        if folder is not None and (folder / "model_index.json").is_file():
            return folder
    raise EngineError(
        "a single file holds weights but no settings or tokenizer, and they are not on this machine",
        got=str(path),
        fix=f"run `atelier models pull {profile.name} --no-weights`, or put its settings in {beside}/",
    )


def text_width_of(header: Header) -> int | None:
    """The width of the texts that the file's UNet reads; None for a transformer."""
    shapes = (tensor.shape for name, tensor in header.tensors.items() if name.endswith(_TEXTS))
    return next((shape[1] for shape in shapes if len(shape) > 1), None)


def check_settings(header: Header, config: Path) -> None:
    """Check that the settings are of the file's own base, by what its UNet reads. Raises EngineError naming both.

    SD 1.5 and SD 2 have the same layout, and an inpainting model differs from its base in one shape alone.
    """
    try:
        settings = json.loads((config / "unet" / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return  # a transformer, or settings that are missing: loading says so
    first = header.shape(_UNET)[:2]
    for what, mine, theirs in (
        ("texts of width", text_width_of(header), settings.get("cross_attention_dim")),
        ("latents of channels", first[1] if first else None, settings.get("in_channels")),
    ):
        if mine is not None and isinstance(theirs, int) and mine != theirs:
            raise EngineError(
                f"a file of another base than its settings: it reads {what} {mine}, they say {theirs}",
                got=f"{header.path.name} with {config}",
                fix=f"put the settings of its own base in {header.path.with_suffix('')}/",
            )
