"""Pictures ⇄ latents, masks in latent pixels, and each variant's noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipelines.engines.diffusion.devices import library
from pipelines.engines.diffusion.loading import Model
from pipelines.engines.painter import F32, Pixels, Repainting, digest_of
from pipelines.recent import Recent

_DECODED = 4 * 512 * 512  # pixels that the VAE decodes at once


@dataclass(frozen=True, slots=True)
class Canvas:
    """What a batch of n starts from, in latents: a picture's sides by the VAE's factor.

    `master` (n, 4, h, w) is clean; `mask` (n, 1, h, w) in 0 to 1; `noise` as `master`; `extra` is what the UNet reads
    besides: (n, 5, h, w) if it inpaints, (n, 4, h, w) if it edits, else None. `generators` go on where the noise left
    off.
    """

    master: Any
    mask: Any
    noise: Any
    extra: Any
    generators: list[Any]


@dataclass(slots=True)
class Coder:
    """The VAE with a memory of the last pictures that it encoded, as a batch mostly paints one master."""

    model: Model
    _shelf: Recent[Any]

    @classmethod
    def of(cls, model: Model) -> Coder:
        """A coder with room for the crops of a few masters."""
        return cls(model, Recent(32))

    def encode(self, picture: Pixels) -> Any:
        """A picture (h, w, 3) → latents (1, c, h / factor, w / factor), scaled and in the numbers of the denoiser."""
        plain = self.plain(picture)
        shift, scale = _spread(self.model.pipe.vae, plain)
        return ((plain - shift) * scale).to(self.model.placed.dtype)

    def plain(self, picture: Pixels) -> Any:
        """The same as the VAE gives it, unscaled and in its own numbers.

        The posterior's mode is taken, not a sample: a sample would draw from the variant's generator, and its seed
        would mean something else once latents are shared. A tiny VAE has no posterior.
        """
        return self._shelf.get(digest_of(picture), lambda: self._encoded(picture))

    def _encoded(self, picture: Pixels) -> Any:
        torch, vae, placed = library("torch"), self.model.pipe.vae, self.model.placed
        values = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].to(placed.device)
        found = vae.encode((values.to(torch.float32) / 127.5 - 1).to(vae.dtype))
        return found.latents if hasattr(found, "latents") else found.latent_dist.mode()

    def decode(self, latents: Any) -> tuple[Pixels, list[bool]]:
        """Latents (n, c, h, w) → pictures (n, factor h, factor w, 3), and whether all numbers of each were finite.

        A VAE needs more memory a picture than a denoiser, so large ones are decoded one by one. On a CPU all are: that
        is as quick there, or quicker.
        """
        area = latents.shape[2] * latents.shape[3] * self.model.factor**2
        at_once = 1 if self.model.placed.device == "cpu" else max(_DECODED // area, 1)
        parts = [self._decoded(part) for part in latents.split(at_once)]
        return np.concatenate([pictures for pictures, _ in parts]), [good for _, goods in parts for good in goods]

    def _decoded(self, latents: Any) -> tuple[Pixels, list[bool]]:
        torch, vae = library("torch"), self.model.tiny or self.model.pipe.vae
        latents = latents.to(vae.dtype)
        shift, scale = _spread(vae, latents)
        values = vae.decode(latents / scale + shift, return_dict=False)[0]
        finite = torch.isfinite(values).flatten(1).all(dim=1).tolist()
        codes = torch.nan_to_num(values.float() / 2 + 0.5).clamp(0, 1).mul(255).round().to(torch.uint8)
        return codes.permute(0, 2, 3, 1).cpu().numpy(), finite

    def canvas(self, requests: Sequence[Repainting]) -> Canvas:
        """Everything that a batch of requests of one size starts from."""
        torch = library("torch")
        master = torch.cat([self.encode(r.picture) for r in requests])
        mask = torch.cat([self._mask(r.mask) for r in requests])
        generators = [torch.Generator("cpu").manual_seed(r.seed) for r in requests]
        noise = torch.cat([self._noise(generator, master.shape) for generator in generators])
        beside = self._holed if self.model.inpaints else self._edited if self.model.edits else None
        extra = None if beside is None else torch.cat([beside(r) for r in requests])
        return Canvas(master, mask, noise, extra, generators)

    def _noise(self, generator: Any, shape: Any) -> Any:
        """Drawn on the CPU in the denoiser's numbers, as diffusers does: a seed means the same on every device."""
        torch, placed = library("torch"), self.model.placed
        return torch.randn((1, *shape[1:]), generator=generator, dtype=placed.dtype).to(placed.device)

    def _mask(self, mask: F32) -> Any:
        return (
            library("torch").from_numpy(latent_mask(mask, self.model.factor))[None, None].to(self.model.placed.device)
        )

    def _edited(self, request: Repainting) -> Any:
        """The picture that is edited; not scaled, as those UNets were trained (Brooks et al. 2023)."""
        return self.plain(request.picture).to(self.model.placed.dtype)

    def _holed(self, request: Repainting) -> Any:
        """The mask and the picture without what is under it, as inpainting UNets were trained on them."""
        torch, placed = library("torch"), self.model.placed
        hole = request.mask >= 0.5
        bare = np.where(hole[..., None], np.uint8(128), request.picture)  # 128 is the grey that encodes as nearly 0
        small = torch.from_numpy(hole[:: self.model.factor, :: self.model.factor].astype(np.float32))[None, None]
        return torch.cat([small.to(placed.device, placed.dtype), self.encode(bare)], dim=1)


def _spread(vae: Any, latents: Any) -> tuple[Any, Any]:
    """What is taken off a VAE's latents and what they are multiplied by for the denoiser: numbers, or one a channel."""
    shift, scale = float(vae.config.get("shift_factor") or 0), float(vae.config.scaling_factor)
    means, deviations = vae.config.get("latents_mean"), vae.config.get("latents_std")
    if means is None or deviations is None:
        return shift, scale
    own = [latents.new_tensor(values).reshape(1, -1, 1, 1) for values in (means, deviations)]  # Playground 2.5
    return own[0], scale / own[1]


def latent_mask(mask: F32, factor: int) -> F32:
    """(h, w) → (h / factor, w / factor): the largest weight in each cell, so that no thin line is thinned away."""
    height, width = mask.shape
    cells: F32 = mask.reshape(height // factor, factor, width // factor, factor).max(axis=(1, 3))
    return cells
