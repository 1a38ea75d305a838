"""Train the autoencoder: pictures to latents at a quarter of their size, and back.

An AutoencoderTiny (Bohan 2023, TAESD's layout) with three stages a side and 4 latent channels. It learns from 64 px
crops of whole drawings and of ones seen 1 to 4 times as large: L1, squared error and L1 of the gradients at two scales,
with a little noise on the latents so that neighbours decode alike. Latents are held near mean 0 and deviation 1 a
channel, so that the denoiser's `scaling_factor` is 1.

  python -m models.training.vae --minutes 30 --threads 1
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderTiny
from torch import Tensor, nn
from torch.nn import functional

from models.training.cache import Shelf, shelf
from models.training.harness.loop import Draw, parser, run_from, train
from models.training.harness.precision import Machine

CROP = 64
BATCH = 16
NOISE = 0.05
WIDTH = 32


def autoencoder(width: int = WIDTH) -> Any:
    """The untrained AutoencoderTiny; its blocks stand where pictures are small, since a CPU pays by the pixel."""
    return AutoencoderTiny(  # type: ignore[no-untyped-call]  # diffusers has no types
        encoder_block_out_channels=(width, width, width),
        decoder_block_out_channels=(width, width, width),
        num_encoder_blocks=(0, 1, 2),
        num_decoder_blocks=(3, 3, 0),
        latent_channels=4,
        scaling_factor=1.0,
    )


class VaeRecipe:
    """How the autoencoder learns."""

    name = "vae"
    rim: tuple[str, ...] = ("encoder.layers.0.", "decoder.layers.0.")
    pictures = BATCH
    lr = 4e-3
    rim_lr = 2e-3
    average = 0.998

    def __init__(self, scenes: Shelf, machine: Machine) -> None:
        self.scenes, self.machine = scenes, machine
        self.vae = autoencoder()
        self.model: nn.Module = self.vae
        self.rim = (*self.rim, *_last_layers(self.vae))

    def loss(self, draw: Draw) -> dict[str, Tensor]:
        """The loss of one batch of crops."""
        wanted = self.machine.pictures(crops(self.scenes, draw.rng))
        latents = self.vae.encode(wanted).latents.float()
        strength = NOISE * torch.rand(len(latents), 1, 1, 1, generator=draw.noise)
        noise = torch.randn(latents.shape, generator=draw.noise) * strength
        got = self.vae.decode(latents + noise.to(latents.device)).sample.float()
        away = got - wanted
        flat = latents.transpose(0, 1).flatten(1)
        scale = flat.mean(1).square().mean() + (flat.std(1) - 1).square().mean()
        squared = away.square().mean()
        loss = away.abs().mean() + squared + sum(edges(away, size) for size in (1, 2)) + 0.05 * scale
        return {"loss": loss, "psnr_db": -10 * torch.log10(squared.detach() / 4), "scale": scale}

    def keep(self, folder: Path) -> None:
        """As diffusers saves it."""
        self.vae.save_pretrained(folder)


def edges(away: Tensor, size: int) -> Tensor:
    """Mean absolute gradient of a difference (n, c, h, w), after averaging over squares of `size` pixels."""
    coarse = functional.avg_pool2d(away, size) if size > 1 else away
    return (coarse[..., 1:] - coarse[..., :-1]).abs().mean() + (coarse[..., 1:, :] - coarse[..., :-1, :]).abs().mean()


def crops(scenes: Shelf, rng: np.random.Generator, *, count: int = BATCH, side: int = CROP) -> Tensor:
    """Random squares of whole drawings and near views, mirrored at random: (count, 3, side, side) in −1…1."""
    rows = rng.integers(len(scenes), size=count)
    near = rng.random(count) < 0.6
    whole = scenes.take("pictures", rows[~near])[:, 0]
    pictures = np.concatenate([whole, scenes.take("views", rows[near])])
    out = np.empty((count, side, side, 3), np.uint8)
    for here, picture in zip(out, pictures, strict=True):
        top, left = rng.integers(picture.shape[0] - side + 1, size=2)
        cut = picture[top : top + side, left : left + side]
        here[:] = cut[:, ::-1] if rng.random() < 0.5 else cut
    return torch.from_numpy(out).permute(0, 3, 1, 2).float() / 127.5 - 1


def _last_layers(vae: Any) -> tuple[str, ...]:
    return tuple(f"{side}.layers.{len(getattr(vae, side).layers) - 1}." for side in ("encoder", "decoder"))


def main() -> None:
    """Train it."""
    run = run_from(parser(__doc__, minutes=30).parse_args())
    train(VaeRecipe(shelf(run.work, "scenes"), run.machine), run)


if __name__ == "__main__":
    main()
