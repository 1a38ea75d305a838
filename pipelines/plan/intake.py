"""The files that a plan takes in, each once: what a designer keeps beside the brief, regions' flags, styles, grades."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.brief.shelf import Shelf
from pipelines.brief.slots import is_file
from pipelines.model import Source
from pipelines.sources import SourceFile, read_source


@dataclass(slots=True)
class Intake:
    """Takes files in, each once; `files` are their bytes by digest, `notes` what their readers noted."""

    shelf: Shelf
    files: dict[str, bytes] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    flags: dict[str, Source] = field(default_factory=dict)

    def file(self, name: str) -> Source:
        """A picture or drawing beside the brief."""
        return self.take(self.shelf.read(name))

    def take(self, file: SourceFile) -> Source:
        """A file that is read already; what its reader noted is kept."""
        self.files[file.sha256] = file.data
        self.notes.update(dict.fromkeys(f"{file.name}: {note}" for note in file.notes))
        return Source(sha256=file.sha256, name=file.name, kind=file.kind)

    def flag(self, code: str) -> Source:
        """A region's own artwork."""
        if code not in self.flags:
            artwork = self.shelf.artwork.load(code)
            self.files[artwork.sha256] = artwork.svg
            self.flags[code] = Source(sha256=artwork.sha256, name=f"{code.lower()}.svg", kind="svg")
        return self.flags[code]

    def grade(self, name: str) -> Source:
        """A grade of colours."""
        return self._bytes(self.shelf.grades[name], f"{name}.toml", "grade")

    def font(self, name: str) -> Source:
        """A font beside the brief."""
        return self._bytes(self.shelf.text(name), Path(name).name, "font")

    def reference(self, path: Path) -> Source:
        """A style's reference picture."""
        return self.take(read_source(path))

    def _bytes(self, data: bytes, name: str, kind: str) -> Source:
        source = Source.model_validate({"sha256": hashlib.sha256(data).hexdigest(), "name": name, "kind": kind})
        self.files[source.sha256] = data
        return source

    def current(self, name: str | None) -> Source | None:
        """What a slot shows today: a file, or a region's artwork."""
        if name is None:
            return None
        return self.file(name) if is_file(name) else self.flag(name)
