"""Our loop for the UNet families, SD 1.5 and SDXL: everything that a batch can share is made once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.engines.diffusion.denoise import Guide, denoise, passes_of
from pipelines.engines.diffusion.devices import library
from pipelines.engines.diffusion.latents import Coder
from pipelines.engines.diffusion.loading import Model
from pipelines.engines.diffusion.prompts import Reader
from pipelines.engines.diffusion.styles import Adapters
from pipelines.engines.painter import Pixels, Repainting, Style


@dataclass(frozen=True, slots=True)
class UNetLoop:
    """Runs batches whose requests share size, steps, strength, guidance and style."""

    model: Model
    coder: Coder
    reader: Reader
    adapters: Adapters

    @classmethod
    def of(cls, model: Model, adapters: Adapters) -> UNetLoop:
        """A loop with empty shelves."""
        return cls(model, Coder.of(model), Reader.of(model), adapters)

    def apply(self, style: Style) -> None:
        """Prepare for requests of this style. Raises EngineError for files that do not fit."""
        self.adapters.apply(style)

    def run(self, requests: Sequence[Repainting]) -> tuple[Pixels, list[bool]]:
        """Pictures (n, h, w, 3), and for each whether all of its numbers were finite."""
        torch, first = library("torch"), requests[0]
        with torch.inference_mode():
            canvas = self.coder.canvas(requests)
            latents = denoise(
                self.model.pipe.unet,
                self.model.scheduler(),
                canvas,
                self._guide(requests),
                steps=first.steps,
                strength=first.strength,
            )
            sound = torch.isfinite(latents).flatten(1).all(dim=1).tolist()
            pictures, finite = self.coder.decode(latents)
        return pictures, [a and b for a, b in zip(sound, finite, strict=True)]

    def _guide(self, requests: Sequence[Repainting]) -> Guide:
        first = requests[0]
        seen = first.image_guidance if self.model.edits else 1.0  # others do not see the picture besides
        passes = passes_of(first.guidance, seen)
        return Guide(
            *self._words(requests, passes),
            self.adapters.image_masks(first),
            first.guidance,
            seen,
            self.adapters.control(requests, passes),
        )

    def _words(self, requests: Sequence[Repainting], passes: int) -> tuple[Any, dict[str, Any]]:
        """Embeddings of prompts, negatives first, and what else the UNet is told."""
        torch, read, voice = library("torch"), self.reader.read, self.adapters.loras
        words = [read(r.negative, voice=voice, negative=True) for r in requests] if passes > 1 else []
        words = words * (passes - 1) + [read(r.prompt, voice=voice) for r in requests]
        added: dict[str, Any] = {}
        images = self.adapters.image_embeds(len(requests), passes)
        if images is not None:
            added["image_embeds"] = images
        if words[0].pooled is not None:
            width, height = requests[0].size
            size = torch.tensor([[height, width, 0, 0, height, width]], dtype=words[0].embeds.dtype)
            added["text_embeds"] = torch.cat([w.pooled for w in words])
            added["time_ids"] = size.repeat(len(words), 1).to(self.model.placed.device)
        return torch.cat([w.embeds for w in words]), added
