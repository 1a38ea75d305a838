from __future__ import annotations

import functools
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from skimage.metrics import structural_similarity

from pipelines.edits.recolor import recolor, recolor_drawing, swap, swapped
from pipelines.engines.renderer import render
from pipelines.errors import PaletteError, SlotError
from pipelines.palettes.oklab import lab_of
from pipelines.sources import parse_svg
from tests.drawn import BLUE, INK, master_svg

Pixels = NDArray[np.uint8]
SIZE = 128
MASCOT = Path(__file__).parents[3] / "examples" / "mascot" / "mascot.svg"
FUR, SHADE, GREEN = "#eda24b", "#cf7d35", "#4f9d5c"
KEPT = ((INK, INK), ("#7a5233", "#7a5233"), ("#e8a860", "#e8a860"), ("#ffffff", "#ffffff"))
BLUE_TO_RED = swap(((BLUE, "#c8283c"), *KEPT))


def drawing(body: str, defs: str = "") -> etree._Element:
    text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><defs>{defs}</defs>{body}</svg>'
    return parse_svg(text.encode(), "drawing.svg")


@functools.cache
def flag() -> Pixels:
    return render(parse_svg(master_svg(), "master.svg"), SIZE, SIZE)


def at(root: etree._Element, x: int, y: int) -> list[int]:
    found: list[int] = render(root, 64, 64)[y, x].tolist()
    return found


def ssim(first: Pixels, second: Pixels) -> float:
    grey = [p[..., :3] @ np.array([0.2126, 0.7152, 0.0722]) / 255 for p in (first, second)]
    return float(structural_similarity(*grey, data_range=1.0))


@st.composite
def masks(draw: st.DrawFn) -> NDArray[np.bool_]:
    """Ellipses, polygons, stripes and single pixels, alone or together; also nothing and everything."""
    picture = Image.new("1", (SIZE, SIZE), draw(st.booleans()))
    pen = ImageDraw.Draw(picture)
    point = st.tuples(st.integers(-9, SIZE + 8), st.integers(-9, SIZE + 8))
    for _ in range(draw(st.integers(0, 4))):
        colour = int(draw(st.booleans()))
        match draw(st.sampled_from(["ellipse", "polygon", "stripes", "pixels"])):
            case "ellipse":
                (x0, y0), (x1, y1) = draw(point), draw(point)
                pen.ellipse((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)), fill=colour)
            case "polygon":
                pen.polygon(draw(st.lists(point, min_size=3, max_size=7)), fill=colour)
            case "stripes":
                for x in range(0, SIZE, draw(st.integers(2, 9))):
                    pen.line((x, 0, x, SIZE), fill=colour)
            case _:
                pen.point(draw(st.lists(point, min_size=1, max_size=9)), fill=colour)
    return np.asarray(picture)


@settings(max_examples=40)
@given(masks(), st.integers(0, 0xFFFFFF))
def test_no_pixel_outside_the_mask_changes_by_a_single_bit(mask: NDArray[np.bool_], new: int) -> None:
    done = recolor(flag(), swap(((BLUE, f"#{new:06x}"), *KEPT)), mask=mask)
    assert np.array_equal(done[~mask], flag()[~mask])
    assert np.array_equal(done[..., 3], flag()[..., 3])


@given(st.lists(st.integers(0, 0xFFFFFF), min_size=1, max_size=8, unique=True))
@settings(max_examples=20)
def test_recoloring_each_colour_to_itself_changes_nothing(colours: list[int]) -> None:
    same = tuple((f"#{c:06x}", f"#{c:06x}") for c in colours)
    assert np.array_equal(recolor(flag(), swap(same)), flag())


@given(st.integers(0, 0xFFFFFF), st.integers(0, 0xFFFFFF))
def test_a_palette_colour_becomes_exactly_its_new_colour(old: int, new: int) -> None:
    change = swap(((f"#{old:06x}", f"#{new:06x}"), (f"#{old ^ 0x808080:06x}", "#123456")))
    codes = np.array([[old >> 16, old >> 8 & 255, old & 255]], dtype=np.uint8)
    found = np.rint(change(codes) * 255).astype(int)[0]
    assert np.abs(found - [new >> 16, new >> 8 & 255, new & 255]).max() <= 1


def test_a_grey_mask_blends() -> None:
    half = np.full((SIZE, SIZE), 128, dtype=np.uint8)
    full, mixed = recolor(flag(), BLUE_TO_RED), recolor(flag(), BLUE_TO_RED, mask=half)
    between = flag() + (full.astype(float) - flag()) * 128 / 255
    assert np.abs(mixed - between).max() <= 1


def test_the_ink_stays_and_shade_moves_with_its_base() -> None:
    change = swap(((FUR, GREEN), (INK, INK)))
    ink, base, shade = (np.rint(change(np.array([c], dtype=np.uint8)) * 255)[0] for c in
                        ((0x22, 0x1A, 0x22), (0xED, 0xA2, 0x4B), (0xCF, 0x7D, 0x35)))  # fmt: skip
    assert np.abs(ink - [0x22, 0x1A, 0x22]).max() <= 1
    assert base.tolist() == [0x4F, 0x9D, 0x5C]
    assert shade[1] == shade.max(), "the shade of orange fur is now a shade of green"
    before, after = lab_of([FUR, SHADE])[:, 0], lab_of([GREEN, "#{:02x}{:02x}{:02x}".format(*shade.astype(int))])[:, 0]
    assert after[1] / after[0] == pytest.approx(before[1] / before[0], abs=0.02)


@pytest.mark.parametrize("new", ["#c8283c", "#f4e04d", "#101018", "#ffffff"])
def test_edges_are_the_same_mix_of_the_new_colours_as_they_were_of_the_old(new: str) -> None:
    shapes = f'<path d="M9 9L52 15L33 58Z" fill="{BLUE}" stroke="{INK}" stroke-width="5"/>'
    ground = '<path d="M0 0H64V64H0Z" fill="#ffffff"/>'
    old, wanted = (render(drawing(ground + shapes.replace(BLUE, c)), 160, 160) for c in (BLUE, new))
    done = recolor(old, swap(((BLUE, new), (INK, INK), ("#ffffff", "#ffffff"))))
    assert np.abs(done.astype(int) - wanted).max() <= 6
    assert np.abs(done.astype(int) - wanted).mean() < 0.05


def test_a_gradient_between_palette_colours_stays_smooth() -> None:
    ramp = np.zeros((4, 256, 4), dtype=np.uint8)
    share = np.linspace(0, 1, 256)[:, None]
    ramp[..., :3] = np.rint((1 - share) * [0xC0, 0x83, 0x9A] + share * [0xFF, 0xD0, 0x8F])
    ramp[..., 3] = 255
    done = recolor(ramp, swap((("#c0839a", "#2f7f78"), ("#ffd08f", "#d7e8b0"))))
    straight = done[0, :1, :3] + share * (done[0, -1:, :3].astype(float) - done[0, :1, :3])
    assert np.abs(done[0, :, :3] - straight).max() < 50, "no other colour on the way"
    assert np.abs(np.diff(done[0, :, :3].astype(int), axis=0)).max() <= 6, (
        "no band where one palette colour takes over from the other"
    )


def test_the_drawing_and_the_picture_change_alike() -> None:
    root = parse_svg(MASCOT.read_bytes(), "mascot.svg")
    kept = tuple((colour, colour) for colour in ("#2d2130", "#fdeccb", "#ecc998", "#fff9ef", "#a86b45"))
    change = swap(((FUR, "#6fa8dc"), (SHADE, "#4a7fb5"), ("#e5593f", "#6a4fb3"), *kept))
    picture, painted = render(root, 320, 320), render(recolor_drawing(root, change), 320, 320)
    done = recolor(picture, change)
    assert ssim(done, painted) > 0.995
    assert np.abs(done.astype(int) - painted).mean() < 1
    assert np.abs(done.astype(int) - picture).mean() > 5


def test_only_the_layers_asked_for_change() -> None:
    root = parse_svg(master_svg(), "master.svg")
    done = recolor_drawing(root, swap(((BLUE, "#c8283c"), ("#e8a860", "#c8283c"))), layers=("flag-art",))
    old, new = render(root, SIZE, SIZE), render(done, SIZE, SIZE)
    assert new[108 // 2, 74 // 2].tolist() == old[108 // 2, 74 // 2].tolist(), "the hand is another layer"
    assert np.abs(new.astype(int) - old)[30:45, 45:80].max() > 100
    assert etree.tostring(root) == etree.tostring(parse_svg(master_svg(), "master.svg")), "the master is left alone"


def test_layers_that_share_a_gradient_are_recolored_one_at_a_time() -> None:
    shared = '<linearGradient id="g"><stop stop-color="#2244aa"/><stop offset="1" style="stop-color:#2244aa"/>'
    shared += "</linearGradient>"
    shared += '<linearGradient id="h" href="#g" x1="0" x2="0" y1="0" y2="1"/>'
    body = '<rect id="left" width="32" height="64" fill="url(#h)"/>'
    body += '<rect id="right" x="32" width="32" height="64" style="fill:url(#h)"/>'
    root = drawing(body, shared)
    done = recolor_drawing(root, swap(((BLUE, "#ff0000"),)), layers=("right",))
    assert at(done, 10, 30) == [0x22, 0x44, 0xAA, 255]
    assert at(done, 50, 30) == [255, 0, 0, 255]
    again = recolor_drawing(done, swap(((BLUE, "#00ff00"),)), layers=("left",))
    assert (at(again, 10, 30), at(again, 50, 30)) == ([0, 255, 0, 255], [255, 0, 0, 255])


def test_what_a_layer_inherits_changes_with_it_alone() -> None:
    body = '<g fill="#2244aa"><rect id="a" width="32" height="64"/><rect id="b" x="32" width="32" height="64"/></g>'
    done = recolor_drawing(drawing(body), swap(((BLUE, "#ff0000"),)), layers=("b",))
    assert (at(done, 10, 9), at(done, 50, 9)) == ([0x22, 0x44, 0xAA, 255], [255, 0, 0, 255])


def test_black_that_nobody_wrote_changes_too_and_masks_do_not() -> None:
    mask = '<mask id="m"><rect width="64" height="64" fill="#fff"/><rect width="32" height="64"/></mask>'
    done = recolor_drawing(drawing('<rect width="64" height="64" mask="url(#m)"/>', mask),
                           swap((("#000000", "#ff0000"), ("#ffffff", "#0000ff"))))  # fmt: skip
    assert at(done, 50, 9) == [255, 0, 0, 255]
    assert at(done, 10, 9)[3] == 0


@pytest.mark.parametrize("layers", [(), ("a",)])
def test_style_rules_and_alpha_are_followed(layers: tuple[str, ...]) -> None:
    rules = "<style>.x { fill : #2244aa; stroke:none } #a { stroke-width: 2 }</style>"
    body = '<rect id="a" class="x" width="32" height="64"/>'
    body += '<rect x="32" width="32" height="64" fill="rgba(34,68,170,0.5)"/>'
    done = recolor_drawing(drawing(body, rules), swap(((BLUE, "#ff0000"),)), layers=layers)
    assert at(done, 10, 9) == [255, 0, 0, 255]
    assert at(done, 50, 9)[3] == 128
    assert (at(done, 50, 9)[0] > 250) is (not layers)


def test_rules_that_layers_cannot_be_told_apart_by_are_refused() -> None:
    root = drawing('<g id="a"><rect width="9" height="9"/></g>', "<style>g > rect { fill: #2244aa }</style>")
    with pytest.raises(PaletteError, match="told apart by layer"):
        recolor_drawing(root, BLUE_TO_RED, layers=("a",))
    assert at(recolor_drawing(root, BLUE_TO_RED), 4, 4)[0] > 190


def test_a_layer_that_is_not_there_is_named_with_near_ones() -> None:
    with pytest.raises(SlotError, match="flag-art"):
        recolor_drawing(parse_svg(master_svg(), "master.svg"), BLUE_TO_RED, layers=("flag-part",))


def test_transparent_pixels_and_translucent_ones_keep_their_alpha() -> None:
    rgba = flag().copy()
    rgba[:40, :, 3], rgba[40:80, :, 3] = 0, 90
    done = recolor(rgba, BLUE_TO_RED)
    assert np.array_equal(done[..., 3], rgba[..., 3])
    assert np.array_equal(done[:40], rgba[:40])


def test_a_style_s_palette_is_changed_by_name() -> None:
    pairs = swapped({"fur": FUR, "ink": INK}, {"fur": GREEN})
    assert pairs == ((FUR, GREEN), (INK, INK))
    with pytest.raises(PaletteError, match="fur, ink"):
        swapped({"fur": FUR, "ink": INK}, {"furr": GREEN})


@pytest.mark.parametrize(
    ("pairs", "problem"),
    [
        ((), "no colours"),
        ((("#12", FUR),), "no colour"),
        ((("red", FUR),), "#rrggbb"),
        (((FUR, "#zzzzzz"),), "no colour"),
        (((FUR, GREEN), (FUR.upper(), INK)), "become two"),
    ],
)
def test_pairs_that_make_no_sense_are_refused(pairs: tuple[tuple[str, str], ...], problem: str) -> None:
    with pytest.raises(PaletteError, match=problem):
        swap(pairs)


def test_a_mask_of_another_size_is_refused() -> None:
    with pytest.raises(PaletteError, match="size"):
        recolor(flag(), BLUE_TO_RED, mask=np.ones((3, 4), dtype=np.bool_))


def test_a_picture_with_no_flat_areas_is_recolored_too() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (40, 40, 4)).astype(np.uint8)
    done = recolor(noise, BLUE_TO_RED)
    assert done.shape == noise.shape
    out = io.BytesIO()
    Image.fromarray(done).save(out, "PNG")
