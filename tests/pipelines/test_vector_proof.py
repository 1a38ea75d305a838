from __future__ import annotations

import time

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.engines.renderer import render
from pipelines.errors import SourceError
from pipelines.sources import parse_svg
from pipelines.vector_proof import prove, unfit

Pixels = NDArray[np.uint8]


def svg(inside: str, side: int = 96) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">{inside}</svg>'.encode()


def drawn(data: bytes, side: int = 96) -> Pixels:
    return render(parse_svg(data, "drawing"), side, side)


SQUARE = '<path fill="#204080" d="m20 20h50v50h-50z"/>'
GROUND = '<path fill="#ffffff" d="m0 0h96v96h-96z"/>'


def test_a_drawing_is_proven_by_its_own_picture() -> None:
    proof = prove(svg(GROUND + SQUARE), drawn(svg(GROUND + SQUARE)))
    assert (proof.ssim, proof.delta_e, proof.edge_error, proof.holes) == (1.0, 0.0, 0.0, 0.0)
    assert proof.gzip_bytes > 0


@pytest.mark.parametrize("moved", [1, 3])
def test_an_edge_that_moved_is_as_far_off_as_it_moved(moved: int) -> None:
    shifted = f'<path fill="#204080" d="m{20 + moved} 20h50v50h-50z"/>'
    error = prove(svg(GROUND + shifted), drawn(svg(GROUND + SQUARE))).edge_error
    assert error == pytest.approx(moved / 2, rel=0.2), "two sides of four moved"


def test_edges_that_are_missing_count_as_far_off() -> None:
    assert prove(svg(GROUND), drawn(svg(GROUND + SQUARE))).edge_error == 8.0


def test_an_edge_between_equally_light_colours_is_an_edge() -> None:
    alike = '<path fill="#c83c3c" d="m0 0h48v96h-48z"/><path fill="#287c28" d="m48 0h48v96h-48z"/>'
    moved = alike.replace("48v96h-48z", "52v96h-52z", 1).replace("m48 0h48v96h-48z", "m52 0h44v96h-44z")
    assert prove(svg(moved), drawn(svg(alike))).edge_error == pytest.approx(4.0, abs=0.3)


def test_a_hairline_between_two_shapes_is_a_hole() -> None:
    seam = '<path d="m0 0h40.5v96h-40.5z" fill="#c00"/><path d="m40.5 0h55.5v96h-55.5z" fill="#c00"/>'
    whole = drawn(svg('<path d="m0 0h96v96h-96z" fill="#c00"/>'))
    assert prove(svg(seam), whole).holes == pytest.approx(1 / 96, rel=0.05)
    assert prove(svg('<path d="m0 0h96v96h-96z" fill="#c00"/>'), whole).holes == 0


def test_the_outline_of_a_picture_is_no_hole() -> None:
    smaller = '<path fill="#204080" d="m20.4 20.4h49.2v49.2h-49.2z"/>'
    assert prove(svg(smaller), drawn(svg(SQUARE))).holes == 0


def test_colours_that_are_off_are_off_by_so_much_over_the_whole_picture() -> None:
    half = '<path fill="#808080" d="m0 0h96v48h-96z"/>'
    other = half.replace("808080", "858585")
    assert prove(svg(GROUND + other), drawn(svg(GROUND + half))).delta_e == pytest.approx(1.0, abs=0.3)


def test_a_large_noisy_picture_is_sampled_to_the_same_mean() -> None:
    noise = np.random.default_rng(3).integers(0, 2, (300, 300, 1), np.uint8) * 10
    rgba = np.dstack([np.repeat(120 + noise, 3, axis=2), np.full((300, 300), 255, np.uint8)])
    flat = svg('<path fill="#7d7d7d" d="m0 0h300v300h-300z"/>', 300)
    assert prove(flat, rgba).delta_e == pytest.approx(1.9, abs=0.3)


def test_nothing_is_like_nothing() -> None:
    proof = prove(svg("", 1), np.zeros((1, 1, 4), np.uint8))
    assert (proof.ssim, proof.delta_e, proof.edge_error, proof.holes) == (1.0, 0.0, 0.0, 0.0)


def test_what_cannot_be_drawn_cannot_be_proven() -> None:
    with pytest.raises(SourceError):
        prove(b"<svg", np.zeros((8, 8, 4), np.uint8))


def test_it_is_quick_enough_to_choose_by() -> None:
    picture = drawn(svg(GROUND + SQUARE), 512)
    begun = time.process_time()
    prove(svg(GROUND), picture)
    assert time.process_time() - begun < 1.0, "0.15 s where the machine is idle"


def test_a_picture_of_very_many_areas_that_is_not_met_is_said_to_be_no_drawing() -> None:
    blots = "".join(f'<path fill="#444" d="m{x} {y}h2v2h-2z"/>' for x in range(0, 96, 4) for y in range(0, 96, 4))
    met, missed = (prove(svg(GROUND + blots), drawn(svg(GROUND + seen))) for seen in (blots, SQUARE))
    assert "photograph" in str(unfit(svg(GROUND + blots), missed, (96, 96)))
    assert unfit(svg(GROUND + blots), met, (96, 96)) is None, "many areas, all met"
    assert unfit(svg(GROUND), prove(svg(GROUND), drawn(svg(blots))), (96, 96)) is None, "not met, but simple"
