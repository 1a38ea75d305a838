"""A brief with judges and twelve teams, made with models that hold no weights and tell what they were asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from pipelines.brief import Shelf, read_brief
from pipelines.brief.model_shelf import ModelShelf
from pipelines.catalogue import Batch, Catalogue
from pipelines.engines.embedder import F32, Pixels
from pipelines.engines.fakes import FakeModels
from pipelines.engines.hashed import FakeEmbedder
from pipelines.engines.models import Models as AnyModels
from pipelines.engines.painter import SEEDING, Outcome, Painted, Repainting
from pipelines.engines.patcher import FakePatcher
from pipelines.errors import EngineError
from pipelines.flow import judge_set, make, settle
from pipelines.home import ROOT
from pipelines.model import PaintRecord, Variant
from pipelines.plan import make_plan
from pipelines.profiles import Profile, load_profiles
from pipelines.stages import mates_of
from pipelines.store import FolderStore
from pipelines.tracing.better import BetterTracer
from pipelines.workshop import Workshop
from tests.briefs import BRIEF, write_brief
from tests.drawn import disc, tricolour
from tests.pipelines.brief.made import Models

TEAMS = ("ash", "bay", "elm", "fig", "fir", "ivy", "oak", "pea", "rye", "sage", "tea", "yew")
JUDGED = (
    BRIEF.replace("values: [red, green, blue]", f"values: [{', '.join(TEAMS)}]")
    + "styles: [ink-flat]\njudges: {embedder: clip, patcher: dino}\ndeliver: {formats: [png]}\n"
)
REPAINTED = JUDGED.replace(
    'team}.svg"}\n', 'team}.svg"}\n    - {edit: repaint, keep: [hand], strength: 0.6, seed: 7}\n'
)


@dataclass
class Judge:
    """A fake embedder and patcher in one: how many pictures and texts it was given, and which it cannot read."""

    name: str = "judge 1"
    asked: list[str] = field(default_factory=list)
    broken: Pixels | None = None

    def pictures(self, pictures: Sequence[Pixels]) -> F32:
        self.asked += ["picture"] * len(pictures)
        if any(self.broken is not None and np.array_equal(p, self.broken) for p in pictures):
            raise EngineError("the model gave numbers that are not finite", got="nan", fix="run it in fp32")
        return FakeEmbedder().pictures(pictures)

    def texts(self, texts: Sequence[str]) -> F32:
        self.asked += ["text"] * len(texts)
        return FakeEmbedder().texts(texts)

    def patches(self, pictures: Sequence[Pixels]) -> F32:
        self.asked += ["patches"] * len(pictures)
        return FakePatcher().patches(pictures)


@dataclass
class Moody:
    """A painter that keeps what it is shown, but for some seeds, for which it paints it all over with noise."""

    profile: Profile
    rubbish: frozenset[int] = frozenset()
    seeds: list[int] = field(default_factory=list)

    def paint(self, requests: Sequence[Repainting], *, batch: int | None = None) -> tuple[Outcome, ...]:
        return tuple(self._painted(request, batch or len(requests)) for request in requests)

    def _painted(self, request: Repainting, batch: int) -> Painted:
        if request.mask.any():
            self.seeds.append(request.seed)
        picture = request.picture
        if request.seed in self.rubbish and request.mask.any():
            noise = np.random.default_rng(request.seed).integers(0, 90, picture.shape)
            picture = np.where(request.mask[..., None] > 0, noise, picture).astype(np.uint8)
        width, height = request.size
        record = PaintRecord(
            seed=request.seed, seeding=SEEDING, profile=self.profile.name, checkpoint="0" * 64, revision="",
            device="cpu", precision="fp32", vae_precision="fp32", scheduler="none", steps_run=1, batch=batch,
            width=width, height=height, threads=1, versions={},
        )  # fmt: skip
        return Painted(picture, record)


@dataclass(frozen=True)
class Judges(FakeModels):
    """Fake models with one judge for all, and one painter."""

    judge: Judge = field(default_factory=Judge)
    moody: Moody | None = None

    def embedder(self, where: str) -> Judge:
        if where == "not-here":
            raise EngineError("there is no such model on this machine", got=where, fix="pull it")
        return self.judge

    def patcher(self, where: str) -> Judge:
        return self.judge

    def painter(self, profile: str, checkpoint: str, weights: str) -> Moody:
        assert self.moody is not None
        return self.moody


def shop_of(folder: Path, models: AnyModels | None = None) -> Workshop:
    """A workshop with its catalogue and store in `folder`; a second one shares them, as another process would."""
    catalogue = Catalogue.open(f"sqlite:///{folder / 'catalogue.sqlite'}")
    return Workshop(FolderStore(folder / "objects"), catalogue, BetterTracer(), models or Judges(load_profiles(ROOT)))


def painting(rubbish: Sequence[int] = ()) -> Judges:
    """Models whose painter paints rubbish for these seeds."""
    profiles = load_profiles(ROOT)
    return Judges(profiles, moody=Moody(profiles["sd15"], frozenset(rubbish)))


def write_judged(folder: Path, text: str) -> Path:
    """A brief with a master on sky and artwork for every team in `folder`; the brief's path."""
    brief = write_brief(folder, text=text)
    sky = b'<rect id="sky" width="256" height="256" fill="#cfe8f0"/>'
    drawing = (folder / "master.svg").read_bytes()
    (folder / "master.svg").write_bytes(drawing.replace(b'<rect id="pole"', sky + b'<rect id="pole"'))
    for i, team in enumerate(TEAMS):
        colours = [f"#{150 + 37 * i % 90:02x}{150 + 40 * (i + j) % 90:02x}{150 + 53 * i % 90:02x}" for j in range(3)]
        art = tricolour(*colours) if i % 2 else disc(colours[0], colours[1])
        (folder / "art" / f"{team}.svg").write_bytes(art)
    return brief


def planned(shop: Workshop, folder: Path, text: str = JUDGED, *, models: ModelShelf | None = None) -> Batch:
    """A batch of that brief, whose models need not be on this machine unless `models` says so."""
    brief = write_judged(folder, text)
    shelf = replace(Shelf.open(folder, root=ROOT), models=models or Models())
    done = make_plan(read_brief(brief.read_text(), shelf).brief, shelf)
    for data in done.files.values():
        shop.store.put(data)
    return shop.catalogue.create_batch(done.plan, text)


def settle_all(shop: Workshop, batch: Batch) -> None:
    """All variants of a batch through the stages that may use models, together."""
    settle(
        shop, batch.id, shop.catalogue.names(batch.id), mates_of([v.order for v in shop.catalogue.variants(batch.id)])
    )


def make_all(shop: Workshop, batch: Batch) -> dict[str, Variant]:
    """Every variant made and the set judged; the variants by name."""
    settle_all(shop, batch)
    mates = mates_of([v.order for v in shop.catalogue.variants(batch.id)])
    for name in shop.catalogue.names(batch.id):
        if shop.catalogue.variant(batch.id, name).state != "failed":
            make(shop, batch.id, name, mates)
    judge_set(shop, batch.id, mates)
    return variants_of(shop, batch)


def variants_of(shop: Workshop, batch: Batch) -> dict[str, Variant]:
    """The variants by name, as the catalogue has them."""
    return {v.order.recipe.name: v for v in shop.catalogue.variants(batch.id)}
