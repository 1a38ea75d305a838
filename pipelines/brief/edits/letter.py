"""Whether `letter` edits fit: every value has a text, every font can be read, and what characters no font has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelines.brief.axes import REGION
from pipelines.brief.combine import Combinations
from pipelines.brief.edits.desk import MOST_FILES, Desk, apart, each, edits
from pipelines.brief.flaws import Flaw, Path, did_you_mean, listed, quoted
from pipelines.brief.shelf import Regions, reason
from pipelines.brief.wording import fields_of, fill
from pipelines.errors import LetterError, RegionError, SourceError
from pipelines.lettering.faces import Face, missing_characters, open_face
from pipelines.model import Letter, Place

_COLOURS = ("colour", "ground", "outline_colour")


def letter_flaws(desk: Desk) -> Iterator[Flaw]:
    """Everything wrong or doubtful with the `letter` edits of a brief."""
    for path, axis, edit in each(desk.draft, Letter):
        wrong = list(_text_flaws(edit, path, axis, desk))
        wrong += desk.unknown_fields(edit.language, (*path, "language"), what="language")
        yield from wrong
        unreadable, faces = _opened(edit, path, desk)
        yield from unreadable
        if not wrong:
            yield from _wording_flaws(edit, path, axis, desk, faces)
        if edit.floor is not None and edit.floor > edit.size:
            yield Flaw((*path, "floor"), f"the floor, {edit.floor:g}, is above the size, {edit.size:g}", "lower it")
        for key in _COLOURS:
            if key in edit.model_fields_set and getattr(edit, key) is None:
                fix = f'in YAML a # begins a comment: write {key}: "#ffffff", in quotes'
                yield Flaw((*path, key), "the colour is missing", fix)
    yield from _covered(desk)


def shown_values(values: Mapping[str, str], regions: Regions, *, language: str) -> dict[str, str]:
    """Values as a text shows them: a region by its name in that language, any other as it is written."""
    return {axis: _name(value, regions, language) if axis == REGION else value for axis, value in values.items()}


def _name(code: str, regions: Regions, language: str) -> str:
    try:
        return regions.name_in(code, language or "en")
    except RegionError:  # of a language that has no names of places, or of a code, which is told where the axis has it
        return code if not language else _name(code, regions, "")


def _text_flaws(edit: Letter, path: Path, axis: str, desk: Desk) -> Iterator[Flaw]:
    for index, text in enumerate(edit.text):
        yield from desk.unknown_fields(text, (*path, "text", index), what="text")
    known = (desk.axes.values or {}).get(axis)
    for value, texts in edit.texts.items():
        here = (*path, "texts", value)
        if known is not None and value not in known:
            fix = did_you_mean(value, known, what="its values are")
            yield Flaw(here, f"the axis {axis} has no value {quoted(value)}", fix, at_key=True)
        elif edit.values and value not in edit.values:
            fix = "add it to values, or remove its texts"
            yield Flaw(here, f"this edit is not for {quoted(value)}", fix, at_key=True)
        for index, text in enumerate(texts):
            yield from desk.unknown_fields(text, (*here, index), what="text")
        if not texts:
            yield Flaw(here, "there is no text", "write at least one", at_key=True)
    missing = [value for value in edit.values or known or () if value not in edit.texts]
    if missing and not edit.text:
        yield Flaw(path, f"no text for {listed(missing)}", "give text: [...], which serves where texts has none")


def _opened(edit: Letter, path: Path, desk: Desk) -> tuple[list[Flaw], list[Face]]:
    """What is wrong with the fonts, and their faces if nothing is."""
    flaws, faces = [], []
    for index, name in enumerate(edit.fonts):
        try:
            faces.append(open_face(desk.shelf.text(name), name, edit.weight))
        except (SourceError, LetterError) as error:
            flaws.append(Flaw((*path, "fonts", index), *reason(error)))
    return flaws, [] if flaws else faces


def _wording_flaws(edit: Letter, path: Path, axis: str, desk: Desk, faces: list[Face]) -> Iterator[Flaw]:
    """What can be told of the words themselves before they are set."""
    missing: dict[str, dict[str, None]] = {}
    for value, text in _wordings(edit, axis, desk):
        here = (*path, "texts", value) if value in edit.texts else (*path, "text")
        if not text.strip():
            yield Flaw(here, f"the text for {value} is empty", "write the words that the slot should show")
        if faces:
            missing.setdefault(value, {}).update(dict.fromkeys(missing_characters(text, faces)))
    for value, characters in missing.items():
        if characters:
            named = listed((f"{c} (U+{ord(c):04X})" for c in characters), most=12)
            here = (*path, "texts", value) if value in edit.texts else (*path, "text")
            problem = f"no font has these characters of the text for {value}: {named}"
            yield Flaw(here, problem, "its variants will fail; add a font that has them", at_key=True, warning=True)


def _wordings(edit: Letter, axis: str, desk: Desk) -> Iterator[tuple[str, str]]:
    """Each value with every text that it may get, each once; of too many combinations none."""
    combinations = desk.axes.combinations
    if combinations is None or axis not in combinations.axes:
        return
    texts = (*edit.text, *(text for every in edit.texts.values() for text in every))
    fields = {axis, *(f for text in (*texts, edit.language) for f in fields_of(text)[0])}
    own = combinations
    if combinations.listed is None and not combinations.exclude:
        own = Combinations({name: values for name, values in combinations.axes.items() if name in fields})
    if own.before_exclusions > MOST_FILES:
        return
    found: dict[tuple[str, str], None] = {}
    for values in own:
        value = values[axis]
        if not edit.values or value in edit.values:
            shown = shown_values(values, desk.shelf.regions, language=fill(edit.language, values))
            found.update(dict.fromkeys((value, fill(text, shown)) for text in edit.texts.get(value, edit.text)))
    yield from found


def _covered(desk: Desk) -> Iterator[Flaw]:
    """Text that artwork or a ground of its own slot would cover afterwards: edits run from top to bottom."""
    every = list(edits(desk.draft))
    for index, (path, axis, edit) in enumerate(every):
        if not isinstance(edit, Letter) or edit.ground is not None:  # two grounds are told with the slots
            continue
        for _, other, later in every[index + 1 :]:
            if not isinstance(later, Place | Letter) or later.slot != edit.slot or apart(axis, edit, other, later):
                continue
            if isinstance(later, Place) or later.ground is not None:
                problem = f"the {later.edit} after it covers this text"
                yield Flaw(path, problem, "edits run from top to bottom: put the text after it")
                break
