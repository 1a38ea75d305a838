"""One picture file traced into one SVG file: read, trace, prove, write all of it or nothing."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from pipelines.errors import AtelierError, TraceError
from pipelines.sources import decode_raster, read_source
from pipelines.vector_proof import Proof, prove, unfit
from pipelines.vectorize import trace_picture
from pipelines.vectors.layers import SVG

log = logging.getLogger("atelier.trace")
_FAR_OFF = 5.0  # mean CIEDE2000 from which a palette cannot be that of the picture


@dataclass(frozen=True, slots=True)
class Task:
    """What becomes what. Every fill is of the `palette` (name → colour), if there is one; see `Traced`."""

    picture: Path
    target: Path
    title: str
    palette: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Traced:
    """What came of a task: `shapes` are paths, `bytes` the size of the file."""

    task: Task
    shapes: int
    bytes: int
    proof: Proof
    seconds: float
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """Why nothing came of a picture."""

    picture: Path
    error: AtelierError


def attempt(task: Task) -> Traced | Failed:
    """Trace a picture. What goes wrong with it is told, whatever it is, so that the others go on."""
    try:
        return trace(task)
    except AtelierError as error:
        return Failed(task.picture, error)
    except Exception as error:
        log.exception("%s could not be traced", task.picture)
        told = f"{task.picture}: {type(error).__name__}: {error}"
        return Failed(task.picture, TraceError("the picture could not be traced", got=told, fix="please report this"))


def trace(task: Task) -> Traced:
    """Trace a picture. Raises SourceError for one that cannot be used, TraceError for a file that cannot be written."""
    begun = time.monotonic()
    file = read_source(task.picture)
    if file.kind == "svg":
        raise TraceError("that is a drawing already", got=str(task.picture), fix="name a PNG, JPEG or WebP")
    picture = decode_raster(file.data, file.name)
    palette = tuple(dict.fromkeys(task.palette.values()))
    tokens = {colour: name for name, colour in task.palette.items() if name != colour}
    svg = trace_picture(picture.rgba, title=task.title, palette=palette, tokens=tokens)
    seconds = time.monotonic() - begun
    proof = prove(svg, picture.rgba)
    _write(task.target, svg)
    remark = _off(proof, palette) or unfit(svg, proof, picture.rgba.shape[:2])
    notes = (*picture.notes, *((remark,) if remark else ()))
    shapes = sum(1 for _ in etree.fromstring(svg).iter(SVG + "path"))
    return Traced(task, shapes, len(svg), proof, round(seconds, 2), notes)


def _off(proof: Proof, palette: tuple[str, ...]) -> str | None:
    if not palette or proof.delta_e < _FAR_OFF:
        return None
    return f"its colours are not those of the palette (ΔE {proof.delta_e:.1f} on average): name them all, or none"


def _write(target: Path, data: bytes) -> None:
    """All of `data` under `target`, or nothing. Raises TraceError."""
    scratch = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with scratch.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            scratch.replace(target)
        finally:
            scratch.unlink(missing_ok=True)
    except OSError as error:
        raise TraceError("the drawing cannot be written", got=f"{target}: {error.strerror or error}",
                         fix="name another place with --out") from error  # fmt: skip
