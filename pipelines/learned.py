"""Learned scores: embed variants of one master, compare them with it, and say what the values mean.

    References ─▶ LearnedScorer ─measure─▶ Learned, whose values its `calibrations` explain

What variants share, the master, the style references, other characters and prompts, is embedded once and kept in a
cache by what it is and by the embedder's name and revision.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import numpy as np

from pipelines.engines.embedder import F32, Embedder, Pixels
from pipelines.engines.patcher import Patcher
from pipelines.engines.pretrained import batches
from pipelines.errors import EngineError
from pipelines.likeness.calibration import STYLE, Calibration, calibrate
from pipelines.likeness.cosines import Cosines, against, cosines
from pipelines.likeness.patches import Mask, PatchLikeness, patch_likeness, patch_shares
from pipelines.likeness.positives import negatives, positives

T = TypeVar("T")
Cache = MutableMapping[str, F32]


@dataclass(frozen=True, slots=True, eq=False)
class References:
    """What a batch is compared with. Pictures are (h, w, 3 or 4) uint8.

    `mask` (h, w) is 1 where recipes may change the master; `styles` are reference pictures by name; `others` show other
    characters, at least three of them for the scores to mean anything; `copies` are more pictures of the master's size
    that surely are the master, such as round trips through the painter's VAE and other seeds.
    """

    master: Pixels
    mask: Mask
    styles: Mapping[str, Pixels]
    others: tuple[Pixels, ...]
    copies: tuple[Pixels, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What was measured of one variant: its embedding (d,), that of its prompt if it has one, and what they give."""

    vector: F32
    prompt: F32 | None
    cosines: Cosines
    patches: PatchLikeness | None

    def values(self) -> dict[str, float]:
        """Every measure by its name: master, style NAME, prompt, identity, identity-worst, inside. All in [-1, 1]."""
        found = {"master": self.cosines.master, "prompt": self.cosines.prompt}
        found |= {f"style {name}": value for name, value in self.cosines.styles.items()}
        if self.patches is not None:
            found |= {"identity": self.patches.outside, "identity-worst": self.patches.worst}
            found["inside"] = self.patches.inside
        return {name: value for name, value in found.items() if value is not None}


class LearnedScorer:
    """Measures variants of one master with one embedder, and with a patcher where identity is to be seen by parts.

    `calibrations` say what its values mean, by measure. It holds vectors alone and no picture, so that many fit.
    """

    def __init__(
        self, embedder: Embedder, references: References, *, patcher: Patcher | None = None, cache: Cache
    ) -> None:
        """`cache` maps text to arrays; any mapping does. Raises EngineError for copies of another size."""
        wrong = [c.shape[:2] for c in references.copies if c.shape[:2] != references.master.shape[:2]]
        if wrong:
            raise EngineError("a copy has another size than the master", got=wrong[0], fix="bring it to that size")
        self._embedder, self._cache = embedder, cache
        self._master = self._pictures([references.master])[0]
        self._styles = dict(zip(references.styles, self._pictures(list(references.styles.values())), strict=True))
        self._parts = None if patcher is None else _Parts(patcher, references, cache)
        self.calibrations = self._calibrated(references)

    def measure(self, variants: Iterable[Pixels], prompts: Sequence[str] | None = None) -> tuple[Learned, ...]:
        """Measure variants of the master's size, with a prompt for each or none; a few at a time are held in memory.

        Raises EngineError where prompts and variants differ in number, or for pictures of another size.
        """
        words = iter(prompts) if prompts is not None else None
        found: list[Learned] = []
        for batch in batches(variants):
            texts = list(islice(words, len(batch))) if words is not None else None
            found += self._measured(batch, texts)
        if prompts is not None and len(prompts) != len(found):
            got = f"{len(prompts)} for {len(found)}"
            raise EngineError("there must be one prompt for each variant", got=got, fix="give them in the same order")
        return tuple(found)

    def close(self, pictures: Sequence[Pixels]) -> F32:
        """Parts of variants, seen close, any sizes: (n, d)."""
        return self._embedder.pictures(pictures)

    def wanted(self, pictures: Sequence[Pixels], texts: Sequence[str]) -> tuple[F32, F32]:
        """What parts should show, which many variants share: (n, d) of pictures, and (m, d) of texts."""
        return self._pictures(list(pictures)), self._texts(list(texts))

    def _measured(self, batch: list[Pixels], texts: list[str] | None) -> list[Learned]:
        vectors = self._embedder.pictures(batch)
        prompts = self._texts(texts) if texts is not None else None
        near = cosines(vectors, master=self._master, styles=self._styles, prompts=prompts)
        parts = self._parts.compare(batch) if self._parts is not None else [None] * len(batch)
        return [
            Learned(vectors[i], prompts[i] if prompts is not None else None, near[i], parts[i])
            for i in range(len(batch))
        ]

    def _calibrated(self, references: References) -> dict[str, Calibration]:
        copies = [*references.copies, *(example.picture for example in positives(references.master))]
        others = [example.picture for example in negatives(references.others, like=references.master)]
        near, far = self._pictures(copies), self._pictures(others)
        found = {"master": calibrate(_to(self._master, near), _to(self._master, far))}
        for name, style in self._styles.items():
            found[f"style {name}"] = calibrate(_to(style, near), _to(style, far), STYLE)
        if self._parts is not None:
            found["identity"] = calibrate(self._parts.known(copies), self._parts.known(others))
        return found

    def _pictures(self, pictures: list[Pixels]) -> F32:
        keys = [_key("picture", self._embedder.name, _bytes(p)) for p in pictures]
        return _remembered(self._cache, keys, pictures, self._embedder.pictures)

    def _texts(self, texts: list[str]) -> F32:
        keys = [_key("text", self._embedder.name, text.encode()) for text in texts]
        return _remembered(self._cache, keys, texts, self._embedder.texts)


class _Parts:
    """The master part by part, and pictures beside it. Masks are kept at the size of the patches' grid."""

    def __init__(self, patcher: Patcher, references: References, cache: Cache) -> None:
        self._patcher, self._cache = patcher, cache
        key = _key("patches", patcher.name, _bytes(references.master))
        self._master: F32 = _remembered(cache, [key], [references.master], patcher.patches)[0]
        rows, columns = self._master.shape[:2]
        figure = _figure(references.master)
        self._mask = patch_shares(references.mask, rows, columns)
        self._figure = None if figure is None else patch_shares(figure, rows, columns)
        shares = self._mask.tobytes() + (b"" if self._figure is None else self._figure.tobytes())
        self._key = f"{key} {hashlib.sha256(shares).hexdigest()}"

    def compare(self, pictures: list[Pixels]) -> list[PatchLikeness]:
        """How alike each is."""
        found = self._patcher.patches(pictures)
        return [patch_likeness(self._master, some, mask=self._mask, figure=self._figure) for some in found]

    def known(self, pictures: list[Pixels]) -> list[float]:
        """How alike examples are outside the mask, from the cache where it has them; none where all may change."""
        keys = [_key("identity", self._key, _bytes(p)) for p in pictures]
        found = _remembered(self._cache, keys, pictures, self._outside)
        return [float(value) for value in found.ravel() if not math.isnan(value)]

    def _outside(self, pictures: Sequence[Pixels]) -> F32:
        rows = [one.outside for batch in batches(pictures) for one in self.compare(batch)]
        return np.array([[math.nan if value is None else value] for value in rows], np.float32).reshape(-1, 1)


def _figure(master: Pixels) -> Mask | None:
    """Where the master is opaque; None where it has no transparent part."""
    if master.shape[2] < 4 or not (master[..., 3] < 255).any():
        return None
    return master[..., 3] > 127


def _to(reference: F32, vectors: F32) -> list[float]:
    found: list[float] = against(vectors, reference[None])[:, 0].tolist()
    return found


def _remembered(cache: Cache, keys: list[str], things: list[T], embed: Callable[[Sequence[T]], F32]) -> F32:
    """Rows for things, from the cache where it has them; all others are embedded at once, each once."""
    known = {key: row for key in dict.fromkeys(keys) if (row := cache.get(key)) is not None}
    new = {key: thing for key, thing in zip(keys, things, strict=True) if key not in known}
    rows = embed(list(new.values())) if new or not keys else ()
    for key, row in zip(new, rows, strict=False):
        known[key] = cache[key] = row.copy()
    return np.stack([known[key] for key in keys]) if keys else np.asarray(rows, dtype=np.float32)


def _key(kind: str, name: str, data: bytes) -> str:
    return f"{kind} {name} {hashlib.sha256(data).hexdigest()}"


def _bytes(picture: Pixels) -> bytes:
    return repr(picture.shape).encode() + picture.tobytes()
