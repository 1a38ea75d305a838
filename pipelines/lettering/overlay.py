"""Letters that lie on a picture and that nothing has covered since: SVG has them as paths on the picture without them,
and an enlarged picture has them drawn at its own size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipelines.edits.letter import SetText
from pipelines.lettering.slot import is_plain
from pipelines.model import Lettering

Bools = NDArray[np.bool_]
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False, slots=True)
class Overlay:
    """`bare` (h, w, 4): the picture without the texts that were `set` last, in their order, within `reach` (h, w)."""

    bare: Pixels
    reach: Bools
    set: tuple[tuple[Lettering, SetText], ...] = ()

    def joined(self, lettering: Lettering, done: SetText, reach: Bools) -> Overlay:
        """With one text more."""
        return replace(self, reach=self.reach | reach, set=(*self.set, (lettering, done)))

    def changed(self, rgba: Pixels, free: Bools) -> Overlay | None:
        """After an edit that may have changed the pixels `free` of the whole picture, which is `rgba` now; None if that
        may have covered letters.
        """
        if (self.reach & free).any():
            return None
        return replace(self, bare=np.where(free[..., None], rgba, self.bare))

    @property
    def plain(self) -> bool:
        """Whether the letters have their own colours wherever they lie: see `is_plain`."""
        return all(is_plain(lettering) for lettering, _ in self.set)
