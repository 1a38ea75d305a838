"""Enlarging from brief to pack: drawings are drawn larger, pictures enlarged, and sizes are told right everywhere."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from pipelines.edits.upscale import grown, upscale
from pipelines.engines.fakes import FakeModels
from pipelines.engines.renderer import render
from pipelines.home import ROOT
from pipelines.profiles import load_profiles
from pipelines.sources import parse_svg
from tests.briefs import BRIEF
from tests.drawn import disc, master_svg, tricolour
from tests.flows import Delivered, Pixels, deliver, picture, recipe_inside
from tests.pipelines.lettering.made import tiny_font

FILES = {
    "master.svg": master_svg(), "master.png": picture(master_svg(), 128, 128), "tiny.ttf": tiny_font(),
    "art/red.svg": tricolour("#c00000", "#ffffff", "#c00000"), "art/green.svg": disc("#ffffff", "#008000"),
    "art/blue.svg": disc("#0000c0", "#ffffff"),
}  # fmt: skip
LARGE = (
    BRIEF.replace("[red, green, blue]", "[red, blue]").replace("prompt:", "    - {edit: upscale, factor: 2}\nprompt:")
    + "deliver: {formats: [png, svg]}\n"
)
SLOT = "{polygon: [[42, 26], [85, 20], [86, 48], [42, 50]]}"
ON_PIXELS = LARGE.replace("master.svg", "master.png").replace("{layer: flag-art}", SLOT)


class Doubler:
    """An upscaler that repeats pixels and darkens a little, as a model would add something of its own."""

    name = "doubler"
    factor = 2

    def upscale(self, rgb: Pixels) -> Pixels:
        return (rgb.repeat(2, axis=0).repeat(2, axis=1) * 0.9).astype(np.uint8)


def sound(done: Delivered) -> bool:
    assert done.failed == {}
    return all(v.scores is not None and v.scores.changed_outside == 0 for v in done.variants.values())


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    return deliver(tmp_path_factory.mktemp("drawn"), LARGE, files=FILES)


@pytest.fixture(scope="module")
def enlarged(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    return deliver(tmp_path_factory.mktemp("enlarged"), ON_PIXELS, files=FILES)


# ── drawings ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_drawing_is_drawn_larger_and_stays_a_drawing(drawn: Delivered) -> None:
    assert sound(drawn)
    assert all(v.verdict is not None and v.verdict.outcome == "accepted" for v in drawn.variants.values())
    whole = render(parse_svg(master_svg(), "master"), 256, 256)
    found = drawn.pixels("red")
    assert found.shape == (256, 256, 4)
    assert np.array_equal(found[120:], whole[120:]), "below the flag every pixel is that of the larger drawing"
    assert {"pole", "hand"} <= {e.get("id") for e in drawn.svg("red").iter()}


def test_its_sizes_are_told_right_everywhere(drawn: Delivered) -> None:
    variant = drawn.variants["red"]
    assert {(a.format, a.width, a.height) for a in variant.assets} == {("png", 256, 256), ("svg", 256, 256)}
    root = drawn.svg("red")
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("256", "256", "0 0 256 256")
    recipe = recipe_inside(drawn.pack / "png" / "red.png")
    assert (recipe["width"], recipe["height"]) == (256, 256)
    assert drawn.master.shape == (256, 256, 4), "what variants are compared with is as large"
    assert '"width":256' in (drawn.pack / "contact-sheet.html").read_text()


def test_its_artwork_is_measured_at_the_larger_size(drawn: Delivered) -> None:
    scores = drawn.variants["blue"].scores
    assert scores is not None
    assert scores.nearest == "blue"
    assert scores.delta_e is not None
    assert scores.delta_e < 2


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_picture_is_enlarged_and_outside_the_slot_it_is_the_enlarged_master_to_the_bit(enlarged: Delivered) -> None:
    assert sound(enlarged)
    master = enlarged.master
    assert master.shape == (128, 128, 4)
    free = np.zeros((128, 128), dtype=bool)
    free[18:52, 40:88] = True
    outside = ~grown(free, 2)
    for name in ("red", "blue"):
        found = enlarged.pixels(name)
        assert found.shape == (256, 256, 4)
        assert np.array_equal(found[outside], upscale(master, 2)[outside])
        assert (found[~outside] != upscale(master, 2)[~outside]).any()


def test_its_recipe_says_the_masters_size_and_the_factor(enlarged: Delivered) -> None:
    recipe = recipe_inside(enlarged.pack / "png" / "red.png")
    assert (recipe["width"], recipe["height"]) == (128, 128)
    steps = recipe["edits"]
    assert isinstance(steps, list)
    assert steps[-1]["factor"] == 2
    assert {(a.width, a.height) for a in enlarged.variants["red"].assets} == {(256, 256)}
    assert enlarged.svg("red").get("viewBox") == "0 0 256 256"


def test_placed_artwork_is_still_measured(enlarged: Delivered) -> None:
    scores = enlarged.variants["blue"].scores
    assert scores is not None
    assert scores.nearest == "blue"


def test_sizes_that_a_brief_names_are_delivered_from_the_enlarged_picture(tmp_path: Path) -> None:
    text = ON_PIXELS.replace("formats: [png, svg]", "formats: [png], sizes: [256, 64]")
    done = deliver(tmp_path, text, files=FILES)
    assert not any("enlarged" in warning for warning in done.warnings)
    assert done.pixels("red", 256).shape == (256, 256, 4)
    assert done.pixels("red", 64).shape == (64, 64, 4)


# ── values, models, text ─────────────────────────────────────────────────────────────────────────────────


def test_each_value_may_have_a_factor_of_its_own(tmp_path: Path) -> None:
    text = ON_PIXELS.replace("{edit: upscale, factor: 2}", "{edit: upscale, factor: 4, values: [blue]}")
    done = deliver(tmp_path, text, files=FILES)
    assert sound(done)
    assert (done.pixels("red").shape[0], done.pixels("blue").shape[0]) == (128, 512)
    sizes = {v.order.recipe.name: v.order.recipe.size for v in done.variants.values()}
    assert sizes == {"red": (128, 128), "blue": (512, 512)}


@pytest.mark.parametrize("text", [LARGE, ON_PIXELS])
def test_a_model_enlarges_what_it_is_given_and_nothing_outside_the_slot_differs(text: str, tmp_path: Path) -> None:
    models = FakeModels(load_profiles(ROOT), upscalers={"swin": Doubler()})
    done = deliver(tmp_path, text.replace("factor: 2", "factor: 2, upscaler: swin"), files=FILES, models=models)
    assert sound(done)
    assert done.pixels("red").shape == (256, 256, 4)
    plain = upscale(done.master, 2, upscaler=Doubler())
    assert np.array_equal(done.pixels("red")[140:], plain[140:])


def test_a_model_of_another_factor_fails_in_words(tmp_path: Path) -> None:
    models = FakeModels(load_profiles(ROOT), upscalers={"swin": Doubler()})
    done = deliver(tmp_path, ON_PIXELS.replace("factor: 2", "factor: 4, upscaler: swin"), files=FILES, models=models)
    assert set(done.failed) == {"red", "blue"}
    assert "another factor. got '2 instead of 4'" in done.failed["red"]


def letters(rgba: Pixels) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (rgba == (0xB0, 0x00, 0x20, 255)).all(axis=2)
    return found


@pytest.mark.parametrize("upscaler", ["", ", upscaler: swin"])
def test_letters_on_an_enlarged_picture_are_drawn_at_its_size_and_not_by_a_model(upscaler: str, tmp_path: Path) -> None:
    models = FakeModels(load_profiles(ROOT), upscalers={"swin": Doubler()})
    words = '    - {edit: letter, slot: sign, fonts: [tiny.ttf], size: 12, text: [ABC], colour: "#b00020"}\n'
    text = ON_PIXELS.replace("    - {edit: upscale", f"{words}    - {{edit: upscale").replace(
        "slots:\n", "slots:\n  sign: {polygon: [[60, 90], [124, 90], [124, 120], [60, 120]]}\n"
    )
    done = deliver(tmp_path, text.replace("factor: 2", f"factor: 2{upscaler}"), files=FILES, models=models)
    assert sound(done)
    found = done.pixels("red")
    assert letters(found).sum() > 200
    assert np.array_equal(letters(done.drawn("red")), letters(found)), "the paths lie exactly there"
    rim = binary_dilation(letters(found), np.ones((3, 3), dtype=bool), iterations=2) & ~letters(found)
    assert ((found[rim][:, 3] > 8) & (found[rim][:, 3] < 247)).mean() < 0.5, "their edges are one pixel wide"


def test_a_cutout_that_is_enlarged_keeps_its_ground_clear(tmp_path: Path) -> None:
    text = ON_PIXELS.replace("    - {edit: place", "    - {edit: cutout}\n    - {edit: place")
    sheet = master_svg().replace(b'<rect id="pole"', b'<rect width="256" height="256" fill="#f4f0e0"/><rect id="pole"')
    done = deliver(tmp_path, text, files={**FILES, "master.png": picture(sheet, 128, 128)})
    assert sound(done)
    assert done.pixels("red")[4, 4, 3] == 0
    assert np.array_equal(done.pixels("red")[..., 3], done.pixels("blue")[..., 3])
    manifest = json.loads((done.pack / "manifest.json").read_text())
    assert [v["scores"]["silhouette"] for v in manifest["variants"]] == [1.0, 1.0]
