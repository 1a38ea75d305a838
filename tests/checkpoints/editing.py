"""Checkpoints that edit: InstructPix2Pix as it is published, and the layout of the starter that ships."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.checkpoints.parts import WIDTH, lib, scheduler, text_encoder, tokenizer, unet, vae


def pix2pix(folder: Path) -> Path:
    """InstructPix2Pix's classes: a UNet of eight channels."""
    lib("torch").manual_seed(22)
    lib("diffusers").StableDiffusionInstructPix2PixPipeline(
        unet=unet(WIDTH["sd15"], channels=8), vae=vae(), text_encoder=text_encoder(),
        tokenizer=tokenizer(folder / "tokenizer"), scheduler=scheduler("EulerAncestralDiscreteScheduler"),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    ).save_pretrained(folder)  # fmt: skip
    return folder


def starter(folder: Path, *, edits: bool = True) -> Path:
    """A plain UNet over a tiny VAE of factor 4, in half precision; with `edits` the convolution for editing."""
    torch = lib("torch")
    torch.manual_seed(4)
    diffusers = lib("diffusers")
    words = tokenizer(folder / "tokenizer", limit=48)
    pipe = diffusers.StableDiffusionPipeline(
        unet=unet(192), vae=tiny_vae_of_4(), text_encoder=text_encoder(width=192, limit=48), tokenizer=words,
        scheduler=diffusers.DDIMScheduler(
            beta_schedule="scaled_linear", prediction_type="v_prediction", rescale_betas_zero_snr=True,
            timestep_spacing="trailing", clip_sample=False, set_alpha_to_one=False, steps_offset=1,
        ),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    ).to(torch.float16)  # fmt: skip
    pipe.save_pretrained(folder)
    if edits:
        plain = pipe.unet.conv_in.weight
        wide = torch.cat([plain, torch.randn(plain.shape, generator=torch.Generator().manual_seed(8)).half()], 1)
        (folder / "edits").mkdir()
        lib("safetensors.torch").save_file({"conv_in.weight": wide}, folder / "edits/conv_in.safetensors")
    return folder


def tiny_vae_of_4() -> Any:
    """A VAE of three blocks a side, whose latents are a quarter of a picture's sides."""
    return lib("diffusers").AutoencoderTiny(
        encoder_block_out_channels=(8, 8, 8), decoder_block_out_channels=(8, 8, 8),
        num_encoder_blocks=(1, 1, 1), num_decoder_blocks=(1, 1, 1),
    ).eval()  # fmt: skip
