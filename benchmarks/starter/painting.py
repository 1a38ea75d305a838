"""How well the starter paints what a caption says, and how long an edit takes it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.training import drawings
from models.training.classifier import Classifier
from pipelines.crop import choose, cut, cut_mask, stitch
from pipelines.engines.painter import Painted, Painter, Repainting

Pixels = NDArray[np.uint8]
SIZE = 128  # the classifier's, and the largest that the denoiser was trained at
STEPS, GUIDANCE = 16, 3.0


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The share of attributes that the classifier finds as the caption says: in the painted pictures, in true drawings
    of the same captions, which is the most that can be told, and in painted ones under each other's captions, which is
    chance.
    """

    painted: float
    drawn: float
    chance: float
    by_attribute: dict[str, float]


def accuracy(pipe: Any, classifier: Classifier, *, count: int, seed: int = 0) -> Accuracy:
    """Paint `count` held-out captions by a stock text-to-image pipeline and have them judged."""
    import torch

    rng = np.random.default_rng([seed, 3])
    scenes = [drawings.sample(rng, held_out=True) for _ in range(count)]
    painted = []
    for start in range(0, count, 8):
        some = [drawings.caption(scene) for scene in scenes[start : start + 8]]
        seeds = [torch.Generator().manual_seed(start + index) for index in range(len(some))]
        painted.append(
            pipe(
                some, width=SIZE, height=SIZE, num_inference_steps=STEPS, guidance_scale=GUIDANCE, generator=seeds,
                output_type="np",
            ).images
        )  # fmt: skip
    truth = np.array([list(drawings.labels(scene).values()) for scene in scenes])
    told = _told(classifier, np.rint(np.concatenate(painted) * 255).astype(np.uint8))
    drawn = _told(classifier, np.stack([drawings.render(scene, SIZE) for scene in scenes]))
    right = told == truth
    return Accuracy(
        painted=float(right.mean()),
        drawn=float((drawn == truth).mean()),
        chance=float((told == np.roll(truth, 1, axis=0)).mean()),
        by_attribute=dict(zip(classifier.attributes, right.mean(0).tolist(), strict=True)),
    )


def _told(classifier: Classifier, pictures: Pixels) -> NDArray[np.int64]:
    """The classifier's answers, (n, attributes)."""
    import torch

    with torch.no_grad():
        found = classifier(torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1)
    return np.stack([logits.argmax(1).numpy() for logits in found.values()], axis=1)


def seconds(painter: Painter, *, size: int = 512, seed: int = 0) -> float:
    """How long it takes, warm, to harmonise a flag that was pasted into a drawing of `size` pixels, the best of three.

    As the pipeline does it: what is around the flag is cut out, painted and put back.
    """
    pair = drawings.sample_pair(np.random.default_rng([seed, 4]), held_out=True, kind="harmonise")
    before, _, mask = drawings.render_pair(pair, size)
    master = np.dstack([before, np.full(before.shape[:2], 255, np.uint8)])
    area = mask > 0
    profile, words = painter.profile, drawings.caption(pair.after)
    found = []
    for again in range(3):
        begun = time.perf_counter()
        crop = choose(area, profile.buckets)
        part, soft = cut(master, crop), cut_mask(area, crop)
        asked = Repainting(part, soft, words, again, 1.0, profile.steps, profile.guidance)
        (outcome,) = painter.paint([asked])
        if not isinstance(outcome, Painted):
            raise outcome
        stitch(master, outcome.picture, crop, area, feather=8)
        found.append(time.perf_counter() - begun)
    return min(found)
