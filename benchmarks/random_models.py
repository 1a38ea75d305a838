"""Randomly initialised checkpoints of the true architectures: true timings, no picture worth a look."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from tests.checkpoints import scheduler, write_tokenizer

Base = Literal["sd15", "sdxl"]


@dataclass(frozen=True, slots=True)
class Scale:
    """Widths of a model: of its UNet's levels, its VAE's levels and its text encoders (width, layers, heads)."""

    unet: tuple[int, ...]
    vae: tuple[int, ...]
    texts: tuple[tuple[int, int, int], ...]
    heads: int | tuple[int, ...]


SMALL: dict[Base, Scale] = {
    "sd15": Scale((32, 64), (16, 16, 32, 32), ((64, 2, 4),), 8),
    "sdxl": Scale((32, 64), (16, 16, 32, 32), ((64, 2, 4), (64, 2, 4)), 8),
}
FULL: dict[Base, Scale] = {
    "sd15": Scale((320, 640, 1280, 1280), (128, 256, 512, 512), ((768, 12, 12),), 8),
    "sdxl": Scale((320, 640, 1280), (128, 256, 512, 512), ((768, 12, 12), (1280, 32, 20)), (5, 10, 20)),
}


def checkpoint(folder: Path, base: Base, scale: Scale, *, half: bool) -> Path:
    """Write a checkpoint that the Auto classes and we load as any other; `half` holds it in fp16, made on the GPU."""
    torch, diffusers = import_module("torch"), import_module("diffusers")
    torch.manual_seed(0)
    with torch.device("cuda" if half else "cpu"):
        parts: dict[str, Any] = {"unet": unet(base, scale), "vae": vae(scale)}
        for index, size in enumerate(scale.texts):
            parts[f"text_encoder{_nth(index)}"] = _text(size, projected=index == 1)
    if half:
        parts = {name: part.half() for name, part in parts.items()}
    for index, _ in enumerate(scale.texts):
        where = str(write_tokenizer(folder / f"tokenizer{_nth(index)}"))
        parts[f"tokenizer{_nth(index)}"] = import_module("transformers").CLIPTokenizer.from_pretrained(where)
    if base == "sd15":
        own = {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
        pipe = diffusers.StableDiffusionPipeline(**parts, **own, scheduler=scheduler("PNDMScheduler"))
    else:
        pipe = diffusers.StableDiffusionXLPipeline(
            **parts, scheduler=scheduler("EulerDiscreteScheduler"), add_watermarker=False
        )
    pipe.save_pretrained(folder)
    return folder


def _nth(index: int) -> str:
    return "" if index == 0 else f"_{index + 1}"


def unet(base: Base, scale: Scale) -> Any:
    """A denoiser of these widths."""
    levels, plain = len(scale.unet), base == "sdxl"
    kinds = ["CrossAttnDownBlock2D"] * levels
    kinds[0 if plain else -1] = "DownBlock2D"
    own: dict[str, Any] = {}
    width = sum(size[0] for size in scale.texts)
    if base == "sdxl":
        own = {
            "addition_embed_type": "text_time",
            "addition_time_embed_dim": 256,
            "projection_class_embeddings_input_dim": 6 * 256 + scale.texts[1][0],
            "transformer_layers_per_block": (1, 2, 10)[:levels],
            "use_linear_projection": True,
        }
    return import_module("diffusers").UNet2DConditionModel(
        sample_size=128 if base == "sdxl" else 64,
        block_out_channels=scale.unet,
        down_block_types=tuple(kinds),
        up_block_types=tuple(kind.replace("Down", "Up") for kind in reversed(kinds)),
        cross_attention_dim=width,
        attention_head_dim=scale.heads,
        **own,
    )


def vae(scale: Scale) -> Any:
    """A VAE of these widths."""
    levels = len(scale.vae)
    return import_module("diffusers").AutoencoderKL(
        block_out_channels=scale.vae,
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        layers_per_block=2,
        latent_channels=4,
        norm_num_groups=min(32, scale.vae[0]),
    )


def _text(size: tuple[int, int, int], *, projected: bool) -> Any:
    transformers = import_module("transformers")
    width, layers, heads = size
    config = transformers.CLIPTextConfig(
        vocab_size=514, hidden_size=width, intermediate_size=4 * width, num_hidden_layers=layers,
        num_attention_heads=heads, projection_dim=width, bos_token_id=512, eos_token_id=513, pad_token_id=513,
    )  # fmt: skip
    return (transformers.CLIPTextModelWithProjection if projected else transformers.CLIPTextModel)(config)
