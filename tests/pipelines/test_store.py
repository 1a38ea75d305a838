"""One contract over every store, and what is special to a folder."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import StoreError
from pipelines.store import FolderStore, FsspecStore, Store, open_store

DATA = b"a dog with a flag"
SHA = hashlib.sha256(DATA).hexdigest()
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return FolderStore(tmp_path / "objects") if request.param == "folder" else FsspecStore(f"memory://{uuid.uuid4()}")


@pytest.fixture
def folder(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "objects")


def files(root: Path) -> list[str]:
    return [str(p.relative_to(root)) for p in sorted(root.rglob("*")) if p.is_file()]


def damage(store: Store, data: bytes) -> None:
    """Put other bytes under the digest of DATA."""
    if isinstance(store, FsspecStore):
        store._files.pipe_file(store._file(SHA), data)
        return
    path = store.path(SHA)
    assert path is not None
    path.chmod(0o644)
    path.write_bytes(data)


def fail(error: Exception) -> Callable[..., int]:
    def raising(*_: object, **__: object) -> int:
        raise error

    return raising


# ── the contract ─────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_put_can_be_got_by_its_digest(store: Store) -> None:
    assert store.put(DATA) == SHA
    assert store.get(SHA) == DATA
    assert store.has(SHA)
    assert list(store.digests()) == [SHA]


def test_putting_the_same_bytes_again_changes_nothing(store: Store) -> None:
    assert store.put(DATA) == store.put(DATA)
    assert list(store.digests()) == [SHA]


def test_an_empty_store_holds_nothing(store: Store) -> None:
    assert not store.has(SHA)
    assert store.path(SHA) is None
    assert list(store.digests()) == []


def test_an_empty_object_is_an_object(store: Store) -> None:
    assert store.get(store.put(b"")) == b""


def test_a_missing_object_says_which_and_what_to_do(store: Store) -> None:
    with pytest.raises(StoreError, match=f"not in the store.*{SHA[2:20]}.*run the brief again"):
        store.get(SHA)


@pytest.mark.parametrize("harm", [DATA[:-1], DATA[:-1] + b"G", b""], ids=["cut", "changed", "emptied"])
def test_a_damaged_object_is_detected_and_mended_by_putting_it_again(store: Store, harm: bytes) -> None:
    store.put(DATA)
    damage(store, harm)
    with pytest.raises(StoreError, match="damaged"):
        store.get(SHA)
    store.put(DATA)
    assert store.get(SHA) == DATA


@pytest.mark.parametrize("wrong", ["", "abc", "../../etc/passwd", SHA.upper(), SHA + "\n"])
def test_what_is_no_digest_is_refused(store: Store, wrong: str) -> None:
    for ask in (store.get, store.has, store.path):
        with pytest.raises(StoreError, match="not the digest"):
            ask(wrong)


def test_a_local_path_holds_the_objects_bytes(store: Store) -> None:
    path = store.path(store.put(DATA))
    assert path is None or path.read_bytes() == DATA
    assert (path is not None) == isinstance(store, FolderStore)


def test_many_threads_may_put_the_same_bytes_while_others_read(store: Store) -> None:
    data = os.urandom(200_000)
    sha = hashlib.sha256(data).hexdigest()
    wrong: list[object] = []

    def work() -> None:
        for _ in range(20):
            store.put(data)
            if store.get(sha) != data:
                wrong.append("half an object")

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert list(store.digests()) == [sha]


@given(st.lists(st.binary(max_size=64), max_size=12))
def test_any_bytes_come_back_as_they_were(things: list[bytes]) -> None:
    store = FsspecStore(f"memory://{uuid.uuid4()}")
    digests = [store.put(thing) for thing in things]
    assert [store.get(d) for d in digests] == things
    assert list(store.digests()) == sorted(set(digests))


# ── a folder ─────────────────────────────────────────────────────────────────────────────────────────────


def test_objects_are_read_only_files_in_shards(folder: FolderStore) -> None:
    folder.put(DATA)
    path = folder.path(SHA)
    assert path == folder.root / SHA[:2] / SHA[2:]
    assert path.stat().st_mode & 0o777 == 0o444


@pytest.mark.parametrize("call", ["write", "fsync"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_told_and_leaves_nothing(
    folder: FolderStore, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    folder.put(b"another")
    before = files(folder.root)
    monkeypatch.setattr(os, call, fail(OSError(code, os.strerror(code))))
    with pytest.raises(StoreError, match=f"disk of the store is full.*{SHA[2:20]}.*free some room") as caught:
        folder.put(DATA)
    assert caught.value.everybody
    monkeypatch.undo()
    assert files(folder.root) == before
    assert not folder.has(SHA)


def test_a_really_full_file_system_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from pipelines.errors import StoreError; from pipelines.store import FolderStore\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); store = FolderStore(Path(sys.argv[1]))\n"
        "store.put(b'small')\n"
        "try: store.put(bytes(1_000_000))\n"
        "except StoreError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "disk of the store is full" in done.stdout
    assert len(files(tmp_path)) == 1


def test_a_write_in_pieces_is_put_together(folder: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: whole(handle, bytes(data[:5])))
    assert folder.get(folder.put(DATA)) == DATA


@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_folder_that_may_not_be_written_is_told(
    folder: FolderStore, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr(tempfile, "mkstemp", fail(OSError(code, os.strerror(code))))
    with pytest.raises(StoreError, match=r"may not be used.*set ATELIER_STORE elsewhere"):
        folder.put(DATA)


def test_a_folder_that_really_may_not_be_written_is_told() -> None:
    with pytest.raises(StoreError, match="/sys/atelier-objects"):
        FolderStore(Path("/sys/atelier-objects")).put(DATA)


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "objects").write_text("a file")
    with pytest.raises(StoreError, match="ATELIER_STORE"):
        FolderStore(tmp_path / "objects").put(DATA)


def test_an_interrupted_put_leaves_nothing(folder: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    (folder.root / SHA[:2]).mkdir(parents=True)
    with pytest.raises(KeyboardInterrupt):
        folder.put(DATA)
    assert files(folder.root) == []


def test_a_put_in_progress_is_not_an_object(folder: FolderStore) -> None:
    folder.put(DATA)
    (folder.root / SHA[:2] / ".half.tmp").write_bytes(DATA[:3])
    assert list(folder.digests()) == [SHA]


def test_many_processes_may_put_the_same_bytes(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipelines.store import FolderStore\n"
        "for i in range(50): FolderStore(Path(sys.argv[1])).put(str(i).encode() * 5000)\n"
    )
    crowd = [subprocess.Popen([sys.executable, "-c", code, tmp_path], cwd=ROOT) for _ in range(4)]
    assert [process.wait(60) for process in crowd] == [0] * 4
    store = FolderStore(tmp_path)
    digests = list(store.digests())
    assert len(digests) == len(files(tmp_path)) == 50
    assert all(store.get(digest) for digest in digests)


# ── a remote store ───────────────────────────────────────────────────────────────────────────────────────


def test_a_store_that_keeps_only_a_part_is_told_and_the_part_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    store = FsspecStore(f"memory://{uuid.uuid4()}")
    whole = store._files.pipe_file
    monkeypatch.setattr(store._files, "pipe_file", lambda path, data: whole(path, data[:4]))
    with pytest.raises(StoreError, match="kept only a part, 4 of 17 bytes"):
        store.put(DATA)
    monkeypatch.undo()
    assert not store.has(SHA)


def test_a_bucket_that_does_not_exist_is_not_taken_for_a_missing_object(monkeypatch: pytest.MonkeyPatch) -> None:
    store = FsspecStore(f"memory://{uuid.uuid4()}")
    monkeypatch.setattr(store._files, "pipe_file", fail(FileNotFoundError(errno.ENOENT, "no such bucket")))
    with pytest.raises(StoreError, match=r"store cannot be used \(no such bucket\).*ATELIER_STORE"):
        store.put(DATA)


def test_a_remote_write_that_breaks_off_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    store = FsspecStore(f"memory://{uuid.uuid4()}")
    monkeypatch.setattr(store._files, "pipe_file", fail(ConnectionResetError(errno.ECONNRESET, "reset by peer")))
    with pytest.raises(StoreError, match="reset by peer"):
        store.put(DATA)
    monkeypatch.undo()
    assert not store.has(SHA)


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────


def test_an_address_says_which_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for url in (str(tmp_path / "an é"), (tmp_path / "an é").as_uri(), "an é"):
        opened = open_store(url)
        assert isinstance(opened, FolderStore)
        assert opened.root == tmp_path / "an é"
    assert isinstance(open_store("memory://somewhere"), FsspecStore)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nowhere://x", "no store can be opened.*nowhere://x.*memory.*s3"),
        ("", "ATELIER_STORE"),
        ("file://relative/folder", "file:///absolute/folder"),
        ("file://", "file:///absolute/folder"),
    ],
)
def test_a_wrong_address_is_told(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words):
        open_store(url)


def test_a_missing_driver_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import fsspec

    monkeypatch.setattr(fsspec.core, "url_to_fs", fail(ImportError("Install s3fs to access S3")))
    with pytest.raises(StoreError, match=r"driver.*s3://bucket.*Install s3fs"):
        open_store("s3://bucket")
