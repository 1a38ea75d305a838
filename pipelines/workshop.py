"""What a worker works with: where things are kept, its bench, and what it makes once for many variants."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from pipelines.bench import Bench, slot_key
from pipelines.catalogue import Catalogue
from pipelines.engines.models import Models
from pipelines.engines.tracer import Tracer
from pipelines.errors import StoreError
from pipelines.kept import KeptBytes, KeptVectors
from pipelines.likening import Likener
from pipelines.model import Placement, Recipe, Source
from pipelines.palette_lock import LockedTracer
from pipelines.recent import Recent
from pipelines.references import reference_sheet
from pipelines.store import Store
from pipelines.vectorize import trace

SCORE_REVISION = 1
TRACE_REVISION = 2  # raise it when the tracer comes to give other shapes
_SHEETS = 4096


@dataclass
class Workshop:
    """One worker's store, catalogue, tracer and models; its bench, and the sheets and tracings that it has read."""

    store: Store
    catalogue: Catalogue
    tracer: Tracer
    models: Models
    bench: Bench = field(init=False)
    likener: Likener = field(init=False)
    sheets: Recent[NDArray[np.float32]] = field(default_factory=lambda: Recent(_SHEETS))
    tracings: Recent[bytes] = field(default_factory=lambda: Recent(4))

    def __post_init__(self) -> None:
        self.bench = Bench(self.read, self.models)
        self.likener = Likener(self.bench, KeptVectors(self.store, self.catalogue), sheet=self.sheet)

    def read(self, source: Source) -> bytes:
        """The bytes of a source; StoreError says which file is missing."""
        try:
            return self.store.get(source.sha256)
        except StoreError as error:
            raise StoreError(f"{source.name} is not in the store any more", got=error.problem,
                             fix="run the brief again, which puts it back") from error  # fmt: skip

    def sheet(self, recipe: Recipe, placement: Placement) -> NDArray[np.float32]:
        """The reference sheet of what a placement places, (rows, columns, 3) linear light; drawn once and kept."""
        text = f"{SCORE_REVISION} {slot_key(recipe, placement)} {placement.artwork.sha256}"
        key = hashlib.sha256(text.encode()).hexdigest()
        return self.sheets.get(key, lambda: self._sheet(key, recipe, placement))

    def _sheet(self, key: str, recipe: Recipe, placement: Placement) -> NDArray[np.float32]:
        kept = self.catalogue.result("sheet", key)
        if kept is not None and self.store.has(str(kept["sheet"])):
            found = np.load(io.BytesIO(self.store.get(str(kept["sheet"]))))
            return np.asarray(found, dtype=np.float32)
        sheet = reference_sheet(self.bench.view(recipe, placement), *self.bench.artwork(recipe, placement))
        halves = sheet.astype(np.float16)
        out = io.BytesIO()
        np.save(out, halves)
        self.catalogue.keep_result("sheet", key, {"sheet": self.store.put(out.getvalue())})
        return halves.astype(np.float32)

    def traced(self, base: NDArray[np.uint8], palette: tuple[str, ...]) -> etree._Element:
        """The group `master`: the picture (h, w, 4) that variants have in common, traced in the palette's colours.

        Traced once and kept, so that its bytes are the same in all of them.
        """
        pixels = hashlib.sha256(base.tobytes()).hexdigest()
        key = f"{TRACE_REVISION} {base.shape} {pixels} {palette}"
        return etree.fromstring(self.tracings.get(key, lambda: self._traced(key, base, palette)))

    def _traced(self, key: str, base: NDArray[np.uint8], palette: tuple[str, ...]) -> bytes:
        kept = KeptBytes(self.store, self.catalogue, "tracing")
        if key not in kept:
            (group,) = trace(base, LockedTracer(self.tracer, palette), ident="master")
            kept[key] = etree.tostring(group)
        return kept[key]
