"""The models that a worker holds: opened when they are first asked for, and let go when another is needed.

The seam is `Models`; `LoadedModels` loads real checkpoints, `pipelines.engines.fakes` has one without any.
"""

from __future__ import annotations

import gc
from collections.abc import MutableMapping
from pathlib import Path
from typing import Protocol

from pipelines.engines.embedder import Embedder
from pipelines.engines.painter import Painter
from pipelines.engines.patcher import Patcher
from pipelines.engines.segmenter import Segmenter
from pipelines.engines.upscaler import Upscaler
from pipelines.errors import EngineError
from pipelines.home import ROOT
from pipelines.profiles import Device, Profile, find_profile, load_profiles
from pipelines.recent import Recent


class Models(Protocol):
    """Opens models by name. Each raises EngineError where a model is not on this machine or does not fit."""

    def profile(self, name: str) -> Profile:
        """The rules of a family of checkpoints; loads nothing."""
        ...

    def painter(self, profile: str, checkpoint: str, weights: str) -> Painter:
        """A painter with this checkpoint, a folder, a file or a hub id, if its fingerprint is still `weights`."""
        ...

    def embedder(self, where: str) -> Embedder:
        """A CLIP or SigLIP model."""
        ...

    def patcher(self, where: str) -> Patcher:
        """A DINOv2 model."""
        ...

    def segmenter(self, where: str) -> Segmenter:
        """A model that tells subjects from backgrounds."""
        ...

    def upscaler(self, where: str) -> Upscaler:
        """A model that enlarges."""
        ...


class LoadedModels:
    """Real checkpoints on the best device that is there. One painter is held at a time, as each may fill a GPU."""

    def __init__(
        self,
        root: Path,
        *,
        device: Device | None = None,
        embeds: MutableMapping[str, bytes] | None = None,
        compiled: bool = False,
        previews: bool = False,
    ) -> None:
        """`root` is the project with its `styles/`; `embeds` keeps embeddings of style references between processes.

        `compiled` compiles UNets, which pays on a GPU from some dozens of pictures of one size; with `previews` a tiny
        VAE decodes where one was pulled: quick, inexact, and never for delivery.
        """
        self._compiled, self._previews = compiled, previews
        self._profiles = load_profiles(root)
        self._device = device
        self._embeds = embeds
        self._held: tuple[tuple[str, str, str], Painter] | None = None
        self._embedders: Recent[Embedder] = Recent(2)
        self._patchers: Recent[Patcher] = Recent(2)
        self._segmenters: Recent[Segmenter] = Recent(1)
        self._upscalers: Recent[Upscaler] = Recent(1)

    def profile(self, name: str) -> Profile:
        """See Models.profile."""
        return find_profile(self._profiles, name)

    def painter(self, profile: str, checkpoint: str, weights: str) -> Painter:
        """See Models.painter."""
        key = (profile, checkpoint, weights)
        if self._held is None or self._held[0] != key:
            self._held = None  # before the next is loaded: two may not fit
            gc.collect()
            self._held = (key, self._painter(profile, checkpoint, weights))
        return self._held[1]

    def _painter(self, profile: str, checkpoint: str, weights: str) -> Painter:
        from pipelines.engines.checkpoints import open_checkpoint
        from pipelines.engines.diffusion import DiffusersPainter

        rules = self.profile(profile)
        opened = open_checkpoint(checkpoint, rules)
        if opened.digest != weights:
            got = f"{checkpoint}: {opened.digest[:12]}, planned {weights[:12]}"
            fix = "run the brief again, which plans with what is there now"
            raise EngineError("the checkpoint is not the one that was planned with", got=got, fix=fix)
        return DiffusersPainter(
            opened,
            device=self._device,
            compiled=self._compiled,
            preview=_tiny_vae(rules) if self._previews else None,
            embeds=self._embeds,
        )

    def embedder(self, where: str) -> Embedder:
        """See Models.embedder."""
        from pipelines.engines.siglip import open_embedder

        return self._embedders.get(where, lambda: open_embedder(_shipped(where), self._place()))

    def patcher(self, where: str) -> Patcher:
        """See Models.patcher."""
        from pipelines.engines.dino import DinoEmbedder

        return self._patchers.get(where, lambda: DinoEmbedder(where, self._place()))

    def segmenter(self, where: str) -> Segmenter:
        """See Models.segmenter."""
        from pipelines.engines.segmenter import SemanticSegmenter

        return self._segmenters.get(where, lambda: SemanticSegmenter(where, self._place()))

    def upscaler(self, where: str) -> Upscaler:
        """See Models.upscaler."""
        from pipelines.engines.upscaler import Swin2SRUpscaler

        return self._upscalers.get(where, lambda: Swin2SRUpscaler(where, self._place()))

    def _place(self) -> str:
        """The device that judges and their like run on."""
        from pipelines.engines.pretrained import best_device

        return self._device or best_device()


def _shipped(where: str) -> str:
    """A folder that ships with the project, which plans name from its root; anything else unchanged."""
    return str(ROOT / where) if (ROOT / where).is_dir() else where


def _tiny_vae(profile: Profile) -> Path | None:
    """The profile's preview VAE, if it has one and it was pulled."""
    from pipelines.engines.checkpoints import find_preview

    try:
        return find_preview(profile) if profile.preview is not None else None
    except EngineError:
        return None
