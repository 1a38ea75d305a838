"""What a brief may draw on: the files beside it, regions, artwork, prompt templates and styles.

Everything that varies from machine to machine comes in here, so that checking and planning are pure beyond it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path as FilePath
from typing import Protocol, Self

from pipelines.artwork import Artwork, ArtworkLibrary
from pipelines.brief.chains import Chain, load_chains
from pipelines.brief.flaws import did_you_mean
from pipelines.brief.model_shelf import MachineModels, ModelShelf
from pipelines.errors import SourceError
from pipelines.prompts import PromptBook, Template
from pipelines.regions import Region, RegionBook
from pipelines.sources import SourceFile, read_source
from pipelines.styles import Style, load_styles

Reader = Callable[[str], SourceFile]
TextReader = Callable[[str], bytes]


class Regions(Protocol):
    """Places and named sets of them; RegionError for an unknown one, naming near ones."""

    def get(self, code: str) -> Region:
        """The region of a code such as CA-ON."""

    def set(self, name: str) -> tuple[str, ...]:
        """The codes of a named set."""

    def name_in(self, code: str, locale: str) -> str:
        """A place's name in a language."""


class Artworks(Protocol):
    """Regions' own drawings; ArtworkError for one that is missing."""

    def has(self, code: str) -> bool:
        """Whether there is one."""

    def load(self, code: str) -> Artwork:
        """The drawing, checked."""


class Prompts(Protocol):
    """Prompt templates by name."""

    def template(self, name: str) -> Template:
        """BriefError for an unknown name."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """`read` gives a picture and `text` the bytes of a file, both by their path relative to the brief; `locate` says
    where a model lies, as an absolute path if it lies beside the brief.
    """

    read: Reader
    text: TextReader
    regions: Regions
    artwork: Artworks
    prompts: Prompts
    styles: Mapping[str, Style]
    models: ModelShelf
    grades: Mapping[str, bytes] = field(default_factory=dict)
    others: tuple[FilePath, ...] = ()
    locate: Callable[[str], str] = str
    chains: Mapping[str, Chain] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: FilePath, *, root: FilePath) -> Self:
        """The shelf of a brief in `folder`, with the prompts, styles and artwork of the project in `root`.

        Raises BriefError for a style that cannot be read.
        """
        files = Folder(folder)
        return cls(
            read=cache(files.picture),
            text=files.text,
            regions=RegionBook.load(root),
            artwork=ArtworkLibrary(root),
            prompts=PromptBook.load(root),
            styles=load_styles(root / "styles"),
            models=MachineModels(root),
            locate=files.model,
            chains=load_chains(root / "styles" / "chains"),
            grades={file.stem: file.read_bytes() for file in sorted((root / "styles" / "grades").glob("*.toml"))},
            others=tuple(sorted((root / "styles" / "others").glob("*.svg"))),
        )


@dataclass(frozen=True, slots=True)
class Folder:
    """The files beside a brief. Nothing outside the folder is read, through links neither."""

    path: FilePath

    def picture(self, name: str) -> SourceFile:
        """A drawing or picture, read and checked; SourceError when it cannot be used."""
        return read_source(self._inside(name))

    def text(self, name: str) -> bytes:
        """A file's bytes; SourceError when it cannot be read."""
        try:
            return self._inside(name).read_bytes()
        except OSError as error:
            raise SourceError("the file cannot be read", got=name, fix=str(error.strerror)) from error

    def model(self, name: str) -> str:
        """A model's folder or file beside the brief as an absolute path; anything else, such as a hub id, unchanged."""
        beside = self.path / name
        return str(beside.resolve()) if name and beside.exists() else name

    def _inside(self, name: str) -> FilePath:
        base = self.path.resolve()
        try:
            found = (base / name).resolve()
        except (OSError, ValueError, RuntimeError) as error:
            raise SourceError("no file can have that name", got=name, fix="name a file beside the brief") from error
        if not found.is_relative_to(base) or not name.strip():
            raise SourceError("the file is not in the brief's folder", got=name, fix="put it beside or below the brief")
        if not found.is_file():
            near = _near(found.parent, found.name)
            raise SourceError("there is no such file beside the brief", got=name, fix=near)
        return found


def _near(folder: FilePath, name: str) -> str:
    if not folder.is_dir():
        return f"there is no folder {folder.name} either"
    names = [entry.name for entry in folder.iterdir() if entry.is_file()]
    return did_you_mean(name, names, what="beside it are")


def reason(error: Exception) -> tuple[str, str]:
    """An error of one of the shelf's parts → a flaw's problem, with the value received, and its fix."""
    problem, fix, got = (getattr(error, key, None) for key in ("problem", "fix", "got"))
    shown = f", got {got!r}" if got is not None else ""
    return f"{problem}{shown}", str(fix or "")
