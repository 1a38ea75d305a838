"""What a worker works with: where things are kept, and its bench."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipelines.bench import Bench
from pipelines.catalogue import Catalogue
from pipelines.engines.models import Models
from pipelines.engines.tracer import Tracer
from pipelines.errors import StoreError
from pipelines.kept import KeptVectors
from pipelines.likening import Likener
from pipelines.model import Source
from pipelines.recent import Recent
from pipelines.store import Store

_SHEETS = 4096


@dataclass
class Workshop:
    """One worker's store, catalogue, tracer and models; its bench, and the reference sheets that it has read."""

    store: Store
    catalogue: Catalogue
    tracer: Tracer
    models: Models
    bench: Bench = field(init=False)
    likener: Likener = field(init=False)
    sheets: Recent[NDArray[np.float32]] = field(default_factory=lambda: Recent(_SHEETS))

    def __post_init__(self) -> None:
        self.bench = Bench(self.read, self.models)
        self.likener = Likener(self.bench, KeptVectors(self.store, self.catalogue))

    def read(self, source: Source) -> bytes:
        """The bytes of a source; StoreError says which file is missing."""
        try:
            return self.store.get(source.sha256)
        except StoreError as error:
            raise StoreError(f"{source.name} is not in the store any more", got=error.problem,
                             fix="run the brief again, which puts it back") from error  # fmt: skip
