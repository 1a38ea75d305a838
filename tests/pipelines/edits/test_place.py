from __future__ import annotations

import functools
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from pipelines.edits.place import place
from pipelines.errors import SlotError
from pipelines.master import MasterPicture, open_master
from pipelines.model import Placement, Source
from pipelines.slots.grids import parse_grid
from pipelines.slots.view import SlotView, open_slot
from tests.drawn import BLUE, disc, grid_text, master_svg, placement, source, tricolour, wave

Pixels = NDArray[np.uint8]
SIZE = 256


@functools.cache
def vector_master() -> MasterPicture:
    data = master_svg()
    return open_master(data, source(data, "master.svg"), width=SIZE, height=SIZE)


@functools.cache
def view() -> SlotView:
    return open_slot(vector_master(), placement(disc()), no_files)


def no_files(_: Source) -> bytes:
    raise AssertionError("this slot reads no files")


def png(rgba: Pixels) -> bytes:
    out = io.BytesIO()
    Image.fromarray(rgba).save(out, "PNG")
    return out.getvalue()


def pixel_slot(master: Pixels, files: dict[str, bytes], **changes: object) -> tuple[MasterPicture, SlotView, Placement]:
    """A pixel master with the same cloth, its slot given as a grid."""
    data = png(master)
    opened = open_master(data, source(data, "master.png"), width=SIZE, height=SIZE)
    where = placement(disc(), **{"layer": None, "grid": parse_grid(grid_text()), **changes})
    return opened, open_slot(opened, where, lambda s: files[s.sha256]), where


def inside(rgba: Pixels, v: SlotView) -> NDArray[np.float64]:
    return rgba[v.rows, v.columns].astype(float)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(["flag", "cover", "contain", "stretch"]), st.integers(0, 0xFFFFFF), st.integers(0, 0xFFFFFF))
def test_nothing_outside_the_slot_changes_by_a_single_bit(fit: str, first: int, second: int) -> None:
    art = tricolour(f"#{first:06x}", "#ffffff", f"#{second:06x}")
    result = place(vector_master().rgba, view(), placement(art, fit=fit), art)
    assert np.array_equal(result[~view().mask(SIZE, SIZE)], vector_master().rgba[~view().mask(SIZE, SIZE)])


def test_placing_what_the_master_already_shows_gives_the_master() -> None:
    art = tricolour(BLUE, BLUE, BLUE)
    result = place(vector_master().rgba, view(), placement(art), art)
    step = np.abs(result.astype(int) - vector_master().rgba.astype(int))
    assert step.max() <= 1


def test_artwork_follows_the_cloth() -> None:
    art = tricolour("#ff0000", "#00ff00", "#0000ff")
    result = place(vector_master().rgba, view(), placement(art), art)
    for u, channel in ((0.12, 0), (0.42, 1), (0.9, 2)):
        x, y = wave(u, 0.5)
        assert result[int(y), int(x), :3].argmax() == channel


def test_shading_and_ink_and_the_hand_stay_on_top() -> None:
    art = tricolour("#ffffff", "#ffffff", "#ffffff")
    result = place(vector_master().rgba, view(), placement(art), art)
    shaded, lit = (result[int(wave(u, 0.5)[1]), int(wave(u, 0.5)[0]), 0] for u in (0.57, 0.25))
    assert lit == 255
    assert 165 < shaded < 195, "30 % of dark blue over white"
    x, y = wave(0.5, 0)
    assert result[int(y), int(x), :3].max() < 60, "the outline is ink"
    assert result[108, 74, :3].tolist() == vector_master().rgba[108, 74, :3].tolist()


def test_transparent_artwork_shows_the_sheet() -> None:
    art = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2"><rect width="1" height="2" fill="#f00"/></svg>'
    result = place(vector_master().rgba, view(), placement(art, ground="#00ff00"), art)
    x, y = wave(0.25 + 0.5, 0.5)
    assert result[int(y), int(x), 1] > 150


def test_a_picture_can_be_placed_as_well_as_a_drawing() -> None:
    art = png(np.full((20, 30, 4), (200, 30, 30, 255), dtype=np.uint8))
    result = place(vector_master().rgba, view(), placement(art), art)
    x, y = wave(0.25, 0.5)
    assert result[int(y), int(x), :3].tolist() == [200, 30, 30]


def test_half_transparent_masters_keep_their_alpha() -> None:
    data = master_svg(art='fill="#2244aa" fill-opacity="1"').replace(b'<g id="flag">', b'<g id="flag" opacity=".5">')
    master = open_master(data, source(data), width=SIZE, height=SIZE)
    art = disc()
    where = open_slot(master, placement(art), no_files)
    result = place(master.rgba, where, placement(art), art)
    assert np.array_equal(result[..., 3], master.rgba[..., 3])


def proper(art: bytes) -> Pixels:
    """The proper drawing: the vector master with this artwork."""
    return place(vector_master().rgba, view(), placement(art), art)


def flat_paste(master: Pixels, art: bytes, v: SlotView) -> Pixels:
    """What people do by hand: the artwork pasted in, without bending or light."""
    from pipelines.artwork_picture import artwork_texture
    from pipelines.colour import codes, encoded

    texture = artwork_texture(art, source(art), width=200)
    left, top, right, bottom = v.surface.box
    result = master.copy()
    s = ((v.columns + 0.5 - left) / (right - left) * texture.light.shape[1]).astype(int)
    t = ((v.rows + 0.5 - top) / (bottom - top) * texture.light.shape[0]).astype(int)
    s, t = np.clip(s, 0, texture.light.shape[1] - 1), np.clip(t, 0, texture.light.shape[0] - 1)
    result[v.rows, v.columns, :3] = codes(encoded(texture.light[t, s, :3]))
    return result


@pytest.mark.parametrize(
    "art", [tricolour(), disc(), tricolour("#101030", "#303060", "#000000"), disc("#ffdd00", "#004488")]
)
def test_a_pixel_master_whose_artwork_is_known_comes_near_the_proper_drawing(art: bytes) -> None:
    today = tricolour("#1a7a3c", "#f0f0f0", "#d0021b")
    files = {source(today).sha256: today}
    opened, slot, where = pixel_slot(proper(today), files, current=source(today))
    placed = place(opened.rgba, slot, where.model_copy(update={"artwork": source(art)}), art)
    error = np.abs(inside(placed, view()) - inside(proper(art), view()))[:, :3].mean()
    pasted = np.abs(inside(flat_paste(opened.rgba, art, view()), view()) - inside(proper(art), view()))[:, :3].mean()
    assert error < 7
    assert error < pasted / 3


def test_a_pixel_master_whose_artwork_is_unknown_says_that_its_light_is_a_guess() -> None:
    today, art = tricolour("#1a7a3c", "#f0f0f0", "#d0021b"), disc()
    opened, slot, where = pixel_slot(proper(today), {})
    assert any("current" in note for note in slot.notes)
    placed = place(opened.rgba, slot, where.model_copy(update={"artwork": source(art)}), art)
    error = np.abs(inside(placed, view()) - inside(proper(art), view()))[:, :3].mean()
    assert error < 16
    assert np.array_equal(placed[~slot.mask(SIZE, SIZE)], opened.rgba[~slot.mask(SIZE, SIZE)])


def test_what_stands_in_front_of_a_pixel_slot_can_be_named() -> None:
    today = tricolour(BLUE, BLUE, BLUE)
    front = Image.new("L", (SIZE, SIZE))
    front.paste(255, (110, 50, 130, 90))
    mask = io.BytesIO()
    front.save(mask, "PNG")
    files = {source(today).sha256: today, source(mask.getvalue()).sha256: mask.getvalue()}
    opened, slot, where = pixel_slot(
        proper(today), files, current=source(today), front=source(mask.getvalue(), "front.png")
    )
    placed = place(opened.rgba, slot, where, disc())
    assert np.array_equal(placed[55:85, 112:128], opened.rgba[55:85, 112:128])


def test_a_slot_outside_the_picture_is_refused() -> None:
    far = tuple((x + 5000.0, y) for x, y in ((0, 0), (50, 0), (50, 50), (0, 50)))
    with pytest.raises(SlotError, match="outside"):
        pixel_slot(vector_master().rgba, {}, grid=None, polygon=far)


def test_a_layer_that_is_covered_entirely_is_refused() -> None:
    data = master_svg().replace(b"</svg>", b'<rect width="256" height="256" fill="#fff"/></svg>')
    master = open_master(data, source(data), width=SIZE, height=SIZE)
    with pytest.raises(SlotError, match="no visible part"):
        open_slot(master, placement(disc()), no_files)
