"""A checkpoint as one `.safetensors` file in the layout of its first publication: told by the names of its tensors."""

from __future__ import annotations

from pathlib import Path

from pipelines.engines.checkpoints.weights import Header, read_header
from pipelines.errors import EngineError
from pipelines.profiles import Family, Profile

_UNET = "model.diffusion_model.input_blocks.0.0.weight"
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
            got=f"{path.name}, which is {family or _part_of(header)}",
            fix="choose the profile that fits the file, or a file that fits the profile",
        )
    return header


def family_of(header: Header) -> Family | None:
    """The family whose layout the names follow; None for parts of a model and for unknown layouts."""
    if header.has("lora_") or header.has("ip_adapter."):
        return None
    family = next((family for mark, family in _MARKS if header.has(mark)), None)
    return None if family in ("sd15", "sdxl") and not header.shape(_UNET) else family


def _part_of(header: Header) -> str:
    return next((what for mark, what in _PARTS if header.has(mark)), "of no layout that we know")


def config_folder(path: Path, cached: Path | None) -> Path:
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
        fix=f"run `atelier models pull` for its profile, or put its settings in {beside}/",
    )
