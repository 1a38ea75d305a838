"""Requests for painters, with everything that a test does not care about filled in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.engines.painter import Outcome, Painted, Repainting, Style
from pipelines.errors import EngineError

Pixels = NDArray[np.uint8]


def picture(width: int = 64, height: int = 64, seed: int = 0) -> Pixels:
    """Soft blobs rather than noise: a VAE's behaviour on noise says little."""
    small = np.random.default_rng(seed).integers(0, 256, (height // 8, width // 8, 3), dtype=np.uint8)
    return np.kron(small, np.ones((8, 8, 1), dtype=np.uint8))


def repainting(**changes: Any) -> Repainting:
    """A request for the whole of a small picture."""
    rgb = changes.pop("picture", picture())
    mask = np.ones(rgb.shape[:2], dtype=np.float32)
    usual = Repainting(rgb, mask, "a dog in the snow", seed=1, strength=0.5, steps=4, guidance=4.0, negative="blurry")
    return replace(usual, **changes)


def four(**changes: Any) -> list[Repainting]:
    """Four variants that can share a forward pass."""
    return [repainting(seed=seed, prompt=f"a dog, {word}", **changes) for seed, word in enumerate("abcd")]


def pictures(outcomes: Iterable[Outcome]) -> list[Pixels]:
    """The pictures of outcomes that must all have one."""
    painted = list(outcomes)
    for outcome in painted:
        assert isinstance(outcome, Painted), outcome
    return [outcome.picture for outcome in painted if isinstance(outcome, Painted)]


def error(outcome: Outcome) -> str:
    """The text of an outcome that must be an error."""
    assert isinstance(outcome, EngineError)
    return str(outcome)


def apart(one: Pixels, other: Pixels) -> int:
    """The largest difference of any byte."""
    return int(np.abs(one.astype(int) - other.astype(int)).max())


def styled(style: Style) -> Repainting:
    """A request for the whole of a small picture in a style."""
    return repainting(style=style)
