"""The model hub: what is wanted of it, what of that lies in its cache on this machine, and fetching the rest.

The only place that uses the network. The cache is the hub library's own, and laid out as it documents:
`models--owner--name/` with `refs/<branch>` holding a commit, and `snapshots/<commit>/` holding the files.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.errors import EngineError

State = Literal["here", "half", "absent"]
_NEVER = ("*.bin", "*.ckpt", "*.pt", "*.pth", "*.pkl", "*.py", "*.fp16*", "*.non_ema*")


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is wanted of one repository.

    `of` says what it is, in words; `files` are patterns of paths in it, `needed` those that must be there; `again` is
    the command that fetches it. `check` takes the folder of a revision, and gives the path that engines ask for; it
    raises EngineError for what is damaged or of another kind. `ships` is its folder if it comes with the project: then
    there is no hub, and nothing is ever fetched.
    """

    of: str
    hub: str
    files: tuple[str, ...]
    licence: str
    gigabytes: float
    again: str
    check: Callable[[Path], Path]
    needed: tuple[str, ...] = ()
    revision: str = "main"
    ships: Path | None = None

    def within(self, folder: Path) -> list[Path]:
        """Which of its files are in the folder of a revision."""
        return sorted({file for pattern in self.files for file in folder.glob(pattern) if file.is_file()})

    def checked(self, folder: Path) -> Path:
        """The path that engines ask for. Raises EngineError for what is missing or damaged."""
        if missing := [name for name in self.needed if not (folder / name).is_file()]:
            what = f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
            fix = "install Atelier again" if self.ships else f"run `{self.again}` again"
            raise EngineError(f"{self.of} is only half there: {what}", got=str(folder), fix=fix)
        return self.check(folder)


@dataclass(frozen=True, slots=True)
class Holding:
    """What this machine has of a parcel: the path for engines where it is here, `trouble` where it is only half.

    `size` is in bytes; `weights` tells whether any are there.
    """

    state: State
    path: Path | None = None
    size: int = 0
    weights: bool = False
    trouble: str = ""


def cache_folder(cache: Path | None = None) -> Path:
    """The hub's cache; by default the user's (HF_HUB_CACHE, HF_HOME). Raises EngineError without the hub's library."""
    if cache is not None:
        return cache
    try:
        from huggingface_hub import constants
    except ImportError as error:
        raise _no_library() from error
    return Path(constants.HF_HUB_CACHE)


def unfinished(hub: str, cache: Path | None = None) -> set[Path]:
    """Files of a repository that are being fetched, or were when their process was killed; nothing reads them again."""
    return set((_root(hub, cache) / "blobs").glob("*.incomplete"))


def _root(hub: str, cache: Path | None) -> Path:
    return cache_folder(cache) / f"models--{hub.replace('/', '--')}"


def snapshots(hub: str, cache: Path | None = None, *, revision: str = "main") -> list[Path]:
    """Folders of the revisions that were pulled of a repository: the one asked for, then the others, newest first."""
    root = _root(hub, cache)
    there = {path.name: path for path in (root / "snapshots").glob("*") if path.is_dir()}
    ref = root / "refs" / revision
    first = ref.read_text(encoding="utf-8").strip() if ref.is_file() else revision
    return sorted(there.values(), key=lambda path: (path.name != first, -path.stat().st_mtime, path.name))


def find(parcel: Parcel, cache: Path | None = None) -> Path:
    """The checked path of a parcel. Raises EngineError where it is not on this machine, or only half."""
    found = _looked_at(parcel, cache)
    if found is None:
        if parcel.ships is not None:
            fix = "install Atelier again, or take the folder from its repository"
            raise EngineError(f"{parcel.of} ships with Atelier and is not there", got=str(parcel.ships), fix=fix)
        raise EngineError(f"{parcel.of} is not on this machine", got=parcel.hub, fix=f"run `{parcel.again}`")
    if isinstance(found[1], EngineError):
        raise found[1]
    return found[1]


def held(parcel: Parcel, cache: Path | None = None) -> Holding:
    """What this machine has of a parcel. Raises EngineError without the hub's library alone."""
    found = _looked_at(parcel, cache)
    if found is None:
        return Holding("absent")
    folder, outcome = found
    files = parcel.within(folder)
    size, weights = sum(file.stat().st_size for file in files), any(file.suffix == ".safetensors" for file in files)
    if isinstance(outcome, EngineError):
        return Holding("half", None, size, weights, str(outcome))
    return Holding("here", outcome, size, weights)


def _looked_at(parcel: Parcel, cache: Path | None) -> tuple[Path, Path | EngineError] | None:
    """The first revision in which the parcel is whole, else the first that has any of it, with what is wrong there."""
    broken: tuple[Path, EngineError] | None = None
    for folder in _folders(parcel, cache):
        if not parcel.within(folder):
            continue
        try:
            return folder, parcel.checked(folder)
        except EngineError as error:
            broken = broken or (folder, error)
    return broken


def _folders(parcel: Parcel, cache: Path | None) -> list[Path]:
    """Where a parcel may lie, likeliest first."""
    if parcel.ships is not None:
        return [parcel.ships]
    return snapshots(parcel.hub, cache, revision=parcel.revision)


def fetch(parcel: Parcel, cache: Path | None = None, *, quiet: bool = False) -> Path:
    """Fetch a parcel; the folder of its revision, not yet checked.

    Files that are there already are not fetched again; one that was cut off together with its process begins anew, as
    the hub's library keeps no half files. `quiet` hides progress bars. Raises EngineError offline, without the right to
    fetch it (some want their licence accepted on the hub first), and for what does not exist.
    """
    if os.environ.get("HF_HUB_OFFLINE", "0").lower() in ("1", "true", "yes", "on"):
        raise EngineError("HF_HUB_OFFLINE forbids fetching", got=parcel.hub, fix="run it with HF_HUB_OFFLINE=0")
    try:
        import huggingface_hub
    except ImportError as error:
        raise _no_library() from error
    with _explained(parcel), _bars(hidden=quiet):
        return Path(
            huggingface_hub.snapshot_download(
                parcel.hub,
                revision=parcel.revision,
                cache_dir=cache,
                allow_patterns=list(parcel.files),
                ignore_patterns=list(_NEVER),
            )
        )


def _no_library() -> EngineError:
    return EngineError("the hub's library is not installed", got="huggingface_hub", fix='pip install "atelier[gpu]"')


@contextmanager
def _explained(parcel: Parcel) -> Iterator[None]:
    """What goes wrong on the way, as EngineError."""
    from huggingface_hub import errors
    from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]  # its HTTP library's own

    where = f"{parcel.hub} at {parcel.revision}"
    try:
        yield
    except errors.GatedRepoError as error:
        fix = f"accept its licence at https://huggingface.co/{parcel.hub} and log in with `hf auth login`"
        raise EngineError(
            f"{parcel.of} is only for people who accepted its licence", got=parcel.hub, fix=fix
        ) from error
    except errors.RepositoryNotFoundError as error:
        fix = "check its name; a private one needs `hf auth login`"
        raise EngineError(f"the hub shows no repository for {parcel.of}", got=parcel.hub, fix=fix) from error
    except errors.RevisionNotFoundError as error:
        fix = "give a branch, tag or commit that it has"
        raise EngineError(f"there is no such revision of {parcel.of}", got=where, fix=fix) from error
    except (HTTPError, OSError, RuntimeError) as error:  # RuntimeError is the transfer library's
        fix = "check the network and the disk, and run it again: files that arrived are kept"
        raise EngineError(f"{parcel.of} could not be fetched", got=f"{where}: {error}", fix=fix) from error


@contextmanager
def _bars(*, hidden: bool) -> Iterator[None]:
    """Hide the hub's progress bars for a while."""
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    change = hidden and not are_progress_bars_disabled()
    if change:
        disable_progress_bars()
    try:
        yield
    finally:
        if change:
            enable_progress_bars()
