"""The models that a brief may ask for: found on this machine and told apart by their weights, never loaded here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from pipelines.errors import EngineError
from pipelines.model import Drawing
from pipelines.profiles import Profile, find_profile, load_profiles

Found = tuple[str, str]
"""Where a model is, and the fingerprint of its weights."""


class ModelShelf(Protocol):
    """Models by name or place. Each raises EngineError for one that is not here or does not fit."""

    def profile(self, name: str) -> Profile:
        """A family of checkpoints."""

    def checkpoint(self, profile: Profile, where: str | None) -> Found:
        """A checkpoint of that family; None: the profile's own."""

    def lora(self, file: Path) -> Found:
        """A LoRA."""

    def adapter(self, profile: Profile, where: str | None) -> Found:
        """An IP-Adapter with its image encoder; None: the profile's own."""

    def control(self, profile: Profile, drawing: Drawing, where: str | None) -> Found:
        """A ControlNet; None: the profile's own for that drawing."""

    def judge(self, where: str) -> Found:
        """A judge by its name in styles/judges, a folder, or a hub id."""

    def pretrained(self, where: str) -> Found:
        """A segmenter or upscaler of transformers: a folder or a hub id."""


@dataclass(frozen=True)
class MachineModels:
    """What is on this machine: the profiles and judges of the project in `root`, and the hub's cache."""

    root: Path

    @cached_property
    def _profiles(self) -> dict[str, Profile]:
        return load_profiles(self.root)

    def profile(self, name: str) -> Profile:
        """See ModelShelf.profile."""
        return find_profile(self._profiles, name)

    def checkpoint(self, profile: Profile, where: str | None) -> Found:
        """See ModelShelf.checkpoint."""
        from pipelines.engines.checkpoints import open_checkpoint

        place = where or profile.hub or profile.ships
        return place, open_checkpoint(place, profile).digest

    def lora(self, file: Path) -> Found:
        """See ModelShelf.lora."""
        return _file(file)

    def adapter(self, profile: Profile, where: str | None) -> Found:
        """See ModelShelf.adapter."""
        from pipelines.engines.checkpoints.parts import find_adapter

        return _file(Path(where) if where is not None else find_adapter(profile))

    def control(self, profile: Profile, drawing: Drawing, where: str | None) -> Found:
        """See ModelShelf.control."""
        from pipelines.engines.checkpoints.parts import find_control

        return _folder(Path(where) if where is not None else find_control(profile, drawing))

    def judge(self, where: str) -> Found:
        """See ModelShelf.judge."""
        from pipelines.engines.checkpoints.judged import find_judge_folder
        from pipelines.judges import find_judge, load_judges

        if "/" in where or Path(where).is_dir():
            return self.pretrained(where)
        judge = find_judge(load_judges(self.root), where)
        place, weights = _folder(find_judge_folder(judge))
        return judge.ships or place, weights  # where the project lies is nobody's business

    def pretrained(self, where: str) -> Found:
        """See ModelShelf.pretrained."""
        from pipelines.engines.hub import snapshots

        folder = Path(where) if Path(where).is_dir() else None
        if folder is None and where.count("/") == 1 and not where.startswith((".", "/", "~")):
            folder = next((found for found in snapshots(where) if (found / "config.json").is_file()), None)
        if folder is None:
            raise EngineError("there is no such model on this machine", got=where, fix="give its folder, or pull it")
        return _folder(folder)


def _file(path: Path) -> Found:
    from pipelines.engines.checkpoints import read_header
    from pipelines.engines.checkpoints.weights import fingerprint

    read_header(path)
    return str(path), fingerprint([path])


def _folder(path: Path) -> Found:
    from pipelines.engines.checkpoints import read_header
    from pipelines.engines.checkpoints.weights import fingerprint

    files = sorted(path.glob("*.safetensors"))
    if not files:
        raise EngineError("a model without .safetensors weights", got=str(path), fix="fetch it again")
    for file in files:
        read_header(file)
    return str(path), fingerprint(files)
