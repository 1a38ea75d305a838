"""Regions' own artwork: the allow-listed files of three packages, and the drawings of this project.

A package's folder holds far more than belongs on anybody's mascot, and some of it is out of date or offensive. So only
what `artwork/allow-list.json` names is ever read, and only while its bytes are those that somebody looked at.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import StringConstraints, TypeAdapter, ValidationError

from pipelines.errors import ArtworkError
from pipelines.model import Record, Sha256
from pipelines.sources import parse_svg

DRAWN = "drawn"
_LICENCES = {DRAWN: "CC0-1.0", "region-flags": "public domain", "flag-icons": "MIT", "circle-flags": "MIT"}
_INSTALL = "run `make artwork` (npm ci --prefix artwork)"


@dataclass(frozen=True, slots=True)
class Artwork:
    """One region's drawing; `ratio` is width over height, `sha256` that of the bytes here."""

    code: str
    svg: bytes
    sha256: str
    ratio: float
    source: str
    licence: str


class Allowed(Record):
    """A line of the allow-list: where a drawing lies and which bytes it must have."""

    package: Literal["drawn", "region-flags", "flag-icons", "circle-flags"]
    file: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*\.svg$")]
    sha256: Sha256
    ratio: float
    unmask: bool


@dataclass(frozen=True)
class ArtworkLibrary:
    """The artwork of the project in `root`."""

    root: Path

    @cached_property
    def _list(self) -> dict[str, Allowed]:
        path = self.root / "artwork" / "allow-list.json"
        try:
            return TypeAdapter(dict[str, Allowed]).validate_json(path.read_bytes())
        except (OSError, ValidationError, json.JSONDecodeError) as error:
            raise ArtworkError("the list of allowed artwork cannot be read", got=str(path), fix=str(error)) from error

    def codes(self) -> tuple[str, ...]:
        """Every region whose drawing is here."""
        return tuple(code for code in self._list if self.has(code))

    def has(self, code: str) -> bool:
        """Whether a region's drawing is allowed and here."""
        return code in self._list and self._path(self._list[code]).is_file()

    def missing_packages(self) -> tuple[str, ...]:
        """Packages that the list names and that are not installed."""
        packages = sorted({allowed.package for allowed in self._list.values()})
        return tuple(package for package in packages if not self._folder(package).is_dir())

    def load(self, code: str) -> Artwork:
        """A region's drawing. Raises ArtworkError where it is not allowed, not here, or not the one on the list."""
        allowed = self._list.get(code)
        if allowed is None:
            raise ArtworkError(
                "there is no artwork for this region", got=code, fix="give artwork: a file for each value"
            )
        path = self._path(allowed)
        if not path.is_file():
            raise ArtworkError("the region's artwork is not installed", got=f"{code}: {path.name}", fix=_INSTALL)
        data = _bytes(path, code)
        if hashlib.sha256(data).hexdigest() != allowed.sha256:
            fix = f"{_INSTALL}; after an update of the package look at it, then run artwork/update.py"
            raise ArtworkError("the region's artwork is not the file that was allowed", got=f"{code}: {path}", fix=fix)
        svg = unmasked(data, path.name) if allowed.unmask else data
        source = f"{allowed.package}/{allowed.file}"
        digest = hashlib.sha256(svg).hexdigest()
        return Artwork(code, svg, digest, allowed.ratio, source, _LICENCES[allowed.package])

    def _path(self, allowed: Allowed) -> Path:
        return self._folder(allowed.package) / allowed.file

    def _folder(self, package: str) -> Path:
        base = self.root / "artwork"
        return base / DRAWN if package == DRAWN else base / "node_modules" / package


def _bytes(path: Path, code: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ArtworkError(
            "the region's artwork cannot be read", got=f"{code}: {path}", fix=str(error.strerror)
        ) from error


def unmasked(data: bytes, name: str) -> bytes:
    """The full square under circle-flags' round mask."""
    from lxml import etree

    root = parse_svg(data, name)
    for element in list(root.iter()):
        element.attrib.pop("mask", "")
        parent = element.getparent()
        if etree.QName(element).localname == "mask" and parent is not None:
            parent.remove(element)
    return etree.tostring(root, encoding="utf-8")
