"""Embeddings of style pictures: computed once a style; kept in memory and, where a mapping is given, beyond that.

    key ─▶ memory ─▶ stored blob, if it is whole ─▶ else computed, and stored

A blob is a safetensors file of `negative` and `positive` whose metadata holds the digest of both: what a store damaged
is told from what it kept, and made again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, MutableMapping
from typing import Any

from pipelines.engines.diffusion.devices import library
from pipelines.recent import Recent

Pair = tuple[Any, Any]  # tensors (1, pictures, ...): what an image encoder makes of nothing, and of the pictures
_NAMES = ("negative", "positive")


class Embeds:
    """Pairs of embeddings by key. Without a mapping they live as long as the process, and no more than 64 of them."""

    def __init__(self, stored: MutableMapping[str, bytes] | None = None) -> None:
        self._stored = stored
        self._kept: Recent[Pair] = Recent(64)

    def get(self, key: str, make: Callable[[], Pair]) -> Pair:
        """The pair of this key, made now if it is nowhere."""
        return self._kept.get(key, lambda: self._found(key) or self._made(key, make))

    def _found(self, key: str) -> Pair | None:
        blob = None if self._stored is None else self._stored.get(key)
        return None if blob is None else unpacked(blob)

    def _made(self, key: str, make: Callable[[], Pair]) -> Pair:
        pair = make()
        if self._stored is not None:
            self._stored[key] = packed(pair)
        return pair


def packed(pair: Pair) -> bytes:
    """A pair as a blob."""
    tensors = {name: tensor.detach().contiguous().cpu() for name, tensor in zip(_NAMES, pair, strict=True)}
    blob: bytes = library("safetensors.torch").save(tensors, {"sha256": _digest(tensors)})
    return blob


def unpacked(blob: bytes) -> Pair | None:
    """The pair of a blob, on the CPU; None if it is damaged or of another form."""
    try:
        tensors = library("safetensors.torch").load(blob)
        length = int.from_bytes(blob[:8], "little")
        said = json.loads(blob[8 : 8 + length])["__metadata__"]["sha256"]
    except (library("safetensors").SafetensorError, ValueError, KeyError, TypeError):
        return None
    if sorted(tensors) != sorted(_NAMES) or said != _digest(tensors):
        return None
    return tensors["negative"], tensors["positive"]


def _digest(tensors: dict[str, Any]) -> str:
    found = hashlib.sha256()
    for name in _NAMES:
        tensor = tensors[name]
        found.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        found.update(tensor.contiguous().view(library("torch").uint8).numpy().data)
    return found.hexdigest()
