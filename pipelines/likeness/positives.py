"""Pictures whose answer is known: copies of the master that are surely it, and other characters that surely are not.

A cosine means something only beside those of such pictures (`calibration.py`). Round trips through a VAE and other
seeds are made by the painter and can be given beside these.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from PIL import Image

from pipelines.engines.embedder import Pixels, on_white

_CUT = (0.02, 0.06)  # of a side is cut away or shifted: enough that no copy is the master itself
_NOISE = (2.0, 6.0)  # standard deviations, of 255
_QUALITY = (40, 90)  # of JPEG


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A picture of the master's size, and what was done to get it, in words."""

    picture: Pixels
    made: str


def positives(master: Pixels, *, count: int = 12, seed: int = 0) -> tuple[Example, ...]:
    """Make `count` slight changes of the master (h, w, 3 or 4): crops, JPEG round trips, shifts, noise, scales.

    The same seed gives the same pictures. What is shifted or scaled in from beyond the edge repeats the edge.
    """
    kinds: tuple[Callable[[Pixels, Generator], Example], ...] = (_cropped, _compressed, _shifted, _noisy, _scaled)
    random = np.random.default_rng(seed)
    return tuple(kinds[i % len(kinds)](master, random) for i in range(count))


def negatives(others: Sequence[Pixels], *, like: Pixels) -> tuple[Example, ...]:
    """Other characters (h, w, 3 or 4), fitted whole onto white paper of the size of `like`, as a master would stand.

    So neither size nor proportions tell them from the master, but what they show.
    """
    height, width = like.shape[:2]
    return tuple(Example(_fitted(on_white(other), height, width), "another character") for other in others)


def _cropped(master: Pixels, random: Generator) -> Example:
    height, width = master.shape[:2]
    (down, right), share = (round(random.uniform(*_CUT) * side) for side in (height, width)), random.uniform()
    top, left = round(down * share), round(right * share)
    inner = master[top : height - down + top, left : width - right + left]
    return Example(_resized(inner, height, width), f"cropped by {down} x {right} px")


def _shifted(master: Pixels, random: Generator) -> Example:
    height, width = master.shape[:2]
    down, right = (round(random.uniform(*_CUT) * side) * int(random.choice((-1, 1))) for side in (height, width))
    rows = np.clip(np.arange(height) - down, 0, height - 1)
    columns = np.clip(np.arange(width) - right, 0, width - 1)
    return Example(master[rows[:, None], columns[None, :]], f"shifted by {down}, {right} px")


def _scaled(master: Pixels, random: Generator) -> Example:
    """Smaller, on its own edge's colours."""
    height, width = master.shape[:2]
    share = 1 - random.uniform(*_CUT)
    small = _resized(master, max(1, round(height * share)), max(1, round(width * share)))
    top, left = (round((a - b) * random.uniform()) for a, b in zip((height, width), small.shape[:2], strict=True))
    after = ((top, height - small.shape[0] - top), (left, width - small.shape[1] - left), (0, 0))
    return Example(np.pad(small, after, mode="edge"), f"scaled to {share:.0%}")


def _compressed(master: Pixels, random: Generator) -> Example:
    quality = int(random.integers(*_QUALITY))
    file = io.BytesIO()
    Image.fromarray(on_white(master)).save(file, "JPEG", quality=quality)
    rgb = np.asarray(Image.open(file), dtype=np.uint8)
    return Example(np.dstack([rgb, master[..., 3:]]), f"through JPEG of quality {quality}")


def _noisy(master: Pixels, random: Generator) -> Example:
    strength = random.uniform(*_NOISE)
    rgb = master[..., :3] + random.normal(0, strength, (*master.shape[:2], 3))
    picture = np.dstack([np.clip(np.rint(rgb), 0, 255).astype(np.uint8), master[..., 3:]])
    return Example(picture, f"with noise of {strength:.1f} of 255")


def _fitted(rgb: Pixels, height: int, width: int) -> Pixels:
    share = min(height / rgb.shape[0], width / rgb.shape[1])
    small = _resized(rgb, max(1, round(rgb.shape[0] * share)), max(1, round(rgb.shape[1] * share)))
    paper = np.full((height, width, 3), 255, dtype=np.uint8)
    top, left = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
    paper[top : top + small.shape[0], left : left + small.shape[1]] = small
    return paper


def _resized(picture: Pixels, height: int, width: int) -> Pixels:
    # Pillow weighs colours by alpha here
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.LANCZOS), dtype=np.uint8)
