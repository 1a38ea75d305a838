from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.palettes.deck import deck
from pipelines.palettes.picks import Picks, read_picks
from studio.palettes.learning import Wish, learn_taste
from studio.palettes.page import render_pick_page
from tests.browser.conftest import OpenSheet
from tests.browser.test_contact_sheet import CONTRAST

if TYPE_CHECKING:
    from playwright.sync_api import Page

KEYS = {"like": "ArrowRight", "dislike": "ArrowLeft", "skip": "ArrowUp"}
FEW = 12  # colours on the small page


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A page that asks about a few colours."""
    (tmp_path / "picks.html").write_text(render_pick_page(deck()[:FEW], "atelier palette learn <picks>"), "utf-8")
    return tmp_path / "picks.html"


@pytest.fixture
def proposals(tmp_path: Path) -> Path:
    """A sheet of palettes, one of them of many colours."""
    sheet = tmp_path / "proposals.html"
    learn_taste(Wish(("2244aa", "34939a"), ("5c5410",), None, None, None, sheet, 2, 6, 0), form="toml")
    return sheet


def colour(page: Page) -> str:
    """The colour that is asked about, from what is on the screen."""
    rgb = page.evaluate("getComputedStyle(document.getElementById('card')).backgroundColor")
    return "#" + "".join(f"{int(v):02x}" for v in rgb.removeprefix("rgb(").removesuffix(")").split(","))


def answer(page: Page, *answers: str) -> None:
    for each in answers:
        page.keyboard.press(KEYS[each])


def saved(page: Page, folder: Path) -> Picks:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save picks.json").click()
    assert download.value.suggested_filename == "picks.json"
    download.value.save_as(folder / "picks.json")
    return read_picks(folder / "picks.json")


# ── picking ──────────────────────────────────────────────────────────────────────────────────────────────


def test_keys_pick_and_the_saved_file_is_what_the_command_reads(
    open_sheet: OpenSheet, small: Path, tmp_path: Path
) -> None:
    page = open_sheet(sheet=small)
    assert colour(page) == deck()[0]
    answer(page, "like", "dislike", "skip")
    assert colour(page) == deck()[3]
    assert page.locator("#count").inner_text() == f"4 of {FEW}"
    answer(page, *["like", "dislike"] * 4, "skip")
    found = saved(page, tmp_path)
    assert found.like == tuple(deck()[i] for i in (0, 3, 5, 7, 9))
    assert found.dislike == tuple(deck()[i] for i in (1, 4, 6, 8, 10))
    assert found.skip == (deck()[2], deck()[11])


def test_the_mouse_picks_with_the_buttons(open_sheet: OpenSheet, small: Path, tmp_path: Path) -> None:
    page = open_sheet(sheet=small)
    for name in ["Like", "Dislike", "Skip"] * 4:
        page.get_by_role("button", name=name, exact=True).click()
    assert len(saved(page, tmp_path).like) == 4


def test_the_card_is_dragged_aside_and_springs_back_from_a_short_way(open_sheet: OpenSheet, small: Path) -> None:
    page = open_sheet(sheet=small, width=360, height=740)
    for away, places in ((40, 0), (150, 1), (-150, 1)):
        before = deck().index(colour(page))
        page.mouse.move(180, 300)
        page.mouse.down()
        page.mouse.move(180 + away, 304, steps=4)
        page.mouse.up()
        assert deck().index(colour(page)) == before + places
    assert page.locator(".progress .like").count() == 1
    assert page.locator(".progress .dislike").count() == 1


def test_a_touch_picks_too(browser: object, small: Path) -> None:
    context = browser.new_context(has_touch=True, is_mobile=True, viewport={"width": 360, "height": 740})  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto(small.as_uri())
    page.get_by_role("button", name="Like", exact=True).tap()
    assert page.locator(".progress .like").count() == 1
    assert page.get_by_text("Swipe right to like").is_visible()
    context.close()


def test_undoing_takes_back_the_last_answers_one_by_one(open_sheet: OpenSheet, small: Path) -> None:
    page = open_sheet(sheet=small)
    assert page.get_by_role("button", name="Undo").is_disabled()
    answer(page, "like", "dislike", "like")
    page.keyboard.press("z")
    page.get_by_role("button", name="Undo").click()
    assert colour(page) == deck()[1]
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    assert colour(page) == deck()[0]


def test_space_on_a_focused_button_presses_it_once(open_sheet: OpenSheet, small: Path) -> None:
    page = open_sheet(sheet=small)
    page.get_by_role("button", name="Like", exact=True).focus()
    page.keyboard.press(" ")
    assert colour(page) == deck()[1]
    assert page.locator(".progress .like").count() == 1


def test_a_closed_window_loses_nothing(open_sheet: OpenSheet, small: Path) -> None:
    page = open_sheet(sheet=small)
    answer(page, "like", "like", "dislike")
    page.reload()
    assert colour(page) == deck()[3]
    page.keyboard.press("z")
    assert colour(page) == deck()[2]


# ── when it is done ──────────────────────────────────────────────────────────────────────────────────────


def test_after_ten_answers_one_may_finish_and_go_on_later(open_sheet: OpenSheet, small: Path) -> None:
    page = open_sheet(sheet=small)
    answer(page, *["like"] * 9)
    assert not page.locator("#finish").is_visible()
    answer(page, "dislike")
    page.locator("#finish").click()
    assert page.locator("h1:visible").inner_text() == "9 liked, 1 not"
    assert "one-sided" in page.locator("#lead").inner_text()
    page.get_by_role("button", name="Go on picking").click()
    assert colour(page) == deck()[10]


def test_a_colour_may_be_judged_again(open_sheet: OpenSheet, small: Path, tmp_path: Path) -> None:
    page = open_sheet(sheet=small)
    answer(page, *["like"] * FEW)
    page.get_by_role("button", name=f"{deck()[4]} again").click()
    assert colour(page) == deck()[4]
    answer(page, "dislike")
    assert saved(page, tmp_path).dislike == (deck()[4],)


def test_starting_over_asks_first(open_sheet: OpenSheet, small: Path) -> None:
    page = open_sheet(sheet=small)
    answer(page, *["like"] * FEW)
    page.get_by_role("button", name="Start over").click()
    assert page.locator("#done").is_visible()
    page.get_by_role("button", name=f"Forget all {FEW} picks").click()
    assert colour(page) == deck()[0]
    assert page.get_by_role("button", name="Undo").is_disabled()


def test_the_command_is_said_as_words(open_sheet: OpenSheet, small: Path) -> None:
    page = open_sheet(sheet=small)
    answer(page, *["like"] * FEW)
    assert page.get_by_text("atelier palette learn <picks>").is_visible()


# ── the proposals ────────────────────────────────────────────────────────────────────────────────────────


def test_a_colour_and_a_table_can_be_copied(open_sheet: OpenSheet, proposals: Path) -> None:
    from playwright.sync_api import expect  # waits without evaluating text, which the page forbids

    page = open_sheet(sheet=proposals)
    band = page.locator(".band").first
    band.click()
    expect(page.locator("#toast")).to_have_text(f"{band.get_attribute('data-copy')} copied")
    page.get_by_role("button", name="Copy TOML").first.click()
    expect(page.locator("#toast")).to_have_text("Palette copied")
    tables = json.loads(page.locator("#data").text_content() or "")["tables"]
    assert tables[0].startswith("[palette]\n")


def test_the_bands_show_their_colours(open_sheet: OpenSheet, proposals: Path) -> None:
    page = open_sheet(sheet=proposals)
    for band in page.locator(".band").all()[:6]:
        code = band.locator("code").inner_text()
        assert band.locator("rect").get_attribute("fill") == code
        box = band.locator("svg").bounding_box()
        assert box is not None
        assert box["width"] > 60
        assert box["height"] > 60


# ── every screen ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_phone_never_scrolls_sideways_and_the_picking_not_at_all(
    open_sheet: OpenSheet, small: Path, proposals: Path
) -> None:
    page = open_sheet(sheet=small, width=360, height=740)
    wide, high = "document.documentElement.scrollWidth", "document.documentElement.scrollHeight"
    assert page.evaluate(wide) <= 360
    assert page.evaluate(high) <= 740
    answer(page, *["like"] * FEW)
    assert page.evaluate(wide) <= 360
    sheet = open_sheet(sheet=proposals, width=360, height=740)
    sheet.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")
    assert sheet.evaluate(wide) <= 360


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_all_text_has_enough_contrast(open_sheet: OpenSheet, small: Path, proposals: Path, dark: bool) -> None:
    page = open_sheet(sheet=small, dark=dark)
    answer(page, "like")
    assert page.evaluate(CONTRAST) == []
    answer(page, *["like"] * FEW)
    assert page.evaluate(CONTRAST) == []
    assert open_sheet(sheet=proposals, dark=dark).evaluate(CONTRAST) == []


def test_less_motion_shows_no_flying_cards(open_sheet: OpenSheet, small: Path) -> None:
    page = open_sheet(sheet=small, calm=True)
    answer(page, "like")
    assert page.locator(".card.away:visible").count() == 0
    assert colour(page) == deck()[1]
