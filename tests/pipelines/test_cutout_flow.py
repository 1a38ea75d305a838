"""Cutouts from brief to pack: one silhouette for all variants, what was put inside survives, or a refusal in words."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.edits.cutout import cut_flat
from pipelines.engines.fakes import FakeModels
from pipelines.engines.renderer import render
from pipelines.home import ROOT
from pipelines.profiles import load_profiles
from pipelines.sources import parse_svg
from tests.drawn import disc, tricolour
from tests.flows import Delivered, Pixels, deliver, picture
from tests.pipelines.lettering.made import tiny_font

SVG = "{http://www.w3.org/2000/svg}"
INK = "#221a22"
SUBJECT = f"""<ellipse id="body" cx="60" cy="55" rx="46" ry="38" fill="#e8a860" stroke="{INK}" stroke-width="4"/>
<rect id="badge" x="36" y="40" width="48" height="32" fill="#2244aa" stroke="{INK}" stroke-width="2"/>"""


def drawing(subject: str = SUBJECT, *, sky: str = "#f2e6c8") -> bytes:
    """A figure with a badge on a flat sky, in units of which the origin is no corner."""
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="-20 -10 160 120" width="160" height="120">
<rect id="sky" x="-20" y="-10" width="160" height="120" fill="{sky}"/>{subject}</svg>""".encode()


BRIEF = """\
brief: 1
name: cut
why: The figure stands on pages of every colour.
data_used: []
biases: [a figure of one kind stands for all]
master: {file: figure.svg, size: 320}
slots:
  badge: {layer: badge}
axes:
  team: {values: [red, blue]}
edits:
  team:
    - {edit: cutout, drop: [sky]}
    - {edit: place, slot: badge, artwork: "{team}.svg", fit: stretch}
prompt: a figure of team {team}
deliver: {formats: [png, svg]}
"""
FILES = {
    "figure.svg": drawing(), "figure.png": picture(drawing(), 320, 240), "red.svg": tricolour("#c00000"),
    "blue.svg": disc("#0000c0", "#ffffff"),
}  # fmt: skip
SLOT = "{polygon: [[112, 100], [208, 100], [208, 164], [112, 164]]}"
ON_PIXELS = (
    BRIEF.replace("figure.svg", "figure.png")
    .replace("{layer: badge}", SLOT)
    .replace("{edit: cutout, drop: [sky]}", "{edit: cutout}")
)


ALONE = re.sub("slots:\n.*\n", "", re.sub("    - {edit: place.*\n", "", ON_PIXELS))
"""The cutout and nothing else."""


def left_alone() -> Pixels:
    """The subject as it would be drawn on nothing."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-20 -10 160 120">{SUBJECT}</svg>'
    return render(parse_svg(svg.encode(), "left"), 320, 240)


def silhouette(done: Delivered, name: str) -> NDArray[np.uint8]:
    return done.pixels(name)[..., 3]


def on(rgba: Pixels, colour: tuple[int, int, int]) -> NDArray[np.float64]:
    alpha = rgba[..., 3:] / 255
    found: NDArray[np.float64] = rgba[..., :3] * alpha + np.array(colour) * (1 - alpha)
    return found


def accepted(done: Delivered) -> bool:
    reasons = {n: v.verdict.reasons if v.verdict else v.error for n, v in done.variants.items()}
    assert not any(reasons.values()), reasons
    return all(v.scores is not None and v.scores.changed_outside == 0 for v in done.variants.values())


@pytest.fixture(scope="module")
def layered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    return deliver(tmp_path_factory.mktemp("layered"), BRIEF, files=FILES)


@pytest.fixture(scope="module")
def flooded(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    return deliver(tmp_path_factory.mktemp("flooded"), ON_PIXELS, files=FILES)


# ── drawings ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_drawing_that_loses_layers_is_exactly_what_is_left_and_stays_a_drawing(layered: Delivered) -> None:
    assert accepted(layered)
    outside = np.ones((240, 320), dtype=bool)
    outside[96:168, 108:212] = False
    for name in ("red", "blue"):
        assert np.array_equal(layered.pixels(name)[outside], left_alone()[outside])
        names = {e.get("id") for e in layered.svg(name).iter()}
        assert "body" in names
        assert "sky" not in names
        assert np.abs(on(layered.drawn(name), (0, 90, 0)) - on(layered.pixels(name), (0, 90, 0))).mean() < 0.3


def test_a_drawing_cut_as_pixels_keeps_the_slots_that_are_layers(tmp_path: Path) -> None:
    text = BRIEF.replace("{edit: cutout, drop: [sky]}", "{edit: cutout, inside: [[60, 30]], outside: [[130, 100]]}")
    done = deliver(tmp_path, text, files=FILES)
    assert accepted(done)
    assert "cut as pixels" in done.warnings[0]
    assert np.array_equal(silhouette(done, "red"), silhouette(done, "blue"))
    assert done.pixels("red")[5, 5, 3] == 0
    assert tuple(done.pixels("red")[132, 120]) == (0xC0, 0, 0, 255)


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────────────


def test_outside_the_slot_every_variant_is_the_cut_out_master_to_the_bit(flooded: Delivered) -> None:
    assert accepted(flooded)
    cut = cut_flat(flooded.master).rgba
    outside = np.ones((240, 320), dtype=bool)
    outside[100:164, 112:208] = False
    for name in ("red", "blue"):
        assert np.array_equal(flooded.pixels(name)[outside], cut[outside])
        assert np.array_equal(silhouette(flooded, name), cut[..., 3])
        assert tuple(flooded.pixels(name)[132, 116, :3]) in ((0xC0, 0, 0), (0, 0, 0xC0)), "what was placed is there"


def test_edges_show_nothing_of_the_old_sky_on_a_new_page(flooded: Delivered) -> None:
    true = left_alone()
    edge = (true[..., 3] > 0) & (true[..., 3] < 255)
    assert np.abs(on(flooded.pixels("red"), (0, 0, 60)) - on(true, (0, 0, 60)))[edge].mean() < 5


def test_what_only_the_designer_knows_is_said_with_points_in_the_masters_units(tmp_path: Path) -> None:
    ring = f'<circle cx="60" cy="50" r="40" fill="none" stroke="{INK}" stroke-width="9"/>'
    files = {**FILES, "ring.png": picture(drawing(ring), 640, 480)}
    text = ALONE.replace("figure.png", "ring.png")
    whole = deliver(tmp_path / "whole", text, files=files)
    assert whole.pixels("red")[120, 160, 3] == 255, "enclosed, so it may be the subject's"
    open_ = deliver(
        tmp_path / "open", text.replace("{edit: cutout}", "{edit: cutout, outside: [[320, 240]]}"), files=files
    )
    assert open_.pixels("red")[120, 160, 3] == 0


def test_a_cutout_that_would_be_wrong_is_refused_for_all_variants_in_words(tmp_path: Path) -> None:
    bust = f'<path d="M25 111V60A25 25 0 0 1 75 60V111" fill="#f2e6c8" stroke="{INK}" stroke-width="5"/>'
    done = deliver(tmp_path, ON_PIXELS, files={**FILES, "figure.png": picture(drawing(bust), 320, 240)})
    assert set(done.failed) == {"red", "blue"}
    for words in done.failed.values():
        assert "may touch the border in the background's own colour" in words
        assert "name that point as inside the subject, or as outside" in words
    assert "may touch the border" in (done.pack / "contact-sheet.html").read_text()


def test_what_a_cutout_notes_reaches_every_variant(tmp_path: Path) -> None:
    face = '<circle cx="60" cy="50" r="36" fill="#8fd0ff" stroke="#3f4f60" stroke-width="1.5"/>'
    done = deliver(tmp_path, ON_PIXELS, files={**FILES, "figure.png": picture(drawing(face, sky="#20242c"), 320, 240)})
    assert done.failed == {}
    assert all(any("of the outline" in note for note in v.notes) for v in done.variants.values())


def test_a_cutout_for_some_values_leaves_the_others_whole(tmp_path: Path) -> None:
    done = deliver(tmp_path, BRIEF.replace("drop: [sky]", "drop: [sky], values: [red]"), files=FILES)
    assert accepted(done)
    assert done.pixels("red")[5, 5, 3] == 0
    assert done.pixels("blue")[5, 5, 3] == 255


@pytest.mark.parametrize("kind", ["picture", "drawing", "drawing cut as pixels"])
def test_text_beside_the_subject_stands_on_nothing_and_is_no_fault_of_its_outline(kind: str, tmp_path: Path) -> None:
    words = '    - {edit: letter, slot: badge, fonts: [tiny.ttf], size: 9, text: [AB], colour: "#b00020"}\n'
    text = ON_PIXELS if kind == "picture" else BRIEF
    text = text.replace(", drop: [sky]", "") if kind == "drawing cut as pixels" else text
    place = next(line for line in text.splitlines(keepends=True) if "edit: place" in line)
    text = text.replace(place, words)
    corners = {
        "drawing": "[110, 60], [138, 60], [138, 90], [110, 90]",
        "picture": "[260, 140], [316, 140], [316, 200], [260, 200]",
    }
    text = re.sub("badge: {.*}", f"badge: {{polygon: [{corners[kind.split(maxsplit=1)[0]]}]}}", text)
    done = deliver(tmp_path, text, files={**FILES, "tiny.ttf": tiny_font()})
    assert accepted(done)
    letters = (done.pixels("red") == (0xB0, 0x00, 0x20, 255)).all(axis=2)
    assert letters.sum() > 30
    assert letters[140:200, 260:316].sum() == letters.sum(), "in the sky that is gone"
    assert done.svg("red").find(".//*[@aria-label='AB']") is not None


# ── with models ──────────────────────────────────────────────────────────────────────────────────────────


class Knowing:
    """A segmenter that knows the answer."""

    name = "knowing"
    calls = 0

    def segment(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        type(self).calls += 1
        assert rgb.shape == (240, 320, 3)
        return np.asarray(left_alone()[..., 3] / np.float32(255), dtype=np.float32)


def test_a_segmenter_cuts_what_is_not_flat_once_for_all_variants(tmp_path: Path) -> None:
    stops = '<stop stop-color="#fff"/><stop offset="1" stop-color="#6af"/>'
    sky = f'<linearGradient id="g">{stops}</linearGradient>'
    files = {**FILES, "figure.png": picture(drawing(sky + SUBJECT, sky="url(#g)"), 320, 240)}
    refused = deliver(tmp_path / "flat", ON_PIXELS, files=files)
    assert "segmentation checkpoint" in refused.failed["red"]
    Knowing.calls = 0
    models = FakeModels(load_profiles(ROOT), segmenters={"birefnet": Knowing()})
    text = ON_PIXELS.replace("{edit: cutout}", "{edit: cutout, segmenter: birefnet}")
    done = deliver(tmp_path / "learned", text, files=files, models=models)
    assert accepted(done)
    assert Knowing.calls == 1
    assert np.array_equal(silhouette(done, "red"), silhouette(done, "blue"))
    assert done.pixels("red")[5, 5, 3] == 0
    assert any("look at the edges" in note for note in done.variants["red"].notes)


@pytest.mark.parametrize("cut", ["{edit: cutout}", "{edit: cutout, drop: [sky]}"])
def test_paint_inside_survives_a_cutout_after_it_and_the_outline_is_the_masters(cut: str, tmp_path: Path) -> None:
    paint = "    - {edit: repaint, strength: 0.6, prompt: 'a figure of team {team}'}\n"
    text = ALONE.replace("figure.png", "figure.svg") if "drop" in cut else ALONE
    text = text.replace("    - {edit: cutout}\n", f"{paint}    - {cut}\n")
    done = deliver(tmp_path, text, files=FILES)
    assert done.failed == {}
    assert all(v.scores is not None and v.scores.changed_outside == 0 for v in done.variants.values())
    assert np.array_equal(silhouette(done, "red"), silhouette(done, "blue"))
    inside = silhouette(done, "red") == 255
    assert 0.2 < inside.mean() < 0.5
    assert (done.pixels("red")[inside] != done.pixels("blue")[inside]).any(axis=1).mean() > 0.9, "each has its paint"
    assert (silhouette(done, "red") == 0).mean() > 0.4
