"""The learned scores of variants, as the flow keeps them: measured together, calibrated once a master, in words.

    order, picture ─Likener─▶ Likened (standings, embeddings) ─decided─▶ accept, paint again, or review

What only a whole set can tell is in `pipelines.likeness.together`.
"""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue, TypeAdapter

from pipelines.bench import Bench, slot_key
from pipelines.close_ups import CloseUps, Sheets, drawn_sheets
from pipelines.crop import choose, cut, stitch
from pipelines.declared import free_of
from pipelines.edits.repaint import reference_picture
from pipelines.engines.painter import Painted, Painter, Repainting
from pipelines.errors import AtelierError
from pipelines.learned import Learned as Measured
from pipelines.learned import LearnedScorer, References
from pipelines.likeness.calibration import Calibration, Standing
from pipelines.likeness.gates import USUAL, Decision, LearnedGates, decide
from pipelines.likeness.outliers import Outlier
from pipelines.likeness.shown import Measure, Shown
from pipelines.master import resize
from pipelines.model import Learned, Lettering, Order, Painting, Placement, Recipe
from pipelines.recent import Recent

F32 = NDArray[np.float32]
Pixels = NDArray[np.uint8]
_STANDINGS = TypeAdapter(dict[str, Standing])
_PARTS = TypeAdapter(list[tuple[Measure, str, str]])
_PANELS = 64  # a panel holds vectors alone, some megabytes with a patcher
_LATER = "known once all variants are there"
_PLAIN = {
    "prompt": _LATER,
    "artwork": _LATER,
    "painted": _LATER,
    "identity-worst": "the least alike part of what had to stay",
    "inside": "of the part that changes",
}
"""Measures that no copy of the master can calibrate, and what to say of them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A variant that is to be measured; `picture` gives its finished pixels (h, w, 4) when their turn comes. `kept`
    says which of its repaints were kept.
    """

    order: Order
    picture: Callable[[], Pixels]
    kept: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Likened:
    """What was measured of one variant: where each measure stands, its embedding (d,), its prompt's, if any, and what
    its parts show.
    """

    standings: dict[str, Standing]
    vector: F32
    prompt: F32 | None
    shown: tuple[Shown, ...] = ()


class Likener:
    """Measures variants with their orders' judges. Scorers are kept for the masters that were asked for last."""

    def __init__(self, bench: Bench, cache: MutableMapping[str, F32], *, sheet: Sheets | None = None) -> None:
        """`cache` keeps embeddings of what many variants share: the master, references, other characters, prompts.
        `sheet` gives placements' reference sheets, where they are kept; left out, they are drawn.
        """
        self._bench, self._cache, self._sheet = bench, cache, sheet or drawn_sheets(bench)
        self._panels: Recent[LearnedScorer] = Recent(_PANELS)

    def measure(self, asked: Sequence[Asked]) -> list[Likened | AtelierError]:
        """Measure variants whose orders have judges; those of one master and mask go through the models together.

        What fails fails alone: an EngineError stands in its place. Errors that would strike all are raised.
        """
        found: dict[int, Likened | AtelierError] = {}
        groups: dict[str, list[int]] = {}
        for index, one in enumerate(asked):
            groups.setdefault(_panel_key(one.order), []).append(index)
        for key, group in groups.items():
            found |= zip(group, self._together(key, [asked[i] for i in group]), strict=True)
        return [found[i] for i in range(len(asked))]

    def _together(self, key: str, group: list[Asked]) -> Sequence[Likened | AtelierError]:
        try:
            scorer = self._panels.get(key, lambda: self._opened(group[0].order))
        except AtelierError as error:
            if error.everybody:
                raise
            return [error] * len(group)
        return self._measured(scorer, group)

    def _measured(self, scorer: LearnedScorer, group: list[Asked]) -> Sequence[Likened | AtelierError]:
        """All at once, or one by one where that fails, so that the one that is to blame fails alone."""
        closer = [CloseUps(self._bench, self._sheet, one.order.recipe, one.kept) for one in group]
        try:
            seen = (close.seen(_sized(one)) for close, one in zip(closer, group, strict=True))
            found = scorer.measure(seen, [one.order.prompt for one in group])
            shown = [close.shown(scorer) for close in closer]
        except AtelierError as error:
            if error.everybody:
                raise
            return [error] if len(group) == 1 else [self._measured(scorer, [one])[0] for one in group]
        return [_likened(one, parts, scorer.calibrations) for one, parts in zip(found, shown, strict=True)]

    def _opened(self, order: Order) -> LearnedScorer:
        judging, bench = order.judging, self._bench
        assert judging is not None  # noqa: S101 (asked for only where there is one)
        references = References(
            master=bench.master(order.recipe).rgba,
            mask=self._free(order.recipe),
            styles={name: reference_picture(bench.read(s), s) for name, s in judging.styles.items()},
            others=tuple(reference_picture(bench.read(s), s) for s in judging.others),
            copies=self._copies(order.recipe),
        )
        patcher = None if judging.patcher is None else bench.models.patcher(judging.patcher)
        return LearnedScorer(bench.models.embedder(judging.embedder), references, patcher=patcher, cache=self._cache)

    def _free(self, recipe: Recipe) -> NDArray[np.bool_]:
        """At the master's size."""
        steps = tuple(step for step in recipe.edits if step.edit != "upscale")
        return free_of(self._bench, recipe.model_copy(update={"edits": steps}))

    def _copies(self, recipe: Recipe) -> tuple[Pixels, ...]:
        """The master through each painter's VAE and back: what painting does to it at the least."""
        bench, master = self._bench, self._bench.master(recipe).rgba
        painters = {(step.model, step.checkpoint, step.weights) for step in recipe.paintings if step.strength > 0}
        opened = (bench.models.painter(*where) for where in sorted(painters))
        # a model that follows instructions knows no mask: whatever it is asked, it paints
        return tuple(_round_trip(master, painter) for painter in opened if not painter.profile.instructs)


def _panel_key(order: Order) -> str:
    """Everything that a scorer depends on, without looking at pixels."""
    recipe, judging = order.recipe, order.judging
    assert judging is not None  # noqa: S101 (as above)
    prepared = [step.model_dump_json() for step in recipe.preparation]
    free = []
    for step in recipe.edits:
        if isinstance(step, Placement | Lettering):
            free.append(slot_key(recipe, step))
        elif isinstance(step, Painting):
            free.append(step.model_dump_json(include={"model", "checkpoint", "weights", "inside", "keep"}))
    size = f"{recipe.width} {recipe.height}"
    return f"{recipe.master.sha256} {size} {prepared} {sorted(set(free))} {judging.model_dump_json()}"


def _sized(one: Asked) -> Pixels:
    return resize(one.picture(), one.order.recipe.width, one.order.recipe.height)


def _likened(measured: Measured, shown: tuple[Shown, ...], calibrations: dict[str, Calibration]) -> Likened:
    values = measured.values()
    for part in shown:
        value = float(part.seen @ part.wanted)
        values[part.measure] = min(values.get(part.measure, value), value)
    standings = {name: _standing(name, value, calibrations) for name, value in values.items()}
    return Likened(standings, measured.vector, measured.prompt, shown)


def _standing(name: str, value: float, calibrations: dict[str, Calibration]) -> Standing:
    if name in calibrations:
        return calibrations[name].standing(value)
    return Standing(value, 0.5, f"{value:.3f}, {_PLAIN[name]}", "nothing is known to compare it with")


def _round_trip(master: Pixels, painter: Painter) -> Pixels:
    """The master through the painter's VAE: a repaint that may paint nowhere."""
    profile = painter.profile
    crop = choose(np.ones(master.shape[:2], np.float32), profile.buckets)
    picture = cut(master, crop)
    nowhere = np.zeros(picture.shape[:2], np.float32)
    (outcome,) = painter.paint(
        [Repainting(picture, nowhere, "", 0, strength=profile.strength.least, steps=profile.steps, guidance=1.0)]
    )
    if not isinstance(outcome, Painted):
        raise outcome
    return stitch(master, outcome.picture, crop, np.ones(master.shape[:2], np.float32))


# ── judging ──────────────────────────────────────────────────────────────────────────────────────────────


def told(standings: Mapping[str, Standing]) -> dict[str, Learned]:
    """Standings as scores keep them."""
    return {
        name: Learned(
            value=round(found.value, 4), share=None if found.warning else round(found.share, 4), words=found.words
        )
        for name, found in standings.items()
    }


def decided(
    order: Order,
    standings: Mapping[str, Standing],
    *,
    take: int,
    outlier: Outlier | None = None,
    clean: Standing | None = None,
) -> Decision:
    """What to do with a variant that was painted again `take` times so far; only what is painted can be re-rolled.

    `clean` is where its painted parts stand, if it has any. One that lies as near to the master as its own copies is no
    outlier, however close together its set is.
    """
    asked = order.gates.learned if order.judging is not None else {}
    if asked is None:
        asked = {name: least for name, least in USUAL.items() if name in standings}
    rerolls = order.gates.rerolls if any(step.strength > 0 for step in order.recipe.paintings) else 0
    near = "master" in standings and standings["master"].near
    gates = LearnedGates(asked, rerolls)
    return decide(standings, gates, outlier=None if near else outlier, tries=take, beside=_unclean(clean, order))


def _unclean(clean: Standing | None, order: Order) -> tuple[str, ...]:
    least = order.gates.clean
    if clean is None or clean.warning is not None or clean.share >= least:
        return ()
    return (f"what was painted is {clean.words} (at least {least:.0%})",)


# ── as kept ──────────────────────────────────────────────────────────────────────────────────────────────


def standings_json(standings: Mapping[str, Standing]) -> dict[str, JsonValue]:
    """Standings for the catalogue."""
    return {name: dataclasses.asdict(found) for name, found in standings.items()}


def standings_of(kept: JsonValue) -> dict[str, Standing]:
    """The same, read again."""
    return _STANDINGS.validate_python(kept)


def packed(likened: Likened) -> bytes:
    """The embeddings for the store: the variant's, its prompt's, if any, and two for each of its parts."""
    parts = [row for part in likened.shown for row in (part.seen, part.wanted)]
    out = io.BytesIO()
    np.save(out, np.stack([likened.vector, *(() if likened.prompt is None else (likened.prompt,)), *parts]))
    return out.getvalue()


def parts_json(likened: Likened) -> list[JsonValue]:
    """What its parts are, for the catalogue."""
    return [[part.measure, part.where, part.what] for part in likened.shown]


def unpacked(data: bytes, parts: JsonValue) -> tuple[F32, F32 | None, tuple[Shown, ...]]:
    """The same, read again."""
    rows = np.load(io.BytesIO(data), allow_pickle=False)
    named = _PARTS.validate_python(parts)
    first = len(rows) - 2 * len(named)
    pairs = rows[first:].reshape(len(named), 2, rows.shape[1])
    shown = tuple(Shown(*part, *pair) for part, pair in zip(named, pairs, strict=True))
    return rows[0], rows[1] if first > 1 else None, shown
