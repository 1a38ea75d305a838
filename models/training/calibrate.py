"""Measure what the starter CLIP's figures must reach, on held-out drawings, and write it beside the checkpoint.

A repaint is kept where it came nearer to its words by a floor. Good repaints here are the drawings that were wanted,
also after the autoencoder; bad ones are what a painter does that fails: next to nothing, or damage. The floor lets at
most one bad repaint in twenty through. What the judge hardly sees, rain or cel shading, does not reach it even when it
is right, and is left as it was.

  python -m models.training.calibrate
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderTiny
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from rich.console import Console

from models.training import drawings
from models.training.export import STARTER
from pipelines.engines.clip import ClipEmbedder
from pipelines.likeness.better import words_gain
from pipelines.likeness.close_up import close_up
from pipelines.likeness.floors import FILE, Floors, least_gain

Pixels = NDArray[np.uint8]
KINDS = ("season", "weather", "time", "palette", "cel")
SIZE = 128


def gains(embedder: ClipEmbedder, vae: Any, *, count: int, seed: int = 0) -> tuple[list[float], list[float]]:
    """How much nearer `count` held-out edits come to their words: good repaints, and bad ones."""
    rng = np.random.default_rng([seed, 5])
    good: list[float] = []
    bad: list[float] = []
    for _ in range(count):
        pair = drawings.sample_pair(rng, held_out=True, kind=str(rng.choice(KINDS)))
        before, after, mask = drawings.render_pair(pair, SIZE)
        if not (mask > 0).any():
            continue
        pictures = [before, after, coded(vae, after), *_bad(vae, before, rng)]
        inside = mask[..., None]
        kept = [np.rint(before * (1 - inside) + picture * inside).astype(np.uint8) for picture in pictures]
        seen = embedder.pictures([close_up(picture, mask > 0) for picture in kept])
        words, present = embedder.texts([drawings.caption(pair.after), drawings.caption(pair.before)])
        found = [words_gain(seen[0], vector, words=words, present=present) for vector in seen[1:]]
        good += found[:2]
        bad += found[2:]
    return good, bad


def _bad(vae: Any, before: Pixels, rng: np.random.Generator) -> Iterator[Pixels]:
    """The picture as it was, after the autoencoder; blurred; noisy."""
    yield coded(vae, before)
    yield np.asarray(Image.fromarray(before).filter(ImageFilter.GaussianBlur(2)))
    yield np.clip(np.rint(before + rng.normal(0, 30, before.shape)), 0, 255).astype(np.uint8)


def coded(vae: Any, picture: Pixels) -> Pixels:
    """A picture as the autoencoder gives it back."""
    with torch.no_grad():
        given = torch.from_numpy(picture.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1
        back = vae.decode(vae.encode(given).latents).sample[0]
    return np.asarray((back.permute(1, 2, 0) / 2 + 0.5).clamp(0, 1).mul(255).round().byte().numpy())


def floors(good: list[float], bad: list[float]) -> Floors:
    """The floor, and how well it tells the two apart, in words."""
    floor = round(least_gain(good, bad), 4)
    kept, slipped = (np.mean(np.array(some) >= floor) for some in (good, bad))
    told = f"{len(good)} good and {len(bad)} bad repaints of held-out drawings: {kept:.0%} and {slipped:.0%} reach it"
    return Floors(calibration=1, gain=floor, told=told)


def main() -> None:
    """Measure and write."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--out", type=Path, default=STARTER, help="the checkpoint (models/starter)")
    options.add_argument("--count", type=int, default=300, help="held-out edits to measure (%(default)s)")
    given = options.parse_args()
    vae = AutoencoderTiny.from_pretrained(given.out / "vae", local_files_only=True)  # type: ignore[no-untyped-call]
    found = floors(*gains(ClipEmbedder(given.out / "clip"), vae, count=given.count))
    (given.out / FILE).write_text(found.model_dump_json(indent=2) + "\n")
    Console().print(f"a repaint must gain {found.gain:.3f}; {found.told}")


if __name__ == "__main__":
    main()
