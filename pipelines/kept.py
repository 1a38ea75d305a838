"""Mappings whose values lie in the store and whose keys lie in the catalogue: what one process made, others find."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, MutableMapping

import numpy as np
from numpy.typing import NDArray

from pipelines.catalogue import Catalogue
from pipelines.recent import Recent
from pipelines.store import Store

F32 = NDArray[np.float32]


class KeptBytes(MutableMapping[str, bytes]):
    """Text → bytes, under a `stage` of the catalogue. What was lost from the store is not there any more."""

    def __init__(self, store: Store, catalogue: Catalogue, stage: str) -> None:
        self._store, self._catalogue, self._stage = store, catalogue, stage

    def __getitem__(self, key: str) -> bytes:
        found = self._catalogue.result(self._stage, _digest(key))
        if found is None or not self._store.has(str(found["object"])):
            raise KeyError(key)
        return self._store.get(str(found["object"]))

    def __setitem__(self, key: str, value: bytes) -> None:
        found = self._catalogue.result(self._stage, _digest(key))
        if found is not None and self._store.has(str(found["object"])):
            return
        if found is not None:
            self._catalogue.forget_results(self._stage, [_digest(key)])
        self._catalogue.keep_result(self._stage, _digest(key), {"object": self._store.put(value)})

    def __delitem__(self, key: str) -> None:
        if not self._catalogue.forget_results(self._stage, [_digest(key)]):
            raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        raise TypeError("keys are kept as digests and cannot be listed")

    def __len__(self) -> int:
        raise TypeError("keys are kept as digests and cannot be counted")


class KeptVectors(MutableMapping[str, F32]):
    """Text → array, likewise; those that a process used last are read once."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._kept = KeptBytes(store, catalogue, "vector")
        self._here: Recent[F32] = Recent(4096)

    def __getitem__(self, key: str) -> F32:
        return self._here.get(key, lambda: np.load(io.BytesIO(self._kept[key]), allow_pickle=False))

    def __setitem__(self, key: str, value: F32) -> None:
        out = io.BytesIO()
        np.save(out, value)
        self._kept[key] = out.getvalue()

    def __delitem__(self, key: str) -> None:
        self._here = Recent(4096)
        del self._kept[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
