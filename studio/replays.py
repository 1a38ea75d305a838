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

from pipelines import chain
from pipelines.bench import Bench
from pipelines.deliver import encode_png
from pipelines.engines.models import LoadedModels, Models
from pipelines.errors import AtelierError, ReplayError
from pipelines.home import ROOT
from pipelines.model import Manifest, Source, Variant
from pipelines.stages import take_of
from studio import exits
from studio.output import console, print_json

_PUT_BACK, _CHANGED = 5, 10


@dataclass(frozen=True, slots=True)
class Comparison:
    """A replayed picture against the delivered one: pixels that differ by more than the tolerance, largest step."""

    differing: int
    largest: int
    tolerance: int

    @property
    def identical(self) -> bool:
        """Within the stated tolerance everywhere."""
        return self.differing == 0


def replay(path: Path, name: str, *, save: Path | None, as_json: bool) -> int:
    """Render `name` again, compare it with the delivered PNG, and say so; an exit code."""
    folder, manifest = _read(path)
    variant = _find(manifest, name)
    rgba = render_again(variant, _reader(folder, manifest), LoadedModels(ROOT))
    if save is not None:
        save.write_bytes(encode_png(rgba))
    found = _compare(rgba, folder, variant)
    changed = _other_versions(manifest, variant)
    if as_json:
        print_json({"variant": name, "identical": found.identical, "differing_pixels": found.differing,
                    "largest_step": found.largest, "tolerance": found.tolerance,
                    "other_versions": changed})  # fmt: skip
    else:
        _say(name, found, changed)
    return exits.DONE if found.identical else exits.DIFFERENT


def _say(name: str, found: Comparison, changed: dict[str, str]) -> None:
    if found.identical:
        console().print(
            f"[green]identical[/]: {name} came out the same, pixel for pixel (tolerance {found.tolerance} of 255)"
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


def render_again(variant: Variant, read: Callable[[Source], bytes], models: Models) -> NDArray[np.uint8]:
    """The variant's pixels, from its recipe, its sources and the records of its paint. Raises the recipe's error."""
    records = tuple(paint.record for paint in variant.paints)
    take = take_of(variant)
    (made,) = chain.run(Bench(read, models), [chain.Turn(variant.order.recipe, take, records)])
    if isinstance(made, AtelierError):
        raise made
    return made.rgba


def tolerance_of(variant: Variant) -> int:
    """What a replay may differ by, of 255: nothing where no model painted.

    A painter's own pictures differ by 1 in fp32, by 2 otherwise, between batches of other shapes. Resampled and put
    back, that becomes up to 5 times as much, and after a later grade or enlargement up to 10 times.
    """
    if not any(paint.kept and paint.record.steps_run for paint in variant.paints):
        return 0
    steps = 1 if all(paint.record.precision == "fp32" for paint in variant.paints) else 2
    changed_since = any(step.edit in ("recolor", "upscale") for step in variant.order.recipe.edits)
    return steps * (_CHANGED if changed_since else _PUT_BACK)


def _other_versions(manifest: Manifest, variant: Variant) -> dict[str, str]:
    """What may explain a difference: libraries of other versions than then, and that paint came of another device."""
    then = dict(manifest.versions)
    for paint in variant.paints:
        then |= paint.record.versions
    found = {k: v for k, v in then.items() if _version(k) != v}
    elsewhere = [paint.record.device for paint in variant.paints if paint.record.device != "cpu"]
    return found | ({"device": elsewhere[0]} if elsewhere else {})


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


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
    tolerance = tolerance_of(variant)
    return Comparison(int((step > tolerance).sum()), int(step.max()), tolerance)
