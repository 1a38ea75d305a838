from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from pipelines.errors import SourceError
from pipelines.sources import SourceFile, read_bytes, read_source
from pipelines.sources import files as files_module
from tests.pipelines.sources.made import HALVES, plain, svg


def read(folder: Path, name: str, data: bytes) -> SourceFile:
    (folder / name).write_bytes(data)
    return read_source(folder / name)


def test_a_missing_file_names_the_near_ones(tmp_path: Path) -> None:
    (tmp_path / "master.svg").write_bytes(svg(HALVES))
    with pytest.raises(SourceError, match=r"no such file.*master\.svg"):
        read_source(tmp_path / "mastre.svg")


def test_a_file_in_a_missing_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no folder"):
        read_source(tmp_path / "nowhere" / "master.svg")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="empty"):
        read(tmp_path, "master.png", b"")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="folder"):
        read_source(tmp_path)


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(SourceError, match="pipe"):
        read_source(tmp_path / "pipe.png")


def test_a_device_without_end_is_refused() -> None:
    with pytest.raises(SourceError, match="device"):
        read_source(Path("/dev/zero"))


@pytest.mark.parametrize("name", ["a\0b.png", "x" * 300 + ".png"])
def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        read_source(tmp_path / name)


def test_links_that_go_round_in_circles_are_refused(tmp_path: Path) -> None:
    (tmp_path / "round.png").symlink_to(tmp_path / "round.png")
    with pytest.raises(SourceError, match="cannot be read"):
        read_source(tmp_path / "round.png")


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_module, "LARGEST", 100)
    with pytest.raises(SourceError, match="too large"):
        read(tmp_path, "large.png", plain())


@pytest.mark.parametrize(("name", "data", "kind"), [("a.svg", plain(), "raster"), ("a.png", svg(HALVES), "svg")])
def test_a_wrong_suffix_does_not_matter(tmp_path: Path, name: str, data: bytes, kind: str) -> None:
    assert read(tmp_path, name, data).kind == kind


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"GIF89a", "GIF"), (b"8BPS", "Photoshop"), (b"%PDF-1.7", "PDF"), (b"PK\3\4", "zip"), (b"\0\0\0 ftypavif", "AVIF"),
     (b"II*\0", "TIFF"), (b"hello", "hello"), (gzip.compress(b"hello", mtime=0), "gzip")],
)  # fmt: skip
def test_another_kind_of_file_is_named(data: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read_bytes(data, "file")


def test_a_source_is_known_by_the_bytes_that_are_kept() -> None:
    first = read_bytes(svg(HALVES), "one.svg")
    second = read_bytes(svg(HALVES).replace(b"><", b"><!-- saved again --><"), "two.svg")
    assert first.sha256 == second.sha256
    assert read_bytes(first.data, "three.svg").sha256 == first.sha256
