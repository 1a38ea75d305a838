"""ControlNets: a drawing of the picture, and a network that keeps the UNet to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.engines.diffusion.denoise import ControlGuide
from pipelines.engines.diffusion.devices import library
from pipelines.engines.diffusion.loading import Model, check_network, explained
from pipelines.engines.diffusion.lora import named
from pipelines.engines.painter import Control, Pixels, Repainting, digest_of
from pipelines.errors import EngineError
from pipelines.lineart import drawn
from pipelines.model import Drawing
from pipelines.recent import Recent


class Controls:
    """The ControlNet of a model, at most one at a time, and the last drawings."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._applied: Control | None = None
        self._net: Any = None
        self._drawings: Recent[Pixels] = Recent(32)

    def apply(self, control: Control | None) -> None:
        """Load this one and let go of the last. Raises EngineError for one that does not fit."""
        if control is None:
            self.strip()
        elif self._applied is None or self._applied.checkpoint != control.checkpoint:
            self.strip()
            self._net = self._loaded(control.checkpoint)
        self._applied = control

    def strip(self) -> None:
        """Let go of it."""
        self._applied, self._net = None, None

    def _loaded(self, folder: Path) -> Any:
        placed, width = self._model.placed, self._model.text_width
        half = check_network(folder, "ControlNetModel", "a ControlNet", "choose a plain one: one drawing, one network")
        with explained("a ControlNet that could not be loaded", folder.name, "fetch it again"):
            net = library("diffusers").ControlNetModel.from_pretrained(
                str(folder),
                dtype=placed.dtype,
                variant="fp16" if half else None,
                use_safetensors=True,
                local_files_only=True,
            )
            net.to(placed.device)
        if net.config.cross_attention_dim != width:
            raise EngineError(
                f"a ControlNet for another base: it is for {named(net.config.cross_attention_dim)}, "
                f"this checkpoint is {named(width)}",
                got=folder.name,
                fix="choose the ControlNet that the profile names",
            )
        return net.eval().requires_grad_(requires_grad=False)

    def guide(self, requests: Sequence[Repainting], passes: int) -> ControlGuide | None:
        """The applied ControlNet with the drawings of these requests, each picture drawn once; None without one."""
        control = self._applied
        if control is None:
            return None
        torch, unet = library("torch"), self._model.pipe.unet
        net = self._net.to(unet.dtype)
        rows = [self._drawn(request.picture, control.drawing) for request in requests]
        lines = torch.from_numpy(np.stack(rows)).to(self._model.placed.device, unet.dtype) / 255
        lines = lines[:, None].repeat(passes, 3, 1, 1)
        return ControlGuide(net, lines, control.scale)

    def _drawn(self, picture: Pixels, drawing: Drawing) -> Pixels:
        return self._drawings.get((drawing, digest_of(picture)), lambda: drawn(picture, drawing))
