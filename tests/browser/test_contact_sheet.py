from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.browser.conftest import OpenSheet
from tests.browser.packs import FAILED, REVIEWED, small_manifest, write_pack
from tests.browser.stepped import stepped_manifest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def shown(page: Page) -> list[str]:
    """Names of the visible cards, in order, without the master's."""
    return [str(text) for text in page.locator(".cell[data-place]:visible .label").all_inner_texts()]


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.querySelector('.label')?.textContent.trim() ?? ''"))


def title(page: Page) -> str:
    return page.locator("#detail-title").inner_text()


def pixels(part: Locator) -> NDArray[np.int16]:
    return np.asarray(Image.open(io.BytesIO(part.screenshot())).convert("RGB"), dtype=np.int16)


def loaded(page: Page) -> None:
    """Wait till every picture of the stage is there."""
    page.wait_for_function("[...document.querySelectorAll('#stage img[src]')].every(i => i.complete && i.naturalWidth)")


# ── finding ──────────────────────────────────────────────────────────────────────────────────────────────


def test_searching_without_accents_finds_quebec_and_says_how_many(open_sheet: OpenSheet) -> None:
    page = open_sheet()
    assert page.locator("#result").inner_text() == "12 variants"
    page.keyboard.press("/")
    page.keyboard.type("quebec wint")
    assert [text.split("·")[0].strip() for text in shown(page)] == ["Québec"]
    assert page.locator("#result").inner_text() == "1 of 12 variants"


def test_outcomes_and_axes_narrow_what_is_shown(open_sheet: OpenSheet) -> None:
    page = open_sheet()
    page.get_by_role("button", name="Review 1").click()
    assert [text.split("\n")[0] for text in shown(page)] == ["Australia · Winter AU"]
    page.get_by_role("button", name="All 12").click()
    page.get_by_label("Season").select_option("summer")
    assert len(shown(page)) == 6
    page.get_by_label("Region").select_option("NZ")
    assert len(shown(page)) == 1


def test_a_search_for_nothing_offers_a_way_back(open_sheet: OpenSheet) -> None:
    page = open_sheet()
    page.fill("#find", "atlantis")
    assert shown(page) == []
    page.get_by_role("button", name="Show all variants").click()
    assert len(shown(page)) == 12


def test_sorting_by_colour_puts_the_most_different_first_and_the_unscored_last(open_sheet: OpenSheet) -> None:
    page = open_sheet()
    page.select_option("#sort", "delta_e")
    names = shown(page)
    assert names[0].startswith("Ontario")
    assert names[-1].startswith("Hong Kong · Winter")


def test_the_least_alike_come_first_and_the_unmeasured_last(open_sheet: OpenSheet) -> None:
    page = open_sheet()
    page.select_option("#sort", "alike")
    names = shown(page)
    assert names[0].startswith("Australia · Winter")
    assert names[-1].startswith("Hong Kong · Winter")


@pytest.mark.parametrize(("choice", "names"), [("Outliers (1)", 1), ("Not alike (1)", 1), ("Any", 12)])
def test_those_that_are_not_alike_and_outliers_can_be_seen_alone(
    open_sheet: OpenSheet, choice: str, names: int
) -> None:
    page = open_sheet()
    page.get_by_label("Likeness").select_option(label=choice)
    assert len(shown(page)) == names
    assert page.locator(".cell:visible .badge.odd").count() == 1


def test_a_search_for_nothing_among_outliers_shows_all_again(open_sheet: OpenSheet) -> None:
    page = open_sheet()
    page.select_option("#likeness", "odd")
    page.fill("#find", "ontario")
    page.get_by_role("button", name="Show all variants").click()
    assert len(shown(page)) == 12


def test_a_pack_without_judges_says_nothing_of_likeness(open_sheet: OpenSheet, tmp_path: Path) -> None:
    manifest = small_manifest()
    plain = tuple(
        v.model_copy(update={"scores": v.scores and v.scores.model_copy(update={"learned": {}, "clean": None})})
        for v in manifest.variants
    )
    page = open_sheet(
        "#variant=ca-on.summer", sheet=write_pack(tmp_path, manifest.model_copy(update={"variants": plain}))
    )
    assert page.locator("#likeness").count() == 0
    assert "alike" not in page.locator("#sort").inner_text()
    assert page.locator("#record h3").first.inner_text() == "Notes"
    assert page.locator(".likeness").count() == 0


# ── keys and links ───────────────────────────────────────────────────────────────────────────────────────


def test_arrows_move_enter_opens_and_escape_comes_back_to_the_card(open_sheet: OpenSheet) -> None:
    page = open_sheet()
    page.locator(".card").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    card = focused(page)
    page.keyboard.press("Enter")
    page.wait_for_selector("#detail[open]")
    assert card.startswith(title(page))
    page.keyboard.press("ArrowRight")
    went_on = title(page)
    page.keyboard.press("Escape")
    page.wait_for_function("location.hash === '' && !document.querySelector('#detail').open")
    assert focused(page).startswith(went_on)
    assert not card.startswith(went_on)


def test_the_grid_is_one_tab_stop(open_sheet: OpenSheet) -> None:
    page = open_sheet()
    assert page.locator(".card[tabindex='0']").count() == 1
    page.get_by_role("button", name="Failed 1").click()
    assert page.locator(".card[tabindex='0']:visible").count() == 1


def test_numbers_choose_the_view_and_the_address_follows(open_sheet: OpenSheet) -> None:
    page = open_sheet("#variant=ca-on.summer")
    for key, view in (("2", "flicker"), ("3", "difference"), ("4", "swipe")):
        page.keyboard.press(key)
        assert page.evaluate("location.hash") == f"#variant=ca-on.summer&view={view}"
    page.keyboard.press("1")
    assert page.evaluate("location.hash") == "#variant=ca-on.summer"


def test_a_deep_link_opens_its_variant_in_its_view(open_sheet: OpenSheet) -> None:
    page = open_sheet("#variant=nz.winter&view=flicker")
    assert title(page) == "New Zealand · Winter"
    assert page.locator("[data-view='flicker'][aria-pressed='true']").count() == 1


def test_the_back_button_closes_what_was_opened_and_forward_opens_it_again(open_sheet: OpenSheet) -> None:
    page = open_sheet()
    page.locator(".card").nth(3).click()
    page.wait_for_selector("#detail[open]")
    page.go_back()
    page.wait_for_function("!document.querySelector('#detail').open")
    page.go_forward()
    page.wait_for_selector("#detail[open]")


def test_an_unknown_link_says_so(open_sheet: OpenSheet) -> None:
    page = open_sheet("#variant=atlantis")
    assert page.locator("#toast").inner_text() == "This pack has no variant atlantis"


def test_a_question_mark_shows_the_keys(open_sheet: OpenSheet) -> None:
    page = open_sheet()
    page.keyboard.press("?")
    assert page.locator("#keys[open]").is_visible()


# ── comparing ────────────────────────────────────────────────────────────────────────────────────────────


def test_flickering_changes_the_slot_and_nothing_else_until_space_stops_it(open_sheet: OpenSheet) -> None:
    page = open_sheet("#variant=ca-on.summer&view=flicker")
    loaded(page)
    page.keyboard.press(" ")
    if (gone := page.locator("[data-picture='variant'][data-off]")).count():  # a slow machine had swapped already
        page.keyboard.press("ArrowUp")
    stage = page.locator("#stage")
    variant = pixels(stage)
    assert (pixels(stage) == variant).all()
    page.evaluate("document.querySelector('#speed').value = 5")
    page.keyboard.press(" ")
    page.wait_for_selector("[data-picture='variant'][data-off]", state="attached")
    page.keyboard.press(" ")
    if not gone.count():  # it had swapped back before the key was heard
        page.keyboard.press("ArrowUp")
    changed = np.argwhere((np.abs(pixels(stage) - variant) > 24).any(axis=2))[:, 1] / variant.shape[1]
    assert len(changed) > 1000
    assert (changed[changed > 0.2] > 0.45).all()  # left of that only the caption says which one it is


def test_the_pictures_swap_by_hand_and_stay(open_sheet: OpenSheet) -> None:
    page = open_sheet("#variant=ca-on.summer&view=flicker")
    page.keyboard.press(" ")
    hidden = page.locator("[data-picture][data-off]")
    first = hidden.get_attribute("data-picture")
    page.locator("#stage").click()
    assert page.locator("#pause").inner_text() == "Play"
    assert hidden.get_attribute("data-picture") != first
    page.keyboard.press("ArrowUp")
    assert hidden.get_attribute("data-picture") == first


def test_flickering_waits_where_less_motion_is_asked_for(open_sheet: OpenSheet) -> None:
    page = open_sheet("#variant=ca-on.summer&view=flicker", calm=True)
    assert page.locator("#pause").inner_text() == "Play"
    page.wait_for_timeout(700)
    assert page.locator("[data-picture='master'][data-off]").count() == 1


def test_the_difference_is_black_but_for_the_slot_and_amplifying_brightens_it(open_sheet: OpenSheet) -> None:
    page = open_sheet("#variant=ca-on.summer&view=difference")
    loaded(page)
    picture = page.locator("[data-picture='master']")
    plain = pixels(picture)[4:-4, 4:-4]
    wide = plain.shape[1]
    assert plain[:, : wide // 3].max() <= 2
    assert plain[:, wide // 2 :].max() > 40
    page.check("#amplify")
    assert pixels(picture)[4:-4, 4:-4].sum() > 1.5 * plain.sum()


def test_swiping_uncovers_the_master(open_sheet: OpenSheet) -> None:
    page = open_sheet("#variant=ca-on.summer&view=swipe")
    loaded(page)
    page.fill("#cut", "0")
    variant = pixels(page.locator("#stage"))
    page.fill("#cut", "100")
    assert np.abs(pixels(page.locator("#stage")) - variant).max() > 60


def test_zoom_follows_the_pointer(open_sheet: OpenSheet) -> None:
    page = open_sheet("#variant=ca-on.summer&view=swipe")
    loaded(page)
    page.keyboard.press("z")
    page.locator("#stage").hover(position={"x": 40, "y": 200})
    left = pixels(page.locator("#stage"))
    page.locator("#stage").hover(position={"x": 500, "y": 200})
    assert np.abs(pixels(page.locator("#stage")) - left).max() > 60


# ── what is said of a variant ────────────────────────────────────────────────────────────────────────────


def test_a_reviewed_variant_shows_the_reason_and_the_missed_gate(open_sheet: OpenSheet) -> None:
    page = open_sheet(f"#variant={REVIEWED}")
    assert "2.25 px from where it belongs" in page.locator(".note.review").inner_text()
    missed = page.locator("tr", has=page.locator(".mark.over")).all_inner_texts()
    assert len(missed) == 1
    assert missed[0].startswith("Place")
    assert "≤ 1.5 px" in missed[0]


def test_a_failed_variant_shows_its_error_instead_of_pictures(open_sheet: OpenSheet) -> None:
    page = open_sheet(f"#variant={FAILED}&view=flicker")
    assert "the artwork file is damaged" in page.locator(".note.failed").inner_text()
    assert page.get_by_text("There is no picture of this variant.").is_visible()


def test_the_record_holds_the_recipe_of_the_manifest(open_sheet: OpenSheet) -> None:
    page = open_sheet("#variant=ca-on.summer")
    found = json.loads(page.locator("#record pre").text_content() or "")
    assert found == small_manifest().variants[0].order.recipe.model_dump(mode="json")
    text = page.locator("#record").inner_text()
    for part in (
        "FJ",
        "0.875",
        "Place ca-on.svg for CA-ON into flag",
        "the emblem is small",
        "#236f7a",
        "1.75 s",
        "1.2 kB",
        "96 × 72",
        "Negative prompt\n",
    ):
        assert part in text


def test_a_likeness_is_shown_as_a_share_with_its_limit_and_in_words(open_sheet: OpenSheet) -> None:
    page = open_sheet(f"#variant={REVIEWED}")
    rows = page.locator(".likeness li").all_inner_texts()
    names = [row.split("\n")[0] for row in rows]
    assert names == [
        "The whole picture", "What had to stay", "Its own artwork, seen close", "Clean", "Style: ink-flat cat-kite",
        "Its own prompt", "Least alike part", "What changes",
    ]  # fmt: skip
    for part in ("18 %", "≥ 50 %", "miss", "no nearer than other characters (0.534 to 0.812)"):
        assert part in rows[0]
    assert "pass" in rows[1]
    assert "nearest of 6 artworks, by 0.041 before FJ" in rows[2]
    assert "pass" not in rows[2], "no gate asks for the artwork"
    assert "≥ 50 %" in rows[3], "every brief asks for clean paint"
    assert "pass" not in rows[4], "no gate asks for the style"
    assert "0.290" in rows[5]
    assert "says nothing" in rows[5]
    bars = page.locator(".share-bar").evaluate_all("bars => bars.map(b => b.firstChild.offsetWidth / b.offsetWidth)")
    assert bars == pytest.approx([0.18, 0.93, 0.84, 0.7, 0.61], abs=0.02)


def test_every_kind_of_step_has_its_recipe_from_the_manifest(open_sheet: OpenSheet, stepped_sheet: Path) -> None:
    for variant in stepped_manifest().variants:
        recipe = variant.order.recipe
        page = open_sheet(f"#variant={recipe.name}", sheet=stepped_sheet)
        found = json.loads(page.locator("#record pre").text_content() or "")
        assert found == recipe.model_dump(mode="json")
        assert list(found) == list(recipe.model_dump(mode="json"))


def test_steps_are_told_in_order_with_the_paint_of_each_repaint(open_sheet: OpenSheet, stepped_sheet: Path) -> None:
    page = open_sheet("#variant=ca-on.summer", sheet=stepped_sheet)
    verbs = page.locator(".steps > li > p b").all_inner_texts()
    assert verbs == ["Cut out", "Recolor", "Place", "Recolor", "Repaint", "Repaint", "Letter", "Enlarge"]
    first, second = page.locator(".paint").all_inner_texts()
    for part in (
        "The paint was kept.", "8: painted again once, first with 7", "18 of 30, DPM++ 2M", "cuda, bf16, VAE fp32",
        "512 × 512 px, in a batch of 4", "sd15 at 5c1e0f2b", "were off by 2.4, are by 0.3",
    ):  # fmt: skip
        assert part in first
    assert "The paint was left out: it came no nearer to the style (cosine -0.004)." in second
    assert "Bienvenue au Québec <3" in page.locator(".steps").inner_text()


def test_a_card_without_placed_artwork_says_what_was_done(open_sheet: OpenSheet, stepped_sheet: Path) -> None:
    page = open_sheet(sheet=stepped_sheet)
    cards = page.locator(".cell[data-place] .scores").all_inner_texts()
    assert "ΔE" in cards[0]
    assert "repainted, lettered" in cards[1]
    assert "75% alike" in cards[1]
    assert "ΔE" not in cards[1]


def test_hostile_words_stay_words(open_sheet: OpenSheet, tmp_path: Path) -> None:
    evil = '"><img src=x onerror=alert(1)></script><script>alert(2)</script><!--'
    manifest = small_manifest()
    first = manifest.variants[0]
    recipe = first.order.recipe.model_copy(update={"name": evil, "labels": {"region": evil, "season": evil}})
    order = first.order.model_copy(update={"recipe": recipe, "prompt": evil, "negative": evil})
    hostile = first.model_copy(update={"order": order, "notes": (evil,)})
    sheet = write_pack(tmp_path, manifest.model_copy(update={"variants": (hostile,), "why": evil, "biases": (evil,)}))
    page = open_sheet(sheet=sheet)
    page.locator(".cell[data-place] .card").click()
    assert title(page) == f"{evil} · {evil}"
    assert evil in page.locator("#record").inner_text()


# ── every screen ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("link", ["", "#variant=ca-on.summer&view=flicker", "#variant=au.winter&view=swipe"])
def test_a_phone_never_scrolls_sideways(open_sheet: OpenSheet, stepped_sheet: Path, link: str) -> None:
    for sheet in (None, stepped_sheet):
        page = open_sheet(
            link.replace("au.winter", "ca-on.winter") if sheet else link, sheet=sheet, width=360, height=740
        )
        if not link:
            page.get_by_role("button", name="Options").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert page.evaluate("document.querySelector('#detail').scrollWidth") <= 360


CONTRAST = """() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, w, i) => {
    const v = c[i] / 255;
    return sum + w * (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  }, 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length === 3) return c;
    }
    return [255, 255, 255];
  };
  const ratio = (element) => {
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(ground(element))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const hasText = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  const read = (e) => e.checkVisibility() && !e.closest('svg, option, figcaption') && hasText(e);
  return [...document.body.querySelectorAll('*')].filter(read)
    .map((e) => [ratio(e), e.textContent.trim().slice(0, 40)]).filter(([found]) => found < 4.5);
}"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("link", ["", f"#variant={REVIEWED}", f"#variant={FAILED}"])
def test_all_text_has_enough_contrast(open_sheet: OpenSheet, dark: bool, link: str) -> None:
    assert open_sheet(link, dark=dark).evaluate(CONTRAST) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_steps_and_their_paint_have_enough_contrast(open_sheet: OpenSheet, stepped_sheet: Path, dark: bool) -> None:
    assert open_sheet("#variant=ca-on.summer", sheet=stepped_sheet, dark=dark).evaluate(CONTRAST) == []
