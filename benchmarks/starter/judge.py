"""What the starter CLIP tells apart, on held-out drawings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from models.training import drawings
from pipelines.engines.embedder import Embedder
from pipelines.likeness.cleanliness import Cleanliness

F32 = NDArray[np.float32]
Pixels = NDArray[np.uint8]
SIZE = 256
CHOICES = 64  # captions that a picture is told among
FLAGS = 20
DAMAGED = 24


@dataclass(frozen=True, slots=True)
class Told:
    """Figures of the judge: a share or an area under the ROC curve each, 0 to 1."""

    retrieval_at_1_of_64: float
    flag_of_20: float
    auc_same_character: float
    auc_blur: float
    auc_noise: float
    auc_background: float


def told(embedder: Embedder, *, sets: int, seed: int = 0) -> Told:
    """Measure on `sets` times 64 held-out drawings."""
    rng = np.random.default_rng([seed, 1])
    scenes = [_flagged(rng) for _ in range(sets * CHOICES)]
    pictures = [drawings.render(scene, SIZE) for scene in scenes]
    seen = embedder.pictures(pictures)
    alike = seen @ embedder.texts([drawings.caption(scene) for scene in scenes]).T
    blocks = [alike[start : start + CHOICES, start : start + CHOICES] for start in range(0, len(scenes), CHOICES)]
    retrieved = float(np.mean([block.argmax(0) == np.arange(CHOICES) for block in blocks]))
    few = scenes[:CHOICES]
    blur, noise = _damaged(few[:DAMAGED], pictures, rng)
    return Told(
        retrieval_at_1_of_64=retrieved,
        flag_of_20=_flags(embedder, scenes),
        auc_same_character=_characters(embedder, scenes[: 2 * CHOICES], seen[: 2 * CHOICES], rng),
        auc_blur=blur,
        auc_noise=noise,
        auc_background=_backgrounds(embedder, few, np.diag(alike)[:CHOICES], rng),
    )


def auc(high: F32, low: F32) -> float:
    """How often one of `high` lies above one of `low`, ties counted half."""
    return float(((high[:, None] > low[None]) + 0.5 * (high[:, None] == low[None])).mean())


def _flagged(rng: np.random.Generator) -> drawings.Scene:
    """A held-out scene with a flag in it."""
    while (scene := drawings.sample(rng, held_out=True)).flag is None:
        pass
    return scene


def _characters(embedder: Embedder, scenes: list[drawings.Scene], seen: F32, rng: np.random.Generator) -> float:
    """A mascot with another flag against another mascot with the same flag, as near to the drawing that both are of."""
    same = embedder.pictures([drawings.render(drawings.other_flag(scene, rng), SIZE) for scene in scenes])
    other = embedder.pictures([drawings.render(drawings.other_character(scene, rng), SIZE) for scene in scenes])
    return auc((seen * same).sum(1), (seen * other).sum(1))


def _backgrounds(embedder: Embedder, scenes: list[drawings.Scene], intact: F32, rng: np.random.Generator) -> float:
    """A drawing against the same mascot before another backdrop, as near to the drawing's caption."""
    swapped = embedder.pictures([drawings.render(drawings.other_backdrop(scene, rng), SIZE) for scene in scenes])
    words = embedder.texts([drawings.caption(scene) for scene in scenes])
    return auc(intact, (swapped * words).sum(1))


def _flags(embedder: Embedder, scenes: list[drawings.Scene]) -> float:
    """The share of flags that are told by their captions among 20, from their crops."""
    found: list[bool] = []
    for start in range(0, len(scenes), CHOICES):
        unlike = {drawings.flag_caption(scene): scene for scene in scenes[start : start + CHOICES]}
        captions = list(unlike)[:FLAGS]
        crops = [drawings.render(unlike[words], SIZE, drawings.flag_view(unlike[words])) for words in captions]
        alike = embedder.pictures(crops) @ embedder.texts(captions).T
        found += list(alike.argmax(1) == np.arange(len(captions)))
    return float(np.mean(found))


def _damaged(scenes: list[drawings.Scene], masters: list[Pixels], rng: np.random.Generator) -> tuple[float, float]:
    """Intact against blurred by 2 pixels and against noise of σ 30, by the pipeline's own measure of cleanliness.

    What is damaged is a variant of the master, with another flag before another backdrop.
    """
    intact, blurred, noisy = [], [], []
    for scene, master in zip(scenes, masters, strict=False):
        picture = drawings.render(drawings.other_backdrop(drawings.other_flag(scene, rng), rng), SIZE)
        clean = Cleanliness(master, np.ones(master.shape[:2], bool))
        soft = np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(2)))
        grain = np.clip(np.rint(picture + rng.normal(0, 30, picture.shape)), 0, 255).astype(np.uint8)
        worst = [clean.damage(seen).worst for seen in (picture, soft, grain)]
        intact.append(-worst[0])
        blurred.append(-worst[1])
        noisy.append(-worst[2])
    high = np.array(intact, np.float32)
    return auc(high, np.array(blurred, np.float32)), auc(high, np.array(noisy, np.float32))
