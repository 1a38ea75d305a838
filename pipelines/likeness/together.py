"""What can be told only once a set is whole: who does not belong, and whether each shows what its own prompt says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from pipelines.engines.embedder import F32
from pipelines.likeness.calibration import PROMPT, Calibration, Standing, calibrate
from pipelines.likeness.cosines import against, own
from pipelines.likeness.outliers import Outlier, outliers

_SAME = 1 - 1e-5  # cosine from which two prompts are one
_SAMPLE = 256  # variants that prompts are calibrated with: 65,000 pairs tell what all hundred million would


@dataclass(frozen=True, slots=True)
class Told:
    """Variants by name: those that do not belong, and where each that has a prompt stands to it."""

    odd: Mapping[str, Outlier]
    prompts: Mapping[str, Standing]


@dataclass(slots=True)
class Together:
    """Collects a set's embeddings, a variant at a time; vectors are all that it keeps of them."""

    _vectors: dict[str, F32] = field(default_factory=dict)
    _prompts: dict[str, F32] = field(default_factory=dict)

    def add(self, name: str, vector: F32, prompt: F32 | None) -> None:
        """One variant: its embedding (d,), and its prompt's, if it has one; unit vectors of one embedder."""
        self._vectors[name] = vector
        if prompt is not None:
            self._prompts[name] = prompt

    def told(self) -> Told:
        """What the whole set says. The same variants in another order say the same, but for which prompts are sampled.

        Raises EngineError where an embedding is no unit vector, or another embedder's.
        """
        if not self._vectors:
            return Told({}, {})
        odd = outliers(np.stack(list(self._vectors.values())), list(self._vectors))
        return Told({one.name: one for one in odd.found}, self._standings())

    def _standings(self) -> dict[str, Standing]:
        if not self._prompts:
            return {}
        vectors = np.stack([self._vectors[name] for name in self._prompts])
        prompts = np.stack(list(self._prompts.values()))
        calibration = prompt_calibration(vectors, prompts)
        near = own(vectors, prompts).tolist()
        return {name: calibration.standing(value) for name, value in zip(self._prompts, near, strict=True)}


def prompt_calibration(vectors: F32, prompts: F32) -> Calibration:
    """A variant with its own prompt is to be nearer than with those of others; equal prompts are not others.

    Of more than 256 variants some are taken, evenly over all of them.
    """
    if len(vectors) > _SAMPLE:
        some = np.linspace(0, len(vectors) - 1, _SAMPLE).round().astype(int)
        vectors, prompts = vectors[some], prompts[some]
    found = against(vectors, prompts)
    other = against(prompts, prompts) < _SAME
    return calibrate(np.diag(found).tolist(), found[other].tolist(), PROMPT)
