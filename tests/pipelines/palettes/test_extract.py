from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.engines.renderer import render
from pipelines.errors import PaletteError
from pipelines.palettes.extract import extract
from pipelines.palettes.oklab import lab_of
from pipelines.sources import parse_svg

GROUND = '<path d="M0 0H64V64H0Z" fill="#fff9ef"/>'
BODY = GROUND + '<circle cx="32" cy="32" r="22" fill="#eda24b" stroke="#2d2130" stroke-width="5"/>'


def drawn(body: str = BODY, size: int = 128) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">{body}</svg>'
    return render(parse_svg(text.encode(), "x.svg"), size, size)


def test_a_flat_picture_s_colours_are_exactly_those_it_was_drawn_in() -> None:
    found = extract(drawn())
    assert [s.colour for s in found] == ["#fff9ef", "#eda24b", "#2d2130"]
    assert sum(s.share for s in found) == pytest.approx(1, abs=0.001)


@settings(max_examples=20)
@given(st.lists(st.integers(0, 0xFFFFFF), min_size=1, max_size=6, unique=True))
def test_stripes_give_their_colours_back(colours: list[int]) -> None:
    names = [f"#{c:06x}" for c in colours]
    lab = lab_of(names)
    apart = np.linalg.norm(lab[:, None] - lab, axis=2) + np.eye(len(names))
    if apart.min() < 0.06:
        return
    rgba = np.full((60, 10 * len(names), 4), 255, dtype=np.uint8)
    for i, name in enumerate(names):
        rgba[:, 10 * i : 10 * i + 10, :3] = list(bytes.fromhex(name[1:]))
    assert {s.colour for s in extract(rgba)} == set(names)


def test_only_what_the_mask_shows_counts() -> None:
    mask = np.zeros((128, 128), dtype=np.bool_)
    mask[50:70, 50:70] = True
    assert [s.colour for s in extract(drawn(), mask=mask)] == ["#eda24b"]
    with pytest.raises(PaletteError, match="size"):
        extract(drawn(), mask=mask[1:])


def test_a_transparent_picture_has_no_colours() -> None:
    assert extract(np.zeros((5, 5, 4), dtype=np.uint8)) == ()


def test_noise_and_single_pixels_have_colours() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (30, 30, 4)).astype(np.uint8)
    assert 1 <= len(extract(noise, most=5)) <= 5
    one = np.array([[[10, 20, 30, 255]]], dtype=np.uint8)
    assert [s.colour for s in extract(one)] == ["#0a141e"]


def test_a_drawn_reference_shows_its_style_s_palette() -> None:
    styles = Path(__file__).parents[3] / "styles" / "ink-flat"
    root = parse_svg((styles / "refs" / "bear-lantern.svg").read_bytes(), "bear.svg")
    found = {s.colour for s in extract(render(root, 256, 256), most=12)}
    assert {"#fff9ef", "#a86b45", "#2d2130", "#34939a"} <= found
