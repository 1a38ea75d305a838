from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipelines.errors import PaletteError
from pipelines.home import ROOT
from pipelines.palettes.table import palette_table, read_palette


def written(folder: Path, text: str) -> Path:
    (folder / "palette.toml").write_text(text)
    return folder / "palette.toml"


def test_a_style_s_palette_is_read_with_its_names() -> None:
    palette = read_palette(ROOT / "styles" / "ink-flat" / "style.toml")
    assert palette["ink"] == "#2d2130"
    assert len(palette) == 14


@pytest.mark.parametrize(
    "text", ['[palette]\nsea = "#34939A"\nsun = "f8c04e"', 'sea = "34939a"\nsun = "#f8c04e"'], ids=["table", "plain"]
)
def test_a_table_or_the_whole_file_is_a_palette(tmp_path: Path, text: str) -> None:
    assert read_palette(written(tmp_path, text)) == {"sea": "#34939a", "sun": "#f8c04e"}


def test_a_list_of_colours_gets_names(tmp_path: Path) -> None:
    assert read_palette(written(tmp_path, 'palette = ["34939a", "2d2130"]')) == {"teal": "#34939a", "ink": "#2d2130"}


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    palette = {"ink": "#2d2130", "pale-blue": "#aabbee"}
    text = palette_table(palette, said="two colours")
    assert text.startswith("# two colours\n[palette]\n")
    assert tomllib.loads(text) == {"palette": palette}
    assert read_palette(written(tmp_path, text)) == palette


@pytest.mark.parametrize(
    ("text", "problem"),
    [("palette = [", "no TOML"), ("", "no palette"), ('words = ["a"]', "no palette"), ("[palette]", "no palette"),
     ('[palette]\nink = "black"', "no colour")],
)  # fmt: skip
def test_a_file_without_a_palette_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(PaletteError, match=problem):
        read_palette(written(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PaletteError, match="cannot be read"):
        read_palette(tmp_path / "nowhere.toml")
