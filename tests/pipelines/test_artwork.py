from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipelines.artwork import ArtworkLibrary
from pipelines.engines.renderer import render
from pipelines.errors import ArtworkError
from pipelines.home import ROOT
from pipelines.regions import RegionBook
from pipelines.sources import parse_svg, svg_size

HERE = ROOT / "artwork"
CLIENT = RegionBook.load(ROOT).set("client-104")
DRAWN = sorted(file.stem for file in (HERE / "drawn").glob("*.svg"))
PACKAGES = ("circle-flags", "flag-icons", "region-flags")
STATES = ("AU-ACT", "AU-NSW", "AU-NT", "AU-QLD", "AU-SA", "AU-TAS", "AU-VIC", "AU-WA")
PLAIN = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2"><rect width="3" height="2" fill="#c00"/></svg>'

installed = pytest.mark.skipif(
    not all((HERE / "node_modules" / package).is_dir() for package in PACKAGES),
    reason="the packages of artwork are not installed: run `make artwork`, which needs Node.js",
)


@pytest.fixture(scope="module")
def library() -> ArtworkLibrary:
    return ArtworkLibrary(ROOT)


@pytest.fixture
def bare(tmp_path: Path) -> ArtworkLibrary:
    """The project as it is on a machine without Node.js."""
    shutil.copytree(HERE / "drawn", tmp_path / "artwork" / "drawn")
    shutil.copyfile(HERE / "allow-list.json", tmp_path / "artwork" / "allow-list.json")
    return ArtworkLibrary(tmp_path)


def small(root: Path, **entries: dict[str, object]) -> ArtworkLibrary:
    """A project that allows one drawing, XA, beside what `entries` say; the folder holds XB too."""
    folder = root / "artwork" / "drawn"
    folder.mkdir(parents=True)
    for code in ("XA", "XB"):
        (folder / f"{code}.svg").write_bytes(PLAIN)
    own = {"package": "drawn", "file": "XA.svg", "sha256": hashlib.sha256(PLAIN).hexdigest(), "ratio": 1.5}
    listed = {"XA": {**own, "unmask": False}, **entries}
    (root / "artwork" / "allow-list.json").write_text(json.dumps(listed))
    return ArtworkLibrary(root)


@installed
@pytest.mark.parametrize("code", CLIENT)
def test_every_region_of_the_client_has_its_artwork(library: ArtworkLibrary, code: str) -> None:
    artwork = library.load(code)
    root = parse_svg(artwork.svg, code)
    _, _, width, height = svg_size(root)
    assert width / height == pytest.approx(artwork.ratio, rel=1e-3)
    assert artwork.sha256 == hashlib.sha256(artwork.svg).hexdigest()
    assert artwork.licence in {"MIT", "public domain", "CC0-1.0"}
    pixels = render(root, 48, 32)
    assert (pixels[..., 3] > 127).mean() > 0.7, "Ohio's is a swallowtail, others fill their sheet"
    assert len(np.unique(pixels[..., :3].reshape(-1, 3), axis=0)) > 1


@installed
def test_the_clients_regions_have_a_hundred_and_four_different_drawings(library: ArtworkLibrary) -> None:
    assert len({library.load(code).sha256 for code in CLIENT}) == len(CLIENT) == 104


@installed
@pytest.mark.parametrize("code", STATES)
def test_round_masks_are_taken_off(library: ArtworkLibrary, code: str) -> None:
    artwork = library.load(code)
    assert artwork.source.startswith("circle-flags/")
    pixels = render(parse_svg(artwork.svg, code), 64, 64)
    assert [int(pixels[y, x, 3]) for y in (0, -1) for x in (0, -1)] == [255] * 4
    assert b"mask" not in artwork.svg


@pytest.mark.parametrize("code", ["US-MN", "US-MS", "US-UT"])
def test_flags_that_collections_still_hold_in_their_retired_form_are_drawn_here(
    library: ArtworkLibrary, code: str
) -> None:
    artwork = library.load(code)
    assert artwork.source == f"drawn/{code}.svg"
    assert artwork.licence == "CC0-1.0"


@installed
@pytest.mark.parametrize("code", ["US-MN", "US-MS", "US-UT"])
def test_the_retired_flag_lies_in_a_package_and_is_not_what_is_given_out(library: ArtworkLibrary, code: str) -> None:
    retired = (HERE / "node_modules" / "region-flags" / "svg" / f"{code}.svg").read_bytes()
    assert library.load(code).sha256 != hashlib.sha256(retired).hexdigest()


@pytest.mark.parametrize("code", DRAWN)
def test_a_drawn_flag_is_listed_covers_its_sheet_and_has_its_true_ratio(library: ArtworkLibrary, code: str) -> None:
    artwork = library.load(code)
    root = parse_svg(artwork.svg, code)
    _, _, width, height = svg_size(root)
    assert artwork.source == f"drawn/{code}.svg"
    assert artwork.ratio == pytest.approx(width / height, abs=1e-4)
    assert (render(root, round(60 * artwork.ratio), 60)[..., 3] == 255).all()


@pytest.mark.parametrize(("code", "ratio"), [("CH", 1.0), ("BE", 15 / 13), ("NO", 22 / 16), ("JP", 1.5), ("NG", 2.0)])
def test_drawn_flags_keep_the_ratios_of_their_laws(library: ArtworkLibrary, code: str, ratio: float) -> None:
    assert library.load(code).ratio == pytest.approx(ratio, abs=1e-4)


def test_drawing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    shutil.copyfile(HERE / "draw.py", tmp_path / "draw.py")
    subprocess.run([sys.executable, "draw.py"], cwd=tmp_path, check=True)
    again = {file.name: file.read_bytes() for file in (tmp_path / "drawn").iterdir()}
    assert again == {file.name: file.read_bytes() for file in (HERE / "drawn").iterdir()}


def test_nothing_of_the_packages_is_tracked() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    done = subprocess.run(["git", "ls-files", "artwork"], cwd=ROOT, capture_output=True, text=True, check=True)
    tracked = [Path(name) for name in done.stdout.split()]
    drawings = [name for name in tracked if name.suffix not in {".json", ".py", ".md"}]
    assert sorted(drawings) == [Path(f"artwork/drawn/{code}.svg") for code in DRAWN]
    assert not any("node_modules" in name.parts for name in tracked)


def test_without_packages_the_drawn_flags_are_here_and_the_missing_packages_are_named(bare: ArtworkLibrary) -> None:
    assert bare.missing_packages() == PACKAGES
    assert sorted(bare.codes()) == DRAWN
    assert all(bare.load(code).svg for code in DRAWN)


def test_without_packages_other_artwork_says_what_to_install(bare: ArtworkLibrary) -> None:
    assert not bare.has("CA-ON")
    with pytest.raises(ArtworkError, match=r"not installed.*CA-ON.*make artwork"):
        bare.load("CA-ON")


def test_a_file_that_is_not_listed_is_never_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = small(tmp_path)
    read: list[str] = []
    plain = Path.read_bytes

    def noted(path: Path) -> bytes:
        read.append(path.name)
        return plain(path)

    monkeypatch.setattr(Path, "read_bytes", noted)
    assert library.codes() == ("XA",)
    assert not library.has("XB")
    with pytest.raises(ArtworkError, match=r"no artwork for this region.*XB"):
        library.load("XB")
    assert library.load("XA").svg == PLAIN
    assert read == ["allow-list.json", "XA.svg"]


@pytest.mark.parametrize("changed", [PLAIN + b" ", PLAIN.replace(b"#c00", b"#00c"), b""])
def test_a_file_that_was_changed_is_refused(tmp_path: Path, changed: bytes) -> None:
    library = small(tmp_path)
    (tmp_path / "artwork" / "drawn" / "XA.svg").write_bytes(changed)
    with pytest.raises(ArtworkError, match=r"not the file that was allowed.*XA\.svg"):
        library.load("XA")


def test_a_file_that_cannot_be_read_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = small(tmp_path)
    assert library.has("XA")

    def denied(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(ArtworkError, match=r"cannot be read.*Permission denied"):
        library.load("XA")


@pytest.mark.parametrize("text", ["", "[]", '{"XA": {"package": "drawn"}}', "{not json"])
def test_a_list_that_is_none_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    small(tmp_path)
    (tmp_path / "artwork" / "allow-list.json").write_text(text)
    with pytest.raises(ArtworkError, match=r"list of allowed artwork.*allow-list\.json"):
        ArtworkLibrary(tmp_path).codes()


def test_a_project_without_a_list_says_so(tmp_path: Path) -> None:
    with pytest.raises(ArtworkError, match="list of allowed artwork"):
        ArtworkLibrary(tmp_path).has("JP")


@pytest.mark.parametrize("file", ["../secret.svg", "/etc/hostname", "a/../../secret.svg"])
def test_a_line_that_leads_out_of_its_package_is_refused(tmp_path: Path, file: str) -> None:
    (tmp_path / "secret.svg").write_bytes(PLAIN)
    line: dict[str, object] = {"package": "drawn", "file": file, "sha256": hashlib.sha256(PLAIN).hexdigest()}
    with pytest.raises(ArtworkError, match="list of allowed artwork"):
        small(tmp_path, XC={**line, "ratio": 1.5, "unmask": False}).has("XC")
