"""Manifest → Sheet: what the page must know of each variant, with everything that variants share said only once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Generic, Literal, TypeVar
from urllib.parse import quote

from pydantic import Field

from pipelines.contact_sheet.measures import MEASURES, Likeness, Measure, likenesses
from pipelines.contact_sheet.steps import Step, done, steps_of
from pipelines.likeness.gates import ODD, USUAL
from pipelines.model import Asset, Format, Gates, Manifest, Record, Scores, Source, Variant
from pipelines.model import Step as RecipeStep

Shown = Literal["accepted", "review", "failed"]
OUTCOMES: tuple[Shown, ...] = ("accepted", "review", "failed")
_CLEAREST: tuple[Format, ...] = ("png", "webp", "avif", "svg")  # and no PDF, which is no picture to a page
T = TypeVar("T")


class File(Record):
    """A delivered file; `href` is safe to use as a link from the page."""

    format: Format
    width: int
    height: int
    bytes: int
    gzip_bytes: int | None
    href: str


class Card(Record):
    """One variant. `gates`, `negative` and what the steps share are places in the sheet's lists.

    `done` says in a few words what was done. `odd`: it does not belong to its set; `unlike`: it misses a likeness gate.
    """

    name: str
    label: str
    code: str
    outcome: Shown
    thumbnail: str | None
    picture: File | None = Field(description="The clearest full-size file that a browser can show.")
    values: dict[str, str]
    labels: dict[str, str]
    master: Source
    width: int
    height: int
    preparation: tuple[Step, ...]
    steps: tuple[Step, ...]
    done: str
    digest: str
    order_digest: str
    styles: tuple[str, ...]
    prompt: str
    negative: int
    gates: int
    scores: Scores | None
    odd: bool
    unlike: bool
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    error: str | None
    palette: tuple[str, ...]
    files: tuple[File, ...]
    seconds: dict[str, float]


class Sheet(Record):
    """Everything that the page's scripts read."""

    master: File
    master_thumbnail: str
    measures: tuple[Measure, ...]
    likenesses: tuple[Likeness, ...] = Field(description="Learned measures that some variant has, and cleanliness.")
    judged: bool = Field(description="Whether judges measured any variant.")
    gates: tuple[Gates, ...]
    usual: dict[str, float] = Field(description="Least share by learned measure where gates name none.")
    negatives: tuple[str, ...]
    shared: tuple[RecipeStep, ...] = Field(description="Steps; a placement's code and artwork are each card's own.")
    cards: tuple[Card, ...]

    def count(self, outcome: Shown) -> int:
        """How many variants ended like that."""
        return sum(card.outcome == outcome for card in self.cards)

    def axes(self) -> dict[str, dict[str, str]]:
        """Axis → its values in the order of the variants, each with its label; axes with one value are left out."""
        found: dict[str, dict[str, str]] = {}
        for card in self.cards:
            for axis, value in card.values.items():
                found.setdefault(axis, {}).setdefault(value, card.labels.get(axis, value))
        return {axis: values for axis, values in found.items() if len(values) > 1}


def gather(manifest: Manifest, thumbnails: Mapping[str, str]) -> Sheet:
    """The sheet of a manifest. `thumbnails`: variant (or "master") → path of its small picture inside the pack."""
    shared = _Shared()
    cards = tuple(_card(variant, thumbnails.get(variant.order.recipe.name), shared) for variant in manifest.variants)
    master = _file(manifest.master)
    small = thumbnails.get("master")
    return Sheet(
        master=master, master_thumbnail=href(small) if small else master.href, measures=MEASURES,
        likenesses=likenesses(_measured(manifest)), judged=any(v.scores.learned for v in manifest.variants if v.scores),
        usual=USUAL,
        gates=tuple(shared.gates.kept), negatives=tuple(shared.negatives.kept), shared=tuple(shared.steps.kept),
        cards=cards,
    )  # fmt: skip


def _measured(manifest: Manifest) -> Iterator[str]:
    for scores in (variant.scores for variant in manifest.variants if variant.scores is not None):
        yield from scores.learned
        if scores.clean is not None:
            yield "clean"


def href(path: str) -> str:
    """A path inside the pack as a link that cannot leave it for another scheme or host."""
    return "./" + quote(path)


class _Once(Generic[T]):
    """Things that many variants share, each kept once under a text that tells it from the others."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self.kept: list[T] = []

    def place(self, key: str, thing: T) -> int:
        """Where a thing is in the list, put there if it is new."""
        if key not in self._places:
            self._places[key] = len(self.kept)
            self.kept.append(thing)
        return self._places[key]


class _Shared:
    """Lists of what is the same for many variants."""

    def __init__(self) -> None:
        self.gates: _Once[Gates] = _Once()
        self.negatives: _Once[str] = _Once()
        self.steps: _Once[RecipeStep] = _Once()

    def step(self, step: RecipeStep) -> int:
        """The place of a step."""
        return self.steps.place(step.model_dump_json(), step)


def _card(variant: Variant, thumbnail: str | None, shared: _Shared) -> Card:
    order, recipe = variant.order, variant.order.recipe
    files = tuple(_file(asset) for asset in variant.assets)
    preparation, steps = steps_of(variant, shared.step)
    reasons = variant.verdict.reasons if variant.verdict else ()
    return Card(
        name=recipe.name, label=_label(variant), code=_code(variant),
        outcome=_outcome(variant), thumbnail=href(thumbnail) if thumbnail else None, picture=_clearest(files),
        values=recipe.values, labels=recipe.labels, master=recipe.master, width=recipe.width, height=recipe.height,
        preparation=preparation, steps=steps, done=done(variant),
        digest=recipe.digest, order_digest=order.digest,
        styles=order.styles, prompt=order.prompt, negative=shared.negatives.place(order.negative, order.negative),
        gates=shared.gates.place(order.gates.model_dump_json(), order.gates), scores=variant.scores,
        odd=any(reason.startswith(ODD) for reason in reasons), unlike=_unlike(variant),
        reasons=reasons, notes=variant.notes, error=variant.error,
        palette=variant.palette, files=files, seconds=variant.seconds,
    )  # fmt: skip


def _label(variant: Variant) -> str:
    recipe = variant.order.recipe
    words = (recipe.labels.get(axis, value) for axis, value in recipe.values.items())
    return " · ".join(words) or recipe.name


def _code(variant: Variant) -> str:
    """The values that the label does not say already."""
    recipe = variant.order.recipe
    codes = (v for axis, v in recipe.values.items() if v.casefold() != recipe.labels.get(axis, v).casefold())
    return " · ".join(codes)


def _outcome(variant: Variant) -> Shown:
    if variant.state == "failed" or variant.verdict is None:
        return "failed"
    return variant.verdict.outcome


def _unlike(variant: Variant) -> bool:
    """Whether a learned measure says that it is not alike enough."""
    asked = variant.order.gates.learned
    learned = variant.scores.learned if variant.scores is not None else {}
    shares = {name: found.share for name, found in learned.items() if found.share is not None}
    return any(shares.get(name, 1.0) < least for name, least in (USUAL if asked is None else asked).items())


def _file(asset: Asset) -> File:
    facts = asset.model_dump(exclude={"sha256", "path"})
    return File(**facts, href=href(asset.path))


def _clearest(files: tuple[File, ...]) -> File | None:
    """Exact formats before lossy ones, and of those the largest."""
    shown = (file for file in files if file.format in _CLEAREST)
    return min(shown, key=lambda file: (_CLEAREST.index(file.format), -file.width), default=None)
