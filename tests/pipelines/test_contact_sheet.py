from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from pipelines.contact_sheet import render_contact_sheet
from pipelines.contact_sheet.facts import href
from pipelines.contact_sheet.measures import MEASURES, likenesses
from pipelines.contact_sheet.steps import Painted, steps_of
from pipelines.model import Gates, Learned, Manifest, Paint, Scores, Step
from tests.browser.packs import FAILED, REVIEWED, small_manifest
from tests.browser.stepped import HARMONISED, REPAINTED, painted

EVIL = "</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>\u2028\"'&"


class Reader(HTMLParser):
    """The texts, tags and links of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def embedded(self) -> dict[str, list[dict[str, object]]]:
        """The data that the page's script reads."""
        found: dict[str, list[dict[str, object]]] = json.loads(next(t for t in self.texts if t.startswith('{"master"')))
        return found


def render(manifest: Manifest) -> str:
    names = [v.order.recipe.name for v in manifest.variants if v.assets]
    return render_contact_sheet(manifest, {name: f"thumbs/{name}.webp" for name in (*names, "master")})


def hostile_manifest() -> Manifest:
    manifest = small_manifest()
    first = manifest.variants[0]
    recipe = first.order.recipe.model_copy(
        update={"name": EVIL, "values": {EVIL: EVIL, "season": EVIL}, "labels": {EVIL: EVIL}}
    )
    order = first.order.model_copy(update={"recipe": recipe, "prompt": EVIL, "negative": EVIL})
    hostile = first.model_copy(update={"order": order, "notes": (EVIL,), "error": EVIL})
    words = {"why": EVIL, "data_used": (EVIL,), "biases": (EVIL,), "warnings": (EVIL,), "batch": EVIL}
    return manifest.model_copy(update={**words, "variants": (hostile, *manifest.variants[1:])})


def test_the_same_pack_is_the_same_text() -> None:
    assert render(small_manifest()) == render(small_manifest())


def test_hostile_words_add_no_tag_and_lose_no_letter() -> None:
    calm, hostile = Reader(render(small_manifest())), Reader(render(hostile_manifest()))
    counts = [sum(tag in ("script", "img", "style") for tag, _ in page.tags) for page in (calm, hostile)]
    assert counts[0] == counts[1]
    assert not any(name.startswith("on") for _, attributes in hostile.tags for name in attributes)
    assert EVIL in hostile.texts  # the brief's why
    assert hostile.embedded()["cards"][0]["prompt"] == EVIL


def test_the_page_names_no_address_outside_the_pack() -> None:
    page = render(small_manifest())
    addresses = re.findall(r"""(?:https?:)?//[\w.-]+\.\w+""", page)
    assert set(addresses) <= {"http://www.w3.org"}  # the namespace of SVG
    links = [v for _, attributes in Reader(page).tags for k, v in attributes.items() if k in ("href", "src")]
    assert all(link and link.startswith(("./", "#")) for link in links)


def test_the_policy_allows_only_the_page_s_own_style_and_script() -> None:
    page = Reader(render(small_manifest()))
    policy = next(a["content"] for _, a in page.tags if a.get("http-equiv") == "Content-Security-Policy") or ""
    assert policy.startswith("default-src 'none';")
    assert policy.count("'sha256-") == 2
    assert "unsafe" not in policy
    assert not any("style" in attributes for _, attributes in page.tags)


@pytest.mark.parametrize(
    "path", ["javascript:alert(1)", "//evil.example/x.png", "https://evil.example", "a b#c?d&e.png", 'x".png']
)
def test_a_path_can_only_lead_into_the_pack(path: str) -> None:
    found = href(path)
    assert found.startswith("./")
    assert not set(found) & set(':#?"<> ')


def test_the_head_tells_what_the_brief_declares() -> None:
    texts = " ".join(Reader(render(small_manifest())).texts)
    for part in ("flags", "to greet people where they live", "a flag is not a home", "GB has many flags", "96 × 72 px"):
        assert part in texts


def test_a_brief_that_uses_no_data_says_so() -> None:
    manifest = small_manifest().model_copy(update={"data_used": (), "biases": (), "warnings": ()})
    texts = Reader(render(manifest)).texts
    assert "None. No data about people chooses a variant." in texts
    assert "Warnings" not in texts


def test_outcomes_are_counted() -> None:
    page = render(small_manifest())
    for outcome, count in (("accepted", 10), ("review", 1), ("failed", 1)):
        assert f"<b>{count}</b> {outcome}" in page


def test_every_variant_has_a_card_with_its_picture_and_all_its_files() -> None:
    manifest = small_manifest()
    page = Reader(render(manifest))
    cards = page.embedded()["cards"]
    assert [card["name"] for card in cards] == [v.order.recipe.name for v in manifest.variants]
    assert [len(list(card["files"])) for card in cards] == [len(v.assets) for v in manifest.variants]  # type: ignore[call-overload]  # JSON
    sources = [a["src"] for tag, a in page.tags if tag == "img" and "src" in a]
    assert {f"./thumbs/{v.order.recipe.name}.webp" for v in manifest.variants if v.assets} <= set(sources)


def test_the_clearest_file_is_the_one_compared() -> None:
    cards = Reader(render(small_manifest())).embedded()["cards"]
    assert cards[0]["picture"] == {
        "format": "png", "width": 96, "height": 72, "bytes": 1234, "gzip_bytes": None, "href": "./png/ca-on.summer.png"
    }  # fmt: skip


def test_a_failed_variant_keeps_its_card_without_picture_or_scores() -> None:
    page = Reader(render(small_manifest()))
    card = next(card for card in page.embedded()["cards"] if card["name"] == FAILED)
    assert (card["outcome"], card["picture"], card["scores"]) == ("failed", None, None)
    assert card["error"] == "the artwork file is damaged"
    assert page.texts.count("No picture") == 1


def test_a_reviewed_variant_keeps_its_reasons() -> None:
    card = next(card for card in Reader(render(small_manifest())).embedded()["cards"] if card["name"] == REVIEWED)
    assert card["outcome"] == "review"
    assert "2.25 px" in str(card["reasons"])


def test_axes_can_be_chosen_only_where_there_are_several() -> None:
    manifest = small_manifest()
    axes = [a["data-axis"] for _, a in Reader(render(manifest)).tags if "data-axis" in a]
    assert axes == ["region", "season"]
    summer = manifest.model_copy(update={"variants": manifest.variants[::2]})
    assert "data-axis=" not in render(summer).split("<script>")[0]


def test_what_variants_share_is_said_once() -> None:
    found = Reader(render(small_manifest())).embedded()
    assert (len(found["gates"]), len(found["negatives"]), len(found["shared"])) == (1, 1, 1)


def test_every_score_and_every_gate_has_its_measure() -> None:
    apart = {"nearest", "nearest_distance", "runner_up", "runner_up_distance", "learned", "clean"}  # rows of their own
    assert {measure.key for measure in MEASURES} == set(Scores.model_fields) - apart
    assert {measure.gate for measure in MEASURES} - {None} == set(Gates.model_fields) - {
        "nearest_own",
        "learned",
        "clean",
        "rerolls",
    }


def test_a_pack_without_variants_is_still_a_page() -> None:
    assert "0 variants" in render(small_manifest().model_copy(update={"variants": ()}))


# ── steps and likeness ───────────────────────────────────────────────────────────────────────────────────


def test_gates_that_ask_for_likeness_are_shared_like_any_other() -> None:
    manifest = small_manifest()
    asked = [Gates(learned={"master": 0.9}), Gates(learned={"master": 0.9}), Gates(learned={})]
    variants = tuple(
        v.model_copy(update={"order": v.order.model_copy(update={"gates": gates})})
        for v, gates in zip(manifest.variants, asked, strict=False)
    )
    found = Reader(render(manifest.model_copy(update={"variants": variants}))).embedded()
    assert [gates["learned"] for gates in found["gates"]] == [{"master": 0.9}, {}]
    assert [card["unlike"] for card in found["cards"]] == [True, True, False]


def test_a_pack_that_was_painted_and_not_judged_shows_how_clean_it_is_and_sorts_by_no_likeness() -> None:
    manifest = small_manifest()
    clean = Learned(value=0.2, share=0.12, words="0.200, 12% like the clean master; it is blurred")
    variants = tuple(
        v.model_copy(update={"scores": v.scores and v.scores.model_copy(update={"learned": {}, "clean": clean})})
        for v in manifest.variants
    )
    page = render(manifest.model_copy(update={"variants": variants}))
    found = Reader(page).embedded()
    assert [one["name"] for one in found["likenesses"]] == ["clean"]
    assert "it is blurred" in str(found["cards"][0]["scores"])
    assert "Least alike first" not in page.split("<script>")[0]


def test_who_is_an_outlier_and_who_is_not_alike_is_known_to_the_page() -> None:
    cards = Reader(render(small_manifest())).embedded()["cards"]
    assert {card["name"] for card in cards if card["odd"]} == {REVIEWED}
    assert {card["name"] for card in cards if card["unlike"]} == {REVIEWED}


def test_the_masters_measures_come_first_and_unknown_ones_are_left_out() -> None:
    measured = ["inside", "style b", "prompt", "something", "clean", "artwork", "style a", "identity", "master"]
    wanted = ["master", "identity", "artwork", "clean", "style a", "style b", "prompt", "inside"]
    assert [one.name for one in likenesses(measured)] == wanted
    assert likenesses([]) == ()


def test_each_repaint_that_had_to_prove_itself_has_its_own_reason() -> None:
    why = ("the repaint was left out: it came no nearer", "the repaint was kept: it came nearer (+0.01)",
           "the repaint was kept: it came nearer (+0.02)")  # fmt: skip
    paints = (painted(40), painted(40, kept=False), painted(7), painted(42))
    assert [paint.why for paint in told((HARMONISED, HARMONISED, REPAINTED, HARMONISED), paints, why)] == [
        "it came nearer (+0.01)", "it came no nearer", "", "it came nearer (+0.02)"
    ]  # fmt: skip


def test_equal_reasons_are_told_of_each_repaint() -> None:
    why = ("the repaint was left out: nobody can say",)
    found = told((HARMONISED, HARMONISED), (painted(40, kept=False),) * 2, why)
    assert [paint.why for paint in found] == ["nobody can say"] * 2


@pytest.mark.parametrize(
    ("seed", "words"),
    [(7, "7"), (8, "8: painted again once, first with 7"), (9, "9: painted again twice, first with 7"),
     (10, "10: painted again 3 times, first with 7")],
)  # fmt: skip
def test_a_seed_says_how_often_it_was_painted_again(seed: int, words: str) -> None:
    ((first, *_),) = (paint.facts for paint in told((REPAINTED,), (painted(seed),), ()))
    assert first == ("seed", words)


def told(steps: tuple[Step, ...], paints: tuple[Paint, ...], notes: tuple[str, ...]) -> list[Painted]:
    variant = small_manifest().variants[0]
    recipe = variant.order.recipe.model_copy(update={"edits": steps})
    order = variant.order.model_copy(update={"recipe": recipe})
    made = variant.model_copy(update={"order": order, "paints": paints, "notes": notes})
    return [step.paint for step in steps_of(made, lambda _: 0)[1] if step.paint is not None]
