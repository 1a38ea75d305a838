"""Stand-ins without weights, for tests and trial runs: they keep every promise of their seam but draw nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from pipelines.engines.embedder import Embedder
from pipelines.engines.hashed import FakeEmbedder
from pipelines.engines.painter import SEEDING, Outcome, Painted, Painter, Pixels, Repainting, refusal
from pipelines.engines.patcher import FakePatcher, Patcher
from pipelines.engines.segmenter import Segmenter
from pipelines.engines.upscaler import Upscaler
from pipelines.errors import EngineError
from pipelines.model import PaintRecord
from pipelines.profiles import Profile, executed_steps, find_profile

T = TypeVar("T")
_DRIFT = np.float32(0.985)  # every VAE shifts pixels that nobody asked to change; so does this


@dataclass(frozen=True, slots=True)
class FakePainter:
    """Blends the prompt's colour and the seed's noise in by mask and strength, and shifts the rest a little."""

    profile: Profile
    batch: int = 4

    def paint(self, requests: Sequence[Repainting], *, batch: int | None = None) -> tuple[Outcome, ...]:
        """See Painter.paint."""
        size = batch or min(self.batch, len(requests))
        return tuple(refusal(r, self.profile) or Painted(_painted(r), self._record(r, size)) for r in requests)

    def _record(self, request: Repainting, batch: int) -> PaintRecord:
        width, height = request.size
        words = len(request.prompt.split()) + 2
        note = f"the prompt has {words} tokens, {self.profile.tokens} are read"
        return PaintRecord(
            seed=request.seed,
            seeding=SEEDING,
            profile=self.profile.name,
            checkpoint=hashlib.sha256(b"fake").hexdigest(),
            revision="",
            device="cpu",
            precision="fp32",
            vae_precision="fp32",
            scheduler="none",
            steps_run=executed_steps(request.steps, request.strength),
            batch=batch,
            width=width,
            height=height,
            threads=1,
            versions={"numpy": np.__version__},
            notes=(note,) if words > self.profile.tokens else (),
        )


def _painted(request: Repainting) -> Pixels:
    if request.strength == 0:
        return request.picture.copy()
    words = hashlib.sha256(f"{request.prompt}\n{request.negative}\n{request.style.digest()}".encode()).digest()
    colour = np.frombuffer(words[:3], dtype=np.uint8).astype(np.float32)
    noise = np.random.default_rng(request.seed).normal(0, 24, request.picture.shape).astype(np.float32)
    free = request.mask[..., None] * np.float32(request.strength)
    picture = request.picture.astype(np.float32) * _DRIFT
    painted: Pixels = np.rint(np.clip(picture + free * (colour + noise - picture), 0, 255)).astype(np.uint8)
    return painted


@dataclass(frozen=True, slots=True)
class FakeModels:
    """Models without weights: whatever checkpoint is asked for, a fake comes; the last two must be given."""

    profiles: Mapping[str, Profile] = field(default_factory=dict)
    segmenters: Mapping[str, Segmenter] = field(default_factory=dict)
    upscalers: Mapping[str, Upscaler] = field(default_factory=dict)

    def profile(self, name: str) -> Profile:
        """See Models.profile."""
        return find_profile(dict(self.profiles), name)

    def painter(self, profile: str, checkpoint: str, weights: str) -> Painter:  # noqa: ARG002 (all checkpoints are one)
        """See Models.painter."""
        return FakePainter(self.profile(profile))

    def embedder(self, where: str) -> Embedder:  # noqa: ARG002
        """See Models.embedder."""
        return FakeEmbedder()

    def patcher(self, where: str) -> Patcher:  # noqa: ARG002
        """See Models.patcher."""
        return FakePatcher()

    def segmenter(self, where: str) -> Segmenter:
        """See Models.segmenter."""
        return _given(self.segmenters, where)

    def upscaler(self, where: str) -> Upscaler:
        """See Models.upscaler."""
        return _given(self.upscalers, where)


def _given(models: Mapping[str, T], where: str) -> T:
    if where not in models:
        raise EngineError("there is no such model on this machine", got=where, fix=f"there are: {', '.join(models)}")
    return models[where]
