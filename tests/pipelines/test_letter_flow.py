"""Lettering from brief to pack: words in pixels and paths, on drawings and pictures, alone and after other edits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.drawn import master_svg, tricolour
from tests.flows import FONTS, Delivered, Pixels, deliver, picture
from tests.pipelines.lettering.made import tiny_font

SVG = "{http://www.w3.org/2000/svg}"
SIGN = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="-20 -10 200 120" width="200" height="120">
<rect x="-20" y="-10" width="200" height="120" fill="#8fc7d9"/>
<rect id="sign" x="0" y="0" width="160" height="50" fill="#fffdf6" stroke="#2a1d22" stroke-width="2"/>
<circle id="ball" cx="80" cy="80" r="22" fill="#d05030" stroke="#2a1d22" stroke-width="2"/></svg>"""
SKY = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 120"><defs><linearGradient id="g" x2="0" y2="1">
<stop offset="0" stop-color="#203060"/><stop offset="1" stop-color="#e0a080"/></linearGradient></defs>
<rect width="160" height="120" fill="url(#g)"/><circle cx="80" cy="100" r="30" fill="#d05030"/></svg>"""
BRIEF = """\
brief: 1
name: lettered
why: Everybody reads it in their own language.
data_used: [language]
biases: [a language is no nationality]
master: {file: sign.svg, size: 200}
slots:
  sign: {layer: sign}
axes:
  language: {values: [en, fr]}
edits:
  language:
    - edit: letter
      slot: sign
      fonts: [tiny.ttf]
      size: 20
      floor: 8
      margin: 4
      colour: "#b00020"
      texts:
        en: [HELLO]
        fr: ["BONJOUR TOUT LE MONDE", SALUT]
prompt: a sign that says hello in {language}
deliver: {formats: [png, svg]}
"""
FILES = {"sign.svg": SIGN, "tiny.ttf": tiny_font(), "sky.png": picture(SKY, 320, 240), "flag.svg": tricolour()}
ON_SKY = BRIEF.replace("sign.svg, size: 200", "sky.png, size: 320").replace(
    "{layer: sign}", "{polygon: [[20, 10], [300, 10], [300, 90], [20, 90]]}"
)


def labels(done: Delivered, name: str) -> list[str]:
    return [str(e.get("aria-label")) for e in done.svg(name).iter() if e.get("aria-label")]


def accepted(done: Delivered) -> bool:
    reasons = {n: v.verdict.reasons if v.verdict else v.error for n, v in done.variants.items()}
    assert not any(reasons.values()), reasons
    return all(v.scores is not None and v.scores.changed_outside == 0 for v in done.variants.values())


def coloured(rgba: Pixels, colour: tuple[int, int, int]) -> int:
    return int((rgba[..., :3] == colour).all(axis=2).sum())


def coloured_at(rgba: Pixels) -> NDArray[np.bool_]:
    return np.asarray((rgba == (0xB0, 0x00, 0x20, 255)).all(axis=2))


@pytest.fixture(scope="module")
def on_sign(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    return deliver(tmp_path_factory.mktemp("sign"), BRIEF, files=FILES)


@pytest.fixture(scope="module")
def on_sky(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    return deliver(tmp_path_factory.mktemp("sky"), ON_SKY, files=FILES)


def test_every_value_gets_its_own_words_in_pixels_and_paths(on_sign: Delivered) -> None:
    assert accepted(on_sign)
    assert labels(on_sign, "en") == ["HELLO"]
    assert labels(on_sign, "fr") == ["BONJOUR TOUT LE MONDE"]
    for name in ("en", "fr"):
        assert coloured(on_sign.pixels(name), (0xB0, 0x00, 0x20)) > 100
        drawn = on_sign.drawn(name)
        assert np.abs(drawn.astype(int) - on_sign.pixels(name)).mean() < 0.2


def test_text_on_a_drawing_leaves_its_own_paths_as_they_are(on_sign: Delivered) -> None:
    root = on_sign.svg("en")
    assert {"sign", "ball"} <= {e.get("id") for e in root.iter()}
    assert len(root.findall(f".//{SVG}path")) < 5, "nothing is traced"


def test_notes_say_which_text_was_taken_and_how_large_it_is(on_sign: Delivered) -> None:
    assert any("text 1 of 2 was taken" in note for note in on_sign.variants["fr"].notes)
    assert on_sign.variants["en"].notes == ()


def test_text_on_a_picture_is_a_path_on_what_was_traced_without_it(on_sky: Delivered) -> None:
    assert accepted(on_sky)
    root = on_sky.svg("en")
    traced, text = [e for e in root if e.tag == SVG + "g"]
    assert traced.get("id") == "master"
    assert (text.get("id"), text.get("aria-label")) == ("text-sign", "HELLO")
    assert "#b00020" not in {e.get("fill") for e in traced.iter()}, "the letters are not in the traced picture"
    letters = (on_sky.pixels("en")[..., :3] == (0xB0, 0x00, 0x20)).all(axis=2)
    assert (on_sky.drawn("en")[letters][:, :3] == (0xB0, 0x00, 0x20)).all()


def test_letters_on_a_sky_have_exactly_their_colour(on_sky: Delivered) -> None:
    assert coloured(on_sky.pixels("en"), (0xB0, 0x00, 0x20)) > 500
    changed = (on_sky.pixels("en") != on_sky.master).any(axis=2)
    rows, columns = np.nonzero(changed)
    assert 20 <= columns.min() < columns.max() < 300
    assert 10 <= rows.min() < rows.max() < 90


def test_a_place_on_a_drawing_that_is_no_layer_has_its_text_on_top_and_the_drawing_stays(tmp_path: Path) -> None:
    text = BRIEF.replace("{layer: sign}", "{polygon: [[-10, 55], [170, 55], [170, 105], [-10, 105]]}")
    done = deliver(tmp_path, text, files=FILES)
    assert accepted(done)
    root = done.svg("en")
    assert root[-1].tag == SVG + "metadata"
    assert root[-2].get("aria-label") == "HELLO"
    assert "ball" in {e.get("id") for e in root.iter()}
    assert np.abs(done.drawn("en").astype(int) - done.pixels("en")).mean() < 0.2


@pytest.mark.parametrize("slot", ["{layer: sign}", "{polygon: [[0, 0], [160, 0], [160, 50], [0, 50]]}"])
def test_a_ground_covers_what_the_slot_shows(slot: str, tmp_path: Path) -> None:
    text = BRIEF.replace("{layer: sign}", slot).replace(
        "      margin: 4\n", '      margin: 4\n      ground: "#206040"\n'
    )
    done = deliver(tmp_path, text, files=FILES)
    assert accepted(done)
    middle = (slice(12, 58), slice(24, 176))
    assert coloured(done.pixels("en")[middle], (0xFF, 0xFD, 0xF6)) == 0, "nothing of the sign's own white is left"
    assert coloured(done.pixels("en")[middle], (0x20, 0x60, 0x40)) > 1000
    assert np.abs(done.drawn("en").astype(int) - done.pixels("en")).mean() < 0.3


def test_a_ground_on_a_picture_is_a_path_too(tmp_path: Path) -> None:
    text = ON_SKY.replace("      margin: 4\n", '      margin: 4\n      ground: "#206040"\n')
    done = deliver(tmp_path, text, files=FILES)
    assert accepted(done)
    ground, words = list(done.svg("en"))[-3:-1]
    assert ground.get("fill") == "#206040"
    assert words.get("aria-label") == "HELLO"


def test_two_texts_share_a_slot(tmp_path: Path) -> None:
    second = "    - {edit: letter, slot: sign, fonts: [tiny.ttf], size: 8, text: [SMALL], vertical: bottom}\n"
    text = BRIEF.replace("      margin: 4\n", "      margin: 4\n      vertical: top\n")
    done = deliver(tmp_path, text.replace("prompt:", f"{second}prompt:"), files=FILES)
    assert accepted(done)
    assert labels(done, "en") == ["HELLO", "SMALL"]
    names = [str(e.get("id")) for e in done.svg("en").iter() if e.get("id")]
    assert len(names) == len(set(names)), "every id is there once"


def test_text_on_a_translucent_panel_is_opaque_and_takes_nothing_of_its_paint(tmp_path: Path) -> None:
    panel = SIGN.replace(b'<rect id="sign"', b'<g id="sign" stroke="#ff0000" fill-opacity="0.5"><rect')
    panel = panel.replace(b'stroke-width="2"/>\n<circle', b'stroke-width="2"/></g>\n<circle')
    done = deliver(tmp_path, BRIEF, files={**FILES, "sign.svg": panel})
    assert accepted(done)
    assert coloured(done.pixels("en"), (0xB0, 0x00, 0x20)) > 100
    assert np.array_equal(coloured_at(done.drawn("en")), coloured_at(done.pixels("en")))


def test_an_invisible_layer_says_where_text_goes(tmp_path: Path) -> None:
    sign = SIGN.replace(b'fill="#fffdf6" stroke="#2a1d22" stroke-width="2"/>\n<circle', b'fill="none"/>\n<circle')
    done = deliver(tmp_path, BRIEF, files={**FILES, "sign.svg": sign})
    assert accepted(done)
    assert coloured(done.pixels("en"), (0xB0, 0x00, 0x20)) > 100


# ── after other edits ────────────────────────────────────────────────────────────────────────────────────

ON_FLAG = (
    BRIEF.replace("sign.svg, size: 200", "master.svg, size: 256")
    .replace("{layer: sign}", "{layer: flag-art}")
    .replace("    - edit: letter\n", "    - {edit: place, slot: sign, artwork: flag.svg}\n    - edit: letter\n")
)


def test_text_over_placed_artwork_does_not_count_against_the_artwork(tmp_path: Path) -> None:
    done = deliver(tmp_path, ON_FLAG, files={**FILES, "master.svg": master_svg()})
    assert accepted(done)
    scores = done.variants["fr"].scores
    assert scores is not None
    assert scores.delta_e is not None
    assert scores.delta_e < 2
    assert labels(done, "fr") == ["BONJOUR TOUT LE MONDE"]
    assert np.abs(done.drawn("fr").astype(int) - done.pixels("fr")).mean() < 0.6


def test_text_takes_the_light_of_a_season_like_all_that_is_in_the_picture(tmp_path: Path) -> None:
    text = BRIEF.replace("values: [en, fr]}\n", "values: [en, fr]}\n  season: {values: [as-drawn, night]}\n")
    text = text.replace("prompt:", '  season: [{edit: recolor, grade: "{season}"}]\nprompt:')
    done = deliver(tmp_path, text, files=FILES)
    assert accepted(done)
    day, night = done.pixels("en.as-drawn"), done.pixels("en.night")
    assert coloured(day, (0xB0, 0x00, 0x20)) > 100
    assert coloured(night, (0xB0, 0x00, 0x20)) == 0
    letters = (day[..., :3] == (0xB0, 0x00, 0x20)).all(axis=2)
    assert len(np.unique(night[letters], axis=0)) == 1, "one colour by day, one by night"
    assert np.abs(done.drawn("en.night").astype(int) - done.pixels("en.night")).mean() < 0.3


def test_text_lies_on_what_was_painted_and_is_no_part_of_it(tmp_path: Path) -> None:
    text = ON_SKY.replace(
        "    - edit: letter\n", "    - {edit: repaint, strength: 0.5, prompt: a sky}\n    - edit: letter\n"
    )
    done = deliver(tmp_path, text, files=FILES)
    assert done.failed == {}
    assert coloured(done.pixels("en"), (0xB0, 0x00, 0x20)) > 500
    assert labels(done, "en") == ["HELLO"]


def test_paint_over_text_makes_pixels_of_it(tmp_path: Path) -> None:
    text = ON_SKY.replace("prompt:", "    - {edit: repaint, strength: 0.5, prompt: a sky}\nprompt:")
    done = deliver(tmp_path, text, files=FILES)
    assert done.failed == {}
    assert labels(done, "en") == []


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────────────


def test_a_text_that_cannot_fit_fails_its_own_variant_and_says_what_to_do(tmp_path: Path) -> None:
    done = deliver(tmp_path, BRIEF.replace("[HELLO]", f"[{'HELLO' * 40}]"), files=FILES)
    assert set(done.failed) == {"en"}
    assert "does not fit at its smallest size, 8" in done.failed["en"]
    assert "shorter text" in done.failed["en"]
    assert done.variants["fr"].state == "delivered"


def test_characters_that_no_font_has_are_foretold_and_fail_their_own_variant(tmp_path: Path) -> None:
    done = deliver(tmp_path, BRIEF.replace("[HELLO]", "[ΓΕΙΑ]"), files=FILES)
    assert any("for en: Γ (U+0393), Ε (U+0395), Ι (U+0399), Α (U+0391)" in warning for warning in done.warnings)
    assert set(done.failed) == {"en"}
    assert "Γ (U+0393 greek capital letter gamma)" in done.failed["en"]


def test_an_edit_for_some_values_leaves_the_others_alone(tmp_path: Path) -> None:
    text = BRIEF.replace("slot: sign\n", "slot: sign\n      values: [fr]\n").replace("        en: [HELLO]\n", "")
    done = deliver(tmp_path, text, files=FILES)
    assert np.array_equal(done.pixels("en"), done.master)
    assert not np.array_equal(done.pixels("fr"), done.master)


def test_rows_of_a_csv_bring_their_own_words(tmp_path: Path) -> None:
    text = BRIEF.replace("axes:\n  language: {values: [en, fr]}\n", "rows: words.csv\n")
    start, end = text.index("      texts:"), text.index("prompt:")
    text = f'{text[:start]}      text: ["{{headline}}"]\n{text[end:]}'
    done = deliver(tmp_path, text, files={**FILES, "words.csv": b"language,headline\nen,HELLO\nfr,SALUT\n"})
    assert [labels(done, name) for name in done.variants] == [["HELLO"], ["SALUT"]]


# ── scripts ──────────────────────────────────────────────────────────────────────────────────────────────

WORDS = {
    "ar": "أهلاً وسهلاً! لديك 3 دروس جديدة", "he": "ברוכים הבאים! 3 שיעורים", "hi": "पाल चढ़ाओ!",
    "th": "กาง\u200bใบเรือ\u200bเรียน\u200bครั้งแรก\u200bฟรี", "ja": "この夏、ヨットを始めよう",
    "zh-Hant": "今年夏天，學習揚帆", "ko": "올여름, 요트를 배워 보세요", "uk": "Перше заняття безкоштовне",
    "vi": "Thuyền ơi",
}  # fmt: skip


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    fonts = sorted(path.name for path in FONTS.glob("*.ttf"))
    text = BRIEF.replace("[en, fr]", f"[{', '.join(WORDS)}]").replace("[tiny.ttf]", f"[{', '.join(fonts)}]")
    start, end = text.index("        en:"), text.index("prompt:")
    words = "".join(f'        {language}: ["{word}"]\n' for language, word in WORDS.items())
    text = f'{text[:start]}{words}      language: "{{language}}"\n{text[end:]}'
    files = {**FILES, **{name: (FONTS / name).read_bytes() for name in fonts}}
    return deliver(tmp_path_factory.mktemp("spoken"), text, files=files)


def test_every_script_is_set_and_drawn_alike_in_pixels_and_paths(spoken: Delivered) -> None:
    assert set(spoken.failed) == {"vi"}, "the poster's Latin font has no Vietnamese"
    for language in WORDS.keys() - {"vi"}:
        name = language.lower()
        assert labels(spoken, name) == [WORDS[language].replace("\u200b", "")]
        assert coloured(spoken.pixels(name), (0xB0, 0x00, 0x20)) > 100
        assert np.abs(spoken.drawn(name).astype(int) - spoken.pixels(name)).mean() < 0.2


def test_what_the_fonts_lack_was_foretold_for_that_value_alone(spoken: Delivered) -> None:
    (warning,) = spoken.warnings
    assert "for vi: ề (U+1EC1)" in warning
