"""The learned scores of variants, as the flow keeps them: measured in batches, calibrated once a master, in words.

Which variants do not belong to their set, and whether each shows what its prompt says, can only be told once all are
there: `of_the_set` does that at the end.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.bench import Bench
from pipelines.crop import choose, cut, stitch
from pipelines.declared import free_of
from pipelines.edits.repaint import reference_picture
from pipelines.engines.painter import Painted, Painter, Repainting
from pipelines.learned import Learned as Measured
from pipelines.learned import LearnedScorer, References, prompt_calibration
from pipelines.likeness.calibration import Calibration, Standing
from pipelines.likeness.gates import Decision, LearnedGates, decide
from pipelines.likeness.outliers import Outlier, outliers
from pipelines.master import resize
from pipelines.model import Learned, Order, Recipe
from pipelines.recent import Recent

F32 = NDArray[np.float32]
Pixels = NDArray[np.uint8]
_USUAL = 0.5  # share from which a measure says more yes than no
_ASKED = ("master", "identity")


@dataclass(frozen=True, slots=True)
class Likened:
    """What was measured of one variant: where each measure stands, its embedding (d,) and its prompt's, if any."""

    standings: dict[str, Standing]
    vector: F32
    prompt: F32 | None


@dataclass(frozen=True, slots=True)
class _Panel:
    """A scorer for one master, and what its values mean."""

    scorer: LearnedScorer
    calibrations: dict[str, Calibration]


class Likener:
    """Measures variants with an order's judges. Panels are kept for the masters that were asked for last."""

    def __init__(self, bench: Bench, cache: MutableMapping[str, F32]) -> None:
        """`cache` keeps embeddings of what many variants share: the master, references, other characters, prompts."""
        self._bench, self._cache = bench, cache
        self._panels: Recent[_Panel] = Recent(4)

    def measure(self, orders: Sequence[Order], pictures: Sequence[Pixels]) -> list[Likened]:
        """Measure finished variants (h, w, 4); those of one master and mask go through the models together.

        Raises EngineError where a judge is not on this machine, and for an order without judges.
        """
        found: dict[int, Likened] = {}
        for group in self._groups(orders):
            recipe = orders[group[0]].recipe
            panel = self._panel(orders[group[0]])
            sized = [resize(pictures[i], recipe.width, recipe.height) for i in group]
            measured = panel.scorer.measure(sized, [orders[i].prompt for i in group])
            found |= {i: _likened(one, panel.calibrations) for i, one in zip(group, measured, strict=True)}
        return [found[i] for i in range(len(orders))]

    def _groups(self, orders: Sequence[Order]) -> Iterator[list[int]]:
        groups: dict[str, list[int]] = {}
        for index, order in enumerate(orders):
            groups.setdefault(self._key(order), []).append(index)
        return iter(groups.values())

    def _key(self, order: Order) -> str:
        assert order.judging is not None  # noqa: S101 (asked for only where there is one)
        free = hashlib.sha256(np.packbits(self._free(order.recipe)).tobytes()).hexdigest()
        prepared = [step.model_dump_json() for step in order.recipe.preparation]
        return f"{order.recipe.master.sha256} {prepared} {free} {order.judging.model_dump_json()}"

    def _free(self, recipe: Recipe) -> NDArray[np.bool_]:
        """At the master's size."""
        steps = tuple(step for step in recipe.edits if step.edit != "upscale")
        return free_of(self._bench, recipe.model_copy(update={"edits": steps}))

    def _panel(self, order: Order) -> _Panel:
        return self._panels.get(self._key(order), lambda: self._opened(order))

    def _opened(self, order: Order) -> _Panel:
        judging, bench = order.judging, self._bench
        assert judging is not None  # noqa: S101 (as above)
        references = References(
            master=bench.master(order.recipe).rgba,
            mask=self._free(order.recipe),
            styles={name: reference_picture(bench.read(s), s) for name, s in judging.styles.items()},
            others=tuple(reference_picture(bench.read(s), s) for s in judging.others),
            copies=self._copies(order.recipe),
        )
        scorer = LearnedScorer(
            bench.models.embedder(judging.embedder),
            references,
            patcher=bench.models.patcher(judging.patcher) if judging.patcher is not None else None,
            cache=self._cache,
        )
        return _Panel(scorer, scorer.calibrations(()))

    def _copies(self, recipe: Recipe) -> tuple[Pixels, ...]:
        """The master through each painter's VAE and back: what painting does to it at the least."""
        bench, master = self._bench, self._bench.master(recipe).rgba
        painters = {(step.model, step.checkpoint) for step in recipe.paintings}
        return tuple(_round_trip(master, bench.models.painter(*where)) for where in sorted(painters))


def _likened(measured: Measured, calibrations: dict[str, Calibration]) -> Likened:
    standings = {name: _standing(value, calibrations.get(name)) for name, value in measured.values().items()}
    return Likened(standings, measured.vector, measured.prompt)


def _standing(value: float, calibration: Calibration | None) -> Standing:
    if calibration is not None:
        return calibration.standing(value)
    return Standing(value, 0.5, f"{value:.3f}", "nothing is known to compare it with")


def _round_trip(master: Pixels, painter: Painter) -> Pixels:
    """The master through the painter's VAE: a repaint that may paint nowhere."""
    profile = painter.profile
    if profile.instructs:  # those know no mask: whatever they are asked, they paint
        return master
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
            value=round(found.value, 4), share=None if found.warning else round(found.share, 3), words=found.words
        )
        for name, found in standings.items()
    }


def decided(order: Order, standings: Mapping[str, Standing], *, take: int, outlier: Outlier | None = None) -> Decision:
    """What to do with a variant that was painted again `take` times so far; only what is painted can be re-rolled."""
    assert order.judging is not None  # noqa: S101 (asked for only where there is one)
    gates, paintings = order.gates, order.recipe.paintings
    asked = gates.learned
    if asked is None:
        asked = {name: _USUAL for name in _ASKED if name != "identity" or order.judging.patcher is not None}
    rerolls = gates.rerolls if any(step.strength > 0 for step in paintings) else 0
    return decide(
        standings, LearnedGates(asked, rerolls), outlier=outlier, seed=paintings[0].seed if paintings else 0, tries=take
    )


def of_the_set(found: Mapping[str, Likened]) -> tuple[dict[str, Outlier], dict[str, Standing]]:
    """Variants by name → those that do not belong to their set, and where each stands to its own prompt."""
    names = list(found)
    if not names:
        return {}, {}
    odd = outliers(np.stack([found[name].vector for name in names]), names)
    prompted = {name: likened for name, likened in found.items() if likened.prompt is not None}
    standings: dict[str, Standing] = {}
    if prompted:
        vectors, prompts = (np.stack([getattr(one, key) for one in prompted.values()]) for key in ("vector", "prompt"))
        calibration = prompt_calibration(vectors, prompts)
        standings = {name: calibration.standing(one.standings["prompt"].value) for name, one in prompted.items()}
    return {one.name: one for one in odd.found}, standings


# ── as files ─────────────────────────────────────────────────────────────────────────────────────────────


def packed(likened: Likened) -> bytes:
    """Everything in one small file, for the store."""
    standings = {name: dataclasses.asdict(found) for name, found in likened.standings.items()}
    out = io.BytesIO()
    prompt = likened.prompt if likened.prompt is not None else np.zeros(0, np.float32)
    np.savez(
        out, vector=likened.vector, prompt=prompt, standings=np.frombuffer(json.dumps(standings).encode(), np.uint8)
    )
    return out.getvalue()


def unpacked(data: bytes) -> Likened:
    """The same, read again."""
    with np.load(io.BytesIO(data), allow_pickle=False) as found:
        vector, prompt = found["vector"], found["prompt"]
        standings = json.loads(found["standings"].tobytes())
    return Likened({n: Standing(**s) for n, s in standings.items()}, vector, prompt if prompt.size else None)
