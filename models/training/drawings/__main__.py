"""Draw a sheet to look at, drawings as SVG, or find out how many pictures a second this machine draws.

python -m models.training.drawings sheet.png
python -m models.training.drawings pairs.png --pairs
python -m models.training.drawings folder --svg --count 100
python -m models.training.drawings --speed
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models.training import drawings

_COLUMNS = 6
_SPEED_SIZE = 128


def sheet(count: int, seed: int, size: int = 192, *, held_out: bool = False) -> Image.Image:
    """So many drawings side by side, six a row."""
    rng = np.random.default_rng(seed)
    return _laid([drawings.render(drawings.sample(rng, held_out=held_out), size) for _ in range(count)], size)


def pairs(count: int, seed: int, size: int = 160, *, held_out: bool = False) -> Image.Image:
    """So many pairs of each kind; before, after and where they may differ lie side by side."""
    rng, found = np.random.default_rng(seed), []
    for index in range(count * len(drawings.KINDS)):
        pair = drawings.sample_pair(rng, held_out=held_out, kind=drawings.KINDS[index // count])
        before, after, mask = drawings.render_pair(pair, size)
        found += [before, after, np.repeat((mask * 255).astype(np.uint8)[..., None], 3, axis=2)]
    return _laid(found, size, 3 * count)


def speed(count: int, processes: int) -> float:
    """Pictures a second, sampling, drawing and turning into pixels included."""
    with multiprocessing.Pool(processes) as pool:
        pool.map(_draw, range(processes))
        begun = time.perf_counter()
        pool.map(_draw, range(count), chunksize=16)
        return count / (time.perf_counter() - begun)


def _draw(seed: int) -> int:
    return int(drawings.render(drawings.sample(np.random.default_rng(seed)), _SPEED_SIZE)[0, 0, 0])


def _laid(pictures: list[NDArray[np.uint8]], size: int, columns: int = _COLUMNS) -> Image.Image:
    laid = Image.new("RGB", (size * columns, size * -(-len(pictures) // columns)), "white")
    for index, picture in enumerate(pictures):
        laid.paste(Image.fromarray(picture), (index % columns * size, index // columns * size))
    return laid


def main() -> None:
    """Do what was asked for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("out", type=Path, nargs="?", default=Path("sheet.png"), help="a PNG, or a folder with --svg")
    options.add_argument("--count", type=int, help="drawings (24), or pairs of each kind (2)")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--held-out", action="store_true", help="characters, flags and tints that training never sees")
    options.add_argument("--pairs", action="store_true", help="before, after and mask of every kind of edit")
    options.add_argument("--svg", action="store_true", help="write NUMBER.svg, and captions.json with what each shows")
    options.add_argument(
        "--speed", action="store_true", help="print how many pictures of 128 px a second two processes draw"
    )
    given = options.parse_args()
    if given.speed:
        print(f"{speed(given.count or 600, 2):.0f} pictures a second")
    elif given.svg:
        rng, said = np.random.default_rng(given.seed), {}
        given.out.mkdir(parents=True, exist_ok=True)
        for index in range(given.count or 24):
            scene = drawings.sample(rng, held_out=given.held_out)
            name = f"{index:05d}.svg"
            (given.out / name).write_text(drawings.svg(scene), encoding="utf-8")
            said[name] = drawings.caption(scene)
        (given.out / "captions.json").write_text(json.dumps(said, indent=1), encoding="utf-8")
    elif given.pairs:
        pairs(given.count or 2, given.seed, held_out=given.held_out).save(given.out)
    else:
        sheet(given.count or 24, given.seed, held_out=given.held_out).save(given.out)


if __name__ == "__main__":
    main()
