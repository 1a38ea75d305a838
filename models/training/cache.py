"""Drawings kept as memory-mapped arrays: a folder a shard, a file a field.

A shard is drawn from (seed, kind, number) alone and renamed into place when it is whole, so that many processes may
draw at once, a stopped command goes on, and a larger set begins with the smaller one.

  scenes   two drawings of one mascot, with other flags and backdrops: `pictures` and `flags` (n, 2, 128, 128, 3),
           `captions` and `flag_captions` (n, 2), `labels` (n, 2, attributes); and `views` (n, 128, 128, 3), the first
           one from nearer by
  pairs    a picture and its edit: `before` and `after` (n, 128, 128, 3), `mask` (n, 128, 128), `captions` (of `after`),
           `before_captions` and `kinds` (n,)
  foils    a drawing and what a judge must tell apart, `pictures` (n, 4, 128, 128, 3): itself, with another flag, with
           another character, and with another backdrop
  near-pairs  pairs, seen 1 to 4 times as large: how edits look at 256 and 512 px
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models.training import drawings

WORK = Path(".atelier/training")
SIZE = 128
SHARD = 250
KINDS = ("held-out-pairs", "held-out-scenes", "pairs", "scenes", "near-pairs", "foils")
"""Kinds of shard; a new one comes last, as its place is a part of what it draws."""
HELD_OUT = {"scenes": "held-out-scenes", "pairs": "held-out-pairs"}

Fields = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Shelf:
    """All shards of one kind, read as one set."""

    shards: tuple[Fields, ...]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return int(self.starts[-1])

    def take(self, field: str, rows: NDArray[np.integer]) -> NDArray[Any]:
        """The rows of one field, copied into memory."""
        first = self.shards[0][field]
        out = np.empty((len(rows), *first.shape[1:]), first.dtype)
        which = np.searchsorted(self.starts, rows, side="right") - 1
        for shard in np.unique(which):
            here = which == shard
            out[here] = self.shards[shard][field][rows[here] - self.starts[shard]]
        return out


def shelf(work: Path, *kinds: str) -> Shelf:
    """Open what `prepare` has drawn so far of these kinds; raises FileNotFoundError, with the command, if nothing."""
    found = [folder for kind in kinds for folder in sorted((work / kind).glob("[0-9]*"))]
    folders = [folder for folder in found if folder.suffix != ".part"]
    if not folders:
        said = " or ".join(kinds)
        raise FileNotFoundError(f"no drawings of {said} in {work}: run python -m models.training.prepare --work {work}")
    shards = tuple({path.stem: np.load(path, mmap_mode="r") for path in sorted(f.glob("*.npy"))} for f in folders)
    lengths = [len(next(iter(shard.values()))) for shard in shards]
    return Shelf(shards, np.concatenate([[0], np.cumsum(lengths)]))


def draw_shard(work: Path, kind: str, number: int, *, seed: int = 0, count: int = SHARD, size: int = SIZE) -> bool:
    """Draw one shard of a kind of KINDS; false when it is there already."""
    folder = work / kind / f"{number:05d}"
    if folder.exists():
        return False
    half = folder.with_suffix(".part")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    held_out = kind in HELD_OUT.values()
    rng = np.random.default_rng([seed, KINDS.index(kind), number])
    makers = {"scenes": _scene, "foils": _foil}
    one = makers.get(kind.removeprefix("held-out-")) or partial(_pair, near=kind == "near-pairs")
    rows = [one(rng, size=size, held_out=held_out) for _ in range(count)]
    for field in rows[0]:
        np.save(half / f"{field}.npy", np.stack([row[field] for row in rows]))
    half.rename(folder)
    return True


def _scene(rng: np.random.Generator, *, size: int, held_out: bool) -> Fields:
    first = drawings.sample(rng, held_out=held_out)
    second = drawings.other_backdrop(drawings.other_flag(first, rng), rng)
    both = (first, second)
    large = [Image.fromarray(drawings.render(scene, 2 * size)) for scene in both]  # one drawing for two fields: quicker
    crops = [_around(drawings.flag_view(scene), rng) for scene in both]
    return {
        "pictures": np.stack([np.asarray(picture.reduce(2)) for picture in large]),
        "flags": np.stack([_cut(picture, view, size) for picture, view in zip(large, crops, strict=True)]),
        "views": drawings.render(first, size, nearer(rng)),
        "captions": _words([drawings.caption(scene) for scene in both]),
        "flag_captions": _words([drawings.flag_caption(scene) for scene in both]),
        "labels": np.array([list(drawings.labels(scene).values()) for scene in both], np.int16),
    }


def _foil(rng: np.random.Generator, *, size: int, held_out: bool) -> Fields:
    scene = drawings.other_flag(drawings.sample(rng, held_out=held_out), rng)
    changes = (drawings.other_flag, drawings.other_character, drawings.other_backdrop)
    shown = [drawings.render(other, size) for other in (scene, *(change(scene, rng) for change in changes))]
    return {"pictures": np.stack(shown)}


def _pair(rng: np.random.Generator, *, size: int, held_out: bool, near: bool) -> Fields:
    pair = drawings.sample_pair(rng, held_out=held_out)
    before, after, mask = drawings.render_pair(pair, size, nearer(rng) if near else None)
    return {
        "before": before,
        "after": after,
        "mask": np.round(mask * 255).astype(np.uint8),
        "captions": _words(drawings.caption(pair.after)),
        "before_captions": _words(drawings.caption(pair.before)),
        "kinds": _words(pair.kind),
    }


def _cut(picture: Image.Image, view: tuple[float, float, float], size: int) -> NDArray[np.uint8]:
    """A square of a drawing of 512 units as (size, size, 3)."""
    x, y, side = (value * picture.width / 512 for value in view)
    return np.asarray(picture.resize((size, size), Image.Resampling.BICUBIC, box=(x, y, x + side, y + side)))


def nearer(rng: np.random.Generator) -> tuple[float, float, float]:
    """A random square of the drawing, seen 1 to 4 times as large."""
    side = 512 / 4 ** rng.random()
    x, y = rng.random(2) * (512 - side)
    return float(x), float(y), float(side)


def _around(view: tuple[float, float, float], rng: np.random.Generator) -> tuple[float, float, float]:
    """The square, shifted and sized a little differently: nobody cuts a flag exactly."""
    x, y, side = view
    other = side * rng.uniform(0.9, 1.2)
    shift = (side - other) / 2 + rng.uniform(-0.06, 0.06, 2) * side
    left, top = np.clip((x + shift[0], y + shift[1]), 0, 512 - other)
    return float(left), float(top), float(other)


def _words(text: str | list[str]) -> NDArray[np.str_]:
    return np.array(text, dtype="<U320")
