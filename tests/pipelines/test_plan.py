"""The plan: the same brief gives the same orders, and a digest changes exactly when what it covers does."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.brief import Shelf, parse_brief, read_brief
from pipelines.errors import ArtworkError, BriefError
from pipelines.model import Brief, Order, Plan
from pipelines.plan import Outlook, compare, make_plan
from pipelines.styles import Style, StyleFile
from tests.pipelines.brief.made import FLAG, GOOD, MASTER, Artworks, png, shelf, with_line


def plan(text: str = GOOD, on: Shelf | None = None) -> Plan:
    place = on or shelf()
    return make_plan(read_brief(text, place).brief, place).plan


def first(text: str = GOOD, on: Shelf | None = None) -> Order:
    return plan(text, on).orders[0]


def nothing(digests: Iterable[str]) -> set[str]:
    return set()


def everything(digests: Iterable[str]) -> set[str]:
    return set(digests)


def outlook(now: str | Plan, before: str | Plan | None = None) -> Outlook:
    old = plan(before) if isinstance(before, str) else before
    made = {order.digest for order in old.orders} if old else set()
    return compare(plan(now) if isinstance(now, str) else now, lambda digests: made & set(digests), old)


# ── orders ───────────────────────────────────────────────────────────────────────────────────────────────


def test_each_combination_becomes_one_order_named_for_its_values() -> None:
    found = plan()
    assert [o.recipe.name for o in found.orders] == ["ca-on", "no"]
    assert [o.recipe.values for o in found.orders] == [{"region": "CA-ON"}, {"region": "NO"}]
    assert [o.recipe.labels for o in found.orders] == [{"region": "Ontario"}, {"region": "Norway"}]


def test_the_longest_side_has_the_size_asked_for() -> None:
    recipe = first().recipe
    assert (recipe.width, recipe.height) == (64, 32)


def test_a_slot_without_grid_takes_the_grid_of_the_drawing() -> None:
    assert first().recipe.placements[0].grid == (((10, 10), (60, 10)), ((10, 40), (60, 40)))


def test_a_grid_in_the_brief_comes_before_the_drawing() -> None:
    text = with_line("layer: flag-art", "layer: flag-art\n    grid: [[[1, 1], [9, 1]], [[1, 9], [9, 9]]]")
    assert first(text).recipe.placements[0].grid == (((1, 1), (9, 1)), ((1, 9), (9, 9)))


def test_a_value_with_artwork_of_its_own_gets_that_and_the_others_keep_theirs() -> None:
    text = with_line("slot: flag", "slot: flag\n      overrides: {NO: ours.svg}")
    own = FLAG.replace(b"3 2", b"4 2")
    ontario, norway = plan(text, shelf(ours__svg=own)).orders
    assert norway.recipe.placements[0].artwork.name == "ours.svg"
    assert ontario.recipe.placements[0].artwork == first().recipe.placements[0].artwork
    assert ontario.digest == first().digest


def test_a_grade_comes_with_its_bytes_and_changes_the_digest_of_its_variants_alone() -> None:
    text = with_line("edits:", "  season:\n    values: [as-drawn, night]\nedits:")
    text = with_line("prompt:", '  season:\n    - {edit: recolor, grade: "{season}"}\nprompt:', text)
    on = replace(shelf(), grades={"night": b"one"})
    done = make_plan(read_brief(text, on).brief, on)
    plain, night = done.plan.orders[:2]
    assert plain.recipe.preparation == ()
    assert plain.recipe.digest == first().recipe.digest
    (dark,) = night.recipe.preparation
    assert dark.edit == "recolor"
    assert dark.grade is not None
    assert done.files[dark.grade.sha256] == b"one"
    again = plan(text, replace(on, grades={"night": b"two"}))
    assert again.orders[0].digest == plain.digest
    assert again.orders[1].digest != night.digest
    changes = outlook(again, done.plan).stale
    assert {r for c in changes for r in c.reasons} == {"the master's colours changed"}


def test_the_prompt_speaks_of_regions_by_their_phrase_and_has_the_words_of_the_styles() -> None:
    order = first(with_line("prompt:", "styles: [ink-flat]\nprompt:"))
    assert "holding the flag of Ontario" in order.prompt
    assert "flat ink" in order.prompt
    assert "gradients" in order.negative


def test_every_source_of_the_plan_comes_with_its_bytes() -> None:
    place = shelf(m__png=png(200, 100), front__png=png(400, 200), banner__svg=FLAG)
    surface = "mask: m.png\n    front: front.png\n    current: banner.svg"
    planned = make_plan(read_brief(with_line("layer: flag-art", surface), place).brief, place)
    assert set(planned.files) == {source.sha256 for source in planned.plan.sources()}
    assert len(planned.files) == 6
    assert planned.files[planned.plan.orders[0].recipe.master.sha256] == MASTER


def test_current_may_be_a_region() -> None:
    text = with_line("layer: flag-art", "polygon: [[0, 0], [9, 0], [9, 9], [0, 9]]\n    current: CA-BC")
    current = first(text).recipe.placements[0].current
    assert current is not None
    assert current.name == "ca-bc.svg"


def test_axes_go_side_by_side_with_zip() -> None:
    text = with_line("edits:", "  mood:\n    values: [calm, wild]\ncombine: zip\nedits:")
    text = with_line("slot: flag", "slot: flag\n      artwork: '{region}-{mood}.svg'", text)
    place = shelf(**{"CA-ON-calm__svg": FLAG, "NO-wild__svg": FLAG})
    assert [o.recipe.name for o in plan(text, place).orders] == ["ca-on.calm", "no.wild"]


def test_what_is_excluded_is_not_planned() -> None:
    assert [o.recipe.name for o in plan(with_line("prompt:", "exclude: [{region: NO}]\nprompt:")).orders] == ["ca-on"]


def test_a_very_long_side_leaves_the_other_one_pixel() -> None:
    from pipelines.brief.opened import fitted

    assert fitted(10_000, 1, 100) == (100, 1)
    assert fitted(1, 10_000, 100) == (1, 100)


def test_a_brief_that_was_not_checked_still_fails_with_words() -> None:
    brief = parse_brief(with_line("[CA-ON, NO]", "[CA-ON, XX]"))
    with pytest.raises(BriefError, match="no such region"):
        make_plan(brief, shelf())


def test_artwork_that_is_lost_between_check_and_plan_is_an_artwork_error() -> None:
    brief = read_brief(GOOD, shelf()).brief
    with pytest.raises(ArtworkError):
        make_plan(brief, replace(shelf(), artwork=Artworks(missing=("NO",))))


def test_warnings_of_the_brief_travel_with_the_plan() -> None:
    planned = make_plan(parse_brief(GOOD), shelf(), warnings=("no bias was considered",))
    assert planned.plan.warnings == ("no bias was considered",)


# ── digests ──────────────────────────────────────────────────────────────────────────────────────────────

PIXELS_STAY = [
    ("name: mascot-flags", "name: other"),
    ("why: People", "# a comment\nwhy: All people"),
    ("biases: [contested flags]", "biases: []"),
    ("the mascot holding {region}", "a dog with {region}"),
    ("prompt:", "styles: [ink-flat]\nprompt:"),
    ("prompt:", "gates: {delta_e: 9}\nprompt:"),
    ("prompt:", "deliver: {formats: [png], sizes: [32], quality: 50}\nprompt:"),
    ("[CA-ON, NO]", "[CA-ON]"),
    ("slots:\n  flag:", "slots:\n  banner:"),
    ("layer: flag-art", 'layer: flag-art\n    ground: "#FFFFFF"'),
]
PIXELS_CHANGE = [
    ("size: 64", "size: 65"),
    ("layer: flag-art", 'layer: flag-art\n    ground: "#000000"'),
    ("layer: flag-art", "layer: folded\n    grid: [[[10, 10], [60, 10]], [[10, 40], [60, 40]]]"),
    ("layer: flag-art", "layer: flag-art\n    grid: [[[10, 10], [60, 10]], [[10, 40], [60, 41]]]"),
    ("layer: flag-art", "polygon: [[10, 10], [60, 10], [60, 40], [10, 40]]"),
    ("layer: flag-art", "layer: flag-art\n    current: CA-BC"),
    ("layer: flag-art", "mask: m.png"),
    ("layer: flag-art", "layer: flag-art\n    front: m.png"),
    ("slot: flag", "slot: flag\n      fit: cover"),
    ("slot: flag", "slot: flag\n      artwork: other.svg"),
    ("mascot.svg", "second.svg"),
    ("[CA-ON, NO]", "[NO]"),
]


def stocked() -> Shelf:
    return shelf(m__png=png(200, 100), other__svg=FLAG, second__svg=MASTER + b"<!-- redrawn -->")


@pytest.mark.parametrize(("old", "new"), PIXELS_STAY)
def test_what_cannot_change_pixels_leaves_the_digest_of_the_recipe(old: str, new: str) -> None:
    text = with_line(old, new).replace("slot: flag", "slot: banner" if "banner" in new else "slot: flag")
    assert first(text, stocked()).recipe.digest == first().recipe.digest


@pytest.mark.parametrize(("old", "new"), PIXELS_CHANGE)
def test_what_can_change_pixels_changes_the_digest_of_the_recipe(old: str, new: str) -> None:
    assert first(with_line(old, new), stocked()).recipe.digest != first().recipe.digest


@pytest.mark.parametrize(("old", "new"), PIXELS_STAY[3:7])
def test_what_changes_files_or_verdicts_changes_the_digest_of_the_order(old: str, new: str) -> None:
    assert first(with_line(old, new)).digest != first().digest


@pytest.mark.parametrize(("old", "new"), PIXELS_STAY[:3])
def test_what_is_only_written_in_the_manifest_leaves_the_orders(old: str, new: str) -> None:
    now, before = plan(with_line(old, new)), plan()
    assert now.orders == before.orders
    assert now.digest != before.digest


def test_renaming_the_master_makes_no_new_pixels() -> None:
    now = first(with_line("mascot.svg", "dog.svg"), shelf(dog__svg=MASTER))
    assert now.recipe.digest == first().recipe.digest
    assert now.digest != first().digest


def test_the_order_of_edits_counts() -> None:
    text = with_line("layer: flag-art", "layer: flag-art\n  cap: {polygon: [[0, 0], [99, 0], [99, 99]]}")
    one = with_line("slot: flag", "slot: flag\n    - {edit: place, slot: cap}", text)
    other = with_line("- edit: place\n", "- {edit: place, slot: cap}\n    - edit: place\n", text)
    assert first(one).recipe.digest != first(other).recipe.digest


def test_a_plan_made_twice_is_the_same_to_the_byte() -> None:
    assert plan().model_dump_json() == plan().model_dump_json()


def test_a_plan_survives_json() -> None:
    assert Plan.model_validate_json(plan().model_dump_json()) == plan()


@settings(max_examples=50, deadline=None)
@given(st.permutations(["CA-BC", "CA-ON", "US-WA", "NO"]), st.permutations(["winter", "summer", "Été"]))
def test_orders_follow_the_brief_and_names_are_unique(regions: list[str], seasons: list[str]) -> None:
    text = with_line("[CA-ON, NO]", f"[{', '.join(regions)}]\n  season:\n    values: [{', '.join(seasons)}]")
    brief = parse_brief(with_line("slot: flag", "slot: flag\n      artwork: '{season}.svg'", text))
    place = shelf(winter__svg=FLAG, summer__svg=FLAG, **{"Été__svg": FLAG})
    orders = make_plan(brief, place).plan.orders
    assert [(o.recipe.values["region"], o.recipe.values["season"]) for o in orders] == [
        (region, season) for region in regions for season in seasons
    ]
    assert len({order.recipe.name for order in orders}) == len(orders) == 12


def test_a_hundred_and_four_variants_are_planned_in_a_moment() -> None:
    codes = [f"v{n}" for n in range(104)]
    text = GOOD.replace("[CA-ON, NO]", f"[{', '.join(codes)}]").replace("region", "item")
    text = with_line("slot: flag", "slot: flag\n      artwork: one.svg", text)
    place = shelf(one__svg=FLAG)
    brief: Brief = read_brief(text, place).brief
    started = time.perf_counter()
    assert len(make_plan(brief, place).plan.orders) == 104
    assert time.perf_counter() - started < 0.3


# ── outlook ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_first_plan_is_all_new() -> None:
    found = outlook(GOOD)
    assert [(c.name, c.reasons, c.pixels) for c in found.runs] == [("ca-on", ("new",), True), ("no", ("new",), True)]


def test_a_plan_that_is_made_already_runs_nothing() -> None:
    found = outlook(GOOD, GOOD)
    assert (found.runs, found.unchanged, found.vanished) == ((), ("ca-on", "no"), ())


def test_what_is_known_does_not_run_even_without_a_previous_plan() -> None:
    assert compare(plan(), everything).unchanged == ("ca-on", "no")


def test_what_was_planned_and_never_finished_says_so() -> None:
    assert compare(plan(), nothing, plan()).stale[0].reasons == ("planned before, not finished",)


def test_added_and_removed_regions_are_new_and_vanished() -> None:
    found = outlook(with_line("[CA-ON, NO]", "[CA-ON, CA-BC]"), GOOD)
    assert [c.name for c in found.new] == ["ca-bc"]
    assert (found.stale, found.unchanged, found.vanished) == ((), ("ca-on",), ("no",))


@pytest.mark.parametrize(
    ("old", "new", "reason", "pixels"),
    [
        ("size: 64", "size: 128", "the size changed: 64 x 32 to 128 x 64", True),
        ("mascot.svg", "second.svg", "the master changed", True),
        (
            "layer: flag-art",
            "layer: flag-art\n    grid: [[[1, 1], [9, 1]], [[1, 9], [9, 9]]]",
            "slot flag changed: grid",
            True,
        ),
        ("layer: flag-art", 'layer: flag-art\n    ground: "#123456"', "slot flag changed: ground", True),
        ("slot: flag", "slot: flag\n      fit: cover", "slot flag changed: fit", True),
        ("slot: flag", "slot: flag\n      artwork: other.svg", "artwork of CA-ON changed", True),
        ("the mascot", "a dog", "prompt changed (no new pixels)", False),
        ("prompt:", "gates: {delta_e: 9}\nprompt:", "gates changed (no new pixels)", False),
        ("prompt:", "deliver: {formats: [png]}\nprompt:", "formats changed (no new pixels)", False),
        ("prompt:", "deliver: {quality: 50}\nprompt:", "quality changed (no new pixels)", False),
    ],
)
def test_what_is_stale_says_why(old: str, new: str, reason: str, pixels: bool) -> None:
    change = outlook(plan(with_line(old, new), stocked()), GOOD).stale[0]
    assert reason in change.reasons
    assert change.pixels is pixels


def test_new_slots_and_lost_ones_are_named() -> None:
    more = with_line("layer: flag-art", "layer: flag-art\n  cap: {polygon: [[0, 0], [99, 0], [99, 99]]}")
    more = with_line("slot: flag", "slot: flag\n    - {edit: place, slot: cap}", more)
    assert outlook(more, GOOD).stale[0].reasons == ("slot cap is new",)
    assert outlook(GOOD, more).stale[0].reasons == ("slot cap is gone",)


def test_a_new_revision_of_atelier_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    before = plan()
    monkeypatch.setattr("pipelines.plan.digests.PIXEL_REVISION", 99)
    assert outlook(plan(), before).stale[0].reasons == ("Atelier makes the picture differently now",)
    assert outlook(plan(), before).stale[0].pixels


def test_styles_are_read_into_the_prompt_and_named_when_they_change() -> None:
    text = with_line("prompt:", "styles: [ink-flat]\nprompt:")
    reworded = replace(shelf(), styles={"ink-flat": Style(Path("ink-flat"), StyleFile(words=("bold ink",)))})
    assert outlook(plan(text, reworded), text).stale[0].reasons == ("prompt changed (no new pixels)",)
