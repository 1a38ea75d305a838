"""Learned segmentation: a seam, and any of transformers' semantic segmentation models behind it.

Torch and transformers are imported when a model is loaded, and not before: `pip install "atelier[gpu]"` brings them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.engines.pretrained import WANTED, kind_of, model_of, revision
from pipelines.errors import EngineError

F32 = NDArray[np.float32]
Pixels = NDArray[np.uint8]
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's, if the checkpoint says nothing else
_SIDE = 512
_GROUND = ("background", "unlabeled")  # what a class that is no subject may be called


class Segmenter(Protocol):
    """Tells the subject of a picture from its background."""

    name: str

    def segment(self, rgb: Pixels) -> F32:
        """(h, w, 3) sRGB codes → (h, w), 0 background to 1 subject. The same picture gives the same values again."""
        ...


class SemanticSegmenter:
    """A `*ForSemanticSegmentation` model (SegFormer, DPT, BEiT, UPerNet, MobileViT ...). Everything that is not its
    class background is the subject.
    """

    def __init__(self, folder_or_id: str | Path, device: str = "cpu") -> None:
        """Load the model. Raises EngineError where it is not here, does not segment, lacks weights or a class for the
        background, or has no device.
        """
        source = str(folder_or_id)
        kind = kind_of(source)
        from transformers import AutoModelForSemanticSegmentation
        from transformers.models.auto.modeling_auto import MODEL_FOR_SEMANTIC_SEGMENTATION_MAPPING_NAMES as SEGMENTERS

        if kind not in SEGMENTERS:
            raise EngineError("this model does not segment", got=f"{source}, a {kind}", fix=WANTED)
        self._model = model_of(AutoModelForSemanticSegmentation, source, device)
        self._ground = _ground(self._model.config.id2label, source)
        self._device = device
        wanted = _wanted(Path(source) / "preprocessor_config.json")
        self._side = _side(wanted)
        self._mean = np.array(wanted.get("image_mean") or _MEAN, dtype=np.float32)
        self._std = np.array(wanted.get("image_std") or _STD, dtype=np.float32)
        self.name = f"{kind} {Path(source).name} {revision(source, self._model)}"

    def segment(self, rgb: Pixels) -> F32:
        """The probability of every class but the background. Raises EngineError for values that are no numbers."""
        import torch

        height, width = rgb.shape[:2]
        sized = Image.fromarray(rgb).resize((self._side, self._side), Image.Resampling.BILINEAR)
        values = (np.asarray(sized, dtype=np.float32) / 255 - self._mean) / self._std
        batch = torch.from_numpy(values.astype(np.float32)).permute(2, 0, 1)[None].to(self._device)
        with torch.inference_mode():
            logits = self._model(pixel_values=batch).logits.float()
            large = torch.nn.functional.interpolate(logits, (height, width), mode="bilinear")
            subject = 1 - torch.softmax(large, dim=1)[0, self._ground]
        found: F32 = subject.clamp(0, 1).cpu().numpy()
        if not np.isfinite(found).all():
            raise EngineError("the segmenter gave values that are no numbers", got=self.name,
                              fix="use another checkpoint, or run it in fp32")  # fmt: skip
        return found


def _ground(labels: dict[int, str], source: str) -> int:
    for index, label in labels.items():
        if str(label).lower() in _GROUND:
            return int(index)
    raise EngineError("this segmenter has no class for the background", got=f"{source}: {list(labels.values())[:6]}",
                      fix=f"one of its classes should be called {' or '.join(_GROUND)}")  # fmt: skip


def _wanted(path: Path) -> dict[str, Any]:
    """How pictures are made ready for the model, if its folder says it."""
    try:
        found = json.loads(path.read_text()) if path.is_file() else {}
    except ValueError as error:
        raise EngineError(f"{path.name} is no JSON", got=str(path), fix="download the checkpoint again") from error
    return found if isinstance(found, dict) else {}


def _side(wanted: dict[str, Any]) -> int:
    size = wanted.get("size")
    if isinstance(size, dict):
        size = size.get("height") or size.get("shortest_edge")
    return size if isinstance(size, int) and size > 0 else _SIDE
