"""Learned scores of a batch: embed, compare, calibrate, judge.

    variants ─measure─▶ Learned ─calibrations─▶ what values mean ─judge─▶ accept, re-roll or review, in words

What does not change between batches, the master, the style references, other characters and prompts, is embedded once
and kept in a cache by what it is and by the embedder's name and revision.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TypeVar

import numpy as np

from pipelines.engines.embedder import F32, Embedder, Pixels
from pipelines.engines.patcher import Patcher
from pipelines.engines.pretrained import batches
from pipelines.errors import EngineError
from pipelines.likeness.calibration import PROMPT, STYLE, Calibration, Standing, calibrate
from pipelines.likeness.cosines import Cosines, against, cosines
from pipelines.likeness.gates import Decision, LearnedGates, decide
from pipelines.likeness.outliers import Outliers, outliers
from pipelines.likeness.patches import Mask, PatchLikeness, patch_likeness
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
    """Measures variants of one master with one embedder, and with a patcher where identity is to be seen by parts."""

    def __init__(
        self, embedder: Embedder, references: References, *, patcher: Patcher | None = None, cache: Cache
    ) -> None:
        """`cache` maps text to arrays; any mapping does. Raises EngineError for copies of another size."""
        wrong = [c.shape[:2] for c in references.copies if c.shape[:2] != references.master.shape[:2]]
        if wrong:
            raise EngineError("a copy has another size than the master", got=wrong[0], fix="bring it to that size")
        self._embedder, self._patcher, self._cache = embedder, patcher, cache
        self._references = references

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

    def calibrations(self, measured: Sequence[Learned]) -> dict[str, Calibration]:
        """What the values of each measure mean, by its name; for prompts, from the batch's own variants and prompts."""
        copies, others = self._examples
        near, far = self._pictures(copies), self._pictures(others)
        found = {"master": calibrate(_to(self._master, near), _to(self._master, far))}
        for name, style in self._styles.items():
            found[f"style {name}"] = calibrate(_to(style, near), _to(style, far), STYLE)
        if self._patcher is not None:
            found["identity"] = calibrate(self._identities(copies), self._identities(others))
        if prompted := [(one.vector, one.prompt) for one in measured if one.prompt is not None]:
            found["prompt"] = prompt_calibration(*(np.stack(some) for some in zip(*prompted, strict=True)))
        return found

    def _measured(self, batch: list[Pixels], texts: list[str] | None) -> list[Learned]:
        vectors = self._embedder.pictures(batch)
        prompts = self._texts(texts) if texts is not None else None
        near = cosines(vectors, master=self._master, styles=self._styles, prompts=prompts)
        parts = self._likenesses(self._patcher.patches(batch)) if self._patcher is not None else [None] * len(batch)
        return [
            Learned(vectors[i], prompts[i] if prompts is not None else None, near[i], parts[i])
            for i in range(len(batch))
        ]

    def _likenesses(self, patches: F32) -> list[PatchLikeness | None]:
        master, mask = self._patches([self._references.master])[0], self._references.mask
        return [patch_likeness(master, some, mask=mask, figure=self._figure) for some in patches]

    def _identities(self, pictures: list[Pixels]) -> list[float]:
        found = self._likenesses(self._patches(pictures))
        return [one.outside for one in found if one is not None and one.outside is not None]

    @cached_property
    def _master(self) -> F32:
        master: F32 = self._pictures([self._references.master])[0]
        return master

    @cached_property
    def _styles(self) -> dict[str, F32]:
        styles = self._references.styles
        return dict(zip(styles, self._pictures(list(styles.values())), strict=True))

    @cached_property
    def _figure(self) -> Mask | None:
        """Where the master is opaque; None where it has no transparent part."""
        master = self._references.master
        if master.shape[2] < 4 or not (master[..., 3] < 255).any():
            return None
        return master[..., 3] > 127

    @cached_property
    def _examples(self) -> tuple[list[Pixels], list[Pixels]]:
        """The master's copies, and other characters."""
        ours = self._references
        made = [example.picture for example in positives(ours.master)]
        return [*ours.copies, *made], [example.picture for example in negatives(ours.others, like=ours.master)]

    def _pictures(self, pictures: list[Pixels]) -> F32:
        keys = [_key("picture", self._embedder.name, _bytes(p)) for p in pictures]
        return _remembered(self._cache, keys, pictures, self._embedder.pictures)

    def _texts(self, texts: list[str]) -> F32:
        keys = [_key("text", self._embedder.name, text.encode()) for text in texts]
        return _remembered(self._cache, keys, texts, self._embedder.texts)

    def _patches(self, pictures: list[Pixels]) -> F32:
        assert self._patcher is not None  # noqa: S101 - asked for only where there is one
        keys = [_key("patches", self._patcher.name, _bytes(p)) for p in pictures]
        return _remembered(self._cache, keys, pictures, self._patcher.patches)


@dataclass(frozen=True, slots=True)
class Judged:
    """One variant: where each calibrated measure stands, and what to do with it."""

    standings: Mapping[str, Standing]
    decision: Decision


def judge(
    batch: Mapping[str, Learned],
    calibrations: Mapping[str, Calibration],
    gates: LearnedGates,
    *,
    seeds: Mapping[str, int],
    tries: Mapping[str, int],
) -> tuple[dict[str, Judged], Outliers]:
    """Judge a batch's variants by their names, and say which do not belong to it.

    `seeds` are those they were painted with, `tries` how often each was painted again so far; left out: never.
    """
    names = list(batch)
    found = outliers(np.stack([batch[n].vector for n in names]) if names else np.zeros((0, 1), np.float32), names)
    odd = {one.name: one for one in found.found}
    judged = {}
    for name, one in batch.items():
        values = one.values()
        standings = {m: calibrations[m].standing(values[m]) for m in calibrations if m in values}
        decision = decide(standings, gates, outlier=odd.get(name), seed=seeds[name], tries=tries.get(name, 0))
        judged[name] = Judged(standings, decision)
    return judged, found


def prompt_calibration(vectors: F32, prompts: F32) -> Calibration:
    """A variant with its own prompt is to be nearer than with those of others; equal prompts are not others."""
    found = against(vectors, prompts)
    other = against(prompts, prompts) < 1 - 1e-5
    return calibrate(np.diag(found).tolist(), found[other].tolist(), PROMPT)


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
