"""How near the starter's edits come to the drawing that was wanted, and how many of them its gate keeps.

Held-out pairs of a drawing before and after an edit. Every way starts from the drawing before and the caption of the
one after; outside the mask all keep the drawing before.

  as it is            nothing is done; for "harmonise" that is the flag pasted flat or bent
  img2img             the plain UNet at low strength, as a user of diffusers would try
  ours                the editing UNet, from noise
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab

from models.training import drawings
from pipelines.engines.embedder import Embedder
from pipelines.engines.painter import Painted, Painter, Repainting
from pipelines.likeness.better import by_style, by_words, words_gain
from pipelines.likeness.cleanliness import Cleanliness
from pipelines.likeness.close_up import close_up

F32 = NDArray[np.float32]
Pixels = NDArray[np.uint8]
SIZE = 128
WAYS = ("as it is", "img2img", "ours")


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """An edit: the pair, its pictures (s, s, 3) and where they may differ (s, s)."""

    pair: drawings.Pair
    before: Pixels
    after: Pixels
    mask: F32

    @property
    def words(self) -> str:
        """What the result is to show."""
        return drawings.caption(self.pair.after)

    @property
    def present(self) -> str:
        """What the picture shows now."""
        return drawings.caption(self.pair.before)


@dataclass(frozen=True, slots=True)
class Distance:
    """From the drawing that was wanted, inside the mask: mean L1, 0 to 255, and mean CIEDE2000."""

    l1: float
    delta_e: float


def wanted(count: int, *, size: int = SIZE, seed: int = 0) -> list[Wanted]:
    """`count` edits of each kind."""
    rng = np.random.default_rng([seed, 2])
    pairs = [drawings.sample_pair(rng, held_out=True, kind=kind) for kind in drawings.KINDS for _ in range(count)]
    found = (Wanted(pair, *drawings.render_pair(pair, size)) for pair in pairs)
    return [edit for edit in found if (edit.mask > 0.5).any() and (edit.before != edit.after).any()]


def ours(painter: Painter, edits: Sequence[Wanted]) -> list[Pixels]:
    """The edits by the project's painter, as the pipeline asks it."""
    profile = painter.profile
    asked = [
        Repainting(edit.before, np.ones_like(edit.mask), edit.words, seed, 1.0, profile.steps, profile.guidance)
        for seed, edit in enumerate(edits)
    ]
    found = []
    for edit, outcome in zip(edits, painter.paint(asked), strict=True):
        if not isinstance(outcome, Painted):
            raise outcome
        found.append(kept_outside(edit, outcome.picture))
    return found


def img2img(pipe: Any, edits: Sequence[Wanted], *, strength: float = 0.4, steps: int = 15) -> list[Pixels]:
    """The edits by a stock pipeline."""
    import torch

    found = []
    for seed, edit in enumerate(edits):
        painted = pipe(
            edit.words, image=Image.fromarray(edit.before), strength=strength, num_inference_steps=steps,
            guidance_scale=3.0, generator=torch.Generator().manual_seed(seed),
        ).images[0]  # fmt: skip
        found.append(kept_outside(edit, np.asarray(painted.convert("RGB"))))
    return found


def kept_outside(edit: Wanted, painted: Pixels) -> Pixels:
    """What was painted inside the mask, the picture as it was outside."""
    inside = edit.mask[..., None]
    return np.rint(edit.before * (1 - inside) + painted * inside).astype(np.uint8)


def distance(edit: Wanted, result: Pixels) -> Distance:
    """How far a result is from the drawing that was wanted."""
    inside = edit.mask > 0.5
    l1 = np.abs(result[inside].astype(np.float32) - edit.after[inside]).mean()
    apart = deltaE_ciede2000(rgb2lab(result[inside][None]), rgb2lab(edit.after[inside][None]))
    return Distance(float(l1), float(apart.mean()))


def gate(embedder: Embedder, floor: float | None) -> Callable[[Wanted, Pixels], bool]:
    """The pipeline's question whether a repaint is better than leaving the picture, asked of an edit."""

    def accepts(edit: Wanted, result: Pixels) -> bool:
        clean = Cleanliness(edit.before, edit.mask > 0).standing(result)
        area = edit.mask > 0
        if edit.pair.kind == "harmonise":  # its words are the same before and after
            style = embedder.pictures([_like(edit)])[0]
            before, after = embedder.pictures([close_up(picture, area) for picture in (edit.before, result)])
            return by_style(float((after - before) @ style), clean=clean).kept
        return by_words(gain(embedder, edit, result), floor, clean=clean).kept

    return accepts


def gain(embedder: Embedder, edit: Wanted, result: Pixels) -> float:
    """How much nearer a result came to its words than to those of what was there."""
    seen = embedder.pictures([close_up(picture, edit.mask > 0) for picture in (edit.before, result)])
    words, present = embedder.texts([edit.words, edit.present])
    return words_gain(seen[0], seen[1], words=words, present=present)


def _like(edit: Wanted) -> Pixels:
    """A reference of the drawing's style: the same mascot with another flag, properly drawn, seen as close."""
    other = drawings.other_flag(edit.pair.after, np.random.default_rng(0))
    return close_up(drawings.render(other, edit.before.shape[0]), edit.mask > 0)
