from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from pipelines.errors import PaletteError, SourceError
from pipelines.home import ROOT
from pipelines.palettes.contrast import ratio
from pipelines.palettes.deck import deck
from pipelines.palettes.picks import read_picks
from studio.cli import app
from tests.drawn import BLUE, INK, master_svg

STYLE = ROOT / "styles" / "ink-flat" / "style.toml"
BLUES, OLIVES = ("2244aa", "6688dd", "113377"), ("5c5410", "aa4422")


def run(*words: object, code: int = 0) -> Result:
    """Run `atelier palette` in this process, 80 columns wide."""
    done = CliRunner().invoke(app, ["palette", *map(str, words)], env={"COLUMNS": "80"})
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done


def told(*words: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*words, "--json").stdout)
    return found


def picked() -> list[str]:
    """Options that say a taste for blue."""
    return [*(word for c in BLUES for word in ("--like", c)), *(word for c in OLIVES for word in ("--dislike", c))]


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    (tmp_path / "flag.svg").write_bytes(master_svg(shade=False))
    return tmp_path / "flag.svg"


# ── extract ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_drawing_s_colours_come_with_their_shares(drawing: Path) -> None:
    colours = told("extract", drawing)["colours"]
    assert colours[0]["colour"] == BLUE
    assert colours[0]["share"] > 0.5
    assert INK in [each["colour"] for each in colours]
    assert sum(each["share"] for each in colours) == pytest.approx(1, abs=0.01)
    assert len(told("extract", drawing, "--most", 2)["colours"]) == 2


def test_toml_is_ready_for_a_style(drawing: Path) -> None:
    palette = tomllib.loads(run("extract", drawing, "--toml").stdout)["palette"]
    assert BLUE in palette.values()
    assert palette["ink"] == INK


def test_words_show_names_codes_shares_and_what_is_left_over(drawing: Path) -> None:
    words = run("extract", drawing, "--most", 2).stderr
    assert BLUE in words
    assert "dark-blue" in words
    assert "% of it is in other colours" in words
    assert "[palette]" in words


def test_what_has_no_colours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"/>')
    with pytest.raises(PaletteError, match="transparent all over"):
        run("extract", tmp_path / "empty.svg")
    with pytest.raises(SourceError, match="no such file"):
        run("extract", tmp_path / "nowhere.png")


# ── contrast ─────────────────────────────────────────────────────────────────────────────────────────────


def test_each_pair_has_its_ratio_its_levels_and_a_fix_that_passes() -> None:
    found = told("contrast", "eda24b", "#fff", "2d2130")
    assert (found["for"], found["level"], found["floor"]) == ("text", "AA", 4.5)
    strongest, _, weakest = found["pairs"]
    assert strongest["ratio"] == pytest.approx(ratio("#ffffff", "#2d2130"))
    assert strongest["text"] == "AAA"
    assert strongest["fix"] is None
    assert weakest["passes"] is False
    assert ratio(weakest["fix"]["to"], weakest["fix"]["against"]) >= 4.5


def test_what_is_asked_for_decides_what_passes() -> None:
    words = ("contrast", "767676", "ffffff")
    assert told(*words)["pairs"][0]["passes"] is True
    assert told(*words, "--level", "AAA")["pairs"][0]["passes"] is False
    assert told("contrast", "949494", "ffffff", "--for", "graphics")["pairs"][0]["passes"] is True


def test_a_style_and_a_file_are_palettes_with_names() -> None:
    by_style, by_file = told("contrast", "--style", "ink-flat"), told("contrast", STYLE)
    assert by_style == by_file
    assert len(by_style["pairs"]) == 14 * 13 // 2
    assert by_style["pairs"][0]["names"] == ["ink", "paper"]


def test_one_ground_can_be_asked_for_by_name_or_colour() -> None:
    for ground in ("paper", "fff9ef"):
        pairs = told("contrast", "--style", "ink-flat", "--on", ground)["pairs"]
        assert len(pairs) == 13
        assert all(pair["second"] == "#fff9ef" for pair in pairs)
    assert len(told("contrast", "eda24b", "--on", "fff")["pairs"]) == 1


def test_the_words_fit_in_80_columns_and_never_round_a_ratio_up() -> None:
    words = run("contrast", "--style", "ink-flat").stderr
    assert max(map(len, words.splitlines())) <= 80
    assert "13 of 91 pairs are fit for text at AA, 4.5 : 1." in words
    assert "more reach nothing" in words
    assert "4.47" in run("contrast", "777777", "ffffff").stderr, "4.478"


def test_a_shell_that_ate_the_colours_is_explained() -> None:
    with pytest.raises(PaletteError, match=r"two colours.*comment in a shell"):
        run("contrast")
    with pytest.raises(PaletteError, match=r"no such style.*ink-flat"):
        run("contrast", "--style", "inkflat")
    with pytest.raises(PaletteError, match="no colour"):
        run("contrast", "orange", "fff")


# ── learn ────────────────────────────────────────────────────────────────────────────────────────────────


def test_liked_blues_become_palettes_with_blue_in_them() -> None:
    found = told("learn", *picked(), "--propose", 2, "--size", 4)
    assert found["picks"] == {"liked": 3, "disliked": 2, "skipped": 0}
    assert found["taste"]["likes"][0] == "blue"
    assert len(found["palettes"]) == 2
    for palette in found["palettes"]:
        assert len(palette["colours"]) == 4
        assert len(palette["pairs"]) == 6
        assert any(pair["passes"] for pair in palette["pairs"])
        assert all(pair["passes"] or pair["fix"] for pair in palette["pairs"])


def test_few_picks_say_so_and_propose_nevertheless() -> None:
    words = run("learn", "--like", "34939a").stderr
    assert "1 pick say" in words
    assert "leans to teal" in words
    assert "liking" in words
    assert max(map(len, words.splitlines())) <= 80


def test_the_file_of_picks_grows_and_the_last_word_counts(tmp_path: Path) -> None:
    file = tmp_path / "my-taste.json"
    told("learn", "--picks", file, "--like", "34939a", "--like", "2244aa")
    told("learn", "--picks", file, "--dislike", "34939a")
    kept = read_picks(file)
    assert (kept.like, kept.dislike) == (("#2244aa",), ("#34939a",))
    before = file.stat().st_mtime_ns
    assert told("learn", "--picks", file)["picks"]["liked"] == 1
    assert file.stat().st_mtime_ns == before, "nothing new, nothing written"


def test_the_page_s_picks_are_added_to_those_that_are_kept(tmp_path: Path) -> None:
    (tmp_path / "picks.json").write_text(json.dumps({"like": ["#34939a"], "dislike": ["#5c5410"], "skip": ["#888888"]}))
    found = told("learn", "--picks", tmp_path / "mine.toml", "--add", tmp_path / "picks.json", "--like", "2244aa")
    assert found["picks"] == {"liked": 2, "disliked": 1, "skipped": 1}
    assert read_picks(tmp_path / "mine.toml").skip == ("#888888",)


def test_toml_s_first_palette_is_ready_for_a_style() -> None:
    tables = tomllib.loads(run("learn", *picked(), "--propose", 2, "--toml").stdout)
    assert list(tables) == ["palette", "palette-2"]
    assert len(tables["palette"]) == 5


def test_the_page_asks_about_what_was_not_shown_yet(tmp_path: Path) -> None:
    page, file = tmp_path / "picks.html", tmp_path / "mine.json"
    words = run("learn", "--page", page).stderr
    first = page.read_text()
    assert all(colour in first for colour in deck())
    assert "atelier palette learn --picks picks.json" in words
    file.write_text(json.dumps({"like": list(deck()[:25]), "dislike": list(deck()[25:])}))
    run("learn", "--picks", file, "--page", page)
    assert not any(colour in page.read_text() for colour in deck())
    assert f"--picks {file} --add picks.json" in page.read_text()


def test_the_sheet_holds_every_palette_pair_and_fix(tmp_path: Path) -> None:
    sheet = tmp_path / "proposals.html"
    found = told("learn", *picked(), "--propose", 2, "--sheet", sheet)
    text = sheet.read_text()
    for palette in found["palettes"]:
        assert all(colour in text for colour in palette["colours"].values())
        assert all(pair["fix"]["to"] in text for pair in palette["pairs"] if pair["fix"])
    assert text.count('<li class="') == 20
    assert "default-src 'none'" in text
    assert "http://" not in text
    assert "https://" not in text


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PaletteError, match="both liked and disliked"):
        run("learn", "--like", "fff", "--dislike", "#ffffff")
    with pytest.raises(PaletteError, match="no such file of picks"):
        run("learn", "--picks", tmp_path / "nowhere.json")
    with pytest.raises(PaletteError, match="page cannot be written"):
        run("learn", "--page", tmp_path / "no" / "picks.html")
    assert "one of --json and --toml" in run("learn", "--json", "--toml", code=2).output
