"""The other families through their own diffusers pipelines: SD 3.5 by strength, Flux.2 Klein and Qwen by instruction.

They know no soft mask, so the mask counts only when the crop is stitched back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipelines.engines.diffusion.devices import library
from pipelines.engines.diffusion.latents import Coder
from pipelines.engines.diffusion.loading import Model
from pipelines.engines.diffusion.prompts import Reader
from pipelines.engines.painter import Pixels, Repainting, Style


@dataclass(frozen=True, slots=True)
class StockLoop:
    """Runs batches whose requests share size, steps, strength and guidance."""

    model: Model
    coder: Coder
    reader: Reader

    @classmethod
    def of(cls, model: Model) -> StockLoop:
        """A loop with empty shelves."""
        return cls(model, Coder.of(model), Reader.of(model))

    def apply(self, style: Style) -> None:
        """These families take no style besides words; `refusal` has said so already."""

    def run(self, requests: Sequence[Repainting]) -> tuple[Pixels, list[bool]]:
        """Pictures (n, h, w, 3), and for each whether all of its numbers were finite."""
        with library("torch").inference_mode():
            if self.model.checkpoint.profile.instructs:
                values = np.concatenate([self._called([request], output_type="np") for request in requests])
                finite = np.isfinite(values).all(axis=(1, 2, 3)).tolist()
                return np.rint(np.clip(np.nan_to_num(values), 0, 1) * 255).astype(np.uint8), finite
            return self.coder.decode(self._called(requests, output_type="latent"))

    def _called(self, requests: Sequence[Repainting], *, output_type: str) -> Any:
        """One call of the pipeline, with a scheduler of its own: values (n, h, w, 3) in 0 to 1, or latents."""
        torch, pipe = library("torch"), self.model.pipe
        pipe.scheduler = self.model.scheduler()
        width, height = requests[0].size
        given = {
            "prompt": [r.prompt for r in requests],
            "height": height,
            "width": width,
            "num_inference_steps": requests[0].steps,
            "generator": [torch.Generator("cpu").manual_seed(r.seed) for r in requests],
            "output_type": output_type,
        }
        return pipe(**given | self._own(requests)).images

    def _own(self, requests: Sequence[Repainting]) -> dict[str, Any]:
        """What each family calls the rest."""
        from PIL import Image

        family, first = self.model.checkpoint.profile.family, requests[0]
        if family == "sd3":
            latents = library("torch").cat([self.coder.encode(r.picture) for r in requests])
            negatives = [r.negative for r in requests]
            return {
                "image": latents,
                "strength": first.strength,
                "guidance_scale": first.guidance,
                "negative_prompt": negatives,
            }
        picture = Image.fromarray(first.picture)
        if family == "qwen-edit":
            negative = self.reader.cut(first.negative) or " "  # without one its guidance would not count
            prompt = [self.reader.cut(first.prompt)]
            return {"image": picture, "true_cfg_scale": first.guidance, "prompt": prompt, "negative_prompt": negative}
        return {"image": [picture], "guidance_scale": first.guidance}
