"""A checkpoint that has been checked: what it is, where it lies, and what the record says of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.engines.checkpoints.folder import read_folder
from pipelines.engines.checkpoints.single_file import config_folder, read_single_file
from pipelines.engines.checkpoints.weights import fingerprint, refuse_pickle
from pipelines.errors import EngineError
from pipelines.profiles import Profile


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where to load from and what to record.

    `config` is where settings and tokenizers are: the path itself for a folder. `revision` is the hub's commit, or ""
    for files that came from elsewhere. `variant` is "fp16" if only half-precision files are there. `absent` are
    optional components that it comes without.
    """

    path: Path
    config: Path
    profile: Profile
    digest: str
    revision: str
    variant: str | None
    absent: tuple[str, ...] = ()

    @property
    def is_file(self) -> bool:
        """Whether it is a single file."""
        return self.path != self.config


def open_checkpoint(where: str | Path, profile: Profile, *, cache: Path | None = None) -> Checkpoint:
    """Check a folder, a `.safetensors` file or a hub id (already pulled; nothing is fetched here).

    `cache` is the hub's cache folder, by default the user's. Raises EngineError: what is wrong with it, what to do.
    """
    path = Path(where)
    if path.is_file():
        return _opened_file(path, profile, cache)
    if path.is_dir():
        return open_folder(path, profile)
    refuse_pickle(path)
    hub = str(where)
    cached = find_cached(hub, cache) if _is_hub_id(hub) else None
    if cached is None:
        fix = f"run `atelier models pull {profile.name}`" if _is_hub_id(hub) else "check the path"
        raise EngineError("there is no such checkpoint on this machine", got=hub, fix=fix)
    return open_folder(cached, profile, revision=cached.name)


def _opened_file(path: Path, profile: Profile, cache: Path | None) -> Checkpoint:
    read_single_file(path, profile)
    config = config_folder(path, find_cached(profile.hub, cache))
    return Checkpoint(path, config, profile, fingerprint([path]), "", None)


def open_folder(root: Path, profile: Profile, *, revision: str = "") -> Checkpoint:
    """Check a folder in diffusers' layout. Raises EngineError."""
    folder = read_folder(root, profile)
    files = [header.path for name in sorted(folder.headers) for header in folder.headers[name]]
    return Checkpoint(root, root, profile, fingerprint(files), revision, folder.variant, folder.absent)


def _is_hub_id(text: str) -> bool:
    return text.count("/") == 1 and not text.startswith((".", "/", "~"))


def find_cached(hub: str, cache: Path | None) -> Path | None:
    """The folder of the newest pulled revision of a hub id; None if it was never pulled."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(hub, local_files_only=True, cache_dir=cache))
    except LocalEntryNotFoundError:
        return None
