"""Every error that Atelier raises on purpose.

AtelierError
├── BriefError           the brief says something that cannot be planned (carries every mistake, with its line)
├── RegionError          a region or set of regions that nobody knows
├── ArtworkError         artwork that is missing, changed or not allowed
├── SourceError          a master, mask or logo file that cannot be used
├── SlotError            a slot that cannot be found, is empty, folds over itself or lies outside the picture
├── PlaceError           artwork that could not be placed in its slot
├── TraceError           a picture that could not be turned into SVG
├── EngineError          a model that cannot be loaded or does not fit
├── PaletteError         colours that cannot do what is asked of them
├── LetterError          a text that could not be set
├── CutoutError          a background that cannot be removed without damage
├── UpscaleError         a picture that could not be enlarged as asked
├── StoreError           objects that cannot be read or written (a full disk, a missing object)
├── CatalogueError       a batch or variant that the catalogue does not hold, or a catalogue of another schema
├── RunError             a batch that cannot go on: no worker, a stopped queue
└── ReplayError          a delivered variant that cannot be rendered again

Each says what was wrong, the value received and what to do about it.
"""

from __future__ import annotations

from dataclasses import dataclass

_NOTHING = object()


class AtelierError(Exception):
    """What was wrong (`problem`), the value received (`got`) and what to do (`fix`).

    `everybody` tells errors that would strike the whole batch (a full disk) from those of one variant.
    """

    everybody = False

    def __init__(self, problem: str, *, got: object = _NOTHING, fix: str = "") -> None:
        self.problem = problem
        self.got = None if got is _NOTHING else got
        self.fix = fix
        parts = [problem]
        if got is not _NOTHING:
            parts.append(f"got {_brief_repr(got)}")
        if fix:
            parts.append(fix)
        super().__init__(" ".join(part if part.endswith("?") else f"{part.rstrip('.')}." for part in parts))

    def __reduce__(self) -> tuple[object, ...]:
        """Errors cross process borders in Celery; keyword arguments need telling how."""
        return (_rebuild, (type(self), self.problem, self.got, self.fix))


def _rebuild(kind: type[AtelierError], problem: str, got: object, fix: str) -> AtelierError:
    return kind(problem, got=got, fix=fix) if got is not None else kind(problem, fix=fix)


def _brief_repr(value: object) -> str:
    text = str(value) if isinstance(value, int | float) else repr(value)
    return text if len(text) <= 120 else text[:117] + "..."


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a brief: where it stands (1-based line and column, 0 if unknown) and how to mend it."""

    line: int
    column: int
    where: str
    problem: str
    fix: str = ""

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}" if self.line else "whole brief"
        tail = f". {self.fix}" if self.fix else ""
        return f"{place}: {self.where}: {self.problem}{tail}" if self.where else f"{place}: {self.problem}{tail}"


class BriefError(AtelierError):
    """A brief with mistakes; `mistakes` lists every one of them in the order of their lines."""

    def __init__(
        self, problem: str, *, mistakes: tuple[Mistake, ...] = (), got: object = _NOTHING, fix: str = ""
    ) -> None:
        super().__init__(problem, got=got, fix=fix)
        self.mistakes = tuple(sorted(mistakes, key=lambda m: (m.line, m.column)))

    def __str__(self) -> str:
        return "\n  ".join([super().__str__(), *map(str, self.mistakes)])

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild_brief, (self.problem, self.mistakes, self.got, self.fix))


def _rebuild_brief(problem: str, mistakes: tuple[Mistake, ...], got: object, fix: str) -> BriefError:
    if got is None:
        return BriefError(problem, mistakes=mistakes, fix=fix)
    return BriefError(problem, mistakes=mistakes, got=got, fix=fix)


class RegionError(AtelierError):
    """A region or set of regions that nobody knows."""


class ArtworkError(AtelierError):
    """Artwork that is missing, changed or not allowed."""


class SourceError(AtelierError):
    """A master, mask or logo file that cannot be used."""


class SlotError(AtelierError):
    """A slot that cannot be found, is empty, folds over itself or lies outside the picture."""


class PlaceError(AtelierError):
    """Artwork that could not be placed in its slot."""


class TraceError(AtelierError):
    """A picture that could not be turned into SVG."""


class EngineError(AtelierError):
    """A model that cannot be loaded or does not fit."""


class PaletteError(AtelierError):
    """Colours that cannot do what is asked of them: too few, contradictory, or unable to reach a contrast."""


class LetterError(AtelierError):
    """A text that could not be set: no font has its characters, or it fits at no allowed size."""


class CutoutError(AtelierError):
    """A background that cannot be removed without damage; the message says why."""


class UpscaleError(AtelierError):
    """A picture that could not be enlarged as asked."""


class StoreError(AtelierError):
    """Objects that cannot be read or written: a full disk, no permission, a missing or damaged object."""

    everybody = True


class CatalogueError(AtelierError):
    """A batch or variant that the catalogue does not hold, or a catalogue of another schema."""

    everybody = True


class RunError(AtelierError):
    """A batch that cannot go on: no worker answers, or the queue has stopped."""

    everybody = True


class ReplayError(AtelierError):
    """A delivered variant that cannot be rendered again."""
