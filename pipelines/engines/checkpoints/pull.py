"""Fetch a profile's checkpoint from the hub, and check what arrived."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipelines.engines.checkpoints.folder import components
from pipelines.engines.checkpoints.opened import Checkpoint, open_folder
from pipelines.engines.checkpoints.weights import read_header
from pipelines.engines.hub import Parcel, fetch, find, snapshots
from pipelines.errors import EngineError
from pipelines.home import ROOT
from pipelines.profiles import Profile

_SETTINGS = ("*.json", "*.txt", "*.model", "*.jinja")
_INDEX = ("model_index.json",)


def checkpoint_parcel(profile: Profile, revision: str = "main") -> Parcel:
    """The profile's checkpoint, as what is wanted of the hub."""
    return Parcel(
        of=f"the checkpoint of {profile.name}",
        hub=profile.hub,
        files=(*_INDEX, *(f"*/{pattern}" for pattern in (*_SETTINGS, "*.safetensors"))),
        licence=profile.licence,
        gigabytes=profile.gigabytes,
        again=f"atelier models pull {profile.name}",
        check=lambda folder: open_folder(folder, profile).path,
        revision=revision,
        ships=ROOT / profile.ships if profile.ships else None,
    )


def pull(profile: Profile, *, revision: str = "main", cache: Path | None = None, quiet: bool = False) -> Checkpoint:
    """Fetch what the profile needs and nothing that could run; files that are there already are not fetched again.

    What ships with the project is only checked.

    `quiet` hides the hub's progress bars. Returns the checked checkpoint. Raises EngineError without a network, without
    the right to fetch it, for a repository of another family before its weights are fetched, and for what arrived
    damaged.
    """
    parcel = checkpoint_parcel(profile, revision)
    if profile.ships:
        return open_folder(find(parcel), profile)
    drop_damaged(parcel, cache)
    folder = _fetched(parcel, profile, (*_SETTINGS, "*.safetensors"), cache, quiet=quiet)
    return open_folder(folder, profile, revision=folder.name)


def pull_settings(profile: Profile, *, revision: str = "main", cache: Path | None = None, quiet: bool = False) -> Path:
    """Fetch the checkpoint's settings and tokenizers alone, some megabytes: a single file of weights needs them.

    Returns the folder. Raises EngineError as `pull` does.
    """
    parcel = checkpoint_parcel(profile, revision)
    return find(parcel) if profile.ships else _fetched(parcel, profile, _SETTINGS, cache, quiet=quiet)


def pull_parcel(parcel: Parcel, *, cache: Path | None = None, quiet: bool = False) -> Path:
    """Fetch a parcel whose files are known, and check it: the path that engines ask for. Raises EngineError.

    What ships with the project is only checked.
    """
    if parcel.ships is not None:
        return find(parcel)
    drop_damaged(parcel, cache)
    return parcel.checked(fetch(parcel, cache, quiet=quiet))


def _fetched(parcel: Parcel, profile: Profile, ends: tuple[str, ...], cache: Path | None, *, quiet: bool) -> Path:
    """The index first: it names the components, beside which repositories hold as much again that nobody needs."""
    index = fetch(replace(parcel, files=_INDEX), cache, quiet=True)
    named = [name for name, kind in components(index, profile).items() if kind]
    files = (*_INDEX, *(f"{name}/{end}" for name in named for end in ends))
    return fetch(replace(parcel, files=files, revision=index.name), cache, quiet=quiet)


def drop_damaged(parcel: Parcel, cache: Path | None = None) -> None:
    """Remove weights from the cache that are not whole, as the hub's library takes any file there for whole."""
    for folder in snapshots(parcel.hub, cache):
        for file in parcel.within(folder):
            if file.suffix != ".safetensors":
                continue
            try:
                read_header(file)
            except EngineError:
                blob = file.resolve()
                file.unlink()
                if folder.parent.parent.resolve() in blob.parents:
                    blob.unlink(missing_ok=True)
