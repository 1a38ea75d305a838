"""Whether damage to painted parts is seen, on held-out drawings: intact edits against the same edits, damaged.

Each pair is a drawing before and after an edit (season, weather, time of day, palette, shading, harmonised artwork)
with the mask that may change. The drawing before is the master, the one after stands for what was painted, and is
damaged inside the mask. AUC: how often an intact edit is judged cleaner than a damaged one of any pair; 0.5 guesses.

  --quick   fewer pairs
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from benchmarks.table import arguments, finish, show
from models.training.drawings import render_pair, sample_pair
from pipelines.likeness.calibration import Standing
from pipelines.likeness.cleanliness import Cleanliness

Pixels = NDArray[np.uint8]
SIZE, PAIRS, QUICK = 256, 150, 12
GATE = 0.5  # the share that briefs ask for unless they say otherwise


def blurred(picture: Pixels, sigma: float) -> Pixels:
    """A Gaussian of `sigma` pixels."""
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(sigma)))


def noisy(picture: Pixels, sigma: float) -> Pixels:
    """Normal noise of `sigma` codes."""
    random = np.random.default_rng(int(picture.sum()) % 2**32)
    return np.clip(np.rint(picture + random.normal(0, sigma, picture.shape)), 0, 255).astype(np.uint8)


def crushed(picture: Pixels, quality: int) -> Pixels:
    """Through JPEG."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file).convert("RGB"))


DAMAGES: dict[str, Callable[[Pixels], Pixels]] = {
    "intact": lambda picture: picture,
    "blur 1 px": lambda picture: blurred(picture, 1),
    "blur 2 px": lambda picture: blurred(picture, 2),
    "noise σ 15": lambda picture: noisy(picture, 15),
    "noise σ 30": lambda picture: noisy(picture, 30),
    "JPEG 10": lambda picture: crushed(picture, 10),
}


def measured(pairs: int) -> tuple[dict[str, list[Standing]], float]:
    """Standings by damage, and the seconds that a variant takes, the calibration included."""
    random = np.random.default_rng(11)
    found: dict[str, list[Standing]] = {name: [] for name in DAMAGES}
    begun = time.perf_counter()
    for _ in range(pairs):
        before, after, mask = render_pair(sample_pair(random, held_out=True), SIZE)
        if not (mask > 0).any():
            continue
        looked = Cleanliness(before, mask > 0)
        for name, spoil in DAMAGES.items():
            inside = mask[..., None]
            picture = np.rint(before * (1 - inside) + spoil(after) * inside).astype(np.uint8)
            found[name].append(looked.standing(picture))
    return found, (time.perf_counter() - begun) / (pairs * len(DAMAGES))


def auc(good: list[Standing], bad: list[Standing]) -> float:
    """How often one of the good has the larger value, ties counted half."""
    values = [np.array([one.value for one in some]) for some in (good, bad)]
    return float((np.sign(values[0][:, None] - values[1][None]) / 2 + 0.5).mean())


def main() -> None:
    """Print the table."""
    given = arguments(__doc__)
    found, seconds = measured(QUICK if given.quick else PAIRS)
    aucs = {name: auc(found["intact"], some) for name, some in found.items()}
    passed = {name: statistics.mean(one.share >= GATE for one in some) for name, some in found.items()}
    rows = [
        (name, statistics.median(one.value for one in some), aucs[name], f"{passed[name]:.0%}")
        for name, some in found.items()
    ]
    show(f"{len(found['intact'])} held-out edits, {SIZE} px", ("painted part", "median", "AUC", "pass at 50 %"), rows)
    keys = {"blur 2 px": "blur_2", "noise σ 30": "noise_30", "JPEG 10": "jpeg_10", "blur 1 px": "blur_1"}
    figures: dict[str, object] = {f"clean_auc_{key}": round(aucs[name], 4) for name, key in keys.items()}
    figures |= {"clean_intact_passed": round(passed["intact"], 3), "clean_seconds": round(seconds, 3)}
    finish(figures, as_json=given.json)


if __name__ == "__main__":
    main()
