"""The pictures of the starter's card: what the same figures look like, good and bad, without a choice among them.

python -m benchmarks.starter.pictures models/starter/pictures
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.starter import edits, painting
from benchmarks.starter.__main__ import STARTER, stock
from models.training import drawings
from pipelines.engines.checkpoints import open_checkpoint
from pipelines.engines.diffusion import DiffusersPainter
from pipelines.home import ROOT
from pipelines.profiles import load_profiles

Pixels = NDArray[np.uint8]
SHOWN = 160  # pixels a picture, on the card
_LINE = 15


def grid(rows: Sequence[Sequence[Pixels]], titles: Sequence[str], names: Sequence[str] = ()) -> Image.Image:
    """Pictures in rows under titles, each row after its name."""
    left = 84 if names else 0
    laid = Image.new("RGB", (left + SHOWN * len(titles), _LINE + SHOWN * len(rows)), "white")
    pen, font = ImageDraw.Draw(laid), ImageFont.load_default(12)
    for column, title in enumerate(titles):
        pen.text((left + SHOWN * column + 3, 0), title, "black", font)
    for line, row in enumerate(rows):
        if names:
            pen.text((3, _LINE + SHOWN * line + SHOWN // 2), names[line], "black", font)
        for column, picture in enumerate(row):
            shown = Image.fromarray(picture).resize((SHOWN, SHOWN), Image.Resampling.LANCZOS)
            laid.paste(shown, (left + SHOWN * column, _LINE + SHOWN * line))
    return laid


def of_edits(painter: DiffusersPainter, *, count: int = 2) -> Image.Image:
    """Held-out edits of every kind: before, what came of it, and the drawing that was wanted."""
    asked = edits.wanted(count, seed=7)
    made = edits.ours(painter, asked)
    kinds = list(dict.fromkeys(edit.pair.kind for edit in asked))
    rows: list[list[Pixels]] = []
    for kind in kinds:
        here = [(edit, result) for edit, result in zip(asked, made, strict=True) if edit.pair.kind == kind]
        rows.append([picture for edit, result in here for picture in (edit.before, result, edit.after)])
    return grid(rows, ["before", "edited", "wanted"] * count, kinds)


def of_words(*, count: int = 12, columns: int = 6) -> Image.Image:
    """Pictures painted from held-out captions, each above the drawing that the caption was written for."""
    import torch

    rng = np.random.default_rng([7, 3])
    scenes = [drawings.sample(rng, held_out=True) for _ in range(count)]
    painted = stock("StableDiffusionPipeline")(
        [drawings.caption(scene) for scene in scenes], width=painting.SIZE, height=painting.SIZE,
        num_inference_steps=painting.STEPS, guidance_scale=painting.GUIDANCE, output_type="np",
        generator=[torch.Generator().manual_seed(seed) for seed in range(count)],
    ).images  # fmt: skip
    made = list(np.rint(painted * 255).astype(np.uint8))
    drawn = [drawings.render(scene, painting.SIZE) for scene in scenes]
    rows = [part for at in range(0, count, columns) for part in (made[at : at + columns], drawn[at : at + columns])]
    return grid(rows, [""] * columns, ["painted", "drawn"] * (count // columns))


def main() -> None:
    """Paint them and write them."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("out", type=Path, nargs="?", default=STARTER / "pictures")
    out: Path = options.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    painter = DiffusersPainter(open_checkpoint(STARTER, load_profiles(ROOT)["starter"]))
    for name, picture in (("edits", of_edits(painter)), ("words", of_words())):
        picture.save(out / f"{name}.webp", quality=86, method=6)
        print(f"wrote {out / name}.webp")


if __name__ == "__main__":
    main()
