from __future__ import annotations

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from numpy.typing import NDArray

from pipelines.edits.cutout import Cutout, cut_alike, cut_drawing, cut_flat, cut_learned
from pipelines.engines.renderer import render
from pipelines.errors import CutoutError, SlotError
from pipelines.home import ROOT
from pipelines.sources import parse_svg
from tests.drawn import master_svg

Pixels = NDArray[np.uint8]
INK = "#221a22"
GROUNDS = ("#ffffff", "#f2d04a", "#3a86c8")


def drawn(inside: str, ground: str | None, *, size: int = 128) -> Pixels:
    """A drawing in a square of 100 units, on a ground."""
    sheet = f'<rect width="100" height="100" fill="{ground}"/>' if ground else ""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">{sheet}{inside}</svg>'
    return render(parse_svg(svg.encode(), "drawn.svg"), size, size)


FACE = f"""<ellipse cx="50" cy="52" rx="33" ry="28" fill="#e8a860" stroke="{INK}" stroke-width="4"/>
<circle cx="40" cy="46" r="6" fill="#fff"/><path d="M80 20L92 34L70 38Z" fill="#b03060"/>
<path d="M30 66Q50 80 70 62" fill="none" stroke="{INK}" stroke-width="3"/>"""


def on(rgba: Pixels, colour: tuple[int, int, int]) -> NDArray[np.float64]:
    alpha = rgba[..., 3:] / 255
    found: NDArray[np.float64] = rgba[..., :3] * alpha + np.array(colour) * (1 - alpha)
    return found


@functools.cache
def mascot(layers: str, ground: str | None) -> Pixels:
    root = parse_svg((ROOT / "examples/mascot/mascot.svg").read_bytes(), "mascot.svg")
    if layers:
        root = cut_drawing(root, drop=[layers])
    if ground:
        sheet = etree.Element("{http://www.w3.org/2000/svg}rect", {"width": "1024", "height": "1024", "fill": ground})
        root.insert(1, sheet)
    return render(root, 320, 320)


# ── drawings ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_drawing_loses_exactly_the_layers_that_are_named() -> None:
    root = parse_svg(master_svg(), "master.svg")
    cut = render(cut_drawing(root, drop=["flag", "hand"]), 256, 256)
    assert cut[40, 73, 3] == 255, "the pole stays"
    assert cut[70, 150, 3] == 0, "the flag is gone"
    assert len(root.findall(".//*[@id='flag']")) == 1, "the master itself is not touched"


def test_a_drawing_keeps_exactly_the_layers_that_are_named_where_they_stand() -> None:
    root = parse_svg(master_svg(), "master.svg")
    cut, whole = render(cut_drawing(root, keep=["flag"]), 256, 256), render(root, 256, 256)
    assert cut[200, 73, 3] == 0
    assert np.array_equal(cut[70, 150], whole[70, 150])


@pytest.mark.parametrize("wrong", [{}, {"drop": ["flag"], "keep": ["hand"]}, {"drop": ["pole", "flag", "hand"]}])
def test_layers_must_be_named_and_leave_something(wrong: dict[str, list[str]]) -> None:
    with pytest.raises(CutoutError):
        cut_drawing(parse_svg(master_svg(), "master.svg"), **wrong)


def test_a_layer_that_is_not_there_is_named_with_the_near_ones() -> None:
    with pytest.raises(SlotError, match="flag-art"):
        cut_drawing(parse_svg(master_svg(), "master.svg"), drop=["flag-arts"])


# ── flat art ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("new", [(0, 0, 0), (255, 255, 255), (30, 120, 200), (220, 30, 60)])
def test_no_halo_of_the_old_ground_shows_on_a_new_one(ground: str, new: tuple[int, int, int]) -> None:
    true, cut = drawn(FACE, None), cut_flat(drawn(FACE, ground))
    edge = (true[..., 3] > 0) & (true[..., 3] < 255)
    assert cut.ground == ground
    assert np.abs(on(cut.rgba, new) - on(true, new))[edge].mean() < 4, "a hard mask is off by 20 to 120"


def test_the_mascot_comes_off_its_ground_without_a_halo() -> None:
    true, cut = mascot("background", None), cut_flat(mascot("background", "#ffffff"), outside=[(160, 161)])
    edge = (true[..., 3] > 0) & (true[..., 3] < 255)
    assert np.abs(on(cut.rgba, (0, 0, 0)) - on(true, (0, 0, 0)))[edge].mean() < 6


@settings(max_examples=15)
@given(st.integers(0, 0xFFFFFF), st.integers(25, 75), st.integers(25, 75), st.integers(8, 20))
def test_the_subject_itself_does_not_change_by_a_single_bit(colour: int, x: int, y: int, radius: int) -> None:
    art = f'<circle cx="{x}" cy="{y}" r="{radius}" fill="#{colour:06x}" stroke="{INK}" stroke-width="4"/>'
    picture = drawn(art, "#ffffff", size=96)
    cut = cut_flat(picture).rgba
    whole = cut[..., 3] == 255
    assert np.array_equal(cut[whole], picture[whole])
    deep = np.hypot(*(np.mgrid[:96, :96] + 0.5 - np.array([y, x])[:, None, None] * 0.96)) < radius * 0.96 - 1
    assert whole[deep].all()


def test_the_old_ground_under_the_cutout_gives_the_picture_again() -> None:
    picture = drawn(FACE, "#f2d04a")
    again = on(cut_flat(picture).rgba, (0xF2, 0xD0, 0x4A))
    assert np.abs(again - picture[..., :3]).max() <= 6
    assert np.abs(again - picture[..., :3]).mean() < 0.1


def test_enclosed_ground_stays_unless_a_point_says_otherwise() -> None:
    ring = f'<circle cx="50" cy="50" r="30" fill="none" stroke="{INK}" stroke-width="8"/>'
    picture = drawn(ring, "#ffffff")
    assert cut_flat(picture).rgba[64, 64, 3] == 255
    assert cut_flat(picture, outside=[(64, 64)]).rgba[64, 64, 3] == 0


def test_a_textured_background_is_refused() -> None:
    noisy = drawn(FACE, "#ffffff").copy()
    seen = np.random.default_rng(0).random(noisy.shape[:2]) < 0.03
    noisy[seen & (noisy[..., :3] == 255).all(axis=2), :3] = (150, 160, 140)
    with pytest.raises(CutoutError, match=r"textured|single flat colour"):
        cut_flat(noisy)


def test_a_background_of_many_colours_is_refused() -> None:
    ramp = np.full((64, 64, 4), 255, dtype=np.uint8)
    ramp[..., 0] = np.arange(64)[None] * 4
    with pytest.raises(CutoutError, match="single flat colour"):
        cut_flat(ramp)


def test_a_leak_through_a_gap_in_the_outline_is_refused_and_a_point_settles_it() -> None:
    open_ring = (
        f'<circle cx="50" cy="50" r="30" fill="#fff" stroke="{INK}" stroke-width="6"/>'
        '<rect x="49" y="14" width="2" height="12" fill="#fff"/>'
    )
    picture = drawn(open_ring, "#ffffff", size=256)
    with pytest.raises(CutoutError, match="narrow gap"):
        cut_flat(picture)
    assert cut_flat(picture, inside=[(128, 128)]).rgba[128, 128, 3] == 255
    assert cut_flat(picture, outside=[(128, 128)]).rgba[128, 128, 3] == 0


def test_a_point_inside_that_lies_in_the_open_background_is_refused() -> None:
    with pytest.raises(CutoutError, match="open background"):
        cut_flat(drawn(FACE, "#ffffff"), inside=[(3, 3)])


def test_a_subject_of_the_grounds_colour_cut_off_by_the_border_is_refused() -> None:
    bust = f'<path d="M25 101V60A25 25 0 0 1 75 60V101" fill="#ffffff" stroke="{INK}" stroke-width="5"/>'
    picture = drawn(bust, "#ffffff")
    with pytest.raises(CutoutError, match="touch the border"):
        cut_flat(picture)
    assert cut_flat(picture, inside=[(64, 110)]).rgba[110, 64, 3] == 255


def test_a_subject_nearly_as_light_as_the_ground_is_refused() -> None:
    with pytest.raises(CutoutError, match="nearly the background"):
        cut_flat(drawn('<circle cx="50" cy="50" r="30" fill="#f2f2f2"/>', "#ffffff"))


def test_an_empty_picture_is_refused() -> None:
    with pytest.raises(CutoutError, match="nothing but background"):
        cut_flat(drawn("", "#ffffff"))


def test_dark_ink_on_a_dark_ground_gets_a_note() -> None:
    face = '<circle cx="50" cy="50" r="30" fill="#8fd0ff" stroke="#3f4f60" stroke-width="2"/>'
    assert cut_flat(drawn(face, "#20242c")).notes


def test_a_transparent_background_is_left_as_it_is() -> None:
    picture = drawn(FACE, None)
    cut = cut_flat(picture)
    assert np.array_equal(cut.rgba, picture)
    assert "already" in cut.notes[0]


# ── learned ──────────────────────────────────────────────────────────────────────────────────────────────


class FakeSegmenter:
    """Knows the answer."""

    name = "fake"

    def __init__(self, cover: NDArray[np.float32]) -> None:
        self.cover = cover

    def segment(self, rgb: Pixels) -> NDArray[np.float32]:
        assert rgb.shape[:2] == self.cover.shape
        return self.cover


def test_a_segmenters_soft_edges_take_the_subjects_colour() -> None:
    true = drawn(FACE, None)
    cover = (true[..., 3] / 255).astype(np.float32)
    cut = cut_learned(drawn(FACE, "#00ff00"), FakeSegmenter(cover)).rgba
    soft = (cut[..., 3] > 0) & (cut[..., 3] < 240)
    assert soft.any()
    assert (cut[soft][:, 1].astype(int) - cut[soft][:, 0]).max() < 60, "no green is left"


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_a_segmenter_that_sees_nothing_is_refused(value: float) -> None:
    with pytest.raises(CutoutError, match="no subject"):
        cut_learned(drawn(FACE, "#ffffff"), FakeSegmenter(np.full((128, 128), value, dtype=np.float32)))


# ── variants of a master ─────────────────────────────────────────────────────────────────────────────────


@functools.cache
def cut_face(learned: bool) -> tuple[Pixels, Cutout]:
    base = drawn(FACE, "#3a86c8", size=96)
    if not learned:
        return base, cut_flat(base)
    return base, cut_learned(base, FakeSegmenter((drawn(FACE, None, size=96)[..., 3] / 255).astype(np.float32)))


@settings(max_examples=30)
@given(
    st.booleans(), st.integers(0, 90), st.integers(0, 90), st.integers(1, 40), st.integers(1, 40),
    st.integers(0, 0xFFFFFF),
)  # fmt: skip
def test_a_variant_gets_the_masters_silhouette_and_is_the_cut_master_wherever_it_was_the_master(
    learned: bool, x: int, y: int, wide: int, high: int, colour: int
) -> None:
    base, cut = cut_face(learned)
    variant = base.copy()
    variant[y : y + high, x : x + wide, :3] = np.frombuffer(colour.to_bytes(3, "big"), dtype=np.uint8)
    found = cut_alike(variant, base, cut)
    same = (variant == base).all(axis=2)
    assert np.array_equal(found[..., 3], cut.rgba[..., 3])
    assert np.array_equal(found[same], cut.rgba[same])
    whole = ~same & (cut.rgba[..., 3] == 255)
    assert np.array_equal(found[whole], variant[whole]), "what was put inside survives"
    assert not found[cut.rgba[..., 3] == 0].any(), "what was put outside is gone"


def test_an_edge_that_was_recoloured_loses_the_ground_and_keeps_its_own_colour() -> None:
    red, base = FACE.replace("#e8a860", "#d03030").replace(INK, "#5a0010"), drawn(FACE, "#3a86c8")
    found = cut_alike(drawn(red, "#3a86c8"), base, cut_flat(base))
    edge = (found[..., 3] > 40) & (found[..., 3] < 215)
    off = np.abs(found[edge][:, :3].astype(int) - (0x5A, 0, 0x10)).max(axis=1)
    assert np.median(off) < 4, "the ear, which has no line around it, aside"


def test_an_edge_whose_ground_was_painted_over_too_loses_the_paint() -> None:
    base = drawn(FACE, "#3a86c8")
    found = cut_alike(drawn(FACE, "#20c040"), base, cut_flat(base))
    edge = (found[..., 3] > 40) & (found[..., 3] < 215)
    green = found[edge][:, 1].astype(int) - found[edge][:, 0]
    assert green.max() < 40


def test_a_master_that_is_transparent_already_leaves_its_variants_as_they_are() -> None:
    base = drawn(FACE, None)
    variant = base.copy()
    variant[40:60, 40:60] = (9, 8, 7, 255)
    assert np.array_equal(cut_alike(variant, base, cut_flat(base)), variant)
