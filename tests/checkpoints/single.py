"""Checkpoints as one file, in the layout of Stable Diffusion's first publication."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.checkpoints.parts import lib

_UNET_HEAD = {
    "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2",
    "conv_in": "input_blocks.0.0", "conv_norm_out": "out.0", "conv_out": "out.2",
    "add_embedding.linear_1": "label_emb.0.0", "add_embedding.linear_2": "label_emb.0.2",
}  # fmt: skip
_RESNET = {
    "norm1": "in_layers.0", "conv1": "in_layers.2", "norm2": "out_layers.0", "conv2": "out_layers.3",
    "time_emb_proj": "emb_layers.1", "conv_shortcut": "skip_connection",
}  # fmt: skip


def single_file(folder: Path, target: Path, *, marks: tuple[str, ...] = ()) -> Path:
    """The SD 1.5 or SDXL checkpoint in `folder` as one file, with empty tensors of these names besides.

    Its settings stay in the folder of the file's name.
    """
    load = lib("safetensors.torch").load_file
    tensors = {mark: lib("torch").zeros(0) for mark in marks}
    tensors |= {
        f"model.diffusion_model.{_old_unet(name)}": value
        for name, value in load(folder / "unet/diffusion_pytorch_model.safetensors").items()
    }
    for name, value in load(folder / "vae/diffusion_pytorch_model.safetensors").items():
        tensors[f"first_stage_model.{_old_vae(name)}"] = value
    second = folder / "text_encoder_2/model.safetensors"
    place = "conditioner.embedders.0" if second.is_file() else "cond_stage_model"
    for name, value in load(folder / "text_encoder/model.safetensors").items():
        tensors[f"{place}.transformer.text_model.{name.removeprefix('text_model.')}"] = value
    if second.is_file():
        tensors |= {f"conditioner.embedders.1.model.{name}": value for name, value in _open_clip(load(second)).items()}
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


_OPEN_CLIP = {
    "text_model.encoder.layers.": "transformer.resblocks.", "layer_norm1": "ln_1", "layer_norm2": "ln_2",
    "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj", "self_attn": "attn", "text_model.final_layer_norm": "ln_final",
    "text_model.embeddings.position_embedding.weight": "positional_embedding",
    "text_model.embeddings.token_embedding": "token_embedding", "text_projection.weight": "text_projection",
}  # fmt: skip


def _open_clip(tensors: dict[str, Any]) -> dict[str, Any]:
    """transformers' names of a text encoder → OpenCLIP's, which holds queries, keys and values in one tensor."""
    torch, found = lib("torch"), {}
    for name, value in tensors.items():
        if ".k_proj." in name or ".v_proj." in name:
            continue
        old, given = name, value
        if ".q_proj." in name:
            stem, leaf = name.split(".q_proj.")
            given = torch.cat([tensors[f"{stem}.{part}_proj.{leaf}"] for part in "qkv"])
            old = f"{stem}.in_proj_{leaf}"
        for new, before in _OPEN_CLIP.items():
            old = old.replace(new, before)
        found[old] = given.T if name == "text_projection.weight" else given
    return found
