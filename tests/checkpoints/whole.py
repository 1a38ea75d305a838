"""Whole checkpoints in folders."""

from __future__ import annotations

import json
from pathlib import Path

from tests.checkpoints.parts import (
    QWEN_MARKS,
    WIDTH,
    lib,
    scheduler,
    text_encoder,
    tokenizer,
    unet,
    vae,
    write_qwen_tokenizer,
)


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
        text_encoder=text_encoder(width=24), text_encoder_2=text_encoder(projected=True, width=40),
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


def qwen_edit(folder: Path) -> Path:
    """Qwen-Image-Edit's classes. The settings of its processor are written: it cannot be made without torchvision."""
    lib("torch").manual_seed(8)
    diffusers, transformers = lib("diffusers"), lib("transformers")
    words = transformers.Qwen2TokenizerFast.from_pretrained(str(write_qwen_tokenizer(folder / "tokenizer")))
    marks = {mark: words.convert_tokens_to_ids(mark) for mark in QWEN_MARKS}
    config = transformers.Qwen2_5_VLConfig(
        text_config={
            "vocab_size": 300, "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2,
            "num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 4096, "bos_token_id": None,
            "eos_token_id": None, "rope_parameters": {"rope_type": "default", "mrope_section": [1, 1, 2]},
        },
        vision_config={
            "depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16,
            "fullatt_block_indexes": [0],
        },
        image_token_id=marks["<|image_pad|>"], video_token_id=marks["<|video_pad|>"],
        vision_start_token_id=marks["<|vision_start|>"], vision_end_token_id=marks["<|vision_end|>"],
    )  # fmt: skip
    diffusers.QwenImageEditPipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0, use_dynamic_shifting=True),
        vae=diffusers.AutoencoderKLQwenImage(
            base_dim=4, z_dim=4, dim_mult=[1, 1, 1, 1], num_res_blocks=1, latents_mean=[0.0] * 4, latents_std=[1.0] * 4
        ).eval(),
        text_encoder=transformers.Qwen2_5_VLForConditionalGeneration(config).eval(), tokenizer=words, processor=None,
        transformer=diffusers.QwenImageTransformer2DModel(
            in_channels=16, out_channels=4, num_layers=1, attention_head_dim=16, num_attention_heads=2,
            joint_attention_dim=16, axes_dims_rope=(8, 4, 4),
        ).eval(),
    ).save_pretrained(folder)  # fmt: skip
    index = json.loads((folder / "model_index.json").read_text())
    index["processor"] = ["transformers", "Qwen2VLProcessor"]
    (folder / "model_index.json").write_text(json.dumps(index))
    settings = {
        "image_processor_type": "Qwen2VLImageProcessor", "processor_class": "Qwen2_5_VLProcessor", "patch_size": 14,
        "merge_size": 2, "temporal_patch_size": 2, "size": {"shortest_edge": 3136, "longest_edge": 56 * 56},
    }  # fmt: skip
    (folder / "processor").mkdir()
    (folder / "processor/preprocessor_config.json").write_text(json.dumps(settings))
    return folder
