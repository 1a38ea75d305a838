"""The vectorizer beside what anybody would do instead: vtracer with its defaults, then svgo.

python -m benchmarks.vectorize [FOLDER …] [--limit 24] [--only MX BR …] [--jobs 2] [--html PAGE] [--quick] [--json]

Drawings that are known (scenes of the project's own illustrator, the example masters, flags and emoji of installed
packages, or every SVG of the folders given) are drawn 512 px wide, traced, and compared with the drawing at 1024 px,
on white.

  clean       the pixels as they are drawn, transparent where the drawing is
  degraded    on white, blurred by 0.8 px, colours mottled by ±2 levels, noise of σ 3, JPEG 88

The time is the processor's, of one core, everything that is started counted in.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.table import finish, parser, show
from benchmarks.vectorize import baseline
from benchmarks.vectorize.inputs import CONDITIONS
from benchmarks.vectorize.page import page
from benchmarks.vectorize.summary import COLUMNS, by_family, losses, rows
from benchmarks.vectorize.trials import Prepared, prepare, tries
from benchmarks.vectorize.truths import Truth, of_folders, shipped, spread

QUICK = 10  # pictures


def chosen(given: argparse.Namespace) -> list[Truth]:
    """The pictures that were asked for."""
    truths = of_folders(given.folder) if given.folder else shipped()
    if given.only:
        truths = [truth for truth in truths if truth.name in given.only]
    count = QUICK if given.quick and not given.limit else given.limit
    return spread(truths, count) if count else truths


def arguments() -> argparse.Namespace:
    """Which pictures, on how many cores, and what is written."""
    asked = parser(__doc__)
    asked.add_argument("folder", nargs="*", type=Path, help="folders of SVGs, in place of the project's own pictures")
    asked.add_argument("--only", nargs="+", metavar="NAME", help="these pictures alone")
    asked.add_argument("--limit", type=int, metavar="N", help="this many, in turn from every set")
    asked.add_argument("--jobs", type=int, default=1, metavar="N", help="cores to use; the time stays that of one")
    asked.add_argument("--html", type=Path, metavar="PAGE", help="write a page of the hard and the lost pictures")
    return asked.parse_args()


def main() -> None:
    """Measure and print."""
    given = arguments()
    if wanting := baseline.missing():
        sys.exit(wanting)
    ready: list[Prepared] = []
    for case in prepare(chosen(given)):
        if isinstance(case, Prepared):
            ready.append(case)
        else:
            print(case)
    if not ready:
        sys.exit("there is no picture to trace: name a folder of SVGs, or run `make artwork` and leave --only out")
    trials = list(tries(ready, jobs=given.jobs))
    found = rows(trials)
    told = [row.cells() for row in found]
    show(f"Medians of {len(trials)} pictures", ("figure", "baseline", "ours", "at least", "aim", ""), told)
    show("By set (the baseline's)", ("set", "", "wins", *COLUMNS), by_family(trials))
    if lost := [line for condition in CONDITIONS for line in losses(trials, condition)]:
        show("Where the baseline is more like the truth", ("picture", "", "SSIM", "its", "ΔE00", "its"), lost)
    if given.html:
        given.html.write_text(page(trials, found), "utf-8")
    finish({row.key: round(row.ours, 4) for row in found}, as_json=given.json)


if __name__ == "__main__":
    main()
