"""CLIP (Radford et al. 2021) by transformers, from a folder or the local cache; nothing is ever fetched.

Torch and transformers are imported when a model is loaded, and not before: `pip install "atelier[gpu]"` brings them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from pipelines.engines.embedder import F32, Pixels, on_white, unit
from pipelines.errors import EngineError

T = TypeVar("T")
_BATCH = 32
_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?")
_WANTED = "give a folder that save_pretrained wrote, or the id of a model in the local cache"
_PARTS = ("*.json", "*.txt", "*.safetensors")


class ClipEmbedder:
    """A CLIP model as an `Embedder`.

    A picture is scaled by its shorter side and cut to its middle square, as the model was trained: crop to what matters
    before. A text is cut after the model's 77 tokens. Results differ in the sixth digit with the size of a batch.
    """

    def __init__(self, folder_or_id: str | Path, device: str = "cpu") -> None:
        """Load the model. Raises EngineError where it is not here, is no CLIP model, lacks a part, or has no device."""
        source = str(folder_or_id)
        self._model, self._tokens, self._pixels = _load(source)
        self._device = device
        try:
            self._model.to(device).eval()
        except (AssertionError, RuntimeError) as error:
            raise EngineError("the model cannot use this device", got=device, fix=_first_line(error)) from error
        self.name = f"clip {Path(source).name} {_revision(source, self._model)}"

    def pictures(self, pictures: Sequence[Pixels]) -> F32:
        """(h, w, 3 or 4) uint8 → (n, d) unit vectors."""
        return self._embed(map(on_white, pictures), self._see)

    def texts(self, texts: Sequence[str]) -> F32:
        """Texts → (n, d) unit vectors."""
        return self._embed(texts, self._read)

    def _see(self, pictures: list[Pixels]) -> Any:
        from PIL import Image

        # PIL pictures, as the processor would have to guess which axis of a small array is the channels
        batch = self._pixels([Image.fromarray(p) for p in pictures], return_tensors="pt")
        return self._model.get_image_features(batch["pixel_values"].to(self._device)).pooler_output

    def _read(self, texts: list[str]) -> Any:
        longest = self._model.config.text_config.max_position_embeddings
        batch = self._tokens(texts, padding=True, truncation=True, max_length=longest, return_tensors="pt")
        return self._model.get_text_features(**batch.to(self._device)).pooler_output

    def _embed(self, things: Iterable[T], encode: Any) -> F32:
        import torch

        rows = [np.zeros((0, self._model.config.projection_dim), dtype=np.float32)]
        with torch.inference_mode():
            rows += [encode(batch).float().cpu().numpy() for batch in _batches(things)]
        return unit(np.concatenate(rows))


def _load(source: str) -> tuple[Any, Any, Any]:
    """Model, tokenizer and picture processor. Weights are safetensors only: a pickle runs whatever it holds."""
    if not Path(source).is_dir() and not _ID.fullmatch(source):
        raise EngineError("there is no such folder of a model", got=source, fix=_WANTED)
    try:
        from safetensors import SafetensorError
        from transformers import AutoConfig, CLIPImageProcessorPil, CLIPModel, CLIPTokenizer
    except ImportError as error:
        raise EngineError(
            "torch and transformers are not installed", got=source, fix='run pip install "atelier[gpu]"'
        ) from error
    here: dict[str, Any] = {"local_files_only": True}
    try:
        kind = AutoConfig.from_pretrained(source, **here).model_type
        if kind != "clip":
            raise EngineError("this is no CLIP model", got=f"{source}, a {kind}", fix=_WANTED)
        loaded: Any = CLIPModel.from_pretrained(source, use_safetensors=True, output_loading_info=True, **here)
        tokens = CLIPTokenizer.from_pretrained(source, **here)
        pixels = CLIPImageProcessorPil.from_pretrained(source, **here)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise EngineError("the model cannot be loaded", got=source, fix=f"{_first_line(error)}. {_WANTED}") from error
    model, report = loaded
    _refuse_parts_missing(source, model, tokens, report["missing_keys"])
    return model, tokens, pixels


def _refuse_parts_missing(source: str, model: Any, tokens: Any, missing: Iterable[str]) -> None:
    """Where transformers finds no weights or words it makes some up, and says so at most in a log."""
    if absent := sorted(missing):
        raise EngineError(
            f"{len(absent)} of the model's weights are missing, {absent[0]} first", got=source, fix=_WANTED
        )
    words = model.config.text_config.vocab_size
    if len(tokens) != words:
        raise EngineError("the tokenizer is another model's", got=f"{len(tokens)} tokens for {words}", fix=_WANTED)


def _revision(source: str, model: Any) -> str:
    """The commit of a cached model; for a folder a digest of its files."""
    if not Path(source).is_dir():
        return str(model.config._commit_hash)[:12]
    digest = hashlib.sha256()
    for file in sorted(file for pattern in _PARTS for file in Path(source).glob(pattern)):
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:12]


def _batches(things: Iterable[T]) -> Iterable[list[T]]:
    source = iter(things)
    while batch := list(islice(source, _BATCH)):
        yield batch


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
