"""A checkpoint that has been checked: what it is, where it lies, and what the record says of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.engines.checkpoints.editing import read_edits
from pipelines.engines.checkpoints.folder import SPARE, read_folder, read_index
from pipelines.engines.checkpoints.single_file import check_settings, config_folder, read_single_file
from pipelines.engines.checkpoints.weights import fingerprint, refuse_pickle
from pipelines.engines.hub import snapshots
from pipelines.errors import EngineError
from pipelines.home import ROOT
from pipelines.profiles import Profile


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where to load from and what to record.

    `config` is where settings and tokenizers are: the path itself for a folder. `revision` is the hub's commit, or ""
    for files that came from elsewhere. `variant` is "fp16" if only half-precision files are there. `absent` are
    optional components that it comes without. `edits` is the file that makes its plain UNet an editing one.
    """

    path: Path
    config: Path
    profile: Profile
    digest: str
    revision: str
    variant: str | None
    absent: tuple[str, ...] = ()
    edits: Path | None = None

    @property
    def is_file(self) -> bool:
        """Whether it is a single file."""
        return self.path != self.config


def open_checkpoint(where: str | Path, profile: Profile, *, cache: Path | None = None) -> Checkpoint:
    """Check a folder, a `.safetensors` file, a hub id (already pulled; nothing is fetched here), or the profile's own.

    `cache` is the hub's cache folder, by default the user's. Raises EngineError: what is wrong with it, what to do.
    """
    if str(where) == profile.ships:
        return _opened_shipped(profile)
    path = Path(where)
    if path.is_file():
        return _opened_file(path, profile, cache)
    if path.is_dir():
        return open_folder(path, profile)
    refuse_pickle(path)
    if not is_hub_id(str(where)):
        raise EngineError("there is no such checkpoint on this machine", got=str(where), fix="check the path")
    return _opened_cached(str(where), profile, cache)


def _opened_shipped(profile: Profile) -> Checkpoint:
    folder = ROOT / profile.ships
    if not (folder / "model_index.json").is_file():
        fix = "install Atelier again, or take the folder from its repository"
        raise EngineError(f"the checkpoint of {profile.name} ships with Atelier and is not there", got=folder, fix=fix)
    return open_folder(folder, profile)


def _opened_file(path: Path, profile: Profile, cache: Path | None) -> Checkpoint:
    header = read_single_file(path, profile)
    config = config_folder(path, ROOT / profile.ships if profile.ships else find_cached(profile.hub, cache), profile)
    check_settings(header, config)
    return Checkpoint(path, config, profile, fingerprint([path, *_settings(config)]), "", None)


def _opened_cached(hub: str, profile: Profile, cache: Path | None) -> Checkpoint:
    """The pulled revision that is whole: main if it is, else the newest; a broken pull leaves the last one usable."""
    trouble: EngineError | None = None
    for folder in _pulled(hub, cache):
        try:
            return open_folder(folder, profile, revision=folder.name)
        except EngineError as error:
            trouble = trouble or error
    if trouble is not None:
        raise trouble
    fix = f"run `atelier models pull {profile.name}`"
    if hub != profile.hub:
        own = f"`atelier models pull {profile.name}` fetches {profile.hub}; fetch any other"
        fix = f"{own} with `hf download`" if profile.hub else "fetch it with `hf download`"
    raise EngineError("there is no such checkpoint on this machine", got=hub, fix=fix)


def open_folder(root: Path, profile: Profile, *, revision: str = "") -> Checkpoint:
    """Check a folder in diffusers' layout. Raises EngineError."""
    folder = read_folder(root, profile)
    edits = read_edits(root, folder.headers.get("unet", ()))
    files = [header.path for name in sorted(folder.headers) for header in folder.headers[name]]
    files += [] if edits is None else [edits.path]
    digest = fingerprint([*files, *_settings(root)])
    wide = None if edits is None else edits.path
    return Checkpoint(root, root, profile, digest, revision, folder.variant, folder.absent, wide)


def _settings(root: Path) -> list[Path]:
    """The settings of every component: a scheduler's change pixels as weights do."""
    parts = read_index(root).keys() - set(SPARE)
    return sorted(path for path in root.glob("*/*.json") if path.parent.name in parts)


def is_hub_id(text: str) -> bool:
    """Whether a text can only be meant as owner/name on the hub."""
    return text.count("/") == 1 and not text.startswith((".", "/", "~"))


def find_cached(hub: str, cache: Path | None) -> Path | None:
    """The folder of the pulled main revision of a hub id, else of the newest one; None if none was pulled."""
    return next(iter(_pulled(hub, cache)), None)


def _pulled(hub: str, cache: Path | None) -> list[Path]:
    return [folder for folder in snapshots(hub, cache) if (folder / "model_index.json").is_file()]
