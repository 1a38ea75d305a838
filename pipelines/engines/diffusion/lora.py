"""LoRA files: whether one belongs to a checkpoint's base, told before it is loaded."""

from __future__ import annotations

from pathlib import Path

from pipelines.engines.checkpoints import Header, read_header
from pipelines.errors import EngineError

_BASES = {192: "the starter", 768: "SD 1.5", 1024: "SD 2 or SD Turbo", 2048: "SDXL"}
_DOWN = ("lora_A.weight", "lora_down.weight", "lora.down.weight")
_OTHERS = (
    ("single_transformer_blocks", "Flux"),
    ("double_blocks", "Flux"),
    ("joint_blocks", "SD 3"),
    ("transformer.transformer_blocks", "SD 3, Flux or Qwen-Image"),
)


def check_lora(file: Path, width: int) -> None:
    """Check that a LoRA was trained on a UNet that reads texts of this width (768: SD 1.5; 2048: SDXL).

    Raises EngineError naming both bases if not, and for a file that is pickled, truncated or no LoRA.
    """
    header = read_header(file)
    if not header.has("lora"):
        raise EngineError("a file without LoRA weights", got=file.name, fix="give a LoRA's .safetensors file")
    found = text_width(header)
    other = next((base for mark, base in _OTHERS if header.has(mark)), None)
    if other is None and found in (None, width):
        return
    raise EngineError(
        f"a LoRA for another base: it was trained on {other or named(found)}, this checkpoint is {named(width)}",
        got=file.name,
        fix="choose a LoRA for this base, or a checkpoint of the LoRA's",
    )


def text_width(header: Header) -> int | None:
    """The width of the texts that the LoRA's cross attention reads; None if it does not touch that."""
    for name, tensor in header.tensors.items():
        if name.endswith(_DOWN) and ("attn2.to_k" in name or "attn2_to_k" in name) and len(tensor.shape) >= 2:
            return tensor.shape[1]
    return None


def named(width: int | None) -> str:
    """A base by its text width."""
    return _BASES.get(width or 0, f"a model that reads texts of width {width}")
