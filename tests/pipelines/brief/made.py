"""A small brief, and everything that it draws on, made here; what is wrong with a brief like it."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image

from pipelines.artwork import Artwork
from pipelines.brief import Shelf, read_brief
from pipelines.errors import ArtworkError, BriefError, EngineError, Mistake, RegionError, SourceError
from pipelines.home import ROOT
from pipelines.model import Drawing
from pipelines.profiles import Profile, find_profile, load_profiles
from pipelines.prompts import Template
from pipelines.regions import Region
from pipelines.sources import SourceFile
from pipelines.styles import Style, StyleFile

MASTER = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100">
<g id="flag-art" data-atelier-grid="10,10 60,10; 10,40 60,40"><rect x="10" y="10" width="50" height="30"/></g>
<g id="folded" data-atelier-grid="10,10 60,10; 10,40"><rect x="10" y="10" width="50" height="30"/></g>
</svg>"""
FLAG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2"><rect width="3" height="2"/></svg>'
NAMES = {"CA-BC": "British Columbia", "CA-ON": "Ontario", "US-WA": "Washington", "NO": "Norway", "FR": "France"}
GOOD = """\
brief: 1
name: mascot-flags
why: People learn more from a mascot that is theirs.
data_used: [region]
biases: [contested flags]
master: {file: mascot.svg, size: 64}
slots:
  flag:
    layer: flag-art
axes:
  region:
    values: [CA-ON, NO]
edits:
  region:
    - edit: place
      slot: flag
prompt: the mascot holding {region}
"""


@dataclass
class Regions:
    """Five places and two sets."""

    def get(self, code: str) -> Region:
        if code not in NAMES:
            raise RegionError("no such region", got=code, fix="near ones are: CA-ON")
        name = NAMES[code]
        return Region(code=code, name=name, phrase=f"the flag of {name}", country=code[:2], kind="country")

    def name_in(self, code: str, locale: str) -> str:
        return self.get(code).name if locale == "en" else f"{self.get(code).name} ({locale})"

    def set(self, name: str) -> tuple[str, ...]:
        if name != "canada":
            raise RegionError("no such set", got=name, fix="sets are: canada")
        return ("CA-BC", "CA-ON")


PALETTE = {"ink": "#2d2130", "fur": "#eda24b"}


@dataclass
class Models:
    """Every model is here, but for those that are called missing; its weights are its name."""

    profiles: dict[str, Profile] = field(default_factory=lambda: load_profiles(ROOT))

    def profile(self, name: str) -> Profile:
        return find_profile(self.profiles, name)

    def checkpoint(self, profile: Profile, where: str | None) -> tuple[str, str]:
        return self.pretrained(where or profile.hub or profile.ships)

    def lora(self, file: Path) -> tuple[str, str]:
        return self.pretrained(str(file))

    def adapter(self, profile: Profile, where: str | None) -> tuple[str, str]:
        return self.pretrained(where or f"{profile.name} adapter")

    def control(self, profile: Profile, drawing: Drawing, where: str | None) -> tuple[str, str]:
        return self.pretrained(where or f"{profile.name} {drawing}")

    def judge(self, where: str) -> tuple[str, str]:
        return self.pretrained(where)

    def pretrained(self, where: str) -> tuple[str, str]:
        if "missing" in where:
            raise EngineError("there is no such model on this machine", got=where, fix="pull it")
        return where, hashlib.sha256(where.encode()).hexdigest()


@dataclass
class Artworks:
    """A flag for each place but France."""

    missing: tuple[str, ...] = ("FR",)

    def has(self, code: str) -> bool:
        return code in NAMES and code not in self.missing

    def load(self, code: str) -> Artwork:
        if not self.has(code):
            raise ArtworkError("no artwork", got=code, fix="run make artwork")
        svg = FLAG.replace(b"/></svg>", f"><title>{code}</title></rect></svg>".encode())
        digest = hashlib.sha256(svg).hexdigest()
        return Artwork(code=code, svg=svg, sha256=digest, ratio=1.5, source="drawn here", licence="CC0-1.0")


@dataclass
class Prompts:
    def template(self, name: str) -> Template:
        if name != "holding-flag":
            raise BriefError("no such prompt template", got=name, fix="templates are: holding-flag")
        return Template(text="the mascot holding {region}")


@dataclass
class Files:
    """The folder of a brief."""

    files: dict[str, bytes] = field(default_factory=lambda: {"mascot.svg": MASTER})

    def picture(self, name: str) -> SourceFile:
        data = self.text(name)
        kind: Literal["svg", "raster"] = "svg" if data.startswith(b"<") else "raster"
        return SourceFile(kind=kind, data=data, sha256=hashlib.sha256(data).hexdigest(), name=name, notes=())

    def text(self, name: str) -> bytes:
        if name not in self.files:
            raise SourceError("there is no such file beside the brief", got=name, fix="put it there")
        return self.files[name]


def shelf(**files: bytes) -> Shelf:
    folder = Files({"mascot.svg": MASTER, **{name.replace("__", "."): data for name, data in files.items()}})
    styles = {
        "ink-flat": Style(Path("ink-flat"), StyleFile(words=("flat ink",), avoid=("gradients",), palette=PALETTE))
    }
    return Shelf(folder.picture, folder.text, Regions(), Artworks(), Prompts(), styles, Models())


def png(width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (width, height), 255).save(buffer, "PNG")
    return buffer.getvalue()


def with_line(old: str, new: str, text: str = GOOD) -> str:
    assert old in text
    return text.replace(old, new)


ROWS = with_line("axes:\n  region:\n    values: [CA-ON, NO]\n", "rows: rows.csv\n")


def mistakes(text: str | bytes, on: Shelf | None = None) -> tuple[Mistake, ...]:
    with pytest.raises(BriefError) as caught:
        read_brief(text, on or shelf())
    return caught.value.mistakes


def only_mistake(text: str | bytes, on: Shelf | None = None) -> Mistake:
    found = mistakes(text, on)
    assert len(found) == 1, "\n".join(map(str, found))
    return found[0]


def position(text: str, word: str, nth: int = 0) -> tuple[int, int]:
    at = -1
    for _ in range(nth + 1):
        at = text.index(word, at + 1)
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def assert_told(old: str, new: str, where: str, words: str) -> None:
    """With `new` for `old`, the brief has a mistake at `where` whose problem has these words."""
    found = {m.where: m for m in mistakes(with_line(old, new))}
    assert where in found, found
    assert words in found[where].problem
    assert found[where].line > 1
