"""One style at a time on a loaded UNet: what it is made of is put on together, and taken off together."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from typing import Any

from pipelines.engines.diffusion.denoise import ControlGuide
from pipelines.engines.diffusion.loading import Model
from pipelines.engines.diffusion.styles.control import Controls
from pipelines.engines.diffusion.styles.image import ImagePrompts
from pipelines.engines.diffusion.styles.loras import Loras
from pipelines.engines.painter import Lora, Repainting, Style
from pipelines.errors import EngineError


class Adapters:
    """Keeps one style on the model at a time, and what was computed for each style."""

    def __init__(self, model: Model, embeds: MutableMapping[str, bytes] | None = None) -> None:
        """`embeds` keeps the embeddings of style pictures between processes."""
        self._loras = Loras(model)
        self._images = ImagePrompts(model, embeds)
        self._controls = Controls(model)

    @property
    def loras(self) -> tuple[Lora, ...]:
        """The LoRAs that are on; they may change how texts read."""
        return self._loras.applied

    def apply(self, style: Style) -> None:
        """Put on this style and take off the last one.

        Raises EngineError for files that do not fit the checkpoint, and leaves the model bare then.
        """
        try:
            self._loras.apply(style.loras)
            self._images.apply(style.image)
            self._controls.apply(style.control)
        except EngineError:
            self._loras.strip()
            self._images.strip()
            self._controls.strip()
            raise

    def image_embeds(self, size: int, passes: int) -> list[Any] | None:
        """The applied style's pictures for `size` variants, none in all `passes` but the last; None without any."""
        return self._images.embeds(size, passes)

    def image_masks(self, request: Repainting) -> dict[str, Any] | None:
        """Cross-attention settings that keep the image prompt inside the mask; None to let it act everywhere."""
        return self._images.masks(request)

    def control(self, requests: Sequence[Repainting], passes: int) -> ControlGuide | None:
        """The applied style's ControlNet with the drawings of these requests, each picture drawn once."""
        return self._controls.guide(requests, passes)
