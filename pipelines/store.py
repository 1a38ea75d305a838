"""Objects under the SHA-256 of their bytes, in a folder or on any fsspec object store.

An object is there whole or not at all, and never changes; so the same bytes may be put twice, or by many at once.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from pipelines.errors import StoreError

_DIGEST = re.compile(r"[0-9a-f]{64}")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_SHUT = (errno.EACCES, errno.EPERM, errno.EROFS)


class Store(Protocol):
    """Where objects are kept. Digests are 64 lower-case hexadecimal digits; anything else is a StoreError."""

    def put(self, data: bytes) -> str:
        """Keep `data` and return its digest. Raises StoreError when it cannot be written; nothing is left then."""
        ...

    def get(self, sha256: str) -> bytes:
        """The object's bytes. Raises StoreError when it is missing or its bytes do not match the digest."""
        ...

    def has(self, sha256: str) -> bool:
        """Whether the object is there; its bytes are not checked."""
        ...

    def path(self, sha256: str) -> Path | None:
        """The object as a local file, for copying; None if there is no such file."""
        ...

    def digests(self) -> Iterator[str]:
        """The digest of every object."""
        ...


class FolderStore:
    """Objects as read-only files `root/aa/bbcc…`, written under a temporary name, synced and renamed."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    def put(self, data: bytes) -> str:
        """Keep `data`; a damaged object of the same digest is mended."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self._file(sha256)
        with _explained(str(target)):
            if not _holds(target, data):
                _make_folder(target.parent)
                _write(target, data)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The object's bytes, checked."""
        target = self._file(sha256)
        with _explained(str(target), reading=True):
            return _checked(target.read_bytes(), sha256, str(target))

    def has(self, sha256: str) -> bool:
        """Whether its file is there."""
        return self._file(sha256).is_file()

    def path(self, sha256: str) -> Path | None:
        """Its file."""
        target = self._file(sha256)
        return target if target.is_file() else None

    def digests(self) -> Iterator[str]:
        """In order; temporary files of a put in progress are not objects."""
        for shard in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            names = sorted(shard.name + file.name for file in shard.iterdir())
            yield from filter(_DIGEST.fullmatch, names)

    def _file(self, sha256: str) -> Path:
        return self.root / _key(sha256)


class FsspecStore:
    """Objects on an fsspec filesystem that writes a file whole or not at all, as object stores do."""

    def __init__(self, url: str) -> None:
        import fsspec

        try:
            self._files, root = fsspec.core.url_to_fs(url, use_listings_cache=False)
        except ValueError as error:
            known = ", ".join(sorted(fsspec.available_protocols()))
            fix = f"give a folder, or an address of one of these protocols: {known}"
            raise StoreError("no store can be opened at this address", got=url, fix=fix) from error
        except ImportError as error:
            raise StoreError("the driver of this store is not installed", got=url, fix=str(error)) from error
        self._root = str(root).rstrip("/")

    def put(self, data: bytes) -> str:
        """Write `data`, and look whether all of it arrived."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self._file(sha256)
        with _explained(target):
            self._files.pipe_file(target, data)
            size = self._files.size(target)
            if size != len(data):
                self._files.rm_file(target)
                fix = "try again; if it stays, look at the store's own log"
                raise StoreError(f"the store kept only a part, {size} of {len(data)} bytes", got=target, fix=fix)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The object's bytes, checked."""
        target = self._file(sha256)
        with _explained(target, reading=True):
            return _checked(bytes(self._files.cat_file(target)), sha256, target)

    def has(self, sha256: str) -> bool:
        """Whether the store lists it."""
        target = self._file(sha256)
        with _explained(target):
            return bool(self._files.exists(target))

    def path(self, sha256: str) -> Path | None:
        """None: these objects are not local files."""
        self._file(sha256)
        return None

    def digests(self) -> Iterator[str]:
        """In order."""
        with _explained(self._root):
            names = sorted("".join(str(path).split("/")[-2:]) for path in self._files.find(self._root))
        yield from filter(_DIGEST.fullmatch, names)

    def _file(self, sha256: str) -> str:
        return f"{self._root}/{_key(sha256)}"


def open_store(url: str) -> Store:
    """The store at a folder, at `file:///folder`, or at the address of any fsspec filesystem, such as s3://bucket."""
    if not url:
        raise StoreError(
            "a store needs a folder or an address", got=url, fix="set ATELIER_STORE, such as .atelier/objects"
        )
    if "://" not in url:
        return FolderStore(Path(url))
    parts = urlsplit(url)
    if parts.scheme != "file":
        return FsspecStore(url)
    if parts.netloc not in ("", "localhost") or not parts.path:
        raise StoreError("a file address names no folder of this machine", got=url, fix="write file:///absolute/folder")
    return FolderStore(Path(unquote(parts.path)))


def _key(sha256: str) -> str:
    if not _DIGEST.fullmatch(sha256):
        raise StoreError("not the digest of an object", got=sha256, fix="give 64 lower-case hexadecimal digits")
    return f"{sha256[:2]}/{sha256[2:]}"


def _checked(data: bytes, sha256: str, where: str) -> bytes:
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        problem = f"an object of the store is damaged: its bytes have the digest {found[:12]}…"
        raise StoreError(problem, got=where, fix="delete it and run the brief again, which makes it anew")
    return data


@contextlib.contextmanager
def _explained(where: str, *, reading: bool = False) -> Iterator[None]:
    """Errors of the file system in words; `where` is the object's path."""
    try:
        yield
    except OSError as error:
        problem, fix = _words(error, reading)
        raise StoreError(f"{problem} ({error.strerror or error})", got=where, fix=fix) from error


def _words(error: OSError, reading: bool) -> tuple[str, str]:
    if reading and isinstance(error, FileNotFoundError):
        return "an object is not in the store", "run the brief again, which puts it back"
    if error.errno in _FULL:
        return "the disk of the store is full", "free some room, or set ATELIER_STORE to another disk; then go on"
    if isinstance(error, PermissionError) or error.errno in _SHUT:
        return (
            "the store may not be used",
            "give yourself the right to read and write there, or set ATELIER_STORE elsewhere",
        )
    return (
        "the store cannot be used",
        "check that ATELIER_STORE names a folder on a healthy disk, or a store that answers",
    )


def _holds(target: Path, data: bytes) -> bool:
    try:
        return target.stat().st_size == len(data) and target.read_bytes() == data
    except FileNotFoundError:
        return False


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        _sync(folder.parent)


def _write(target: Path, data: bytes) -> None:
    """All of `data` under `target`, or nothing."""
    handle, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=target.parent)
    try:
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(handle, rest) :]
            os.fchmod(handle, 0o444)
            os.fsync(handle)
        finally:
            os.close(handle)
        Path(temporary).replace(target)
    finally:
        Path(temporary).unlink(missing_ok=True)
    _sync(target.parent)


def _sync(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
