"""SigLIP (Zhai et al. 2023) and SigLIP 2 (Tschannen et al. 2025) by transformers.

Torch and transformers are imported when a model is loaded, and not before: `pip install "atelier[gpu]"` brings them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from pipelines.engines.clip import ClipEmbedder
from pipelines.engines.embedder import F32, Embedder, Pixels, on_white
from pipelines.engines.pretrained import WANTED, embedded, kind_of, model_of, part_of, revision
from pipelines.errors import EngineError

T = TypeVar("T")
_CLASSES = {
    "siglip": ("SiglipModel", "SiglipImageProcessorPil"),
    "siglip2": ("Siglip2Model", "Siglip2ImageProcessorPil"),
}
_TOKENS = f"a SigLIP model needs its tokenizer.json; {WANTED}"


def open_embedder(folder_or_id: str | Path, device: str = "cpu") -> Embedder:
    """A CLIP, SigLIP or SigLIP 2 checkpoint, by what its configuration says it is. Raises EngineError for any other."""
    kind = kind_of(str(folder_or_id))
    if kind == "clip":
        return ClipEmbedder(folder_or_id, device)
    if kind in _CLASSES:
        return SiglipEmbedder(folder_or_id, device)
    known = ", ".join(("clip", *_CLASSES))
    raise EngineError("no embedder reads this kind of model", got=f"{folder_or_id}, a {kind}", fix=f"known: {known}")


class SiglipEmbedder:
    """A SigLIP model as an `Embedder`.

    The first SigLIP squeezes a picture into a square; SigLIP 2 with flexible resolution keeps its proportions. A text
    is lower-cased and cut after the model's 64 tokens. Its cosines are other ones than CLIP's: never carry a threshold
    from one model to another.
    """

    def __init__(self, folder_or_id: str | Path, device: str = "cpu") -> None:
        """Load the model. Raises EngineError where it is not here, is no SigLIP, lacks a part, or has no device."""
        source = str(folder_or_id)
        kind = kind_of(source)
        if kind not in _CLASSES:
            raise EngineError("this is no SigLIP model", got=f"{source}, a {kind}", fix=WANTED)
        import transformers

        model, pixels = _CLASSES[kind]
        self._tokens = part_of(transformers.PreTrainedTokenizerFast, source, _TOKENS)
        self._pixels = part_of(getattr(transformers, pixels), source)
        self._model = model_of(getattr(transformers, model), source, device)
        self._device = device
        words = self._model.config.text_config.vocab_size
        if not 0 < len(self._tokens) <= words:
            got = f"{len(self._tokens)} tokens for {words}"
            raise EngineError("the tokenizer is another model's", got=got, fix=WANTED)
        self.name = f"{kind} {Path(source).name} {revision(source, self._model)}"

    def pictures(self, pictures: Sequence[Pixels]) -> F32:
        """(h, w, 3 or 4) uint8 → (n, d) unit vectors."""
        return embedded(map(on_white, pictures), self._see, self._model.config.text_config.projection_size)

    def texts(self, texts: Sequence[str]) -> F32:
        """Texts → (n, d) unit vectors."""
        return embedded(texts, self._read, self._model.config.text_config.projection_size)

    def _see(self, pictures: list[Pixels]) -> Any:
        from PIL import Image

        batch = self._pixels([Image.fromarray(p) for p in pictures], return_tensors="pt")
        return self._model.get_image_features(**batch.to(self._device)).pooler_output

    def _read(self, texts: list[str]) -> Any:
        longest = self._model.config.text_config.max_position_embeddings
        # padded to the right and attended without a mask, as in training: the last token, mostly padding, is the answer
        batch = self._tokens(
            [text.lower() for text in texts],
            padding="max_length",
            padding_side="right",
            truncation=True,
            max_length=longest,
            return_tensors="pt",
        )
        return self._model.get_text_features(input_ids=batch["input_ids"].to(self._device)).pooler_output
