"""Tokenizers, text encoders, denoisers, VAEs and schedulers of the true classes, as small as they can be."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

WIDTH = {"sd15": 32, "sdxl": 64}  # of the texts that each tiny base reads
QWEN_MARKS = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>",
    "<|image_pad|>", "<|video_pad|>",
)  # fmt: skip


def lib(name: str) -> Any:
    return import_module(name)


def write_tokenizer(folder: Path, limit: int = 77) -> Path:
    """CLIP's tokenizer with byte characters as its only words: each letter is a token."""
    folder.mkdir(parents=True, exist_ok=True)
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    letters = [chr(byte) for byte in printable] + [chr(256 + index) for index, _ in enumerate(others)]
    words = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({word: index for index, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    settings = {
        "model_max_length": limit, "tokenizer_class": "CLIPTokenizer", "pad_token": "<|endoftext|>",
        "bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>",
    }  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return folder


def tokenizer(folder: Path, limit: int = 77) -> Any:
    return lib("transformers").CLIPTokenizer.from_pretrained(str(write_tokenizer(folder, limit)))


def write_qwen_tokenizer(folder: Path) -> Path:
    """Qwen's tokenizer with single bytes as its only words, and its chat template."""
    letters = [word for word in json.loads((write_tokenizer(folder) / "vocab.json").read_text()) if len(word) == 1]
    marks = QWEN_MARKS
    plain = {"special": True, "lstrip": False, "rstrip": False, "normalized": False, "single_word": False}
    (folder / "vocab.json").write_text(json.dumps({letter: index for index, letter in enumerate(letters)}))
    settings = {
        "tokenizer_class": "Qwen2Tokenizer", "model_max_length": 131072, "eos_token": marks[2], "pad_token": marks[0],
        "unk_token": None,
        "added_tokens_decoder": {str(len(letters) + i): {"content": mark, **plain} for i, mark in enumerate(marks)},
        "chat_template": "{% for m in messages %}<|im_start|>{{ m['role'] }} {{ m['content'] }}<|im_end|>{% endfor %}",
    }  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return folder


def text_encoder(*, projected: bool = False, width: int = 32, limit: int = 77) -> Any:
    transformers = lib("transformers")
    config = transformers.CLIPTextConfig(
        vocab_size=514, hidden_size=width, intermediate_size=37, num_hidden_layers=2, num_attention_heads=4,
        max_position_embeddings=limit, projection_dim=width, bos_token_id=512, eos_token_id=513, pad_token_id=513,
    )  # fmt: skip
    kind = transformers.CLIPTextModelWithProjection if projected else transformers.CLIPTextModel
    return kind(config).eval()


def unet(width: int, *, channels: int = 4, sdxl: bool = False) -> Any:
    own: dict[str, Any] = {}
    if sdxl:
        own = {
            "addition_embed_type": "text_time", "addition_time_embed_dim": 8, "use_linear_projection": True,
            "projection_class_embeddings_input_dim": 8 * 6 + 40, "transformer_layers_per_block": (1, 2),
        }  # fmt: skip
    return lib("diffusers").UNet2DConditionModel(
        sample_size=8, in_channels=channels, out_channels=4, layers_per_block=1, block_out_channels=(16, 32),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=width, attention_head_dim=8, norm_num_groups=8, **own,
    ).eval()  # fmt: skip


def vae(*, latents: int = 4) -> Any:
    own = {"use_quant_conv": False, "use_post_quant_conv": False, "shift_factor": 0.06} if latents == 16 else {}
    return lib("diffusers").AutoencoderKL(
        in_channels=3, out_channels=3, latent_channels=latents, block_out_channels=(8, 8, 16, 16), norm_num_groups=8,
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1, sample_size=64, **own,
    ).eval()  # fmt: skip


def scheduler(kind: str) -> Any:
    return getattr(lib("diffusers"), kind)(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1,
        **({"skip_prk_steps": True} if kind == "PNDMScheduler" else {}),
    )  # fmt: skip
