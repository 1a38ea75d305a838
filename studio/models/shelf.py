"""Profiles and judges under one namespace, each with its parts and what this machine has of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.engines.checkpoints.judged import judge_parcel
from pipelines.engines.checkpoints.parts import part_parcels
from pipelines.engines.checkpoints.pull import checkpoint_parcel
from pipelines.engines.hub import Holding, Parcel, held
from pipelines.errors import EngineError
from pipelines.judges import Judge, load_judges
from pipelines.profiles import Profile, find_named, load_profiles


@dataclass(frozen=True, slots=True)
class Part:
    """A parcel, by its word on the command line (checkpoint, adapter, control canny, preview, judge)."""

    word: str
    parcel: Parcel
    held: Holding

    @property
    def state(self) -> str:
        """here, settings (a checkpoint pulled without its weights), half, or absent."""
        bare = self.word == "checkpoint" and self.held.state == "half" and not self.held.weights
        return "settings" if bare else self.held.state


@dataclass(frozen=True, slots=True)
class Entry:
    """A profile or judge; its first part is itself."""

    model: Profile | Judge
    parts: tuple[Part, ...]

    @property
    def main(self) -> Part:
        """The checkpoint, or the judge."""
        return self.parts[0]

    def told(self) -> str:
        """What is here of it, in words: "sd15 (half), adapter"; nothing where there is nothing."""
        here = " (ships with Atelier)" if self.main.parcel.ships is not None else ""
        words = {"here": here, "half": " (half)", "settings": " (settings only)", "absent": " (not here)"}
        bare = words | {"here": ""}
        there = [f"{part.word}{bare[part.state]}" for part in self.parts[1:] if part.state != "absent"]
        if self.main.state == "absent" and not there:
            return ""
        return ", ".join([f"{self.model.name}{words[self.main.state]}", *there])


@dataclass(frozen=True, slots=True)
class Shelf:
    """All that can be pulled, by name."""

    profiles: Mapping[str, Profile]
    judges: Mapping[str, Judge]
    cache: Path | None = None

    @classmethod
    def load(cls, root: Path, cache: Path | None = None) -> Shelf:
        """Read `root`/styles. Raises EngineError for a file that is wrong, and for a name that is taken twice."""
        profiles, judges = load_profiles(root), load_judges(root)
        if twice := sorted(set(profiles) & set(judges)):
            fix = "rename the file in styles/judges"
            raise EngineError("a profile and a judge have the same name", got=", ".join(twice), fix=fix)
        return cls(profiles, judges, cache)

    def find(self, name: str) -> Profile | Judge:
        """The profile or judge of this name. Raises EngineError with the nearest names for any other."""
        every: dict[str, Profile | Judge] = {**self.profiles, **self.judges}
        return find_named(every, name, what="profile or judge")

    def entries(self) -> tuple[Entry, ...]:
        """All of them, profiles first."""
        every: list[Profile | Judge] = [*self.profiles.values(), *self.judges.values()]
        return tuple(self.entry(model) for model in every)

    def entry(self, model: Profile | Judge) -> Entry:
        """It, with what this machine has of it."""
        parcels = parcels_of(model)
        return Entry(model, tuple(Part(word, parcel, held(parcel, self.cache)) for word, parcel in parcels.items()))


def parcels_of(model: Profile | Judge) -> dict[str, Parcel]:
    """Itself and its parts, by their words on the command line."""
    if isinstance(model, Judge):
        return {"judge": judge_parcel(model)}
    return {"checkpoint": checkpoint_parcel(model), **part_parcels(model)}
