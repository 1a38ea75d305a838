"""Masters that others drew, as designers send them: Inkscape files in millimetres, with unnamed paths and clones.

The files lie beside the project (../shared/masters) and are no part of it; without them these tests are skipped.
"""

from __future__ import annotations

import functools
import io
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import binary_erosion

from pipelines.brief import Shelf, read_brief
from pipelines.catalogue import Catalogue
from pipelines.engines.fakes import FakeModels
from pipelines.engines.renderer import render
from pipelines.flow import kept_of
from pipelines.home import ROOT
from pipelines.model import Gates, Scores
from pipelines.plan import make_plan
from pipelines.score import judge
from pipelines.slots.view import SlotView
from pipelines.sources import parse_svg
from pipelines.stages import Job, mates_of
from pipelines.store import FolderStore
from pipelines.tracing.better import BetterTracer
from pipelines.workshop import Workshop

Pixels = NDArray[np.uint8]
MASTERS = ROOT.parent / "shared" / "masters"
BLANK = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2"><path d="M0 0h3v2H0z" fill="#fff"/></svg>'
BRIEF = """\
brief: 1
name: gopher
why: to try a master that somebody else drew
data_used: []
biases: []
master: {{file: master.svg, size: 512}}
slots:
  place: {slot}
axes:
  {axis}: {{values: [{values}]}}
edits:
  {axis}:
    - {{edit: place, slot: place, fit: {fit}{artwork}}}
prompt: "a gopher, {{{axis}}}"
"""
BADGE = (
    (81.79, 99.71), (90.56, 97.81), (99.03, 98.77), (102.9, 96.21), (105.02, 97.1), (106.14, 98.88), (104.27, 102.09),
    (104.51, 108.51), (88.08, 121.1), (74.15, 110.17), (75.78, 103.65), (74.57, 100.6), (76.09, 98.68), (78.42, 97.55),
)  # fmt: skip
COVER = ((276.1, 239.9), (392.8, 169.3), (381.3, 370.3), (275.6, 454.1))

pytestmark = [
    pytest.mark.skipif(not list(MASTERS.glob("*.svg")), reason="../shared/masters is not here"),
    pytest.mark.xdist_group("masters"),  # one worker opens them
]


@dataclass(frozen=True)
class Trial:
    """A master with its natural slot; `own` is the colour of the slot's plain parts today."""

    master: str
    slot: str
    own: tuple[int, int, int]
    fit: str = "flag"
    current: tuple[float, float, float, float] | None = None


def corners(points: tuple[tuple[float, float], ...]) -> str:
    return "[" + ", ".join(f"[{x}, {y}]" for x, y in points) + "]"


def box(points: tuple[tuple[float, float], ...]) -> tuple[float, float, float, float]:
    (left, top), (right, bottom) = np.min(points, axis=0), np.max(points, axis=0)
    return float(left), float(top), float(right - left), float(bottom - top)


TRIALS = {
    "balloon": Trial("gopher-heart-balloon", "{layer: path4666}", (201, 10, 10)),
    "book": Trial("gopher-with-C-book", f"{{polygon: {corners(COVER)}}}", (228, 107, 100)),
    "badge": Trial(
        "gopher-wwgl", f"{{polygon: {corners(BADGE)}, current: now.png}}", (126, 85, 118), "stretch", box(BADGE)
    ),
}


@dataclass(frozen=True, eq=False)
class Made:
    """A variant beside its master."""

    rgba: Pixels
    master: Pixels
    view: SlotView
    scores: Scores

    @property
    def free(self) -> NDArray[np.bool_]:
        """The slot's pixels."""
        return self.view.mask(*self.rgba.shape[:2])


@pytest.fixture(scope="module")
def workplace_of_masters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("masters")


@pytest.fixture(scope="module", params=TRIALS)
def trial(request: pytest.FixtureRequest) -> Trial:
    return TRIALS[request.param]


@pytest.fixture(scope="module")
def flags(trial: Trial, workplace_of_masters: Path) -> dict[str, Made]:
    """Flags that this project drew, in the slot."""
    return made(trial, workplace_of_masters / trial.master, axis="region", values="JP, FR")


@pytest.fixture(scope="module")
def blank(trial: Trial, workplace_of_masters: Path) -> Made:
    """Plain white artwork: whatever shows on it is not its own."""
    folder = workplace_of_masters / f"{trial.master}-blank"
    return made(trial, folder, axis="look", values="blank", artwork=', artwork: "{look}.svg"')["blank"]


def made(trial: Trial, folder: Path, *, axis: str, values: str, artwork: str = "") -> dict[str, Made]:
    """The variants of a brief in `folder`, edited and scored by the flow's own stages."""
    folder.mkdir()
    shutil.copyfile(MASTERS / f"{trial.master}.svg", folder / "master.svg")
    (folder / "blank.svg").write_bytes(BLANK)
    if trial.current is not None:
        (folder / "now.png").write_bytes(drawn_today(trial))
    shelf = Shelf.open(folder, root=ROOT)
    text = BRIEF.format(slot=trial.slot, axis=axis, values=values, fit=trial.fit, artwork=artwork)
    planned = make_plan(read_brief(text, shelf).brief, shelf)
    catalogue = Catalogue.open(f"sqlite:///{folder / 'catalogue.sqlite'}")
    shop = Workshop(FolderStore(folder / "objects"), catalogue, BetterTracer(), FakeModels())
    for data in planned.files.values():
        shop.store.put(data)
    mates = mates_of(list(planned.plan.orders))
    return {order.recipe.name: _one(shop, Job(order, mates)) for order in planned.plan.orders}


def _one(shop: Workshop, job: Job) -> Made:
    with Image.open(io.BytesIO(shop.store.get(str(kept_of(shop, "edit", job)["picture"])))) as picture:
        rgba = np.asarray(picture.convert("RGBA"))
    recipe = job.recipe
    scores = Scores.model_validate(kept_of(shop, "score", job)["scores"])
    return Made(rgba, shop.bench.master(recipe).rgba, shop.bench.view(recipe, recipe.placements[0]), scores)


@functools.cache
def drawn_today(trial: Trial) -> bytes:
    """What the slot shows today, as a designer would cut it out of the master."""
    root = parse_svg((MASTERS / f"{trial.master}.svg").read_bytes(), trial.master)
    out = io.BytesIO()
    Image.fromarray(render(root, 320, 249, window=trial.current)).save(out, "PNG")
    return out.getvalue()


def plain_parts(made: Made, trial: Trial) -> NDArray[np.bool_]:
    """The slot's pixels, off its border, that show its own colour today."""
    own = (made.master[..., :3] == trial.own).all(axis=2)
    inside: NDArray[np.bool_] = binary_erosion(made.free, iterations=3) & own
    return inside


def test_the_slot_is_where_it_should_be(flags: dict[str, Made], trial: Trial) -> None:
    made = flags["jp"]
    share = plain_parts(made, trial).sum() / made.free.sum()
    assert share > 0.6


def test_not_a_pixel_outside_the_slot_changes(flags: dict[str, Made], blank: Made) -> None:
    for made in (*flags.values(), blank):
        assert np.array_equal(made.rgba[~made.free], made.master[~made.free])
        assert np.array_equal(made.rgba[..., 3], made.master[..., 3])
        assert made.scores.changed_outside == 0


def test_the_old_colour_is_gone_entirely(blank: Made, trial: Trial) -> None:
    assert (blank.rgba[plain_parts(blank, trial)][:, :3] > 245).all()


def test_flags_are_flat_where_the_slot_is(flags: dict[str, Made], trial: Trial) -> None:
    """The tricolour's middle is white, without a trace of what was there."""
    middle = flags["fr"].rgba.astype(int)[plain_parts(flags["fr"], trial)][:, :3]
    kinds = [np.abs(middle - colour).max(axis=1) < 12 for colour in ((0, 0, 145), (255, 255, 255), (225, 0, 15))]
    assert sum(kind.mean() for kind in kinds) > 0.95
    assert all(kind.mean() > 0.1 for kind in kinds)


def test_every_variant_is_accepted_and_nearest_to_its_own_flag(flags: dict[str, Made]) -> None:
    for name, made in flags.items():
        verdict = judge(made.scores, Gates(), own=frozenset([name.upper()]), proof=None)
        assert verdict.outcome == "accepted", verdict.reasons


@pytest.mark.parametrize("trial", ["book", "badge"], indirect=True)
def test_lettering_that_was_on_the_slot_leaves_no_ghost(blank: Made) -> None:
    inside = binary_erosion(blank.free, iterations=4)
    specks = (blank.rgba[inside][:, :3] < 235).any(axis=1)
    assert specks.mean() < 0.0005


@pytest.mark.parametrize("trial", ["balloon"], indirect=True)
def test_gleams_and_outline_drawn_over_the_slot_stay_as_they_are(flags: dict[str, Made]) -> None:
    made = flags["jp"]
    gleam = (made.master[..., :3] == (223, 61, 61)).all(axis=2)
    assert gleam.sum() > 500
    assert np.array_equal(made.rgba[gleam], made.master[gleam])
