"""What can be told only once a set is whole: who does not belong, and whether each shows what it was made for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pipelines.engines.embedder import F32
from pipelines.likeness.calibration import PROMPT, Standing
from pipelines.likeness.cosines import own
from pipelines.likeness.outliers import Outlier, outliers
from pipelines.likeness.shown import Shown, own_calibration, shown_standings


@dataclass(frozen=True, slots=True)
class Told:
    """Variants by name: those that do not belong, and where each stands by the measures that take the whole set:
    prompt, artwork, painted, as far as it has them.
    """

    odd: Mapping[str, Outlier]
    standings: Mapping[str, Mapping[str, Standing]]


@dataclass(slots=True)
class Together:
    """Collects a set's embeddings, a variant at a time; vectors are all that it keeps of them."""

    _vectors: dict[str, F32] = field(default_factory=dict)
    _prompts: dict[str, F32] = field(default_factory=dict)
    _shown: dict[str, Sequence[Shown]] = field(default_factory=dict)

    def add(self, name: str, vector: F32, prompt: F32 | None, shown: Sequence[Shown] = ()) -> None:
        """One variant: its embedding (d,), its prompt's, if it has one, and its parts; unit vectors of one embedder."""
        self._vectors[name] = vector
        if prompt is not None:
            self._prompts[name] = prompt
        if shown:
            self._shown[name] = shown

    def told(self) -> Told:
        """What the whole set says. The same variants in another order say the same, but for which are sampled.

        Raises EngineError where an embedding is no unit vector, or another embedder's.
        """
        if not self._vectors:
            return Told({}, {})
        odd = outliers(np.stack(list(self._vectors.values())), list(self._vectors))
        standings: dict[str, dict[str, Standing]] = {name: {"prompt": one} for name, one in self._prompted().items()}
        for name, parts in shown_standings(self._shown).items():
            standings.setdefault(name, {}).update({str(measure): one for measure, one in parts.items()})
        return Told({one.name: one for one in odd.found}, standings)

    def _prompted(self) -> dict[str, Standing]:
        """A variant with its own prompt is to be nearer than with those of others; equal prompts are not others."""
        if not self._prompts:
            return {}
        vectors = np.stack([self._vectors[name] for name in self._prompts])
        prompts = np.stack(list(self._prompts.values()))
        calibration = own_calibration(vectors, prompts, PROMPT)
        near = own(vectors, prompts).tolist()
        return {name: calibration.standing(value) for name, value in zip(self._prompts, near, strict=True)}
