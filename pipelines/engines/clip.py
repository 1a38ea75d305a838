"""CLIP (Radford et al. 2021) by transformers, from a folder or the local cache; nothing is ever fetched.

Torch and transformers are imported when a model is loaded, and not before: `pip install "atelier[gpu]"` brings them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pipelines.engines.embedder import F32, Pixels, on_white
from pipelines.engines.pretrained import WANTED, embedded, kind_of, model_of, part_of, revision
from pipelines.errors import EngineError

T = TypeVar("T")


class ClipEmbedder:
    """A CLIP model as an `Embedder`.

    A picture is scaled by its shorter side and cut to its middle square, as the model was trained: crop to what matters
    before. Of a text that is longer than the model reads, whole phrases are left out at its end, and words where one
    phrase alone is too long. Results differ in the sixth digit with the size of a batch.
    """

    def __init__(self, folder_or_id: str | Path, device: str = "cpu") -> None:
        """Load the model. Raises EngineError where it is not here, is no CLIP model, lacks a part, or has no device."""
        source = str(folder_or_id)
        if (kind := kind_of(source)) != "clip":
            raise EngineError("this is no CLIP model", got=f"{source}, a {kind}", fix=WANTED)
        from transformers import CLIPImageProcessorPil, CLIPModel, CLIPTokenizer

        self._tokens = part_of(CLIPTokenizer, source)
        self._pixels = part_of(CLIPImageProcessorPil, source)
        self._model = model_of(CLIPModel, source, device)
        self._device = device
        words = self._model.config.text_config.vocab_size
        if len(self._tokens) != words:  # transformers makes up a tokenizer where it finds none
            got = f"{len(self._tokens)} tokens for {words}"
            raise EngineError("the tokenizer is another model's", got=got, fix=WANTED)
        self.name = f"clip {Path(source).name} {revision(source, self._model)}"

    def pictures(self, pictures: Sequence[Pixels]) -> F32:
        """(h, w, 3 or 4) uint8 → (n, d) unit vectors."""
        return embedded(map(on_white, pictures), self._see, self._model.config.projection_dim)

    def texts(self, texts: Sequence[str]) -> F32:
        """Texts → (n, d) unit vectors."""
        return embedded(texts, self._read, self._model.config.projection_dim)

    def _see(self, pictures: list[Pixels]) -> Any:
        from PIL import Image

        # PIL pictures, as the processor would have to guess which axis of a small array is the channels
        batch = self._pixels([Image.fromarray(p) for p in pictures], return_tensors="pt")
        return self._model.get_image_features(batch["pixel_values"].to(self._device)).pooler_output

    def _read(self, texts: list[str]) -> Any:
        longest = self._model.config.text_config.max_position_embeddings
        read = [shortened(text, longest, lambda some: len(self._tokens(some)["input_ids"])) for text in texts]
        batch = self._tokens(read, padding=True, truncation=True, max_length=longest, return_tensors="pt")
        return self._model.get_text_features(**batch.to(self._device)).pooler_output


def shortened(text: str, longest: int, count: Callable[[str], int]) -> str:
    """A text without the phrases at its end, or without the words, that make it longer than a model reads.

    `count` gives the tokens of a text. Phrases end at commas. One word that is too long alone is left as it is.
    """
    if count(text) <= longest:
        return text
    for apart in (",", " "):
        parts = text.split(apart)
        fitting = bisect_right(range(1, len(parts)), longest, key=lambda n: count(apart.join(parts[:n])))
        if fitting:
            return apart.join(parts[:fitting]).rstrip(", ")
    return text
