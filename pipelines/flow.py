"""The make loop, as the ordered list of its stages. Read this first.

Each stage turns what the stage before kept into something of its own, keeps it under a digest of everything that it
depends on, and does nothing when that is there already: a stage may run twice, on two machines, or after a crash.
"""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from pipelines.deliver import deliver, thumbnail
from pipelines.edits.place import place
from pipelines.errors import AtelierError
from pipelines.model import Asset, Order, Placement, Recipe, Scores, State
from pipelines.references import reference_sheet
from pipelines.score import Slotted, judge, palette, score
from pipelines.vectorize import Likeness, Spliced, compare, finish, splice, trace
from pipelines.workshop import Workshop, slot_key

Kept = dict[str, JsonValue]
Pixels = NDArray[np.uint8]
SCORE_REVISION = 1
VECTOR_REVISION = 1


@dataclass(frozen=True, slots=True)
class Batchmates:
    """The artworks that a batch places in each slot: what a variant must be told apart from. By slot, then by code."""

    artworks: dict[str, dict[str, Placement]]

    def digest(self) -> str:
        """Over codes and artworks."""
        text = repr([(s, c, p.artwork.sha256) for s, a in sorted(self.artworks.items()) for c, p in sorted(a.items())])
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Job:
    """One variant on its way through the stages."""

    order: Order
    mates: Batchmates

    @property
    def recipe(self) -> Recipe:
        """How its pixels are made."""
        return self.order.recipe


@dataclass(frozen=True, slots=True)
class Stage:
    """`key` digests what the stage depends on; `run` makes what it keeps; `reached` is the variant's state then."""

    name: str
    reached: State
    key: Callable[[Job], str]
    run: Callable[[Workshop, Job], Kept]


def edit(shop: Workshop, job: Job) -> Kept:
    """The recipe's edits, one after another, on the master."""
    rgba = shop.master(job.recipe).rgba
    notes: list[JsonValue] = []
    for placement in job.recipe.edits:
        view = shop.view(job.recipe, placement)
        rgba = place(rgba, view, *shop.artwork(job.recipe, placement))
        notes += view.notes
    return {"picture": shop.store.put(_packed(rgba)), "notes": notes}


def score_variant(shop: Workshop, job: Job) -> Kept:
    """Pixels and colours against the master and the artwork."""
    slots = [Slotted(p, shop.view(job.recipe, p), _references(shop, job, p)) for p in job.recipe.edits]
    rgba = _picture(shop, job)
    found = score(shop.master(job.recipe).rgba, rgba, slots)
    return {"scores": found.model_dump(), "palette": list(palette(rgba))}


def vectorize(shop: Workshop, job: Job) -> Kept:
    """The variant as SVG, drawn again and compared; nothing if the brief wants no SVG."""
    if "svg" not in job.order.deliver.formats:
        return {}
    recipe, rgba = job.recipe, _picture(shop, job)
    master = shop.master(recipe)
    if master.root is not None and all(p.layer is not None for p in recipe.edits):
        edits = [Spliced(*shop.artwork(recipe, p), shop.view(recipe, p)) for p in recipe.edits]
        root = splice(master, edits, shop.tracer)
    else:
        root = trace(rgba, shop.tracer)
    svg = finish(root, title=recipe.name, description="", width=recipe.width, height=recipe.height)
    likeness = compare(svg, rgba)
    return {"svg": shop.store.put(svg), "ssim": round(likeness.ssim, 5), "delta_e": round(likeness.delta_e, 4)}


def deliver_variant(shop: Workshop, job: Job) -> Kept:
    """Files in every format and size, and a small picture for contact sheets."""
    rgba = _picture(shop, job)
    drawn = _kept(shop, "vectorize", job).get("svg")
    svg = shop.store.get(str(drawn)) if drawn else None
    files = deliver(job.order, rgba, svg)
    for file in files:
        shop.store.put(file.data)
    return {"assets": [f.asset.model_dump() for f in files], "thumbnail": shop.store.put(thumbnail(rgba))}


def _recipe_key(job: Job) -> str:
    return job.recipe.digest


def _score_key(job: Job) -> str:
    return hashlib.sha256(f"{SCORE_REVISION} {job.recipe.digest} {job.mates.digest()}".encode()).hexdigest()


def _vector_key(job: Job) -> str:
    wanted = "svg" in job.order.deliver.formats
    return hashlib.sha256(f"{VECTOR_REVISION} {job.recipe.digest} {wanted}".encode()).hexdigest()


def _order_key(job: Job) -> str:
    return job.order.digest


STAGES = (
    Stage("edit", "edited", _recipe_key, edit),
    Stage("score", "scored", _score_key, score_variant),
    Stage("vectorize", "vectorized", _vector_key, vectorize),
    Stage("deliver", "delivered", _order_key, deliver_variant),
)


def make(
    shop: Workshop, batch: str, name: str, mates: Batchmates, *, clock: Callable[[], float] = time.perf_counter
) -> None:
    """Take one variant through every stage that it has not passed, and write down each as it is reached.

    An error of its own (a slot that cannot be found, artwork that cannot be drawn) fails this variant alone; a full
    disk or a lost database is raised, since it would fail them all.
    """
    variant = shop.catalogue.variant(batch, name)
    job = Job(variant.order, mates)
    try:
        for stage in STAGES:
            begun = clock()
            _kept(shop, stage.name, job)
            state: State | None = None if stage.reached == "delivered" else stage.reached
            shop.catalogue.update(batch, name, state=state, stage_seconds=(stage.name, round(clock() - begun, 4)))
        _finish(shop, batch, job)
    except AtelierError as error:
        if error.everybody:
            raise
        shop.catalogue.update(batch, name, state="failed", error=str(error), assets=())


def _finish(shop: Workshop, batch: str, job: Job) -> None:
    """Judge the variant and show its files; its last state is written in one go with them."""
    kept = {stage.name: _kept(shop, stage.name, job) for stage in STAGES}
    drawn = kept["vectorize"]
    likeness = Likeness(float(str(drawn["ssim"])), float(str(drawn["delta_e"]))) if "svg" in drawn else None
    scores = Scores.model_validate(kept["score"]["scores"])
    if likeness is not None:
        scores = scores.model_copy(update={"svg_ssim": likeness.ssim, "svg_delta_e": likeness.delta_e})
    own = frozenset(p.code for p in job.recipe.edits)
    shop.catalogue.update(
        batch,
        job.recipe.name,
        state="delivered",
        error=None,
        scores=scores,
        verdict=judge(scores, job.order.gates, own=own, likeness=likeness),
        palette=tuple(map(str, _list(kept["score"]["palette"]))),
        notes=tuple(dict.fromkeys(map(str, _list(kept["edit"]["notes"])))),
        assets=tuple(Asset.model_validate(a) for a in _list(kept["deliver"]["assets"])),
    )


def _kept(shop: Workshop, name: str, job: Job) -> Kept:
    """What a stage keeps for this job; made now if it is not there."""
    stage = next(s for s in STAGES if s.name == name)
    digest = stage.key(job)
    found = shop.catalogue.result(name, digest)
    if found is not None and all(shop.store.has(o) for o in objects_of(found)):
        return found
    if found is not None:
        shop.catalogue.forget_results(name, [digest])
    return shop.catalogue.keep_result(name, digest, stage.run(shop, job))


def objects_of(kept: Kept) -> list[str]:
    """Digests of the stored objects that a stage's record points to."""
    found = [str(kept[k]) for k in ("picture", "svg", "thumbnail", "sheet") if kept.get(k)]
    return found + [Asset.model_validate(a).sha256 for a in _list(kept.get("assets") or [])]


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _picture(shop: Workshop, job: Job) -> Pixels:
    from PIL import Image

    digest = str(_kept(shop, "edit", job)["picture"])
    with Image.open(io.BytesIO(shop.store.get(digest))) as picture:
        return np.asarray(picture.convert("RGBA"))


def _packed(rgba: Pixels) -> bytes:
    """Lossless and quick: this file passes between stages, not to people."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(rgba).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _references(shop: Workshop, job: Job, placement: Placement) -> dict[str, NDArray[np.float32]]:
    """Reference sheets of every artwork that the batch places in this slot. Each is drawn once and kept.

    Starts with the variant's own and goes round, so that workers on different variants share the drawing.
    """
    mates = job.mates.artworks[placement.slot]
    codes = list(mates)
    start = codes.index(placement.code)
    return {code: _sheet(shop, job, mates[code]) for code in codes[start:] + codes[:start]}


def _sheet(shop: Workshop, job: Job, mate: Placement) -> NDArray[np.float32]:
    key = hashlib.sha256(f"{SCORE_REVISION} {slot_key(job.recipe, mate)} {mate.artwork.sha256}".encode()).hexdigest()

    def load() -> NDArray[np.float32]:
        kept = shop.catalogue.result("sheet", key)
        if kept is None or not shop.store.has(str(kept["sheet"])):
            sheet = reference_sheet(shop.view(job.recipe, mate), *shop.artwork(job.recipe, mate))
            out = io.BytesIO()
            np.save(out, sheet.astype(np.float16))
            shop.catalogue.keep_result("sheet", key, {"sheet": shop.store.put(out.getvalue())})
            return sheet.astype(np.float16).astype(np.float32)
        found = np.load(io.BytesIO(shop.store.get(str(kept["sheet"]))))
        return np.asarray(found, dtype=np.float32)

    return shop.sheets.get(key, load)


def mates_of(orders: list[Order]) -> Batchmates:
    """The artworks that a batch places in each slot."""
    artworks: dict[str, dict[str, Placement]] = {}
    for order in orders:
        for placement in order.recipe.edits:
            artworks.setdefault(placement.slot, {})[placement.code] = placement
    return Batchmates(artworks)
