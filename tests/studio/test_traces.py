from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lxml import etree
from PIL import Image, ImageDraw
from typer.testing import CliRunner, Result

from pipelines.engines.renderer import render
from pipelines.errors import PaletteError
from pipelines.sources import parse_svg
from pipelines.vectors.layers import SVG
from studio import exits
from studio.cli import app
from tests.drawn import disc

FUR, INK, PAPER = "#eda24b", "#2d2130", "#fff9ef"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a picture in it, one in a folder in it, and what is no picture."""
    picture(tmp_path / "art" / "logo.png", FUR)
    picture(tmp_path / "art" / "icons" / "star.webp", INK)
    (tmp_path / "art" / "notes.txt").write_text("not for tracing")
    return tmp_path


def picture(path: Path, colour: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = Image.new("RGB", (256, 256), PAPER)
    ImageDraw.Draw(made).ellipse((40, 40, 216, 216), fill=colour)
    made.resize((64, 64), Image.Resampling.BOX).save(path, lossless=True)


def run(*words: object) -> Result:
    """Run the command in this process; errors that are the command's own come out as they are."""
    done = CliRunner().invoke(app, ["trace", *map(str, words)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def told(*words: object, code: int = exits.DONE) -> dict[str, Any]:
    done = run(*words, "--json")
    assert done.exit_code == code, done.output
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def fills(path: Path) -> set[str | None]:
    return {element.get("fill") for element in etree.fromstring(path.read_bytes()).iter(SVG + "path")}


# ── what comes of pictures ───────────────────────────────────────────────────────────────────────────────


def test_a_picture_becomes_a_drawing_beside_it_that_is_like_it(folder: Path) -> None:
    found = told(folder / "art" / "logo.png")
    path = folder / "art" / "logo.svg"
    root = parse_svg(path.read_bytes(), "logo.svg")
    assert (root.get("width"), root.get("height"), root.get("role"), root[0].text) == ("64", "64", "img", "logo")
    (one,) = found["traced"]
    assert one["svg"] == str(path)
    assert one["ssim"] > 0.99
    assert one["delta_e"] < 0.5
    assert (one["shapes"], one["holes"], one["notes"]) == (2, 0, [])
    assert one["bytes"] == path.stat().st_size
    with Image.open(folder / "art" / "logo.png") as asked:
        away = np.abs(render(root, 64, 64)[..., :3].astype(int) - np.asarray(asked.convert("RGB")))
    assert away.mean() < 1


def test_folders_are_traced_with_their_folders_to_where_one_asks(folder: Path) -> None:
    found = told(folder / "art", "--out", folder / "svg")
    assert [one["svg"] for one in found["traced"]] == [
        str(folder / "svg" / "icons" / "star.svg"), str(folder / "svg" / "logo.svg"),
    ]  # fmt: skip
    assert sorted(p.name for p in folder.rglob("*.svg")) == ["logo.svg", "star.svg"]
    assert not list(folder.rglob("*.tmp"))


def test_many_pictures_are_traced_by_several_processes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATELIER_PROCESSES", "2")
    for number in range(3):
        picture(folder / "art" / f"more-{number}.png", INK)
    (folder / "art" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    found = told(folder / "art", code=exits.ERROR)
    assert [Path(one["picture"]).stem for one in found["traced"]] == ["star", "logo", "more-0", "more-1", "more-2"]
    assert [Path(one["picture"]).name for one in found["failed"]] == ["broken.png"]


def test_one_picture_may_have_a_file_and_a_title_of_its_own(folder: Path) -> None:
    told(folder / "art" / "logo.png", "--out", folder / "new" / "brand.svg", "--title", "Our <logo>")
    assert etree.fromstring((folder / "new" / "brand.svg").read_bytes())[0].text == "Our <logo>"


def test_the_words_are_the_figures_of_each_drawing(folder: Path) -> None:
    done = run(folder / "art" / "logo.png", "--out", folder / "a.svg")
    assert done.exit_code == exits.DONE
    for word in ("SSIM", "edges", "holes", "gzip", "1 drawing in"):
        assert word in done.output


# ── colours ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_palette_is_kept_to_strictly(folder: Path) -> None:
    told(folder / "art" / "logo.png", "--palette", "eba049,fffaf0", "--palette", "#000")
    assert fills(folder / "art" / "logo.svg") == {"#eba049", "#fffaf0"}


def test_named_colours_can_be_recoloured_by_a_page(folder: Path) -> None:
    (folder / "brand.toml").write_text(f'[palette]\nfur = "{FUR}"\npaper = "{PAPER}"\n')
    told(folder / "art" / "logo.png", "--palette", folder / "brand.toml")
    assert f"fill:var(--fur,{FUR})" in (folder / "art" / "logo.svg").read_text()
    told(folder / "art" / "logo.png", "--style", "ink-flat", "--force")
    assert "var(--" in (folder / "art" / "logo.svg").read_text()


def test_a_palette_that_is_none_of_the_pictures_is_told(folder: Path) -> None:
    (one,) = told(folder / "art" / "logo.png", "--palette", "00f")["traced"]
    assert "colours are not those of the palette" in one["notes"][0]


def test_what_is_no_colour_is_told_before_anything_is_traced(folder: Path) -> None:
    with pytest.raises(PaletteError, match="no colour"):
        run(folder / "art", "--palette", "orange")
    assert not list(folder.rglob("*.svg"))


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────────────


def test_a_drawing_that_is_there_is_kept_unless_one_asks(folder: Path) -> None:
    kept = folder / "art" / "logo.svg"
    kept.write_bytes(disc())
    (failed,) = told(folder / "art" / "logo.png", code=exits.ERROR)["failed"]
    assert failed["problem"] == "that file is there already"
    assert "--force" in failed["fix"]
    assert kept.read_bytes() == disc()
    told(folder / "art" / "logo.png", "--force")
    assert kept.read_bytes() != disc()


def test_what_cannot_be_traced_is_told_and_the_rest_goes_on(folder: Path) -> None:
    drawing, empty = folder / "drawing.svg", folder / "empty"
    drawing.write_bytes(disc())
    empty.mkdir()
    picture(folder / "art" / "logo.jpg", FUR)
    found = told(folder / "gone.png", drawing, empty, folder / "art", "--out", folder / "svg", code=exits.ERROR)
    assert {Path(one["picture"]).name: one["problem"] for one in found["failed"]} == {
        "gone.png": "there is no such file",
        "drawing.svg": "that is a drawing already",
        "empty": "there is no PNG, JPEG or WebP in that folder",
        "logo.png": "another picture becomes that file",
    }
    assert len(found["traced"]) == 2
    assert drawing.read_bytes() == disc()


def test_a_place_that_cannot_be_written_is_told(folder: Path) -> None:
    (folder / "file").write_text("")
    (failed,) = told(folder / "art" / "logo.png", "--out", folder / "file", code=exits.ERROR)["failed"]
    assert failed["problem"] == "the drawing cannot be written"
    assert "--out" in failed["fix"]


@pytest.mark.parametrize("words", [("--title", "all"), ("--out", "all.svg")])
def test_what_is_for_one_picture_is_refused_for_several(folder: Path, words: tuple[str, str]) -> None:
    assert run(folder / "art", *words).exit_code == exits.USAGE


def test_a_picture_that_vectors_are_not_for_is_traced_and_that_is_said(tmp_path: Path) -> None:
    noise = np.random.default_rng(2).integers(0, 256, (64, 64, 3), np.uint8)
    Image.fromarray(noise).resize((96, 96), Image.Resampling.BICUBIC).save(tmp_path / "photo.png")
    (one,) = told(tmp_path / "photo.png")["traced"]
    assert "photograph" in one["notes"][0]
    assert "PNG" in one["notes"][0]
    assert (tmp_path / "photo.svg").is_file()
