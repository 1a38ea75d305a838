"""What each stage of the flow does with variants: `flow.py` has them in order, and keeps what they make.

A stage gets jobs with what the stages before kept for them, and returns what is to be kept, or the error of that job.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from pipelines import chain
from pipelines.declared import free_of, is_drawing
from pipelines.deliver import deliver, thumbnail
from pipelines.edits.letter import covered, set_text
from pipelines.edits.repaint import SEEDS
from pipelines.errors import AtelierError
from pipelines.lettering.slot import without
from pipelines.likening import Asked, Likened, packed, parts_json, standings_json
from pipelines.master import resize
from pipelines.model import Lettering, Order, Paint, Painting, Placement, Recipe, Recoloring, Variant
from pipelines.redrawing import Finished, redraw
from pipelines.score import Slotted, palette, score
from pipelines.slots.view import SlotView
from pipelines.vector_proof import prove, unfit
from pipelines.vectorize import finish
from pipelines.workshop import Workshop

Kept = dict[str, JsonValue]
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Batchmates:
    """The artworks that a batch places in each slot: what a variant must be told apart from. By slot, then by code."""

    artworks: dict[str, dict[str, Placement]]

    @cached_property
    def digest(self) -> str:
        """Over codes and artworks."""
        text = repr([(s, c, p.artwork.sha256) for s, a in sorted(self.artworks.items()) for c, p in sorted(a.items())])
        return hashlib.sha256(text.encode()).hexdigest()


def mates_of(orders: Sequence[Order]) -> Batchmates:
    """The artworks that a batch places in each slot."""
    artworks: dict[str, dict[str, Placement]] = {}
    for order in orders:
        for placement in order.recipe.placements:
            artworks.setdefault(placement.slot, {})[placement.code] = placement
    return Batchmates(artworks)


@dataclass(frozen=True, slots=True)
class Job:
    """One variant on its way through the stages; `take` says how often it was painted again."""

    order: Order
    mates: Batchmates
    take: int = 0

    @property
    def recipe(self) -> Recipe:
        """How its pixels are made."""
        return self.order.recipe


@dataclass(frozen=True, slots=True)
class Going:
    """A job, and what the stages before kept for it, by their names."""

    job: Job
    before: Mapping[str, Kept]

    @property
    def recipe(self) -> Recipe:
        """How its pixels are made."""
        return self.job.recipe


Results = list[Kept | AtelierError]


def edit(shop: Workshop, going: Sequence[Going]) -> Results:
    """The recipes' edits, one after another, on their masters; what must be painted is painted together."""
    made = chain.run(shop.bench, [chain.Turn(one.recipe, one.job.take) for one in going])
    return [work if isinstance(work, AtelierError) else _worked(shop, one.recipe, work)
            for one, work in zip(going, made, strict=True)]  # fmt: skip


def _worked(shop: Workshop, recipe: Recipe, work: chain.Work) -> Kept:
    kept: Kept = {"picture": shop.store.put(_packed(work.rgba)), "notes": list(work.notes)}
    if work.paints:
        kept["paints"] = [paint.model_dump(mode="json") for paint in work.paints]
    if not is_drawing(recipe):
        kept["base"] = shop.store.put(_packed(work.base))
    if work.overlay is not None:
        kept |= {"bare": shop.store.put(_packed(work.overlay.bare)), "letterings": len(work.overlay.set)}
    return kept


def look_clean(shop: Workshop, one: Going) -> Kept:
    """How clean the painted parts are that were kept."""
    recipe, paints = one.recipe, paints_of(one.before["edit"])
    kept = [step for step, paint in zip(recipe.paintings, paints, strict=True) if paint.kept and step.strength > 0]
    if not kept:
        return {}
    picture = resize(_picture(shop, one), recipe.width, recipe.height)
    return {"clean": standings_json({"clean": shop.bench.cleanliness(recipe, kept).standing(picture)})}


def liken(shop: Workshop, going: Sequence[Going]) -> Results:
    """What the judges say of how alike variants and their master are."""
    found = shop.likener.measure([_asked(shop, one) for one in going])
    return [one if isinstance(one, AtelierError) else _likened(shop, one) for one in found]


def _asked(shop: Workshop, one: Going) -> Asked:
    kept = tuple(paint.kept for paint in paints_of(one.before["edit"]))
    return Asked(one.job.order, partial(_picture, shop, one), kept)


def _likened(shop: Workshop, likened: Likened) -> Kept:
    standings, parts = standings_json(likened.standings), parts_json(likened)
    return {"likened": shop.store.put(packed(likened)), "standings": standings, "parts": parts}


def score_variant(shop: Workshop, one: Going) -> Kept:
    """Pixels and colours against the master and the artwork."""
    recipe, rgba = one.recipe, _picture(shop, one)
    base = shop.bench.master(recipe).rgba if is_drawing(recipe) else _stored(shop, one, "base")
    at_masters_size = resize(rgba, recipe.width, recipe.height)
    outlined = _stored(shop, one, "bare") if _on_top(one) else None
    free = free_of(shop.bench, recipe)
    found = score(base, rgba, free, _slotted(shop, one), laid=at_masters_size, outlined=outlined)
    return {"scores": found.model_dump(), "palette": list(palette(rgba))}


def _slotted(shop: Workshop, one: Going) -> list[Slotted]:
    """The placed slots that can be measured: after a recolouring of the whole picture none can."""
    recipe = one.recipe
    if any(isinstance(step, Recoloring) for step in recipe.edits):
        return []
    return [Slotted(p, _unlettered(shop, recipe, p), _references(shop, one, p)) for p in recipe.placements]


def _unlettered(shop: Workshop, recipe: Recipe, placement: Placement) -> SlotView:
    """A placement's slot without the pixels that text was set over."""
    view, master = shop.bench.view(recipe, placement), shop.bench.master(recipe)
    for step in recipe.edits[recipe.edits.index(placement) :]:
        if isinstance(step, Lettering):
            over = shop.bench.view(recipe, step)
            view = without(view, covered(step, set_text(over, step, master, shop.read), over, master))
    return view


def vectorize(shop: Workshop, one: Going) -> Kept:
    """The variant as SVG, drawn again and compared; nothing if the brief wants no drawing."""
    if not one.job.order.deliver.drawn:
        return {}
    recipe, rgba = one.recipe, _picture(shop, one)
    base = shop.bench.master(recipe).rgba if is_drawing(recipe) else _stored(shop, one, "base")
    on_top = _on_top(one)
    bare = _stored(shop, one, "bare") if on_top else rgba
    style = tuple(one.job.order.palette.values())
    done = Finished(shop, recipe, rgba, base, bare, steps=_kept_steps(one), on_top=on_top, style=style)
    wide, high = recipe.size
    svg = finish(redraw(done), title=recipe.name, description="", width=wide, height=high)
    proof = prove(svg, rgba)
    kept: Kept = {"svg": shop.store.put(svg), "proof": proof.model_dump()}
    remark = unfit(svg, proof, rgba.shape[:2])
    return kept if remark is None else {**kept, "notes": [f"as SVG: {remark}"]}


def _on_top(one: Going) -> tuple[Lettering, ...]:
    """The text that nothing has covered since."""
    letterings = tuple(step for step in one.recipe.edits if isinstance(step, Lettering))
    count = int(str(one.before["edit"].get("letterings", 0)))
    return letterings[len(letterings) - count :]


def _kept_steps(one: Going) -> tuple[Placement | Lettering | Painting, ...]:
    """The edits of single places, without the paint that was found no better."""
    paints = iter(paints_of(one.before["edit"]))
    kept = (step for step in one.recipe.edits if not isinstance(step, Painting) or next(paints).kept)
    return tuple(step for step in kept if isinstance(step, Placement | Lettering | Painting))


def deliver_variant(shop: Workshop, one: Going) -> Kept:
    """Files in every format and size, and a small picture for contact sheets."""
    rgba, drawn = _picture(shop, one), one.before["vectorize"].get("svg")
    svg = shop.store.get(str(drawn)) if drawn else None
    files = deliver(one.job.order, rgba, svg)
    for file in files:
        shop.store.put(file.data)
    kept: Kept = {"assets": [f.asset.model_dump() for f in files], "thumbnail": shop.store.put(thumbnail(rgba))}
    return {**kept, "svg": drawn} if drawn else kept


def one_by_one(run: Callable[[Workshop, Going], Kept]) -> Callable[[Workshop, Sequence[Going]], Results]:
    """A stage that does not care for company."""

    def each(shop: Workshop, going: Sequence[Going]) -> Results:
        return [_alone(run, shop, one) for one in going]

    return each


def _alone(run: Callable[[Workshop, Going], Kept], shop: Workshop, one: Going) -> Kept | AtelierError:
    try:
        return run(shop, one)
    except AtelierError as error:
        if error.everybody:
            raise
        return error


def paints_of(kept: Kept) -> tuple[Paint, ...]:
    """The records of repaints that an edit stage kept."""
    found = kept.get("paints")
    return tuple(Paint.model_validate(paint) for paint in found) if isinstance(found, list) else ()


def digest_at(text: str, take: int) -> str:
    """The digest of a text at a take; the first take of a recipe or an order is known by that one's own digest."""
    if not take and len(text) == hashlib.sha256().digest_size * 2:
        return text
    return hashlib.sha256(f"{text} take {take}".encode()).hexdigest()


def delivered(shop: Workshop, variant: Variant) -> Kept | None:
    """What the delivery of a variant kept, at the take that was settled on; None where nothing is kept."""
    return shop.catalogue.result("deliver", digest_at(variant.order.digest, take_of(variant)))


def take_of(variant: Variant) -> int:
    """How often a variant was painted again: the seed of its paint says so."""
    first, paintings = variant.paints[:1], variant.order.recipe.paintings
    return (first[0].record.seed - paintings[0].seed) % SEEDS if first else 0


def _picture(shop: Workshop, one: Going) -> Pixels:
    return _stored(shop, one, "picture")


def _stored(shop: Workshop, one: Going, what: str) -> Pixels:
    from PIL import Image

    with Image.open(io.BytesIO(shop.store.get(str(one.before["edit"][what])))) as picture:
        return np.asarray(picture.convert("RGBA"))


def _packed(rgba: Pixels) -> bytes:
    """Lossless and quick: this file passes between stages, not to people."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(rgba).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _references(shop: Workshop, one: Going, placement: Placement) -> dict[str, NDArray[np.float32]]:
    """Reference sheets of every artwork that the batch places in this slot. Each is drawn once and kept.

    Starts with the variant's own and goes round, so that workers on different variants share the drawing.
    """
    mates = {**one.job.mates.artworks[placement.slot], placement.code: placement}  # one code may have several artworks
    codes = list(mates)
    start = codes.index(placement.code)
    return {code: shop.sheet(one.recipe, mates[code]) for code in codes[start:] + codes[:start]}
