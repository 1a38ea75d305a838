from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy.ndimage import binary_erosion

from pipelines.tracing.tracer import RegionTracer
from pipelines.vectors.shapes import Gradient, Shape
from tests.pipelines.tracing.pictures import (
    EMBLEM,
    EMBLEM_COLOURS,
    Picture,
    again,
    degraded,
    error,
    far,
    fills,
    picture,
    premultiplied,
    shows,
    traced,
)
from tests.pipelines.tracing.test_ramps import LINEAR, RADIAL

PAGE = '<rect width="128" height="128" fill="#ffffff"/>'
SOFT = pytest.mark.parametrize("soft", [False, True])


def seen(body: str, soft: bool, *, scale: float = 1.0) -> Picture:
    clean = picture(body, scale=scale)
    return degraded(clean) if soft else clean


def outline(shape: Shape, steps: int = 16) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Points along a shape's outlines."""
    t = np.linspace(0, 1, steps)[:, None]
    basis = np.concatenate([(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3], axis=1)
    return np.concatenate([(basis @ subpath).reshape(-1, 2) for subpath in shape.subpaths])


def opaque(*pixels: tuple[int, int, int], wide: int) -> Picture:
    rgb = np.array(pixels, dtype=np.uint8).reshape(-1, wide, 3)
    return np.concatenate([rgb, np.full((*rgb.shape[:2], 1), 255, np.uint8)], axis=2)


@SOFT
def test_a_disc_on_a_page_is_two_shapes_in_their_true_colours(soft: bool) -> None:
    shapes = traced(seen(PAGE + '<circle cx="61.3" cy="66.8" r="40" fill="#3878c7"/>', soft))
    page, disc = fills(shapes)
    assert far(page, "#ffffff") < 2.5
    assert far(disc, "#3878c7") < 2.5


@SOFT
def test_a_disc_is_round_to_a_tenth_of_a_pixel(soft: bool) -> None:
    disc = traced(seen(PAGE + '<circle cx="61.3" cy="66.8" r="40" fill="#3878c7"/>', soft))[1]
    (subpath,) = disc.subpaths
    assert len(subpath) == 4
    away = np.hypot(*(outline(disc) - [61.3, 66.8]).T) - 40
    assert np.abs(away).max() < (0.15 if soft else 0.05)


@SOFT
def test_flat_art_has_its_number_of_colours(soft: bool) -> None:
    found = fills(traced(seen(EMBLEM, soft, scale=2)))
    assert len(found) == len(EMBLEM_COLOURS)
    assert all(shows(colour, found, within=5 if soft else 0) for colour in EMBLEM_COLOURS)


@SOFT
def test_a_rectangle_is_four_lines(soft: bool) -> None:
    bar = traced(seen(PAGE + '<rect x="20.5" y="30.75" width="70" height="40" fill="#222b45"/>', soft))[1]
    assert np.abs(bar.box() - np.array([20.5, 30.75, 90.5, 70.75])).max() < (0.25 if soft else 0.05)
    if not soft:
        assert len(bar.subpaths[0]) == 4


@SOFT
def test_a_line_of_a_pixel_and_a_half_survives_whole(soft: bool) -> None:
    line = traced(seen(PAGE + '<path d="M12 20L116 97" stroke="#222222" stroke-width="1.5"/>', soft))[1]
    assert len(line.subpaths) == 1
    left, top, right, bottom = line.box()
    assert right - left > 101
    assert bottom - top > 74


@SOFT
def test_the_eye_of_a_bird_and_the_stars_of_a_flag_are_kept(soft: bool) -> None:
    places = ((30, 30), (90, 40), (60, 90))
    stars = "".join(f'<path d="M{x} {y - 4}l2 8-5-5h6l-5 5z" fill="#ffcc00"/>' for x, y in places)
    eye = '<circle cx="110" cy="100" r="1.6" fill="#101018"/>'
    rgba = seen(f'<rect width="128" height="128" fill="#3366cc"/>{stars}{eye}', soft)
    drawn = again(traced(rgba), rgba)[..., :3].astype(int)
    for x, y in places:
        assert drawn[y, x, 0] > 140
    assert drawn[98:103, 108:113, 2].min() < 130


@SOFT
def test_two_greys_twelve_levels_apart_stay_two(soft: bool) -> None:
    body = '<rect width="128" height="128" fill="#707070"/><circle cx="64" cy="64" r="40" fill="#7c7c7c"/>'
    found = fills(traced(seen(body, soft)))
    assert len(found) == 2
    assert shows("#707070", found)
    assert shows("#7c7c7c", found)


@SOFT
def test_no_third_colour_of_the_picture_appears_between_two_others(soft: bool) -> None:
    body = (
        '<rect width="128" height="128" fill="#ffffff"/><circle cx="50" cy="60" r="40" fill="#000000"/>'
        '<rect x="98" y="98" width="24" height="24" fill="#808080"/>'
    )
    grey = next(s for s in traced(seen(body, soft)) if isinstance(s.paint, str) and far(s.paint, "#808080") < 9)
    assert len(grey.subpaths) == 1
    assert grey.box()[0] > 96


@SOFT
@pytest.mark.parametrize(("body", "kind"), [(LINEAR, "linear"), (RADIAL, "radial")])
def test_a_gradient_is_one_gradient_and_no_bands(body: str, kind: str, soft: bool) -> None:
    rgba = seen(body, soft, scale=1.5)
    shapes = traced(rgba)
    assert [s.paint.kind for s in shapes if isinstance(s.paint, Gradient)] == [kind]
    assert len(shapes) <= 3
    assert error(shapes, picture(body, scale=1.5)) < 1


def test_half_transparent_fills_keep_their_opacity() -> None:
    rgba = picture(
        '<circle cx="50" cy="64" r="40" fill="#cc3333" fill-opacity=".5"/>'
        '<circle cx="80" cy="64" r="40" fill="#3366cc" fill-opacity=".6"/>'
    )
    shapes = traced(rgba)
    assert sorted(shape.opacity for shape in shapes) == pytest.approx([0.5, 0.6, 0.8], abs=0.01)
    assert error(shapes, rgba) < 0.5


@given(st.lists(st.tuples(*[st.integers(16, 112)] * 2, st.integers(8, 40)), min_size=1, max_size=4))
@settings(max_examples=12, derandomize=True)
def test_a_transparent_ground_stays_transparent(discs: list[tuple[int, int, int]]) -> None:
    colours = ["#cc3333", "#3366cc", "#f7c948", "#222b45"]
    body = "".join(
        f'<circle cx="{x}" cy="{y}" r="{r}" fill="{c}"/>' for (x, y, r), c in zip(discs, colours, strict=False)
    )
    rgba = picture(body)
    drawn = again(traced(rgba), rgba)
    ground = binary_erosion(rgba[..., 3] == 0, iterations=2, border_value=1)
    assert drawn[ground][:, 3].max(initial=0) == 0
    ink = binary_erosion(rgba[..., 3] == 255, iterations=2)
    assert drawn[ink][:, 3].min(initial=255) >= 250


@pytest.mark.parametrize(
    "discs",
    [
        [(92, 109, 17), (103, 90, 34)],
        [(43, 20, 16), (95, 33, 15), (29, 93, 30), (78, 49, 34)],
        [(26, 32, 31), (72, 45, 27), (62, 94, 21), (79, 52, 32)],
    ],
)
def test_thin_crescents_on_a_transparent_ground_join_without_a_seam(discs: list[tuple[int, int, int]]) -> None:
    colours = ["#cc3333", "#3366cc", "#f7c948", "#222b45"]
    rgba = picture(
        "".join(f'<circle cx="{x}" cy="{y}" r="{r}" fill="{c}"/>' for (x, y, r), c in zip(discs, colours, strict=False))
    )
    ink = binary_erosion(rgba[..., 3] == 255, iterations=2)
    assert again(traced(rgba), rgba)[ink][:, 3].min() >= 250


def test_a_dark_shape_does_not_peep_out_beside_a_light_one_that_lies_on_it() -> None:
    body = '<circle cx="64" cy="60" r="44" fill="#222b45"/><circle cx="70" cy="66" r="44" fill="#f7e9c8"/>'
    large = picture(body, scale=2)
    twice = tuple(replace(s, subpaths=tuple(2 * p for p in s.subpaths)) for s in traced(picture(body)))
    off = np.abs(premultiplied(again(twice, large)) - premultiplied(large)).max(axis=2)
    assert np.percentile(off[(large[..., 3] > 0) & (large[..., 3] < 255)], 90) < 64


BOXES = st.tuples(*[st.floats(-10, 120)] * 2, *[st.floats(6, 80)] * 2, st.booleans(), st.integers(0, 5))
PAINTS = ["#cc3333", "#3366cc", "#f7c948", "#222b45", "#2e9e5b", "#f4efe0"]


def shape(x: float, y: float, wide: float, high: float, round_: bool, paint: int) -> str:
    if round_:
        centre = f'cx="{x + wide / 2:.2f}" cy="{y + high / 2:.2f}" rx="{wide / 2:.2f}" ry="{high / 2:.2f}"'
        return f'<ellipse {centre} fill="{PAINTS[paint]}"/>'
    return f'<rect x="{x:.2f}" y="{y:.2f}" width="{wide:.2f}" height="{high:.2f}" fill="{PAINTS[paint]}"/>'


@given(st.lists(BOXES, min_size=1, max_size=8))
@settings(max_examples=20, derandomize=True)
def test_shapes_in_any_order_leave_no_hole_and_no_hairline(
    boxes: list[tuple[float, float, float, float, bool, int]],
) -> None:
    rgba = picture('<rect width="128" height="128" fill="#ffffff"/>' + "".join(shape(*box) for box in boxes))
    shapes = traced(rgba)
    assert again(shapes, rgba)[..., 3].min() == 255
    assert error(shapes, rgba) < 1.5
    off = np.abs(premultiplied(again(shapes, rgba)) - premultiplied(rgba)).max(axis=2) > 120
    assert off.mean() < 0.004


@SOFT
def test_with_a_palette_no_other_fill_is_used(soft: bool) -> None:
    palette = ("#ffffff", "#3878c7", "#e5533d", "#000000")
    assert set(fills(traced(seen(EMBLEM, soft), palette=palette))) <= set(palette)


@SOFT
def test_the_same_picture_gives_the_same_shapes(soft: bool) -> None:
    one, other = traced(seen(EMBLEM, soft)), traced(seen(EMBLEM, soft))
    assert fills(one) == fills(other)
    for a, b in zip(one, other, strict=True):
        assert all(np.array_equal(x, y) for x, y in zip(a.subpaths, b.subpaths, strict=True))


@SOFT
def test_a_picture_twice_as_large_has_as_many_shapes(soft: bool) -> None:
    small, large = (traced(seen(EMBLEM, soft, scale=scale)) for scale in (1.5, 3))
    assert len(small) == len(large)
    assert sum(len(s.subpaths) for s in small) == sum(len(s.subpaths) for s in large)


def test_enlarged_and_compressed_art_has_hardly_more_shapes_than_were_drawn() -> None:
    clean = picture(EMBLEM, scale=2)
    enlarged = np.asarray(Image.fromarray(clean).resize((512, 512), Image.Resampling.BICUBIC))
    saved = degraded(clean, blur=0, noise=0, mottle=0, quality=92)
    for rgba in (enlarged, saved):
        shapes = traced(rgba)
        assert len(shapes) <= 7
        assert sum(len(s.subpaths) for s in shapes) <= 20


def test_what_is_larger_than_need_be_is_drawn_in_its_own_size() -> None:
    body = '<rect width="4096" height="64" fill="#ffffff"/><rect x="1000" width="2000" height="32" fill="#3366cc"/>'
    _, bar = traced(picture(body, wide=4096, high=64))
    assert np.abs(np.array(bar.box())[[0, 2, 3]] - [1000, 3000, 32]).max() < 1


def test_a_clear_picture_is_no_shape() -> None:
    assert traced(np.zeros((40, 30, 4), np.uint8)) == ()


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (2, 2), (3, 3), (20, 64)])
def test_one_colour_is_one_shape_of_any_size(size: tuple[int, int]) -> None:
    rgba = np.full((*size, 4), (12, 200, 99, 255), np.uint8)
    (only,) = traced(rgba)
    assert only.paint == "#0cc863"
    assert np.array_equal(again((only,), rgba), rgba)


def test_pictures_of_two_by_two_and_three_by_three_pixels_keep_their_colours() -> None:
    four = opaque((255, 0, 0), (0, 0, 255), (0, 255, 0), (255, 255, 0), wide=2)
    assert set(fills(traced(four))) == {"#ff0000", "#0000ff", "#00ff00", "#ffff00"}
    colours = [(94, 129, 193), (217, 208, 232), (16, 160, 30), (216, 217, 128), (250, 190, 15), (70, 180, 230),
               (205, 75, 165), (60, 125, 10), (30, 240, 65)]  # fmt: skip
    assert len(traced(opaque(*colours, wide=3))) == 9


def test_a_strip_of_one_pixel_keeps_its_two_halves() -> None:
    rgba = opaque(*[(255, 0, 0)] * 250, *[(0, 0, 255)] * 250, wide=1)
    assert set(fills(traced(rgba))) == {"#ff0000", "#0000ff"}
    assert error(traced(rgba), rgba) < 0.5


@pytest.mark.parametrize("seed", [0, 1])
def test_wild_noise_is_answered_with_a_drawing_of_limited_size(seed: int) -> None:
    chance = np.random.default_rng(seed)
    rgba = np.concatenate([chance.integers(0, 256, (96, 96, 3)), np.full((96, 96, 1), 255)], axis=2).astype(np.uint8)
    shapes = RegionTracer().trace(rgba)
    assert 0 < len(shapes) <= 80
    assert sum(len(s.subpaths) for s in shapes) <= 4000
