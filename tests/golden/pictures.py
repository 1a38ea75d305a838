"""Golden pictures: the examples with flags drawn by this project, through the real path, and their perceptual hashes.

Three hashes a picture (Zauner 2010): `whole` and `slot` are DCT hashes of 256 bits, of the whole picture and of the box
around the slot; they see shapes, and no flat colour. `colour` counts the slot's hues in 42 bits.
"""

from __future__ import annotations

import functools
import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.brief import Shelf, read_brief
from pipelines.catalogue import Catalogue
from pipelines.engines.embedder import on_white
from pipelines.engines.fakes import FakeModels
from pipelines.flow import kept_of
from pipelines.home import ROOT
from pipelines.model import Placement
from pipelines.plan import make_plan
from pipelines.slots.view import SlotView
from pipelines.stages import Job, mates_of
from pipelines.store import FolderStore
from pipelines.tracing.better import BetterTracer
from pipelines.workshop import Workshop

Pixels = NDArray[np.uint8]
HASHES = Path(__file__).with_name("hashes.json")
EXAMPLES = {"mascot": ("flag-art", ("JP", "FR", "US-MS", "US-UT")), "hero": ("banner-art", ("NO",))}
BRIEF = """\
brief: 1
name: golden
why: to see when a picture changes
data_used: []
biases: []
master: {{file: {example}.svg, size: 512}}
slots:
  flag: {{layer: {layer}}}
axes:
  region: {{values: [{codes}]}}
edits:
  region:
    - {{edit: place, slot: flag}}
prompt: holding-flag
"""


@dataclass(frozen=True, slots=True)
class Hashes:
    """Hexadecimal."""

    whole: str
    slot: str
    colour: str

    def distances(self, other: Hashes) -> dict[str, int]:
        """Bits that differ, by hash."""
        return {
            "whole": int(imagehash.hex_to_hash(self.whole) - imagehash.hex_to_hash(other.whole)),
            "slot": int(imagehash.hex_to_hash(self.slot) - imagehash.hex_to_hash(other.slot)),
            "colour": int(imagehash.hex_to_flathash(self.colour, 3) - imagehash.hex_to_flathash(other.colour, 3)),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A variant (h, w, 4) with the master, slot, placement and artwork that it was made from."""

    rgba: Pixels
    master: Pixels
    view: SlotView
    placement: Placement
    artwork: bytes


@functools.cache
def pictures() -> dict[str, Picture]:
    """Name → picture: mascot-jp, and so on."""
    with tempfile.TemporaryDirectory() as folder:
        catalogue = Catalogue.open(f"sqlite:///{folder}/catalogue.sqlite")
        shop = Workshop(FolderStore(Path(folder) / "objects"), catalogue, BetterTracer(), FakeModels())
        made = {name: picture for example in EXAMPLES for name, picture in _made(shop, example)}
        catalogue.close()
        return made


def _made(shop: Workshop, example: str) -> Iterator[tuple[str, Picture]]:
    layer, codes = EXAMPLES[example]
    shelf = Shelf.open(ROOT / "examples" / example, root=ROOT)
    text = BRIEF.format(example=example, layer=layer, codes=", ".join(codes))
    planned = make_plan(read_brief(text, shelf).brief, shelf)
    for data in planned.files.values():
        shop.store.put(data)
    mates = mates_of(list(planned.plan.orders))
    for order in planned.plan.orders:
        recipe, (placement,) = order.recipe, order.recipe.placements
        kept = kept_of(shop, "edit", Job(order, mates))
        with Image.open(BytesIO(shop.store.get(str(kept["picture"])))) as image:
            rgba = np.asarray(image.convert("RGBA"))
        view, master = shop.bench.view(recipe, placement), shop.bench.master(recipe).rgba
        yield f"{example}-{recipe.name}", Picture(rgba, master, view, placement, shop.read(placement.artwork))


def hashes(rgba: Pixels, view: SlotView) -> Hashes:
    """The three hashes of a picture, laid on white."""
    whole = Image.fromarray(on_white(rgba))
    box = (int(view.columns.min()), int(view.rows.min()), int(view.columns.max()) + 1, int(view.rows.max()) + 1)
    slot = whole.crop(box)
    return Hashes(
        str(imagehash.phash(whole, hash_size=16)),
        str(imagehash.phash(slot, hash_size=16)),
        str(imagehash.colorhash(slot, binbits=3)),
    )


def golden() -> dict[str, Hashes]:
    """The hashes that are kept."""
    return {name: Hashes(**entry) for name, entry in json.loads(HASHES.read_text()).items()}


def keep(found: dict[str, Hashes]) -> None:
    """Keep these hashes from now on."""
    HASHES.write_text(json.dumps({name: asdict(entry) for name, entry in found.items()}, indent=2) + "\n")
