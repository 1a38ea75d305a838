"""Files → sources, told apart by what they hold, not by what they are called."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.errors import SourceError
from pipelines.sources.raster import decode_raster, is_picture
from pipelines.sources.svg import looks_like_svg, sanitized

LARGEST = 64 * 2**20


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that can be used: its kind, its bytes (an SVG's after cleaning), their digest, its name, and notes."""

    kind: Literal["svg", "raster"]
    data: bytes
    sha256: str
    name: str
    notes: tuple[str, ...]


def read_source(path: Path) -> SourceFile:
    """Read a drawing or picture. Raises SourceError for what is missing, unreadable or unusable."""
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise SourceError("that is a folder", got=str(path), fix="name a file in it")
        if not stat.S_ISREG(found.st_mode):
            raise SourceError("that is a device or a pipe", got=str(path), fix="name a file")
        if found.st_size > LARGEST:
            raise SourceError("the file is too large", got=f"{path.name}, {found.st_size / 2**20:.0f} MiB",
                              fix=f"keep it below {LARGEST // 2**20} MiB")  # fmt: skip
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise SourceError("there is no such file", got=str(path), fix=_near(path)) from error
    except (OSError, ValueError) as error:
        fix = "check its name and permissions"
        raise SourceError("the file cannot be read", got=f"{path}: {error}", fix=fix) from error
    return read_bytes(data, path.name)


def read_bytes(data: bytes, name: str) -> SourceFile:
    """The same for bytes in hand."""
    if not data:
        raise SourceError("the file is empty", got=name, fix="export it again")
    if is_picture(data):
        notes = decode_raster(data, name).notes
        return SourceFile("raster", data, hashlib.sha256(data).hexdigest(), name, notes)
    if looks_like_svg(data):
        clean, notes = sanitized(data, name)
        return SourceFile("svg", clean, hashlib.sha256(clean).hexdigest(), name, notes)
    raise SourceError("that is no SVG, PNG, JPEG or WebP", got=f"{name}, {_known(data)}", fix="export it as PNG or SVG")


_OTHERS = (
    (b"GIF8", "a GIF"), (b"II*\0", "a TIFF"), (b"MM\0*", "a TIFF"), (b"8BPS", "a Photoshop file"), (b"%PDF", "a PDF"),
    (b"%!PS", "a PostScript file"), (b"BM", "a BMP"), (b"PK\x03\x04", "a zip archive"), (b"\x1f\x8b", "a gzip file"),
)  # fmt: skip


def _known(data: bytes) -> str:
    if data[4:8] == b"ftyp":
        return "a HEIC, AVIF or MP4 file"
    return next((words for magic, words in _OTHERS if data.startswith(magic)), f"starting {data[:12]!r}")


def _near(path: Path) -> str:
    if not path.parent.is_dir():
        return f"there is no folder {path.parent} either"
    with contextlib.suppress(OSError):
        names = difflib.get_close_matches(path.name, [p.name for p in path.parent.iterdir()], n=3, cutoff=0.5)
        if names:
            return f"near ones are: {', '.join(names)}"
    return "check its name"
