"""DINOv2 (Oquab et al. 2023) by transformers: what a picture shows, whole and patch by patch.

Torch and transformers are imported when a model is loaded, and not before: `pip install "atelier[gpu]"` brings them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.engines.embedder import F32, Pixels, on_white, unit
from pipelines.engines.patcher import grid_of
from pipelines.engines.pretrained import WANTED, batches, kind_of, model_of, part_of, revision
from pipelines.errors import EngineError

_CLASSES = {"dinov2": "Dinov2Model", "dinov2_with_registers": "Dinov2WithRegistersModel"}


class DinoEmbedder:
    """A DINOv2 model, with or without registers (Darcet et al. 2023), as a `Patcher` that also sees whole pictures.

    It knows no texts. Vectors of whole pictures come from the middle square that the model was trained on; patches
    cover the whole picture in its own proportions. Results differ in the sixth digit with the size of a batch.
    """

    def __init__(self, folder_or_id: str | Path, device: str = "cpu") -> None:
        """Load the model. Raises EngineError where it is not here, is no DINOv2, lacks a part, or has no device."""
        source = str(folder_or_id)
        kind = kind_of(source)
        if kind not in _CLASSES:
            raise EngineError("this is no DINOv2 model", got=f"{source}, a {kind}", fix=WANTED)
        import transformers

        self._pixels = part_of(transformers.BitImageProcessorPil, source)
        self._model = model_of(getattr(transformers, _CLASSES[kind]), source, device)
        self._device = device
        self.name = f"{kind} {Path(source).name} {revision(source, self._model)}"

    def pictures(self, pictures: Sequence[Pixels]) -> F32:
        """(h, w, 3 or 4) uint8 of any sizes → (n, d) unit vectors: the class tokens, as DreamBooth compares them."""
        size = self._model.config.hidden_size
        rows = [np.zeros((0, size), dtype=np.float32)]
        rows += [self._tokens(batch)[:, 0] for batch in batches(pictures)]
        return unit(np.concatenate(rows))

    def patches(self, pictures: Sequence[Pixels]) -> F32:
        """(h, w, 3 or 4) uint8 of one size → (n, rows, columns, d) unit vectors, as `Patcher.patches` says."""
        config, side = self._model.config, self._model.config.patch_size
        rows, columns = grid_of(pictures, self._side() // side)
        size = {"height": rows * side, "width": columns * side}
        special = 1 + getattr(config, "num_register_tokens", 0)
        found = [np.zeros((0, config.hidden_size), dtype=np.float32)]
        for batch in batches(pictures):
            tokens = self._tokens(batch, do_center_crop=False, size=size)[:, special:]
            found.append(unit(tokens.reshape(-1, config.hidden_size)))
        return np.concatenate(found).reshape(len(pictures), rows, columns, config.hidden_size)

    def _side(self) -> int:
        """Pixels a side of what the model is shown."""
        asked = self._pixels.crop_size if self._pixels.do_center_crop else self._pixels.size
        return int(getattr(asked, "height", None) or self._model.config.image_size)

    def _tokens(self, pictures: list[Pixels], **changes: Any) -> F32:
        """(n, tokens, d): the class token, registers if any, then the patches, row by row."""
        import torch
        from PIL import Image

        # PIL pictures, as the processor would have to guess which axis of a small array is the channels
        seen = [Image.fromarray(on_white(p)) for p in pictures]
        batch = self._pixels(seen, return_tensors="pt", **changes)
        with torch.inference_mode():
            out = self._model(batch["pixel_values"].to(self._device)).last_hidden_state
        tokens: F32 = out.float().cpu().numpy()
        return tokens
