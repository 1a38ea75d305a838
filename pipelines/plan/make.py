"""Brief → Plan: one order a variant, with every file that its recipe reads. Pure, given the shelf."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipelines.brief.axes import REGION, resolve
from pipelines.brief.combine import Combinations, variant_name
from pipelines.brief.flaws import Places, raise_mistakes
from pipelines.brief.opened import Opened, open_picture
from pipelines.brief.shelf import Shelf
from pipelines.brief.wording import template_of
from pipelines.model import Brief, Cutting, Enlarging, Judging, Order, Plan, Preparing, Recipe, Step
from pipelines.plan.digests import order_of, plan_digest, recipe_digest
from pipelines.plan.intake import Intake
from pipelines.plan.steps import StepMaker
from pipelines.prompts import Prompt, compose
from pipelines.regions import Region


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and the bytes of all its sources by their digest, ready for the store."""

    plan: Plan
    files: Mapping[str, bytes]


def make_plan(brief: Brief, shelf: Shelf, *, warnings: Sequence[str] = ()) -> Planned:
    """Expand a brief that `read_brief` found sound; `warnings` are what it said beside.

    Raises BriefError where the axes do not fit, SourceError or ArtworkError where a file cannot be used,
    EngineError where a model is not on this machine.
    """
    axes = resolve(brief, shelf)
    raise_mistakes(brief.name, map(Places({}, {}).mistake, axes.flaws))
    maker = _Maker(brief, shelf)
    orders = tuple(maker.orders(axes.combinations or Combinations({})))
    plan = Plan(
        brief=brief.name,
        why=brief.why,
        data_used=brief.data_used,
        biases=brief.biases,
        orders=orders,
        warnings=(*warnings, *maker.intake.notes),
        digest=plan_digest(brief, orders),
    )
    return Planned(plan, maker.intake.files)


class _Maker:
    """Makes the orders of one brief."""

    def __init__(self, brief: Brief, shelf: Shelf) -> None:
        self._brief = brief
        self._shelf = shelf
        self.intake = Intake(shelf)
        self._opened: Opened = open_picture(shelf.read(brief.master.file))
        self._master = self.intake.take(self._opened.file)
        self._steps = StepMaker(brief, shelf, self.intake, self._opened, self._words)
        self._regions: dict[str, Region] = {}

    def orders(self, combinations: Combinations) -> Iterator[Order]:
        """One order a combination, in order."""
        for values in combinations:
            yield self._order(values)

    def _order(self, values: dict[str, str]) -> Order:
        brief, prompt = self._brief, self._words(None, values)
        return order_of(
            self._recipe(values),
            prompt=prompt.text,
            negative=prompt.negative,
            styles=brief.styles,
            palette=self._palette,
            gates=brief.gates,
            judging=self._judging,
            deliver=brief.deliver,
        )

    def _words(self, own: str | None, values: Mapping[str, str]) -> Prompt:
        """The brief's prompt, or an edit's own, with the words of the styles."""
        template = template_of(own if own is not None else self._brief.prompt, self._shelf.prompts)
        words, avoid = self._style_words
        return compose(template, self._phrases(values), style_words=words, avoid=avoid)

    @cached_property
    def _style_words(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        styles = [self._shelf.styles[name].file for name in self._brief.styles]
        return tuple(w for s in styles for w in s.words), tuple(w for s in styles for w in s.avoid)

    @cached_property
    def _palette(self) -> dict[str, str]:
        """The styles' colours by name; of a name that several use, the first style's."""
        styles = [self._shelf.styles[name].file for name in reversed(self._brief.styles)]
        return {name: hue for style in styles for name, hue in style.palette.items()}

    @cached_property
    def _judging(self) -> Judging | None:
        """The judges, with the references of the brief's styles, and with other characters to calibrate them by: those
        of styles that the brief does not use, those of styles/others, and the brief's own.
        """
        judges, models = self._brief.judges, self._shelf.models
        if judges is None:
            return None
        embedder = models.judge(self._shelf.locate(judges.embedder))
        patcher = None if judges.patcher is None else models.judge(self._shelf.locate(judges.patcher))
        own = {f"{n} {p.stem}": self.intake.reference(p) for n in self._brief.styles for p in self._references(n)}
        unused = [name for name in self._shelf.styles if name not in self._brief.styles]
        paths = (*(p for n in unused for p in self._references(n)), *self._shelf.others)
        others = [*map(self.intake.reference, paths), *map(self.intake.file, judges.others)]
        return Judging(
            embedder=embedder[0], patcher=None if patcher is None else patcher[0],
            weights=(embedder[1], *(() if patcher is None else (patcher[1],))), styles=own,
            others=tuple({other.sha256: other for other in others}.values()),
        )  # fmt: skip

    def _references(self, style: str) -> tuple[Path, ...]:
        return self._shelf.styles[style].references

    def _recipe(self, values: dict[str, str]) -> Recipe:
        (width, height), (preparation, edits) = self._opened.pixels(self._brief.master.size), self._steps.steps(values)
        if self._opened.root is not None and (factor := drawn_larger(preparation, edits)) > 1:
            width, height = width * factor, height * factor
            edits = tuple(step for step in edits if not isinstance(step, Enlarging))
        return Recipe(
            name=variant_name(tuple(values.values())),
            values=values,
            labels={axis: self._label(axis, value) for axis, value in values.items()},
            master=self._master,
            width=width,
            height=height,
            preparation=preparation,
            edits=edits,
            digest=recipe_digest(master=self._master, width=width, height=height, preparation=preparation, edits=edits),
        )

    def _region(self, code: str) -> Region:
        if code not in self._regions:
            self._regions[code] = self._shelf.regions.get(code)
        return self._regions[code]

    def _label(self, axis: str, value: str) -> str:
        return self._region(value).name if axis == REGION else value

    def _phrases(self, values: Mapping[str, str]) -> dict[str, str]:
        return {axis: self._region(value).phrase if axis == REGION else value for axis, value in values.items()}


def drawn_larger(preparation: tuple[Preparing, ...], edits: tuple[Step, ...]) -> int:
    """How many times larger a drawing is simply drawn; 1 where a step has made pixels of it before it is enlarged."""
    drawn = all(step.drop or step.keep for step in preparation if isinstance(step, Cutting))
    if not drawn or any(step.edit not in ("place", "letter", "upscale") for step in edits):
        return 1
    return math.prod(step.factor for step in edits if isinstance(step, Enlarging) and step.upscaler is None)
