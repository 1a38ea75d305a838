"""The make loop, as the ordered list of its stages. Read this first.

Each stage turns what the stages before kept into something of its own, keeps it under a digest of everything that it
depends on, and does nothing when that is there already: a stage may run twice, on two machines, or after a crash.

    settle      edit ─▶ clean ─▶ liken ─▶ on, or painted again               a chunk together: models like batches
    make        score ─▶ vectorize ─▶ deliver ─▶ verdict                     one variant at a time
    judge_set   who does not belong                                          once all are there
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import JsonValue

from pipelines.catalogue import MADE
from pipelines.errors import AtelierError
from pipelines.likeness.calibration import Standing
from pipelines.likeness.outliers import Outlier
from pipelines.likeness.together import Together
from pipelines.likening import decided, standings_of, told, unpacked
from pipelines.model import Asset, Paint, Scores, State, Variant, Verdict
from pipelines.score import judge
from pipelines.stages import (
    Batchmates,
    Going,
    Job,
    Kept,
    Results,
    deliver_variant,
    digest_at,
    edit,
    liken,
    look_clean,
    one_by_one,
    paints_of,
    score_variant,
    take_of,
    vectorize,
)
from pipelines.vector_proof import Proof
from pipelines.workshop import SCORE_REVISION, Workshop

Clock = Callable[[], float]
VECTOR_REVISION = 3
CLEAN_REVISION = 1
LIKEN_REVISION = 3


@dataclass(frozen=True, slots=True)
class Stage:
    """`key` digests what the stage depends on; `run` makes what it keeps, of several variants at once; `reached` is a
    variant's state then. Jobs that are not `wanted` pass it without a trace.
    """

    name: str
    reached: State
    key: Callable[[Job], str]
    run: Callable[[Workshop, Sequence[Going]], Results]
    wanted: Callable[[Job], bool] = lambda _: True


def _edit_key(job: Job) -> str:
    return digest_at(job.recipe.digest, job.take)


def _clean_key(job: Job) -> str:
    return digest_at(f"{CLEAN_REVISION} {job.recipe.digest}", job.take)


def _is_painted(job: Job) -> bool:
    return bool(job.recipe.paintings)


def _liken_key(job: Job) -> str:
    judging = job.order.judging
    asked = "" if judging is None else f"{judging.model_dump_json()} {job.order.prompt}"
    return digest_at(f"{LIKEN_REVISION} {job.recipe.digest} {asked}", job.take)


def _is_judged(job: Job) -> bool:
    return job.order.judging is not None


def _score_key(job: Job) -> str:
    own = [placement.code for placement in job.recipe.placements]  # scores name artworks by code, digests do not
    return digest_at(f"{SCORE_REVISION} {job.recipe.digest} {own} {job.mates.digest}", job.take)


def _vector_key(job: Job) -> str:
    asked = f"{job.order.deliver.drawn} {sorted(job.order.palette.values())}"
    return digest_at(f"{VECTOR_REVISION} {job.recipe.digest} {asked}", job.take)


def _deliver_key(job: Job) -> str:
    return digest_at(job.order.digest, job.take)


STAGES = (
    Stage("edit", "edited", _edit_key, edit),
    Stage("clean", "edited", _clean_key, one_by_one(look_clean), _is_painted),
    Stage("liken", "edited", _liken_key, liken, _is_judged),
    Stage("score", "scored", _score_key, one_by_one(score_variant)),
    Stage("vectorize", "vectorized", _vector_key, one_by_one(vectorize)),
    Stage("deliver", "delivered", _deliver_key, one_by_one(deliver_variant)),
)
SETTLING, MAKING = STAGES[:3], STAGES[3:]


def settle(
    shop: Workshop, batch: str, names: Sequence[str], mates: Batchmates, *, clock: Clock = time.perf_counter
) -> dict[str, Job]:
    """Take variants together through the stages that may use models; the jobs by name, each at the take it settled on.

    A variant that fails is written down as failed and left out. Errors that would strike all are raised.
    """
    waiting = {name: Job(shop.catalogue.variant(batch, name).order, mates) for name in names}
    settled: dict[str, Job] = {}
    while waiting:
        done = waiting
        for stage in SETTLING:
            done = _pass(shop, batch, stage, done, clock)
        again = {name for name, job in done.items() if _wants_another(shop, job)}
        settled |= {name: job for name, job in done.items() if name not in again}
        waiting = {name: replace(job, take=job.take + 1) for name, job in done.items() if name in again}
    return settled


def make(shop: Workshop, batch: str, name: str, mates: Batchmates, *, clock: Clock = time.perf_counter) -> None:
    """Take one variant through every stage that it has not passed, and write down each as it is reached.

    An error of its own (a slot that cannot be found, artwork that cannot be drawn) fails this variant alone; a full
    disk or a lost database is raised, since it would fail them all.
    """
    jobs = settle(shop, batch, [name], mates, clock=clock)
    for stage in MAKING:
        jobs = _pass(shop, batch, stage, jobs, clock)
    try:
        for job in jobs.values():
            _finish(shop, batch, job)
    except AtelierError as error:
        if error.everybody:
            raise
        _fail(shop, batch, name, error)


def _pass(shop: Workshop, batch: str, stage: Stage, jobs: dict[str, Job], clock: Clock) -> dict[str, Job]:
    """The jobs that passed a stage; the others are written down as failed."""
    if not any(map(stage.wanted, jobs.values())):
        return jobs
    begun, ran = clock(), _unmade(shop, stage, jobs)
    found = kept_all(shop, stage, list(jobs.values()))
    spent = round((clock() - begun) / max(len(ran), 1), 4)
    passed = {}
    for (name, job), kept in zip(jobs.items(), found, strict=True):
        if isinstance(kept, AtelierError):
            _fail(shop, batch, name, kept)
            continue
        passed[name] = job
        state: State | None = None if stage.reached == "delivered" else stage.reached
        took = (stage.name, spent) if name in ran else None
        shop.catalogue.update(batch, name, state=state, stage_seconds=took)
    return passed


def _unmade(shop: Workshop, stage: Stage, jobs: dict[str, Job]) -> set[str]:
    """Those of the jobs for which the stage has kept nothing so far."""
    keys = {name: stage.key(job) for name, job in jobs.items() if stage.wanted(job)}
    known = shop.catalogue.known(stage.name, keys.values())
    return {name for name, key in keys.items() if key not in known}


def _fail(shop: Workshop, batch: str, name: str, error: AtelierError) -> None:
    shop.catalogue.update(batch, name, state="failed", error=str(error), assets=())


# ── verdicts ─────────────────────────────────────────────────────────────────────────────────────────────


def _wants_another(shop: Workshop, job: Job) -> bool:
    if not (_is_judged(job) or _is_painted(job)):
        return False
    return decided(job.order, _likened(shop, job), take=job.take, clean=_clean(shop, job)).choice == "reroll"


def _likened(shop: Workshop, job: Job) -> dict[str, Standing]:
    return standings_of(kept_of(shop, "liken", job)["standings"]) if _is_judged(job) else {}


def _clean(shop: Workshop, job: Job) -> Standing | None:
    """Where its painted parts stand, if any were kept."""
    found = kept_of(shop, "clean", job).get("clean") if _is_painted(job) else None
    return None if found is None else standings_of(found)["clean"]


def _finish(shop: Workshop, batch: str, job: Job) -> None:
    """Judge the variant and show its files; its last state is written in one go with them."""
    edited, scored, delivered = (kept_of(shop, name, job) for name in ("edit", "score", "deliver"))
    shop.catalogue.keep_result(MADE, job.order.digest, {"take": job.take})
    scores, verdict, notes = _judged(shop, job)
    shop.catalogue.update(
        batch,
        job.recipe.name,
        state="delivered",
        error=None,
        scores=scores,
        verdict=verdict,
        palette=tuple(map(str, _list(scored["palette"]))),
        paints=paints_of(edited),
        notes=notes,
        assets=tuple(Asset.model_validate(a) for a in _list(delivered["assets"])),
    )


def _judged(
    shop: Workshop, job: Job, *, outlier: Outlier | None = None, later: Mapping[str, Standing] | None = None
) -> tuple[Scores, Verdict, tuple[str, ...]]:
    """Scores, verdict and notes from what was kept; what is given beside is known once all variants are there."""
    edited = kept_of(shop, "edit", job)
    drawn = kept_of(shop, "vectorize", job)
    noted = tuple(map(str, (*_list(edited["notes"]), *_list(drawn.get("notes")))))
    proof = Proof.model_validate(drawn["proof"]) if "svg" in drawn else None
    scores = Scores.model_validate(kept_of(shop, "score", job)["scores"])
    if proof is not None:
        figures = proof.model_dump()
        scores = scores.model_copy(update={f"svg_{name}": figure for name, figure in figures.items()})
    own = frozenset(p.code for p in job.recipe.placements)
    verdict = judge(scores, job.order.gates, own=own, proof=proof)
    if not (_is_judged(job) or _is_painted(job)):
        return scores, verdict, tuple(dict.fromkeys(noted))
    standings, clean = _likened(shop, job) | dict(later or {}), _clean(shop, job)
    decision = decided(job.order, standings, take=job.take, outlier=outlier, clean=clean)
    reasons = (*verdict.reasons, *_unpainted(job, paints_of(edited)), *decision.reasons)
    learned = {"learned": told(standings), "clean": None if clean is None else told({"clean": clean})["clean"]}
    notes = tuple(dict.fromkeys((*noted, *decision.notes)))
    verdict = Verdict(outcome="review" if reasons else "accepted", reasons=reasons)
    return scores.model_copy(update=learned), verdict, notes


def _unpainted(job: Job, paints: Sequence[Paint]) -> tuple[str, ...]:
    """A winter that is as it was drawn is no winter: somebody has to see it. Why it is so is in the notes."""
    for step, paint in zip(job.recipe.paintings, paints, strict=True):
        if step.better is not None and step.better.words is not None and not paint.kept:
            return ("it shows the picture as it was, since the repaint that it asks for was left out",)
    return ()


def judge_set(shop: Workshop, batch: str, mates: Batchmates) -> None:
    """Say which variants do not belong to their set, and judge each anew with that. Does nothing without judges.

    Safe to run any number of times: verdicts are made from what was measured, not from earlier verdicts. One variant
    at a time is held in memory, beside the embeddings of all.
    """
    together = Together()
    for variant in _judged_variants(shop, batch):
        kept = kept_of(shop, "liken", Job(variant.order, mates, take_of(variant)))
        together.add(variant.order.recipe.name, *unpacked(shop.store.get(str(kept["likened"])), kept["parts"]))
    found = together.told()
    for variant in _judged_variants(shop, batch):
        job, name = Job(variant.order, mates, take_of(variant)), variant.order.recipe.name
        scores, verdict, notes = _judged(shop, job, outlier=found.odd.get(name), later=found.standings.get(name))
        if (scores, verdict, notes) != (variant.scores, variant.verdict, variant.notes):
            shop.catalogue.update(batch, name, scores=scores, verdict=verdict, notes=notes)


def _judged_variants(shop: Workshop, batch: str) -> Iterator[Variant]:
    return (v for v in shop.catalogue.variants(batch) if v.state == "delivered" and v.order.judging is not None)


# ── what stages keep ─────────────────────────────────────────────────────────────────────────────────────


def kept_of(shop: Workshop, name: str, job: Job) -> Kept:
    """What the stage of that name keeps for a job; made now if it is not there. Raises the job's error."""
    (found,) = kept_all(shop, next(stage for stage in STAGES if stage.name == name), [job])
    if isinstance(found, AtelierError):
        raise found
    return found


def kept_all(shop: Workshop, stage: Stage, jobs: Sequence[Job]) -> Results:
    """What a stage keeps for each of the jobs; what is not there is made now, together."""
    digests = [stage.key(job) for job in jobs]
    found: dict[str, Kept | AtelierError] = {}
    missing: dict[str, Job] = {}
    for digest, job in zip(digests, jobs, strict=True):
        kept = _there(shop, stage, digest) if stage.wanted(job) else {}
        if kept is None:
            missing[digest] = job
        else:
            found[digest] = kept
    going: dict[str, Going] = {}
    for digest, job in missing.items():
        try:
            going[digest] = Going(job, _before(shop, stage, job))
        except AtelierError as error:
            if error.everybody:
                raise
            found[digest] = error
    for digest, made in zip(going, stage.run(shop, list(going.values())) if going else (), strict=True):
        found[digest] = made if isinstance(made, AtelierError) else shop.catalogue.keep_result(stage.name, digest, made)
    return [found[digest] for digest in digests]


def _before(shop: Workshop, stage: Stage, job: Job) -> dict[str, Kept]:
    return {s.name: kept_of(shop, s.name, job) for s in STAGES[: STAGES.index(stage)]}


def _there(shop: Workshop, stage: Stage, digest: str) -> Kept | None:
    """What is kept already; forgotten if somebody emptied the store since."""
    kept = shop.catalogue.result(stage.name, digest)
    if kept is None or all(shop.store.has(o) for o in objects_of(kept)):
        return kept
    shop.catalogue.forget_results(stage.name, [digest])
    return None


def objects_of(kept: Kept) -> list[str]:
    """Digests of the stored objects that a stage's record points to."""
    found = [str(kept[k]) for k in ("picture", "base", "bare", "likened", "svg", "thumbnail", "sheet") if kept.get(k)]
    return found + [Asset.model_validate(a).sha256 for a in _list(kept.get("assets") or [])]


def _list(value: JsonValue | None) -> list[JsonValue]:
    return value if isinstance(value, list) else []
