"""Cosines of a variant's embedding to what it should resemble."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.engines.embedder import F32
from pipelines.errors import EngineError

_OFF = 1e-3  # how far from 1 the length of a unit vector may be


@dataclass(frozen=True, slots=True)
class Cosines:
    """How near one variant lies, each in [-1, 1]; only figures of one embedder can be compared.

    `master` is CLIP-I to the master and `styles` CLIP-I to each style reference by its name, as DreamBooth (Ruiz et al.
    2023) measures subjects; `prompt` is CLIP-T, the plain cosine to the variant's own prompt, or None without one.
    """

    master: float
    styles: Mapping[str, float]
    prompt: float | None


def cosines(
    variants: F32, *, master: F32, styles: Mapping[str, F32] | None = None, prompts: F32 | None = None
) -> tuple[Cosines, ...]:
    """Compare n variants (n, d) with the master (d,), style references (d,) by name, and their prompts (n, d).

    All are unit vectors of one embedder; raises EngineError where lengths or dimensions say otherwise.
    """
    to_master = against(variants, master[None])[:, 0]
    to_styles = {name: against(variants, style[None])[:, 0] for name, style in (styles or {}).items()}
    to_prompts = own(variants, prompts) if prompts is not None else None
    return tuple(
        Cosines(
            master=float(to_master[i]),
            styles={name: float(found[i]) for name, found in to_styles.items()},
            prompt=float(to_prompts[i]) if to_prompts is not None else None,
        )
        for i in range(len(variants))
    )


def against(first: F32, second: F32) -> F32:
    """Each of (n, d) with each of (m, d) unit vectors → (n, m) cosines. Raises EngineError as `cosines` does."""
    _refuse_strangers(first, second)
    found: F32 = np.clip(first @ second.T, -1, 1)
    return found


def own(first: F32, second: F32) -> F32:
    """Row i of (n, d) with row i of (n, d) → (n,) cosines. Raises EngineError as `cosines` does."""
    _refuse_strangers(first, second)
    if len(first) != len(second):
        problem = "there must be one prompt for each variant"
        raise EngineError(problem, got=f"{len(second)} for {len(first)}", fix="give them in the variants' order")
    found: F32 = np.clip(np.einsum("nd,nd->n", first, second), -1, 1)
    return found


def _refuse_strangers(*vectors: F32) -> None:
    sizes: Sequence[int] = sorted({v.shape[1] for v in vectors})
    if len(sizes) > 1:
        problem = "vectors of two embedders cannot be compared"
        raise EngineError(problem, got=f"{sizes[0]} and {sizes[1]} dimensions", fix="embed all with the same one")
    for some in vectors:
        lengths = np.linalg.norm(some, axis=1)
        wrong = ~(np.abs(lengths - 1) < _OFF)  # so that NaN is wrong too
        if wrong.any():
            problem = "an embedding is no unit vector"
            raise EngineError(problem, got=float(lengths[wrong][0]), fix="scale it with embedder.unit; NaN: use fp32")
