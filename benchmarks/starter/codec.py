"""How well the starter's autoencoder gives drawings back."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.training import drawings

SIZE = 256


def psnr_db(vae: Any, *, count: int, size: int = SIZE, seed: int = 0) -> float:
    """The mean peak signal-to-noise ratio, in dB, of held-out drawings of `size` pixels encoded and decoded."""
    import torch

    rng = np.random.default_rng([seed, 0])
    found = []
    for _ in range(count):
        picture = drawings.render(drawings.sample(rng, held_out=True), size)
        given = torch.from_numpy(picture.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1
        with torch.no_grad():
            back = vae.decode(vae.encode(given).latents).sample
        codes = (back[0].permute(1, 2, 0) / 2 + 0.5).clamp(0, 1).mul(255).round().numpy()
        found.append(10 * np.log10(255**2 / max(float(((codes - picture) ** 2).mean()), 1e-9)))
    return float(np.mean(found))
