"""Whether `letter` edits fit: every value has a text, every font can be read and has the characters."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.brief.edits.desk import Desk, each
from pipelines.brief.flaws import Flaw, Path, did_you_mean, listed, quoted
from pipelines.brief.shelf import reason
from pipelines.errors import LetterError, SourceError
from pipelines.lettering.faces import open_face
from pipelines.model import Letter


def letter_flaws(desk: Desk) -> Iterator[Flaw]:
    """Everything wrong with the `letter` edits of a brief."""
    for path, axis, edit in each(desk.draft, Letter):
        yield from _text_flaws(edit, path, axis, desk)
        yield from _font_flaws(edit, path, desk)
        yield from desk.unknown_fields(edit.language, (*path, "language"), what="language")
        if edit.floor is not None and edit.floor > edit.size:
            yield Flaw((*path, "floor"), f"the floor, {edit.floor:g}, is above the size, {edit.size:g}", "lower it")


def _text_flaws(edit: Letter, path: Path, axis: str, desk: Desk) -> Iterator[Flaw]:
    for index, text in enumerate(edit.text):
        yield from desk.unknown_fields(text, (*path, "text", index), what="text")
    known = (desk.axes.values or {}).get(axis)
    for value, texts in edit.texts.items():
        if known is not None and value not in known:
            fix = did_you_mean(value, known, what="its values are")
            yield Flaw((*path, "texts", value), f"the axis {axis} has no value {quoted(value)}", fix, at_key=True)
        for index, text in enumerate(texts):
            yield from desk.unknown_fields(text, (*path, "texts", value, index), what="text")
        if not texts:
            yield Flaw((*path, "texts", value), "there is no text", "write at least one", at_key=True)
    missing = [value for value in edit.values or known or () if value not in edit.texts]
    if missing and not edit.text:
        yield Flaw(path, f"no text for {listed(missing)}", "give text: [...], which serves where texts has none")


def _font_flaws(edit: Letter, path: Path, desk: Desk) -> Iterator[Flaw]:
    for index, name in enumerate(edit.fonts):
        try:
            open_face(desk.shelf.text(name), name)
        except (SourceError, LetterError) as error:
            yield Flaw((*path, "fonts", index), *reason(error))
