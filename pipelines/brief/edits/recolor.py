"""Whether `recolor` edits fit: grades, styles, palette names and layers that exist."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.brief.edits.desk import Desk, apart, each, edits, filled
from pipelines.brief.flaws import Flaw, Path, did_you_mean, quoted
from pipelines.brief.shelf import reason
from pipelines.brief.wording import fields_of
from pipelines.edits.recolor.swap import pairs_of
from pipelines.errors import PaletteError
from pipelines.model import AS_DRAWN, Edit, Letter, Place, Recolor, Repaint


def recolor_flaws(desk: Desk) -> Iterator[Flaw]:
    """Everything wrong with the `recolor` edits of a brief."""
    yield from _twice(desk)
    for path, _, edit in each(desk.draft, Recolor):
        if edit.grade is None and not edit.swap and edit.colourise is None:
            yield Flaw(path, "it says no colours", 'give grade: "{axis}", swap: {"#old": "#new"} or colourise: a style')
        if edit.grade is not None:
            yield from _grade_flaws(edit.grade, (*path, "grade"), desk)
        yield from _swap_flaws(edit, path, desk)
        yield from _colourise_flaws(edit, path, desk)
        if edit.backdrop and desk.master is not None and desk.master.root is None:
            yield Flaw((*path, "backdrop"), "a pixel master has no layers", "leave it out, or give the master as SVG")
        else:
            yield from desk.unknown_layers(edit.backdrop, (*path, "backdrop"))


def _twice(desk: Desk) -> Iterator[Flaw]:
    """Before anything is painted, one recolouring is what a variant can have."""
    every = list(edits(desk.draft))
    for index, (path, axis, edit) in enumerate(every):
        if not isinstance(edit, Recolor):
            continue
        before = [(other, earlier) for _, other, earlier in every[:index] if not apart(other, earlier, axis, edit)]
        if any(isinstance(earlier, Repaint) for _, earlier in before):
            yield from _too_late(every[index + 1 :], axis, edit)
        elif any(isinstance(earlier, Recolor) for _, earlier in before):
            fix = 'keep one recolor; its grade may name two axes: "{a}-{b}"'
            yield Flaw(path, "the colours are changed twice", fix)


def _too_late(later: list[tuple[Path, str, Edit]], axis: str, edit: Recolor) -> Iterator[Flaw]:
    """What is placed after the painted picture was recoloured would come in the light of before."""
    for path, other, following in later:
        if isinstance(following, Place | Letter) and not apart(axis, edit, other, following):
            problem = f"{following.edit} comes after the painted picture was recoloured, and would be in the old light"
            yield Flaw(path, problem, "put it before the repaint")


def _grade_flaws(grade: str, path: Path, desk: Desk) -> Iterator[Flaw]:
    axes, grades = desk.axes, desk.shelf.grades
    fields, wrong = fields_of(grade)
    unknown = [field for field in fields if axes.values is not None and field not in axes.values]
    if wrong or unknown:
        yield Flaw(path, wrong or f"the grade has an unknown field {{{unknown[0]}}}", "name an axis in it")
        return
    for name in filled(grade, axes.combinations, {}) if axes.combinations is not None else ():
        if name != AS_DRAWN and name not in grades:
            fix = did_you_mean(name, [*grades, AS_DRAWN], what="styles/grades has")
            yield Flaw(path, f"there is no grade {quoted(name)}", fix)


def _swap_flaws(edit: Recolor, path: Path, desk: Desk) -> Iterator[Flaw]:
    first = next((s for name in desk.draft.styles or () if (s := desk.shelf.styles.get(name)) is not None), None)
    try:
        pairs_of(edit.swap, first.file.palette if first is not None else {})
    except PaletteError as error:
        yield Flaw((*path, "swap"), *reason(error))


def _colourise_flaws(edit: Recolor, path: Path, desk: Desk) -> Iterator[Flaw]:
    if edit.colourise is None:
        return
    where = (*path, "colourise")
    if edit.colourise not in desk.shelf.styles:
        fix = did_you_mean(edit.colourise, desk.shelf.styles, what="the folders in styles/ are")
        yield Flaw(where, f"there is no style {quoted(edit.colourise)}", fix)
    elif not desk.shelf.styles[edit.colourise].file.palette:
        yield Flaw(where, f"the style {edit.colourise} has no palette", "write a [palette] into its style.toml")
    if desk.master is not None and desk.master.root is not None:
        yield Flaw(where, "a drawing is not coloured by lightness", "use swap, or give the master as a grey picture")
