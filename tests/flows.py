"""A brief from its text to the delivered pack, in one process, with models that are fakes."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from lxml import etree
from numpy.typing import NDArray
from PIL import Image

from pipelines.brief import Shelf, read_brief
from pipelines.catalogue import Catalogue
from pipelines.deliver import encode_png
from pipelines.engines.fakes import FakeModels
from pipelines.engines.renderer import render
from pipelines.flow import make, settle
from pipelines.home import ROOT
from pipelines.model import Manifest, Variant
from pipelines.pack import publish
from pipelines.plan import make_plan
from pipelines.profiles import load_profiles
from pipelines.sources import parse_svg
from pipelines.stages import mates_of
from pipelines.store import FolderStore
from pipelines.tracing.better import BetterTracer
from pipelines.workshop import Workshop
from tests.pipelines.brief.made import Models

Pixels = NDArray[np.uint8]
FONTS = ROOT / "examples" / "poster" / "fonts"


@dataclass(frozen=True)
class Delivered:
    """A pack, and the variants in it by name."""

    pack: Path
    variants: dict[str, Variant]
    warnings: tuple[str, ...]

    def pixels(self, name: str, size: int | None = None) -> Pixels:
        """A variant's PNG, (h, w, 4)."""
        at = f"@{size}" if size is not None else ""
        return pixels(self.pack / "png" / f"{name}{at}.png")

    def svg(self, name: str) -> etree._Element:
        """A variant's SVG."""
        return etree.fromstring((self.pack / "svg" / f"{name}.svg").read_bytes())

    def drawn(self, name: str) -> Pixels:
        """A variant's SVG, drawn at the size that it says."""
        root = parse_svg((self.pack / "svg" / f"{name}.svg").read_bytes(), name)
        return render(root, int(root.get("width", "")), int(root.get("height", "")))

    @property
    def master(self) -> Pixels:
        """The master of the pack."""
        return pixels(self.pack / "master" / "master.png")

    @property
    def failed(self) -> dict[str, str]:
        """Why variants failed."""
        return {name: str(v.error) for name, v in self.variants.items() if v.state == "failed"}


def pixels(path: Path) -> Pixels:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGBA"))


def deliver(
    folder: Path, text: str, *, files: dict[str, bytes] | None = None, models: FakeModels | None = None
) -> Delivered:
    """Plan, make and publish a brief whose files are `files`."""
    beside = folder / "brief"
    for name, data in (files or {}).items():
        (beside / name).parent.mkdir(parents=True, exist_ok=True)
        (beside / name).write_bytes(data)
    shelf = replace(Shelf.open(beside, root=ROOT), models=Models())
    checked = read_brief(text, shelf)
    planned = make_plan(checked.brief, shelf)
    catalogue = Catalogue.open(f"sqlite:///{folder / 'catalogue.sqlite'}")
    shop = Workshop(
        FolderStore(folder / "objects"), catalogue, BetterTracer(), models or FakeModels(load_profiles(ROOT))
    )
    for data in planned.files.values():
        shop.store.put(data)
    batch = catalogue.create_batch(planned.plan, text)
    mates = mates_of([v.order for v in catalogue.variants(batch.id)])
    names = catalogue.unfinished(batch.id)
    settle(shop, batch.id, names, mates)
    for name in names:
        make(shop, batch.id, name, mates)
    pack, _ = publish(shop, batch, folder / "outputs")
    manifest = Manifest.model_validate_json((pack / "manifest.json").read_text())
    found = {v.order.recipe.name: v for v in manifest.variants}
    return Delivered(pack, found, tuple(map(str, checked.warnings)))


def picture(svg: bytes, width: int, height: int) -> bytes:
    """A drawing as the PNG that a designer would send instead."""
    return encode_png(render(parse_svg(svg, "drawing.svg"), width, height))


def recipe_inside(file: Path) -> dict[str, object]:
    """The recipe that travels in a PNG."""
    with Image.open(file) as opened:
        root = etree.fromstring(opened.info["XML:com.adobe.xmp"].encode())
    (found,) = root.iter("{https://atelier.invalid/ns/1.0/}recipe")
    recipe: dict[str, object] = json.loads(found.text or "")
    return recipe
