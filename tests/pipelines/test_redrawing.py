"""Variants as SVG, from brief to pack: what they share with each other and with their master."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from lxml import etree
from numpy.typing import NDArray

from pipelines.catalogue import Catalogue
from pipelines.deliver import encode_png
from pipelines.engines.fakes import FakeModels
from pipelines.engines.renderer import render
from pipelines.home import ROOT
from pipelines.model import Manifest
from pipelines.profiles import load_profiles
from pipelines.sources import parse_svg
from pipelines.store import FolderStore
from pipelines.tracing.better import BetterTracer
from pipelines.vectors.layers import SVG, find_layer
from pipelines.vectors.shapes import Shape
from pipelines.vectors.shorten import shorten
from pipelines.workshop import Workshop
from tests.briefs import BRIEF
from tests.drawn import disc, master_svg, tricolour, wave
from tests.flows import Delivered, deliver, picture

GRID = json.dumps([[wave(u, v) for u in np.linspace(0, 1, 9)] for v in np.linspace(0, 1, 5)])
DRAWING = BRIEF.replace("size: 128", "size: 256")
PICTURE = DRAWING.replace("master.svg", "master.png").replace("{layer: flag-art}", f"{{grid: {GRID}}}")
MASTER = master_svg().replace(b"<rect", b'<path id="ground" d="M0 0h256v256H0z" fill="#e8f0f4"/><rect', 1)
FILES = {
    "master.svg": MASTER,
    "master.png": picture(MASTER, 256, 256),
    "art/red.svg": tricolour("#c00000", "#ffffff", "#c00000"),
    "art/green.svg": disc("#ffffff", "#008000"),
    "art/blue.svg": disc("#0000c0", "#ffffff"),
}


def groups(root: etree._Element) -> list[str]:
    return [str(e.get("id")) for e in root.iter(SVG + "g") if e.get("id")]


def unique(root: etree._Element) -> bool:
    return max(Counter(e.get("id") for e in root.iter() if e.get("id")).values()) == 1


@pytest.fixture(scope="module")
def on_picture(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    return deliver(tmp_path_factory.mktemp("picture"), PICTURE, files=FILES)


def test_variants_of_a_picture_share_its_shapes_to_the_letter(on_picture: Delivered) -> None:
    masters = {etree.tostring(find_layer(on_picture.svg(name), "master")) for name in ("red", "green", "blue")}
    assert len(masters) == 1
    assert len(masters.pop()) > 1000


def test_each_has_its_own_flag_in_a_group_that_is_called_by_its_slot(on_picture: Delivered) -> None:
    flags = set()
    for name in ("red", "green", "blue"):
        root = on_picture.svg(name)
        assert groups(root) == ["master", "slot-flag"]
        assert unique(root)
        flags.add(etree.tostring(find_layer(root, "slot-flag")))
    assert len(flags) == 3


def test_what_is_laid_over_is_as_near_to_the_variant_as_the_rest(on_picture: Delivered) -> None:
    for name, variant in on_picture.variants.items():
        assert variant.scores is not None
        assert variant.scores.svg_ssim is not None
        assert variant.scores.svg_ssim > 0.9
        assert variant.scores.svg_holes == 0
        off = np.abs(on_picture.drawn(name).astype(int) - on_picture.pixels(name)).mean()
        assert off < 4


def test_a_picture_that_is_painted_all_over_is_traced_as_a_whole(tmp_path: Path) -> None:
    text = PICTURE.replace(
        "    - {edit: place, slot: flag", "    - {edit: repaint, strength: 0.6}\n    - {edit: place, slot: flag"
    )
    done = deliver(tmp_path, text, files=FILES)
    assert done.failed == {}
    assert groups(done.svg("red"))[0] == "picture"


def test_variants_in_other_colours_share_what_is_alike_among_them(tmp_path: Path) -> None:
    text = PICTURE.replace(
        "  team: {values: [red, green, blue]}", "  team: {values: [red, green]}\n  season: {values: [as-drawn, night]}"
    )
    text = text.replace("edits:\n", 'edits:\n  season: [{edit: recolor, grade: "{season}"}]\n')
    done = deliver(tmp_path, text, files=FILES)
    assert done.failed == {}
    base = {name: etree.tostring(find_layer(done.svg(name), "master")) for name in done.variants}
    assert base["red.night"] == base["green.night"] != base["red.as-drawn"] == base["green.as-drawn"]


def test_a_place_on_a_drawing_that_is_no_layer_is_laid_over_its_own_paths(tmp_path: Path) -> None:
    done = deliver(tmp_path, DRAWING.replace("{layer: flag-art}", f"{{grid: {GRID}}}"), files=FILES)
    root, master = done.svg("green"), etree.fromstring(MASTER)
    for name in ("pole", "flag-ink", "hand"):
        own = {key: shorten(value) if key == "d" else value for key, value in find_layer(master, name).attrib.items()}
        assert dict(find_layer(root, name).attrib.items()) == own
    assert root[-2].get("id") == "slot-flag"
    assert unique(root)
    assert np.abs(done.drawn("green").astype(int) - done.pixels("green")).mean() < 2


def test_a_master_that_uses_our_names_keeps_them(tmp_path: Path) -> None:
    taken = MASTER.replace(b'id="flag-art"', b'id="slot-flag"')
    done = deliver(tmp_path, DRAWING.replace("flag-art", "slot-flag"), files={**FILES, "master.svg": taken})
    assert done.failed == {}
    for name in done.variants:
        root = done.svg(name)
        assert {"slot-flag", "slot-flag-2"} <= set(groups(root))
        assert unique(root)


@dataclass
class Counting:
    """A tracer that counts."""

    calls: list[int] = field(default_factory=list)

    def trace(self, rgba: NDArray[np.uint8]) -> tuple[Shape, ...]:
        self.calls.append(rgba.size)
        return BetterTracer().trace(rgba)


def test_what_variants_have_in_common_is_traced_once_for_all_workers(tmp_path: Path) -> None:
    base = np.full((24, 24, 4), 255, np.uint8)
    base[6:18, 6:18, :3] = (200, 30, 30)
    tracer, found = Counting(), []
    for _ in range(2):
        catalogue = Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
        shop = Workshop(FolderStore(tmp_path / "objects"), catalogue, tracer, FakeModels(load_profiles(ROOT)))
        found += [etree.tostring(shop.traced(base, ())) for _ in range(2)]
    assert len(set(found)) == 1
    assert len(tracer.calls) == 1
    assert b"#c81e1e" in etree.tostring(shop.traced(base, ("#c81e1e",))), "another palette is another tracing"
    assert len(tracer.calls) == 2


def test_a_pack_can_hold_all_its_drawings_as_one(tmp_path: Path) -> None:
    done = deliver(tmp_path, PICTURE + "deliver: {formats: [png], sprite: true}\nstyles: [golden-hour]\n", files=FILES)
    assert done.failed == {}
    manifest = Manifest.model_validate_json((done.pack / "manifest.json").read_text())
    assert manifest.sprite is not None
    data = (done.pack / manifest.sprite.path).read_bytes()
    assert manifest.sprite.path == "small-sprite.svg"
    assert len(data) == manifest.sprite.bytes < 0.8 * manifest.sprite.single_bytes
    assert manifest.sprite.gzip_bytes < 0.7 * manifest.sprite.single_gzip_bytes
    assert "small-sprite.svg" in (done.pack / "contact-sheet.html").read_text()
    root = parse_svg(data, "sprite")
    root.set("viewBox", "0 0 256 256")
    etree.SubElement(root, SVG + "use", {"href": "#green"})
    assert np.abs(render(root, 256, 256).astype(int) - done.pixels("green")).mean() < 4


def test_a_style_sheet_that_no_sprite_can_keep_is_told(tmp_path: Path) -> None:
    styled = MASTER.replace(b"<path", b"<style>g &gt; path{stroke-opacity:1}</style><path", 1)
    text = DRAWING + "deliver: {formats: [svg], sprite: true}\n"
    done = deliver(tmp_path, text, files={**FILES, "master.svg": styled})
    manifest = Manifest.model_validate_json((done.pack / "manifest.json").read_text())
    assert manifest.sprite is None
    assert any("no sprite" in warning for warning in manifest.warnings)


def test_a_master_that_vectors_are_not_for_says_so_in_each_variants_notes(tmp_path: Path) -> None:
    speckled = np.full((256, 256, 4), 255, np.uint8)
    blots = np.random.default_rng(3).integers(0, 256, (28, 64, 3), np.uint8)
    speckled[144:, :, :3] = blots.repeat(4, axis=0).repeat(4, axis=1)
    speckled[145::4, 1::4, :3] //= 2
    done = deliver(tmp_path, PICTURE, files={**FILES, "master.png": encode_png(speckled)})
    assert done.failed == {}
    for variant in done.variants.values():
        assert any(note.startswith("as SVG: it looks like a photograph") for note in variant.notes)
