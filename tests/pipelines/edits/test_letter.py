from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydantic import ValidationError

from pipelines.edits.letter import SetText, letter, set_text
from pipelines.errors import LetterError
from pipelines.lettering.drawing import lettered
from pipelines.lettering.slot import plain_slot
from pipelines.master import MasterPicture, open_master
from pipelines.model import Lettering, Source
from pipelines.slots.outline import surface_of_mask
from pipelines.slots.view import SlotView, open_slot
from pipelines.vector_proof import prove
from pipelines.vectorize import finish
from tests.drawn import disc, master_svg, placement, source
from tests.pipelines.lettering.made import real_font, tiny_font

Pixels = NDArray[np.uint8]
SIZE = 256
BUBBLE = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 80" width="100" height="80">
<rect width="100" height="80" fill="#8fc7d9"/>
<ellipse id="bubble" cx="50" cy="40" rx="44" ry="32" fill="#fffdf6" stroke="#2a1d22" stroke-width="2"/></svg>"""


@dataclass(frozen=True)
class Lettered:
    """A picture with its text."""

    rgba: Pixels
    done: SetText
    asked: Lettering


def read_from(fonts: dict[str, bytes]) -> Callable[[Source], bytes]:
    by_digest = {source(data).sha256: data for data in fonts.values()}
    return lambda asked: by_digest[asked.sha256]


@functools.cache
def flag() -> tuple[MasterPicture, SlotView]:
    data = master_svg()
    master = open_master(data, source(data, "master.svg"), width=SIZE, height=SIZE)
    return master, open_slot(master, placement(disc()), lambda _: b"")


@functools.cache
def bubble() -> tuple[MasterPicture, SlotView]:
    master = open_master(BUBBLE, source(BUBBLE, "bubble.svg"), width=300, height=240)
    return master, open_slot(master, placement(disc(), layer="bubble"), lambda _: b"")


def set_in(
    where: tuple[MasterPicture, SlotView], *texts: str, fonts: dict[str, bytes] | None = None, **changes: object
) -> Lettered:
    master, view = where
    fonts = fonts or {"tiny.ttf": tiny_font()}
    layer = {id(flag()[1]): "flag-art", id(bubble()[1]): "bubble"}.get(id(view))
    asked = Lettering.model_validate({
        "slot": "t", "layer": layer, "texts": texts, "fonts": [source(d, n) for n, d in fonts.items()], "size": 24,
        "floor": 2, "margin": 3, **changes,
    })  # fmt: skip
    done = set_text(view, asked, master, read_from(fonts))
    return Lettered(letter(master.rgba, view, asked, done, master), done, asked)


@settings(max_examples=25)
@given(
    st.text(alphabet="ABC אב!", min_size=1, max_size=30).filter(str.strip),
    st.sampled_from([None, "#ffffff", "#204060"]),
    st.integers(0, 0xFFFFFF),
    st.sampled_from([0.0, 0.08]),
    st.sampled_from(["start", "center", "end"]),
)
def test_nothing_outside_the_slot_changes_by_a_single_bit(
    text: str, ground: str | None, colour: int, outline: float, align: str
) -> None:
    master, view = flag()
    made = set_in(flag(), text, cover=ground, colour=f"#{colour:06x}", outline=outline, align=align)
    outside = ~view.mask(SIZE, SIZE)
    assert np.array_equal(made.rgba[outside], master.rgba[outside])


def test_without_a_ground_only_what_letters_touch_changes() -> None:
    master, _ = bubble()
    made = set_in(bubble(), "AB")
    changed = (made.rgba != master.rgba).any(axis=2)
    assert 0 < changed.mean() < 0.2


def test_the_svg_drawn_again_is_the_picture() -> None:
    master, view = flag()
    for made in (
        set_in(flag(), "ABC DE"),
        set_in(flag(), "ABC DE", cover="#ffeecc", colour="#aa2200", outline=0.05),
    ):
        assert master.root is not None
        root = lettered(master.root, made.asked, made.done, view, master)
        svg = finish(root, title="t", description="d", width=SIZE, height=SIZE)
        likeness = prove(svg, made.rgba)
        assert likeness.ssim > 0.995
        assert b'aria-label="ABC DE"' in svg


def test_text_laid_over_a_layer_that_is_one_shape_comes_right_after_it() -> None:
    master, view = bubble()
    made = set_in(bubble(), "AB")
    assert master.root is not None
    root = lettered(master.root, made.asked, made.done, view, master)
    following = next(e for e in root.iter() if e.get("id") == "bubble").getnext()
    assert following is not None
    assert following.get("id") == "text-t"


def test_letters_take_the_masters_ink_if_no_colour_is_named() -> None:
    assert set_in(bubble(), "AB").done.shapes[0].paint == "#2a1d22"


def test_an_outline_lies_around_the_letters_and_under_them() -> None:
    made = set_in(bubble(), "AB", outline=0.1, outline_colour="#ff0000", colour="#00ff00")
    around, letters = made.done.shapes
    assert around.paint == "#ff0000"
    assert around.box()[0] < letters.box()[0]


def test_text_is_shaded_with_the_cloth_that_it_is_on() -> None:
    made = set_in(flag(), "ABCDEF", cover="#ffffff", colour="#ffffff", size=30)
    _, view = flag()
    seen = made.rgba[view.rows, view.columns, 0]
    assert len(np.unique(seen[seen > 150])) > 1, "white letters on white cloth: folds are left"


def test_the_longest_of_several_texts_that_fits_is_taken_and_told() -> None:
    made = set_in(bubble(), "AB", "ABCDEF ABCDEF ABCDEF ABCDEF ABCDEF", "ABC DEF", floor=18, size=20)
    assert made.done.text == "ABC DEF"
    assert any("3 of 3" in note for note in made.done.notes)


def test_a_text_that_was_made_smaller_says_so() -> None:
    made = set_in(bubble(), "ABCDEFGHIJKLM")
    assert made.done.size < 24
    assert any("instead of 24" in note for note in made.done.notes)


def test_a_text_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(LetterError, match="does not fit"):
        set_in(bubble(), "ABCDEFGHIJKLM " * 9, floor=20)


def test_a_floor_above_the_size_is_a_mistake() -> None:
    with pytest.raises(ValidationError, match="floor"):
        set_in(bubble(), "A", floor=30)


def test_a_plain_slot_of_a_pixel_master_gets_exactly_the_colour_asked_for() -> None:
    rgba = np.full((80, 120, 4), (250, 240, 230, 255), dtype=np.uint8)
    master = MasterPicture(rgba, None, (0.0, 0.0), (1.0, 1.0))
    mask = np.zeros((80, 120), dtype=bool)
    mask[10:70, 10:110] = True
    slot = plain_slot(rgba, surface_of_mask(mask), mask.astype(np.float32))
    made = set_in((master, slot), "ABC", colour="#123456")
    assert (made.rgba[..., :3] == (0x12, 0x34, 0x56)).all(axis=2).sum() > 100
    assert np.array_equal(made.rgba[~mask], rgba[~mask])


@pytest.mark.parametrize(
    ("font", "language", "text"),
    [
        ("NotoSansArabic-Bold.ttf", "ar", "أهلاً بك! لديك 3 دروس جديدة"),
        ("NotoSansHebrew-Bold.ttf", "he", "ברוכים הבאים! יש לך 3 שיעורים"),
        ("NotoSansDevanagari-Bold.ttf", "hi", "नमस्ते! आज नए पाठ तैयार हैं।"),
        ("NotoSansThai-Bold.ttf", "th", "สวัสดี! วันนี้มีบทเรียนใหม่สามบท"),
        ("NotoSansCJK-Bold.ttc", "ja", "こんにちは！今日は新しいレッスンがあります。"),
        ("NotoSans-Bold.ttf", "de", "Donau\u00addampf\u00adschiff\u00adfahrts\u00adgesellschaft!"),
        ("NotoSans-Bold.ttf", "fr", "Bonjour ! Trois leçons : « Les bases »."),
    ],
)
def test_every_script_is_set_in_a_speech_bubble(font: str, language: str, text: str) -> None:
    fonts = {"NotoSans-Bold.ttf": real_font("NotoSans-Bold.ttf"), font: real_font(font)}
    master, view = bubble()
    made = set_in(bubble(), text, fonts=fonts, language=language, size=14)
    assert len(made.done.lines) > 1
    assert made.done.size > 5
    outside = ~view.mask(*master.rgba.shape[:2])
    assert np.array_equal(made.rgba[outside], master.rgba[outside])
