"""Files beside a brief, and styles."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.brief.shelf import Folder
from pipelines.errors import SourceError
from tests.pipelines.brief.made import FLAG


def test_nothing_outside_the_folder_of_the_brief_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret.svg").write_bytes(FLAG)
    inside = tmp_path / "brief"
    inside.mkdir()
    (inside / "link.svg").symlink_to(tmp_path / "secret.svg")
    for name in ("../secret.svg", str(tmp_path / "secret.svg"), "link.svg", "", "a\0b"):
        with pytest.raises(SourceError):
            Folder(inside).picture(name)


def test_a_misspelt_file_is_told_the_near_one(tmp_path: Path) -> None:
    (tmp_path / "mascot.svg").write_bytes(FLAG)
    with pytest.raises(SourceError, match=r"mascot\.svg"):
        Folder(tmp_path).picture("mascott.svg")
