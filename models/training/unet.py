"""Train the denoiser: latents from a caption, and from a caption and the picture that is edited.

One UNet with 8 input channels, as in InstructPix2Pix (Brooks et al. 2023): the noisy latents and the latents of the
picture that is edited, which are zeros for text to image. Captions name what the result shows. It predicts v (Salimans
and Ho 2022) on a schedule that ends in pure noise (Lin et al. 2024). Half of a batch are edits, half plain scenes;
captions and edited pictures are left out at times for guidance. Pictures are 64 px wide until nearly half of the budget
are spent, then 64 and 128 px in turn. The autoencoder and the text tower are read from `vae/model` and `clip/model` and
stay as they are.

  python -m models.training.unet --minutes 90
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderTiny, DDIMScheduler, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPModel, CLIPTokenizer

from models.training.cache import SIZE, Shelf, shelf
from models.training.harness.loop import Draw, parser, run_from, train
from models.training.harness.precision import Machine
from models.training.tokenizer import CONTEXT

BATCH = 64
WIDTHS = (48, 96, 192)
TEXT_WIDTH = 192
NO_CAPTION, NO_PICTURE = 0.1, 0.1
OUTSIDE = 0.3  # the weight of what an edit leaves alone: the pipeline puts those pixels back
MIXED_FROM = 0.45
FAR = 5.0  # rare latents lie further out; the decoder squashes them, so they need not be learned


def denoiser(widths: tuple[int, ...] = WIDTHS) -> Any:
    """The untrained UNet2DConditionModel: a residual block a level, attention on the lower levels, no middle block.

    `attention_head_dim` is the number of heads: diffusers' UNets read it so.
    """
    plain = "DownBlock2D", "UpBlock2D"
    across = "CrossAttnDownBlock2D", "CrossAttnUpBlock2D"
    lower = len(widths) - 1
    return UNet2DConditionModel(  # type: ignore[no-untyped-call]  # diffusers has no types
        sample_size=SIZE // 4, in_channels=8, out_channels=4, block_out_channels=widths, layers_per_block=1,
        down_block_types=(plain[0], *[across[0]] * lower), up_block_types=(*[across[1]] * lower, plain[1]),
        mid_block_type=None, cross_attention_dim=TEXT_WIDTH, attention_head_dim=4, norm_num_groups=16,
        use_linear_projection=True,
    )  # fmt: skip


def schedule() -> Any:
    """The DDIMScheduler: scaled linear, rescaled to end in pure noise, steps counted from the end."""
    return DDIMScheduler(  # type: ignore[no-untyped-call]
        num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
        prediction_type="v_prediction", rescale_betas_zero_snr=True, timestep_spacing="trailing",
        clip_sample=False, set_alpha_to_one=True, steps_offset=1,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Batch:
    """Pictures (n, size, size, 3) to draw, those to edit (zeros: none), captions, what may change, which are edits."""

    wanted: NDArray[np.uint8]
    given: NDArray[np.uint8]
    captions: list[str]
    weights: NDArray[np.float32]
    edits: NDArray[np.bool_]


class UnetRecipe:
    """How the denoiser learns."""

    name = "unet"
    rim: tuple[str, ...] = ("conv_in", "conv_out", "time_embedding")
    pictures = BATCH
    lr = 3e-3
    rim_lr = 1e-3
    average = 0.998

    def __init__(
        self, scenes: Shelf, pairs: Shelf, *, vae: Any, text: Captions, machine: Machine, batch: int = BATCH
    ) -> None:
        self.scenes, self.pairs, self.text, self.machine = scenes, pairs, text, machine
        self.pictures = batch
        self.vae: Any = machine.place(vae).eval().requires_grad_(False)
        self.noising = schedule()
        self.unet = denoiser()
        self.unet.set_attn_processor(AttnProcessor())  # plain attention: faster backwards on a CPU
        self.model: nn.Module = self.unet

    def loss(self, draw: Draw) -> dict[str, Tensor]:
        """The loss of one batch."""
        large = draw.spent >= MIXED_FROM and draw.step % 2 == 1
        batch = mixed(self.scenes, self.pairs, draw.rng, count=self.pictures // 3 if large else self.pictures)
        batch = batch if large else smaller(batch, draw.rng)
        with torch.no_grad():
            latents, given = self._latents(batch.wanted).clamp(-FAR, FAR), self._latents(batch.given)
            kept = batch.edits & (draw.rng.random(len(batch.edits)) >= NO_PICTURE)
            given = given * torch.from_numpy(kept).to(given)[:, None, None, None]
            dropped = draw.rng.random(len(batch.captions)) < NO_CAPTION
            words = self.text.read(["" if drop else text for drop, text in zip(dropped, batch.captions, strict=True)])
        count = len(latents)
        late = torch.rand(count, generator=draw.noise).pow(
            0.8
        )  # somewhat more of the noisy steps, which edits start from
        times = (late * 1000).long().clamp(max=999).to(latents.device)
        noise = torch.randn(latents.shape, generator=draw.noise).to(latents)
        noisy = self.noising.add_noise(latents, noise, times)
        wanted = self.noising.get_velocity(latents, noise, times)
        got = self.unet(self.machine.pictures(torch.cat([noisy, given], 1)), times, words).sample.float()
        weights = functional.adaptive_avg_pool2d(torch.from_numpy(batch.weights)[:, None], latents.shape[-1]).to(got)
        away = ((got - wanted).square() * weights).mean((1, 2, 3)) / weights.mean((1, 2, 3))
        edits = torch.from_numpy(batch.edits).to(got)
        scenes_loss = (away * (1 - edits)).sum() / (1 - edits).sum().clamp(min=1)
        return {"loss": away.mean(), "scenes": scenes_loss, "edits": (away * edits).sum() / edits.sum().clamp(min=1)}

    def keep(self, folder: Path) -> None:
        """As diffusers saves it, with all 8 input channels."""
        self.unet.save_pretrained(folder)

    def _latents(self, pictures: NDArray[np.uint8]) -> Tensor:
        batch = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1
        latents: Tensor = self.vae.encode(self.machine.pictures(batch)).latents.float()
        return latents


class Captions:
    """The frozen text tower; what it read once is kept."""

    def __init__(self, clip: CLIPModel, tokenizer: CLIPTokenizer, machine: Machine) -> None:
        self.tower: nn.Module = clip.text_model.to(machine.device).eval().requires_grad_(False)
        self.tokenizer, self.machine = tokenizer, machine
        self.known: dict[str, Tensor] = {}

    def read(self, captions: list[str]) -> Tensor:
        """The tower's last hidden states, (n, 48, 192), as a Stable Diffusion pipeline hands them to its denoiser."""
        new = sorted(set(captions) - self.known.keys())
        if new:
            words = self.tokenizer(
                new, padding="max_length", truncation=True, max_length=CONTEXT, return_tensors="pt"
            ).input_ids
            states = self.tower(input_ids=words.to(self.machine.device)).last_hidden_state
            self.known |= dict(zip(new, states.half(), strict=True))
        return torch.stack([self.known[caption] for caption in captions]).float()


def mixed(scenes: Shelf, pairs: Shelf, rng: np.random.Generator, *, count: int) -> Batch:
    """Half plain scenes, half edits; an edit in eight is a mascot that gets its other scene."""
    edits = count // 2
    twins = edits // 8
    plain = rng.integers(len(scenes), size=count - edits)
    which = rng.integers(2, size=len(plain))
    chosen = np.arange(len(plain))
    twin = rng.integers(len(scenes), size=twins)
    pair = rng.integers(len(pairs), size=edits - twins)
    drawn, two = scenes.take("pictures", plain)[chosen, which], scenes.take("pictures", twin)
    wanted = np.concatenate([drawn, two[:, 1], pairs.take("after", pair)])
    given = np.concatenate([np.zeros_like(drawn), two[:, 0], pairs.take("before", pair)])
    told = (
        scenes.take("captions", plain)[chosen, which],
        scenes.take("captions", twin)[:, 1],
        pairs.take("captions", pair),
    )
    weights = np.ones(wanted.shape[:3], np.float32)
    weights[-len(pair) :] = OUTSIDE + (1 - OUTSIDE) * pairs.take("mask", pair) / np.float32(255)
    captions = [str(caption) for caption in np.concatenate(told)]
    return Batch(wanted, given, captions, weights, np.arange(count) >= count - edits)


def smaller(batch: Batch, rng: np.random.Generator) -> Batch:
    """At half the size; two edits in five are seen from nearer instead, since a pipeline edits crops too."""
    half = batch.wanted.shape[1] // 2
    sides = np.where(
        batch.edits & (rng.random(len(batch.edits)) < 0.4), rng.integers(half, 2 * half, len(batch.edits)), 0
    )
    corners = rng.random((len(sides), 2))
    wanted, given, weights = [], [], []
    for row, (near, corner) in enumerate(zip(sides, corners, strict=True)):
        side = near or 2 * half
        top, left = (corner * (2 * half - side + 1)).astype(int)
        here = np.s_[row, top : top + side, left : left + side]
        layers = np.concatenate(
            [batch.wanted[here], batch.given[here], np.round(batch.weights[here] * 255).astype(np.uint8)[..., None]], -1
        )
        small = _resized(layers, half)
        wanted.append(small[..., :3])
        given.append(small[..., 3:6])
        weights.append(small[..., 6].astype(np.float32) / 255)
    return Batch(np.stack(wanted), np.stack(given), batch.captions, np.stack(weights), batch.edits)


def _resized(layers: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Layers (h, w, c) at another size, by averaging over areas."""
    if layers.shape[0] == side:
        return layers
    if layers.shape[0] == 2 * side:
        sums: NDArray[np.uint16] = layers.reshape(side, 2, side, 2, -1).astype(np.uint16).sum((1, 3))
        return ((sums + 2) // 4).astype(np.uint8)
    grid = torch.from_numpy(layers).permute(2, 0, 1)[None].float()
    small: Tensor = functional.interpolate(grid, size=(side, side), mode="bilinear", antialias=True)
    return np.asarray(small[0].permute(1, 2, 0).round().clamp(0, 255).byte().numpy())


def main() -> None:
    """Train it."""
    options = parser(__doc__, minutes=90)
    options.add_argument("--batch", type=int, default=BATCH, help="pictures a step at 64 px, a third of it at 128 px")
    given = options.parse_args()
    run = run_from(given)
    vae = AutoencoderTiny.from_pretrained(  # type: ignore[no-untyped-call]
        run.work / "vae" / "model", local_files_only=True
    )
    clip = CLIPModel.from_pretrained(run.work / "clip" / "model", attn_implementation="eager", local_files_only=True)
    tokenizer = CLIPTokenizer.from_pretrained(run.work / "tokenizer", local_files_only=True)
    text = Captions(clip, tokenizer, run.machine)
    scenes, pairs = shelf(run.work, "scenes"), shelf(run.work, "pairs", "near-pairs")
    train(UnetRecipe(scenes, pairs, vae=vae, text=text, machine=run.machine, batch=given.batch), run)


if __name__ == "__main__":
    main()
