"""Styles as designers keep them in folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import BriefError
from pipelines.home import ROOT
from pipelines.styles import load_styles


def style(folder: Path, text: str) -> Path:
    (folder / "ink").mkdir(exist_ok=True)
    (folder / "ink" / "style.toml").write_text(text)
    return folder


def test_a_style_is_a_folder_with_words_and_colours(tmp_path: Path) -> None:
    found = load_styles(style(tmp_path, 'words = ["flat ink"]\navoid = ["blur"]\n[palette]\nink = "#102030"\n'))["ink"]
    assert (found.file.words, found.file.avoid, found.file.palette) == (("flat ink",), ("blur",), {"ink": "#102030"})


@pytest.mark.parametrize(
    ("text", "words"),
    [("words = 3\n", "words"), ('[palette]\nink = "dark"\n', "palette.ink"), ("[model]\nprofil = 1\n", "model"),
     ("words = [\n", "cannot be read"), ('[image]\nscale = 9\n', "image.scale")],
)  # fmt: skip
def test_what_is_wrong_with_a_style_is_told_by_its_key(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BriefError, match=words):
        load_styles(style(tmp_path, text))


def test_references_are_those_that_are_named_or_all_that_lie_in_refs_each_once(tmp_path: Path) -> None:
    folder = style(tmp_path, "") / "ink" / "refs"
    folder.mkdir()
    for name in ("cat.png", "cat.svg", "bear.png"):
        (folder / name).write_bytes(b"")
    assert [p.name for p in load_styles(tmp_path)["ink"].references] == ["bear.png", "cat.svg"]
    style(tmp_path, 'refs = ["refs/cat.png"]')
    assert [p.name for p in load_styles(tmp_path)["ink"].references] == ["cat.png"]


def test_the_styles_that_ship_have_references_that_are_there() -> None:
    for found in load_styles(ROOT / "styles").values():
        assert found.references
        assert all(path.is_file() for path in found.references)
