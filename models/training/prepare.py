"""Draw the pictures that the starter models learn from, and keep them as memory-mapped arrays.

Scenes come before pairs, so that the VAE and CLIP may start to train while the pairs are still being drawn: a trainer
reads what is there when it starts. Stopped, the command goes on where it was; with larger numbers it adds to what is
there. 1,000 mascots take 0.4 GB, 1,000 pairs 0.12 GB.

  python -m models.training.prepare
  python -m models.training.prepare --mascots 20000 --pairs 20000 --processes 8
"""

from __future__ import annotations

import argparse
import multiprocessing
from functools import partial
from pathlib import Path

from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn, TimeRemainingColumn

from models.training.cache import HELD_OUT, SHARD, WORK, draw_shard


def tasks(*, mascots: int, pairs: int, near: int, foils: int, held_out: int) -> list[tuple[str, int]]:
    """The shards to draw, in order: the held-out ones first, since they are few and every measure needs them."""
    first = [(HELD_OUT["scenes"], held_out), (HELD_OUT["pairs"], held_out)]
    wanted = [*first, ("scenes", mascots), ("pairs", pairs), ("near-pairs", near), ("foils", foils)]
    return [(kind, number) for kind, count in wanted for number in range(-(-count // SHARD))]


def _draw(task: tuple[str, int], work: Path, seed: int) -> bool:
    return draw_shard(work, *task, seed=seed)


def main() -> None:
    """Draw with some processes, showing how far it is."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--work", type=Path, default=WORK, help="where they are kept (%(default)s)")
    options.add_argument("--mascots", type=int, default=12_000, help="each with two scenes (%(default)s)")
    options.add_argument("--pairs", type=int, default=16_000, help="edits, before and after (%(default)s)")
    options.add_argument("--near", type=int, default=8_000, help="more edits, seen from nearer by (%(default)s)")
    options.add_argument("--foils", type=int, default=6_000, help="drawings with what they are not (%(default)s)")
    options.add_argument("--held-out", type=int, default=500, help="of either, never trained on (%(default)s)")
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    todo = tasks(mascots=given.mascots, pairs=given.pairs, near=given.near, foils=given.foils, held_out=given.held_out)
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with multiprocessing.Pool(given.processes) as pool, Progress(*columns) as bar:
        work = partial(_draw, work=given.work, seed=given.seed)
        for _ in bar.track(pool.imap(work, todo), total=len(todo), description="shards of 250"):
            pass


if __name__ == "__main__":
    main()
