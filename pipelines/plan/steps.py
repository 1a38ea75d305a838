"""A brief's edits → a recipe's steps, with every file, model, word and number in them resolved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from pipelines.brief.edits.letter import shown_values
from pipelines.brief.opened import Opened
from pipelines.brief.shelf import Shelf
from pipelines.brief.slots import drawn_grid
from pipelines.brief.wording import fill
from pipelines.edits.recolor.swap import pairs_of
from pipelines.model import (
    AS_DRAWN,
    Brief,
    Cutout,
    Cutting,
    Edit,
    Enlarging,
    Grid,
    Letter,
    Lettering,
    Place,
    Placement,
    Preparing,
    Recolor,
    Recoloring,
    Repaint,
    Site,
    Slot,
    Step,
    Upscale,
)
from pipelines.plan.intake import Intake
from pipelines.plan.painting import Paints
from pipelines.styles import Style

Values = Mapping[str, str]
Steps = tuple[tuple[Preparing, ...], tuple[Step, ...]]


class StepMaker:
    """Makes the steps of one brief's recipes. What many variants share is made once."""

    def __init__(self, brief: Brief, shelf: Shelf, intake: Intake, opened: Opened, words: Callable[..., Any]) -> None:
        """`words` composes a repaint's prompt and negative prompt from its own prompt (or None) and values."""
        self._brief, self._shelf, self._intake, self._opened = brief, shelf, intake, opened
        self._paints = Paints(brief, shelf, intake, self._site_of, words)
        self._made: dict[tuple[str, ...], Placement] = {}

    def steps(self, values: Values) -> Steps:
        """The preparation of the master, and the edits after it.

        A recolouring or cutout before anything is painted or enlarged belongs to the preparation, wherever it stands:
        it commutes with placing, and so the drawing stays a drawing. A drawing that is cut as pixels is cut once all
        that needs its layers is done.
        """
        preparation: list[Preparing] = []
        after: list[Step] = []
        late: list[Step] = []
        for axis, edit in self._wanted(values):
            step = self._step(axis, edit, values)
            if isinstance(step, Cutting) and self._opened.root is not None and not (step.drop or step.keep):
                late.append(step)
            elif isinstance(step, Recoloring | Cutting) and all(s.edit in ("place", "letter") for s in after):
                preparation.append(step)
            elif step is not None:
                after += [*late, step] if isinstance(step, Enlarging) else [step]
                late = [] if isinstance(step, Enlarging) else late
        return tuple(preparation), (*after, *late)

    def _wanted(self, values: Values) -> Iterator[tuple[str, Edit]]:
        """The edits that these values ask for, with their axes, in the order of the brief."""
        every = ((axis, edit) for axis, edits in self._brief.edits.items() for edit in edits)
        return ((axis, edit) for axis, edit in every if not edit.values or values[axis] in edit.values)

    def _step(self, axis: str, edit: Edit, values: Values) -> Step | None:
        match edit:
            case Place():
                return self._placement(axis, edit, values)
            case Recolor():
                return self._recoloring(edit, values)
            case Repaint():
                return self._paints.painting(edit, values)
            case Letter():
                return self._lettering(axis, edit, values)
            case Cutout():
                return self._cutting(edit)
            case Upscale():
                return self._enlarging(edit)

    # ── place ────────────────────────────────────────────────────────────────────────────────────────────

    def _placement(self, axis: str, edit: Place, values: Values) -> Placement:
        code = values[axis]
        template = edit.overrides.get(code, edit.artwork)
        name = fill(template, values) if template is not None else ""
        key = (edit.slot, code, name)
        if key not in self._made:
            artwork = self._intake.file(name) if name else self._intake.flag(code)
            site = self._sites[edit.slot].model_dump()
            self._made[key] = Placement.model_validate(
                {**site, "edit": "place", "code": code, "artwork": artwork, "fit": edit.fit}
            )
        return self._made[key]

    @cached_property
    def _sites(self) -> dict[str, Site]:
        return {name: self._site(name, slot) for name, slot in self._brief.slots.items()}

    def _site(self, name: str, slot: Slot) -> Site:
        """A slot with its files taken in and its grid found."""
        return Site(
            slot=name,
            layer=slot.layer,
            mask=self._intake.file(slot.mask) if slot.mask is not None else None,
            polygon=slot.polygon,
            grid=slot.grid or self._drawn_grid(slot.layer),
            current=self._intake.current(slot.current),
            front=self._intake.file(slot.front) if slot.front is not None else None,
            ground=slot.ground,
        )

    def _site_of(self, name: str) -> Site:
        """A slot of the brief, or a layer of the drawing."""
        if name in self._sites:
            return self._sites[name]
        return Site(slot=name, layer=name)

    def _drawn_grid(self, layer: str | None) -> Grid | None:
        if layer is None or self._opened.root is None:
            return None
        return drawn_grid(self._opened.root, layer)

    # ── recolor ──────────────────────────────────────────────────────────────────────────────────────────

    def _recoloring(self, edit: Recolor, values: Values) -> Recoloring | None:
        name = fill(edit.grade, values) if edit.grade is not None else AS_DRAWN
        grade = None if name == AS_DRAWN else self._intake.grade(name)
        swap = pairs_of(edit.swap, self._palette)
        colours = () if edit.colourise is None else tuple(self._shelf.styles[edit.colourise].file.palette.values())
        if grade is None and not swap and not colours:
            return None
        return Recoloring(grade=grade, swap=swap, colourise=colours, backdrop=edit.backdrop, keep=edit.keep)

    @property
    def _palette(self) -> Mapping[str, str]:
        """The first style's colours by name."""
        styles: list[Style] = [self._shelf.styles[name] for name in self._brief.styles]
        return styles[0].file.palette if styles else {}

    # ── letter, cutout, upscale ──────────────────────────────────────────────────────────────────────────

    def _lettering(self, axis: str, edit: Letter, values: Values) -> Lettering:
        texts, language = edit.texts.get(values[axis], edit.text), fill(edit.language, values)
        shown = shown_values(values, self._shelf.regions, language=language)
        same = edit.model_dump(
            include=set(Lettering.model_fields) & set(Letter.model_fields) - {"edit", "slot", "fonts"}
        )
        return Lettering.model_validate({
            **same, **self._sites[edit.slot].model_dump(),
            "texts": tuple(fill(text, shown) for text in texts), "fonts": tuple(map(self._intake.font, edit.fonts)),
            "floor": edit.floor or edit.size / 2, "language": language, "cover": edit.ground,
        })  # fmt: skip

    def _cutting(self, edit: Cutout) -> Cutting:
        where = None if edit.segmenter is None else self._shelf.models.pretrained(self._shelf.locate(edit.segmenter))
        return Cutting(
            edit="cutout",
            drop=edit.drop,
            keep=edit.keep,
            inside=edit.inside,
            outside=edit.outside,
            segmenter=where[0] if where else None,
            weights=where[1] if where else None,
        )

    def _enlarging(self, edit: Upscale) -> Enlarging:
        where = None if edit.upscaler is None else self._shelf.models.pretrained(self._shelf.locate(edit.upscaler))
        return Enlarging(
            edit="upscale",
            factor=edit.factor,
            upscaler=where[0] if where else None,
            weights=where[1] if where else None,
        )
