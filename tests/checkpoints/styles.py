"""What goes on top of a checkpoint, in the layouts that people have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.checkpoints.parts import lib


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


def kohya_lora(same: Path, target: Path) -> Path:
    """The LoRA of diffusers' layout in `same`, in kohya's: one name a layer, and alphas by which it counts double."""
    torch, tensors = lib("torch"), {}
    for name, value in lib("safetensors.torch").load_file(same).items():
        stem, part = name.removeprefix("unet.").split(".lora_")
        layer = f"lora_unet_{stem.replace('.', '_')}"
        tensors[f"{layer}.lora_{'down' if part[0] == 'A' else 'up'}.weight"] = value
        tensors[f"{layer}.alpha"] = torch.tensor(4.0)
    lib("safetensors.torch").save_file(tensors, target)
    return target


def text_lora(target: Path) -> Path:
    """A LoRA that changes how SD 1.5's text encoder reads, and nothing else."""
    torch, draw = lib("torch"), lib("torch").Generator().manual_seed(6)
    stem = "text_encoder.text_model.encoder.layers.0.self_attn.q_proj"
    pair = {"lora_A": torch.randn(2, 32, generator=draw) * 9, "lora_B": torch.randn(32, 2, generator=draw) * 9}
    lib("safetensors.torch").save_file({f"{stem}.{name}.weight": value for name, value in pair.items()}, target)
    return target


def ip_adapter(folder: Path, root: Path, kind: str = "") -> Path:
    """A random IP-Adapter for the checkpoint in `folder`, with its image encoder: models/tiny.safetensors.

    `kind` is "plus", "full-face" or "faceid" for those layouts.
    """
    torch, transformers = lib("torch"), lib("transformers")
    torch.manual_seed(2)
    net = lib("diffusers").UNet2DConditionModel.from_pretrained(str(folder), subfolder="unet")
    width, seen = net.config.cross_attention_dim, 24
    made = {"": _plain, "plus": _plus, "full-face": _full_face, "faceid": _faceid}[kind]
    tensors = {f"image_proj.{name}": value for name, value in made(width, 32 if kind else seen).items()}
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


def _plain(width: int, seen: int) -> dict[str, Any]:
    torch = lib("torch")
    norm = {"norm.weight": torch.ones(width), "norm.bias": torch.zeros(width)}
    return {"proj.weight": torch.randn(4 * width, seen), "proj.bias": torch.zeros(4 * width), **norm}


def _full_face(width: int, seen: int) -> dict[str, Any]:
    torch = lib("torch")
    return {
        "proj.0.weight": torch.randn(seen, seen) / 4, "proj.0.bias": torch.zeros(seen),
        "proj.2.weight": torch.randn(width, seen), "proj.2.bias": torch.zeros(width),
        "proj.3.weight": torch.ones(width), "proj.3.bias": torch.zeros(width),
    }  # fmt: skip


def _faceid(width: int, seen: int) -> dict[str, Any]:
    found = _full_face(width, seen)
    return {name.replace("proj.3", "norm"): value for name, value in found.items()}


def _plus(width: int, seen: int) -> dict[str, Any]:
    """A resampler: learned queries of 32, four layers, one head of 64."""
    torch, inner = lib("torch"), 64
    shapes = {"latents": (1, 4, 32), "proj_in.weight": (32, seen), "proj_out.weight": (width, 32)}
    for layer in (f"layers.{index}" for index in range(4)):
        shapes |= {
            f"{layer}.0.to_q.weight": (inner, 32), f"{layer}.0.to_kv.weight": (2 * inner, 32),
            f"{layer}.0.to_out.weight": (32, inner), f"{layer}.1.1.weight": (128, 32), f"{layer}.1.3.weight": (32, 128),
        }  # fmt: skip
    norms = {"norm_out": width} | {f"layers.{i}.{part}": 32 for i in range(4) for part in ("0.norm1", "0.norm2", "1.0")}
    tensors = {name: torch.randn(shape) / 4 for name, shape in shapes.items()}
    tensors |= {f"{name}.weight": torch.ones(size) for name, size in norms.items()}
    tensors |= {f"{name}.bias": torch.zeros(size) for name, size in norms.items()}
    return tensors | {"proj_in.bias": torch.zeros(32), "proj_out.bias": torch.zeros(width)}


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
