"""What the benchmark of vectors measures can be trusted."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from lxml import etree

from benchmarks.vectorize.inputs import degraded, drawn, png
from benchmarks.vectorize.markup import colour_hex, commands, fills, flat_colours, is_flat, shapes
from benchmarks.vectorize.measure import measured, truth
from benchmarks.vectorize.summary import Row
from benchmarks.vectorize.truths import Truth, spread
from pipelines.sources import parse_svg

DISC = '<circle cx="50" cy="25" r="20" fill="#c1272d"/>'
RING = "M30 25a20 20 0 1040 0 20 20 0 10-40 0zm15 0a5 5 0 1110 0 5 5 0 11-10 0z"
HOLED = f'<path fill="#c1272d" fill-rule="evenodd" d="{RING}"/>'


def svg(content: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50">{content}</svg>'


def root_of(content: str) -> etree._Element:
    return parse_svg(svg(content).encode(), "a test")


def test_the_drawing_itself_is_as_like_as_can_be() -> None:
    found = measured(svg(DISC), truth(root_of(DISC)))
    assert (found.ssim, found.delta_e, found.holes) == (1.0, 0.0, 0.0)
    assert found.size == len(gzip.compress(svg(DISC).encode(), 9))
    assert (found.shapes, found.commands) == (1, 1)


def test_another_colour_is_told_by_its_colour() -> None:
    found = measured(svg(DISC.replace("#c1272d", "#2d27c1")), truth(root_of(DISC)))
    assert found.ssim > 0.9
    assert found.delta_e > 5


def test_a_hole_in_the_ink_is_found() -> None:
    found = measured(svg(HOLED), truth(root_of(DISC)))
    assert found.holes == pytest.approx(100 * 25 / 400, abs=0.6)


def test_an_edge_that_moved_by_half_a_traced_pixel_is_no_hole() -> None:
    moved = DISC.replace('cx="50"', 'cx="50.09"')
    assert measured(svg(moved), truth(root_of(DISC))).holes == 0


def test_pictures_are_compared_at_exactly_twice_the_size_that_is_traced() -> None:
    odd = parse_svg(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 211"/>', "a test")
    assert drawn(odd, 512).shape == (360, 512, 4)
    assert truth(odd).shape == (720, 1024, 4)


def test_the_same_name_is_degraded_the_same_way_each_time() -> None:
    rgba = drawn(root_of(DISC), 512)
    assert (degraded(rgba, "a disc") == degraded(rgba, "a disc")).all()
    assert (degraded(rgba, "a disc") != degraded(rgba, "another")).any()


def test_degraded_pixels_stray_as_far_as_is_told() -> None:
    grey = np.full((256, 256, 4), (128, 128, 128, 255), np.uint8)
    apart = degraded(grey, "grey").astype(float).mean(axis=2) - 128
    assert 1 < apart.std() < 4
    assert abs(apart.mean()) < 1


def test_clean_pixels_keep_their_transparency() -> None:
    data = png(root_of(DISC), "a disc", "clean")
    assert data[25] == 6  # the PNG's colour type: with alpha
    assert png(root_of(f'<rect width="100" height="50"/>{DISC}'), "a card", "clean")[25] == 2


@pytest.mark.parametrize(
    ("data", "count"),
    [
        ("M0 0L1 1z", 3),
        ("m0 0 1 1 2 2z", 4),
        ("M0 0c1 1 2 2 3 3 1 1 2 2 3 3s1 1 2 2", 4),
        ("M0,0h1-1.5.5v2", 5),
        ("M0 0a1 1 0 012 2 1 1 0 1 1-2-2", 3),
        ("M1e-3 0l-.5.5", 2),
    ],
)
def test_path_commands_are_counted_with_their_unwritten_repeats(data: str, count: int) -> None:
    assert commands(root_of(f'<path d="{data}"/>')) == count


def test_shapes_of_definitions_and_clips_are_not_painted() -> None:
    inner = '<rect width="9" height="9"/>'
    content = f'<defs><clipPath id="c">{inner}</clipPath></defs><g clip-path="url(#c)">{DISC}{inner}</g>'
    assert shapes(root_of(content)) == 2


def test_fills_are_read_as_css_writes_them() -> None:
    content = (
        '<g fill="#ABC"><path d="M0 0h1v1z"/></g><path style="fill:var(--sea,#0a0b0c)" d="M0 0h1v1z"/>'
        '<path fill="red" stroke="rgb(1,2,3)" d="M0 0h1v1z"/><path fill="none" d="M0 0h1v1z"/>'
    )
    assert fills(root_of(content)) == {"#aabbcc", "#0a0b0c", "#ff0000", "#010203"}
    assert fills(root_of('<path d="M0 0h1v1z"/>')) == {"#000000"}
    assert colour_hex("#abcd") == "#aabbcc"


def test_the_colours_of_a_drawing_are_its_flat_ones() -> None:
    content = f'<rect width="100" height="50" fill="#00843d"/>{DISC}'
    assert flat_colours(truth(root_of(content)), least=0.001) == ("#00843d", "#c1272d")
    assert is_flat(content)
    assert not is_flat('<path fill-opacity=".5"/>')


def test_a_sample_takes_from_every_set_in_turn() -> None:
    truths = [Truth(f"{family}{number}", family, "") for family in "abc" for number in range(5)]
    six = spread(truths, 6)
    assert "".join(truth.family for truth in six) == "abcabc"
    assert spread(truths[::-1], 7)[:6] == six
    assert sorted(spread(truths, 99), key=truths.index) == truths


@pytest.mark.parametrize(
    ("ours", "limits", "verdict"),
    [
        (0.97, (0.978, 0.99), "not reached"),
        (0.98, (0.978, 0.99), "reached"),
        (0.1, (0.4, 0.15), "aim reached"),
        (0.0, (0.0, 0.0), "aim reached"),
        (0.1, (0.0, 0.0), "not reached"),
    ],
)
def test_a_verdict_knows_whether_more_or_less_is_wanted(ours: float, limits: tuple[float, float], verdict: str) -> None:
    assert Row("key", "words", None, ours, limits).verdict == verdict
