"""Tiny random checkpoints of the true classes, and files in the layouts that people have. They prove plumbing only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

WIDTH = {"sd15": 32, "sdxl": 64}  # of the texts that each tiny base reads


def lib(name: str) -> Any:
    return import_module(name)


# ── tokenizers and text encoders ─────────────────────────────────────────────────────────────────────────


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


def tokenizer(folder: Path) -> Any:
    return lib("transformers").CLIPTokenizer.from_pretrained(str(write_tokenizer(folder)))


def write_qwen_tokenizer(folder: Path) -> Path:
    """Qwen's tokenizer with single bytes as its only words, and its chat template."""
    letters = [word for word in json.loads((write_tokenizer(folder) / "vocab.json").read_text()) if len(word) == 1]
    marks = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
    plain = {"special": True, "lstrip": False, "rstrip": False, "normalized": False, "single_word": False}
    (folder / "vocab.json").write_text(json.dumps({letter: index for index, letter in enumerate(letters)}))
    settings = {
        "tokenizer_class": "Qwen2Tokenizer", "model_max_length": 512, "eos_token": marks[2], "pad_token": marks[0],
        "unk_token": None,
        "added_tokens_decoder": {str(len(letters) + i): {"content": mark, **plain} for i, mark in enumerate(marks)},
        "chat_template": "{% for m in messages %}<|im_start|>{{ m['role'] }} {{ m['content'] }}<|im_end|>{% endfor %}",
    }  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return folder


def text_encoder(*, projected: bool = False) -> Any:
    transformers = lib("transformers")
    config = transformers.CLIPTextConfig(
        vocab_size=514, hidden_size=32, intermediate_size=37, num_hidden_layers=2, num_attention_heads=4,
        max_position_embeddings=77, projection_dim=32, bos_token_id=512, eos_token_id=513, pad_token_id=513,
    )  # fmt: skip
    kind = transformers.CLIPTextModelWithProjection if projected else transformers.CLIPTextModel
    return kind(config).eval()


# ── denoisers, VAEs and schedulers ───────────────────────────────────────────────────────────────────────


def unet(width: int, *, channels: int = 4, sdxl: bool = False) -> Any:
    own: dict[str, Any] = {}
    if sdxl:
        own = {
            "addition_embed_type": "text_time", "addition_time_embed_dim": 8, "use_linear_projection": True,
            "projection_class_embeddings_input_dim": 8 * 6 + 32, "transformer_layers_per_block": (1, 2),
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


# ── whole checkpoints ────────────────────────────────────────────────────────────────────────────────────


def sd15(folder: Path, *, inpaint: bool = False, kind: str = "PNDMScheduler") -> Path:
    """Stable Diffusion 1.5's classes."""
    lib("torch").manual_seed(15)
    diffusers = lib("diffusers")
    pipeline = diffusers.StableDiffusionInpaintPipeline if inpaint else diffusers.StableDiffusionPipeline
    pipeline(
        unet=unet(WIDTH["sd15"], channels=9 if inpaint else 4), vae=vae(), text_encoder=text_encoder(),
        tokenizer=tokenizer(folder / "tokenizer"), scheduler=scheduler(kind), safety_checker=None,
        feature_extractor=None, requires_safety_checker=False,
    ).save_pretrained(folder)  # fmt: skip
    return folder


def sdxl(folder: Path) -> Path:
    """Stable Diffusion XL's classes."""
    lib("torch").manual_seed(10)
    lib("diffusers").StableDiffusionXLPipeline(
        unet=unet(WIDTH["sdxl"], sdxl=True), vae=vae(), scheduler=scheduler("EulerDiscreteScheduler"),
        text_encoder=text_encoder(), text_encoder_2=text_encoder(projected=True),
        tokenizer=tokenizer(folder / "tokenizer"), tokenizer_2=tokenizer(folder / "tokenizer_2"),
        add_watermarker=False,
    ).save_pretrained(folder)  # fmt: skip
    return folder


def sd35(folder: Path) -> Path:
    """Stable Diffusion 3.5's classes, without its T5 encoder, which may be left out."""
    lib("torch").manual_seed(35)
    diffusers = lib("diffusers")
    transformer = diffusers.SD3Transformer2DModel(
        sample_size=8, patch_size=2, in_channels=16, out_channels=16, num_layers=2, attention_head_dim=8,
        num_attention_heads=4, joint_attention_dim=64, caption_projection_dim=32, pooled_projection_dim=64,
        pos_embed_max_size=24, qk_norm="rms_norm",
    ).eval()  # fmt: skip
    diffusers.StableDiffusion3Pipeline(
        transformer=transformer, vae=vae(latents=16), scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
        text_encoder=text_encoder(projected=True), text_encoder_2=text_encoder(projected=True), text_encoder_3=None,
        tokenizer=tokenizer(folder / "tokenizer"), tokenizer_2=tokenizer(folder / "tokenizer_2"), tokenizer_3=None,
    ).save_pretrained(folder)  # fmt: skip
    return folder


def flux2(folder: Path) -> Path:
    """FLUX.2 Klein's classes; its pipeline reads layers 9, 18 and 27 of a text encoder."""
    lib("torch").manual_seed(2)
    diffusers, transformers = lib("diffusers"), lib("transformers")
    config = transformers.Qwen3Config(
        vocab_size=300, hidden_size=16, intermediate_size=16, num_hidden_layers=28, num_attention_heads=2,
        num_key_value_heads=1, head_dim=8, max_position_embeddings=600,
    )  # fmt: skip
    transformer = diffusers.Flux2Transformer2DModel(
        in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=48, axes_dims_rope=(4, 4, 4, 4), guidance_embeds=False, timestep_guidance_channels=16,
    )  # fmt: skip
    diffusers.Flux2KleinPipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0, use_dynamic_shifting=True),
        vae=diffusers.AutoencoderKLFlux2(
            block_out_channels=(8, 8, 16, 16), layers_per_block=1, latent_channels=4, norm_num_groups=8
        ),
        text_encoder=transformers.Qwen3ForCausalLM(config).eval(), transformer=transformer.eval(), is_distilled=True,
        tokenizer=transformers.Qwen2TokenizerFast.from_pretrained(str(write_qwen_tokenizer(folder / "tokenizer"))),
    ).save_pretrained(folder)  # fmt: skip
    return folder


# ── one file, in the layout of Stable Diffusion's first publication ──────────────────────────────────────

_UNET_HEAD = {
    "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2",
    "conv_in": "input_blocks.0.0", "conv_norm_out": "out.0", "conv_out": "out.2",
}  # fmt: skip
_RESNET = {
    "norm1": "in_layers.0", "conv1": "in_layers.2", "norm2": "out_layers.0", "conv2": "out_layers.3",
    "time_emb_proj": "emb_layers.1", "conv_shortcut": "skip_connection",
}  # fmt: skip


def single_file(folder: Path, target: Path) -> Path:
    """The SD 1.5 checkpoint in `folder` as one file; its settings stay in the folder of the file's name."""
    load = lib("safetensors.torch").load_file
    tensors = {
        f"model.diffusion_model.{_old_unet(name)}": value
        for name, value in load(folder / "unet/diffusion_pytorch_model.safetensors").items()
    }
    for name, value in load(folder / "vae/diffusion_pytorch_model.safetensors").items():
        tensors[f"first_stage_model.{_old_vae(name)}"] = value
    for name, value in load(folder / "text_encoder/model.safetensors").items():
        tensors[f"cond_stage_model.transformer.text_model.{name.removeprefix('text_model.')}"] = value
    lib("safetensors.torch").save_file({n: v.contiguous() for n, v in tensors.items()}, target)
    return target


def _old_unet(name: str) -> str:
    """diffusers' name in a UNet of two levels with one layer a block → the name of its first publication."""
    stem, _, leaf = name.rpartition(".")
    if stem in _UNET_HEAD:
        return f"{_UNET_HEAD[stem]}.{leaf}"
    parts = name.split(".")
    if parts[0] == "mid_block":
        place = f"middle_block.{1 if parts[1] == 'attentions' else 2 * int(parts[2])}"
        return _old_layer(place, parts[1], parts[3:])
    level, kind, index = int(parts[1]), parts[2], int(parts[3])
    if parts[0] == "down_blocks":
        if kind == "downsamplers":
            return f"input_blocks.{2 * level + 2}.0.op.{parts[-1]}"
        return _old_layer(f"input_blocks.{2 * level + 1 + index}.{int(kind == 'attentions')}", kind, parts[4:])
    if kind == "upsamplers":
        return f"output_blocks.{2 * level + 1}.2.conv.{parts[-1]}"
    return _old_layer(f"output_blocks.{2 * level + index}.{int(kind == 'attentions')}", kind, parts[4:])


def _old_layer(place: str, kind: str, rest: list[str]) -> str:
    renamed = [_RESNET.get(rest[0], rest[0]), *rest[1:]] if kind == "resnets" else rest
    return ".".join([place, *renamed])


_VAE = {
    "upsamplers.0": "upsample", "downsamplers.0": "downsample", "mid_block.resnets.0": "mid.block_1",
    "mid_block.resnets.1": "mid.block_2", "resnets.": "block.", "conv_shortcut": "nin_shortcut",
    "conv_norm_out": "norm_out", "mid_block.attentions.0": "mid.attn_1", "group_norm": "norm", "to_q": "q",
    "to_k": "k", "to_v": "v", "to_out.0": "proj_out",
}  # fmt: skip


def _old_vae(name: str) -> str:
    for level in range(4):
        name = name.replace(f"up_blocks.{level}.", f"up.{3 - level}.").replace(
            f"down_blocks.{level}.", f"down.{level}."
        )
    for new, old in _VAE.items():
        name = name.replace(new, old)
    return name


# ── what goes on top ─────────────────────────────────────────────────────────────────────────────────────


def lora(folder: Path, target: Path) -> Path:
    """A random rank-2 LoRA for the cross attention of the checkpoint in `folder`, in diffusers' layout."""
    torch = lib("torch")
    draw = torch.Generator().manual_seed(1)
    weights = lib("safetensors.torch").load_file(folder / "unet/diffusion_pytorch_model.safetensors")
    tensors = {}
    for name, value in weights.items():
        if name.endswith(("attn2.to_k.weight", "attn2.to_v.weight")):
            stem = f"unet.{name.removesuffix('.weight')}"
            tensors[f"{stem}.lora_A.weight"] = torch.randn(2, value.shape[1], generator=draw)
            tensors[f"{stem}.lora_B.weight"] = torch.randn(value.shape[0], 2, generator=draw)
    lib("safetensors.torch").save_file(tensors, target)
    return target


def text_lora(target: Path) -> Path:
    """A LoRA that changes how SD 1.5's text encoder reads, and nothing else."""
    torch, draw = lib("torch"), lib("torch").Generator().manual_seed(6)
    stem = "text_encoder.text_model.encoder.layers.0.self_attn.q_proj"
    pair = {"lora_A": torch.randn(2, 32, generator=draw) * 9, "lora_B": torch.randn(32, 2, generator=draw) * 9}
    lib("safetensors.torch").save_file({f"{stem}.{name}.weight": value for name, value in pair.items()}, target)
    return target


def ip_adapter(folder: Path, root: Path) -> Path:
    """A random IP-Adapter for the checkpoint in `folder`, with its image encoder: models/x.safetensors."""
    torch, transformers = lib("torch"), lib("transformers")
    torch.manual_seed(2)
    net = lib("diffusers").UNet2DConditionModel.from_pretrained(str(folder), subfolder="unet")
    width, seen = net.config.cross_attention_dim, 24
    tensors = {
        "image_proj.proj.weight": torch.randn(4 * width, seen), "image_proj.proj.bias": torch.zeros(4 * width),
        "image_proj.norm.weight": torch.ones(width), "image_proj.norm.bias": torch.zeros(width),
    }  # fmt: skip
    names = [name for name in net.attn_processors if "attn2" in name]
    for index, name in enumerate(names):
        hidden = net.get_submodule(name.removesuffix(".processor")).to_k.weight.shape[0]
        for part in ("k", "v"):
            tensors[f"ip_adapter.{2 * index + 1}.to_{part}_ip.weight"] = torch.randn(hidden, width)
    (root / "models").mkdir(parents=True)
    lib("safetensors.torch").save_file(tensors, root / "models/tiny.safetensors")
    config = transformers.CLIPVisionConfig(
        hidden_size=32, intermediate_size=37, num_hidden_layers=2, num_attention_heads=4, image_size=32, patch_size=8,
        projection_dim=seen,
    )  # fmt: skip
    transformers.CLIPVisionModelWithProjection(config).save_pretrained(root / "models/image_encoder")
    return root / "models/tiny.safetensors"


def controlnet(folder: Path, root: Path) -> Path:
    """A ControlNet of the checkpoint in `folder`, with random weights where real training begins at zero."""
    torch, diffusers = lib("torch"), lib("diffusers")
    torch.manual_seed(3)
    net = diffusers.UNet2DConditionModel.from_pretrained(str(folder), subfolder="unet")
    made = diffusers.ControlNetModel.from_unet(net, conditioning_embedding_out_channels=(8, 8, 8, 16))
    with torch.no_grad():
        for parameter in made.parameters():
            if not parameter.any():
                parameter.normal_(std=0.2)
    made.save_pretrained(root)
    return root


def tiny_vae(root: Path) -> Path:
    """A VAE for previews, in the class of those that are published."""
    lib("torch").manual_seed(4)
    lib("diffusers").AutoencoderTiny(
        encoder_block_out_channels=(8,) * 4, decoder_block_out_channels=(8,) * 4, num_encoder_blocks=(1,) * 4,
        num_decoder_blocks=(1,) * 4,
    ).save_pretrained(root)  # fmt: skip
    return root


# ── damage ───────────────────────────────────────────────────────────────────────────────────────────────


def written(target: Path, shapes: Mapping[str, tuple[int, ...]]) -> Path:
    """A file of zeros with tensors of these names."""
    torch = lib("torch")
    target.parent.mkdir(parents=True, exist_ok=True)
    lib("safetensors.torch").save_file({name: torch.zeros(shape) for name, shape in shapes.items()}, target)
    return target


def truncated(target: Path, share: float = 0.6) -> Path:
    """Cut a file off, as a broken download leaves it."""
    data = target.read_bytes()
    target.write_bytes(data[: int(len(data) * share)])
    return target
