"""`atelier replay`: a delivered variant rendered again from its manifest alone."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from pipelines.deliver import encode_png
from pipelines.edits.place import place
from pipelines.errors import ReplayError
from pipelines.grading import grading
from pipelines.model import Manifest, Source, Variant
from pipelines.slots.view import open_slot
from pipelines.workshop import coloured, opened
from studio import exits
from studio.output import console, print_json

TOLERANCE = 0  # placing is exact: the same recipe and libraries give the same pixels


@dataclass(frozen=True, slots=True)
class Comparison:
    """A replayed picture against the delivered one: pixels that differ by more than the tolerance, largest step."""

    differing: int
    largest: int

    @property
    def identical(self) -> bool:
        """Within the stated tolerance everywhere."""
        return self.differing == 0


def replay(path: Path, name: str, *, save: Path | None, as_json: bool) -> int:
    """Render `name` again, compare it with the delivered PNG, and say so; an exit code."""
    folder, manifest = _read(path)
    variant = _find(manifest, name)
    rgba = render_again(variant, _reader(folder, manifest))
    if save is not None:
        save.write_bytes(encode_png(rgba))
    found = _compare(rgba, folder, variant)
    changed = {k: v for k, v in manifest.versions.items() if metadata.version(k) != v}
    if as_json:
        print_json({"variant": name, "identical": found.identical, "differing_pixels": found.differing,
                    "largest_step": found.largest, "tolerance": TOLERANCE, "other_versions": changed})  # fmt: skip
    else:
        _say(name, found, changed)
    return exits.DONE if found.identical else exits.DIFFERENT


def _say(name: str, found: Comparison, changed: dict[str, str]) -> None:
    if found.identical:
        console().print(
            f"[green]identical[/]: {name} came out the same, pixel for pixel (tolerance {TOLERANCE} of 255)"
        )
        return
    why = ", ".join(f"{k} was {v}" for k, v in changed.items()) or "the delivered file may have been changed since"
    console().print(f"[red]different[/]: {found.differing} pixels differ, by up to {found.largest} of 255 ({why})")


def _read(path: Path) -> tuple[Path, Manifest]:
    file = path / "manifest.json" if path.is_dir() else path
    try:
        return file.parent, Manifest.model_validate_json(file.read_bytes())
    except FileNotFoundError as error:
        raise ReplayError(
            "there is no manifest", got=str(file), fix="give a pack's folder or its manifest.json"
        ) from error
    except (ValidationError, json.JSONDecodeError, OSError) as error:
        raise ReplayError(
            "a manifest that cannot be read", got=f"{file}: {str(error)[:160]}", fix="unpack it again"
        ) from error


def _find(manifest: Manifest, name: str) -> Variant:
    import difflib

    variants = {v.order.recipe.name: v for v in manifest.variants}
    if name not in variants:
        near = ", ".join(difflib.get_close_matches(name, variants, n=4, cutoff=0.3)) or "none"
        raise ReplayError("the manifest has no such variant", got=name, fix=f"near ones are: {near}")
    return variants[name]


def _reader(folder: Path, manifest: Manifest) -> Callable[[Source], bytes]:
    import hashlib

    def read(source: Source) -> bytes:
        path = manifest.sources.get(source.sha256)
        try:
            data = (folder / str(path)).read_bytes()
        except OSError as error:
            raise ReplayError(
                "a source of the pack is missing", got=f"{source.name} at {path}", fix="unpack the zip again"
            ) from error
        if hashlib.sha256(data).hexdigest() != source.sha256:
            raise ReplayError("a source of the pack was changed", got=str(path), fix="unpack the zip again")
        return data

    return read


def render_again(variant: Variant, read: Callable[[Source], bytes]) -> NDArray[np.uint8]:
    """The variant's pixels, from its recipe and its sources."""
    recipe = variant.order.recipe
    grade = grading(recipe.recolor, read) if recipe.recolor is not None else None
    master = opened(recipe, read, grade)
    rgba = master.rgba
    for placement in recipe.edits:
        rgba = place(rgba, open_slot(master, placement, read), *coloured(placement, read(placement.artwork), grade))
    return rgba


def _compare(rgba: NDArray[np.uint8], folder: Path, variant: Variant) -> Comparison:
    from PIL import Image

    full = [a for a in variant.assets if a.format == "png" and (a.height, a.width) == rgba.shape[:2]]
    if not full:
        raise ReplayError("nothing to compare with", got=[a.path for a in variant.assets],
                          fix="deliver PNG at the master's size, or look at the picture with --save")  # fmt: skip
    try:
        with Image.open(io.BytesIO((folder / full[0].path).read_bytes())) as picture:
            delivered = np.asarray(picture.convert("RGBA")).astype(int)
    except OSError as error:
        raise ReplayError(
            "the delivered picture cannot be read", got=full[0].path, fix="unpack the zip again"
        ) from error
    step = np.abs(delivered - rgba.astype(int)).max(axis=2)
    return Comparison(int((step > TOLERANCE).sum()), int(step.max()))
