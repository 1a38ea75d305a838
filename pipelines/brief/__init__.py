"""Text → Brief: all mistakes at once, each with its line and column, and what to do about it.

text ─located─▶ data and places ─form─▶ Brief, Draft ─meaning─▶ flaws ─places─▶ BriefError, or Checked
│
axes (rows, combine) · edits (wording) · slots (opened) ── all against the shelf
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.brief.chains import write_out
from pipelines.brief.flaws import Flaw, raise_mistakes, related
from pipelines.brief.form import draft, schema, whole
from pipelines.brief.located import Located, locate
from pipelines.brief.meaning import check
from pipelines.brief.shelf import Folder, Shelf
from pipelines.errors import BriefError, Mistake
from pipelines.model import Brief

LARGEST = 1 << 20

__all__ = ["Checked", "Folder", "Shelf", "parse_brief", "read_brief", "schema"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A brief that can be planned, and what its designer should know; `warnings` stand where they belong."""

    brief: Brief
    warnings: tuple[Mistake, ...]


def parse_brief(data: bytes | str, *, name: str = "brief.yaml") -> Brief:
    """Read a brief without looking at what it names; BriefError with every mistake of form."""
    located = locate(_decoded(data, name), name=name)
    brief, flaws = whole(located.data)
    raise_mistakes(name, _placed(located, flaws))
    return _sound(brief)


def read_brief(data: bytes | str, shelf: Shelf, *, name: str = "brief.yaml") -> Checked:
    """Read a brief and check it against what it draws on; BriefError with every mistake of form and of meaning."""
    located = locate(_decoded(data, name), name=name)
    written = write_out(located.data, shelf.chains)
    brief, flaws = whole(written.data)
    meant = (flaw for flaw in check(draft(written.data), shelf) if flaw.path not in written.emptied)
    found = [*written.flaws, *map(written.at_home, (*flaws, *meant))]
    raise_mistakes(name, _placed(located, [flaw for flaw in found if not flaw.warning]))
    warnings = [located.places.mistake(flaw) for flaw in found if flaw.warning]
    return Checked(_sound(brief), tuple(sorted(warnings, key=lambda w: (w.line, w.column))))


def _placed(located: Located, flaws: list[Flaw]) -> list[Mistake]:
    """All mistakes; those about parts that could not be read at all are left out, since they only follow."""
    broken = located.broken
    first = [flaw for flaw in flaws if not any(related(flaw.path, path) for path in broken)]
    return [*located.mistakes, *map(located.places.mistake, first)]


def _sound(brief: Brief | None) -> Brief:
    assert brief is not None  # noqa: S101 (whatever kept it from being read has been raised)
    return brief


def _decoded(data: bytes | str, name: str) -> str:
    if len(data) > LARGEST:
        fix = f"keep it below {LARGEST}; long lists belong in a CSV, as rows"
        raise BriefError(f"{name} is too large for a brief", got=len(data), fix=fix)
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        mistake = Mistake(line, column, "", "bytes that are no UTF-8 text", "save the file as UTF-8")
        raise BriefError(f"{name} is not UTF-8", mistakes=(mistake,), fix="save the file as UTF-8") from error
