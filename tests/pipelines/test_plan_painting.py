"""Repaints in a plan: which model, how strongly, with which words, and what makes a variant stale."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from pipelines.brief import Shelf, read_brief
from pipelines.model import Order, Painting
from pipelines.plan import compare, make_plan
from pipelines.plan.make import Planned
from pipelines.profiles import Profile
from pipelines.styles import Style, StyleFile
from tests.pipelines.brief.made import FLAG, Models, shelf, with_line

PAINTED = with_line("prompt: the mascot", "    - edit: repaint\n      slot: flag\nprompt: the mascot")


@dataclass
class Moved(Models):
    """The same weights in another place, or other weights in the same place."""

    place: str = "elsewhere"
    weights: str = field(default="0" * 64)

    def checkpoint(self, profile: Profile, where: str | None) -> tuple[str, str]:
        return self.place, self.weights


def planned(text: str = PAINTED, on: Shelf | None = None) -> Planned:
    chosen = on or shelf()
    return make_plan(read_brief(text, chosen).brief, chosen)


def painting(text: str = PAINTED, on: Shelf | None = None) -> Painting:
    (found,) = planned(text, on).plan.orders[0].recipe.paintings
    return found


def styled(file: dict[str, object], folder: Path = Path("oil")) -> Shelf:
    return replace(shelf(), styles={"oil": Style(folder, StyleFile.model_validate(file))})


STYLED = PAINTED.replace("prompt:", "styles: [oil]\nprompt:")


def test_what_a_brief_does_not_say_is_the_profiles() -> None:
    found = painting()
    assert (found.model, found.strength, found.steps, found.guidance) == ("sd15", 0.6, 30, 7.5)
    assert found.prompt.startswith("the mascot holding the flag of Ontario")


def test_what_a_style_says_comes_before_the_profile_and_the_brief_before_both() -> None:
    on = styled({"model": {"profile": "sdxl", "steps": 12, "strength": 0.4}, "words": ["thick oil paint"]})
    found = painting(STYLED, on)
    assert (found.model, found.steps, found.strength) == ("sdxl", 12, 0.4)
    assert "thick oil paint" in found.prompt
    assert painting(STYLED.replace("slot: flag\nstyles", "slot: flag\n      steps: 20\nstyles"), on).steps == 20


def test_another_model_than_the_styles_takes_its_own_numbers() -> None:
    on = styled({"model": {"profile": "sdxl", "steps": 12}})
    text = STYLED.replace("slot: flag\nstyles", "slot: flag\n      model: sd15\nstyles")
    assert (painting(text, on).model, painting(text, on).steps) == ("sd15", 30)


def test_a_style_brings_its_references_adapter_loras_and_control(tmp_path: Path) -> None:
    (tmp_path / "refs").mkdir()
    (tmp_path / "refs" / "pear.svg").write_bytes(FLAG)
    on = styled(
        {"image": {"scale": 0.4, "masked": True}, "loras": [{"file": "oil.safetensors", "weight": 0.7}],
         "control": {"drawing": "canny"}, "palette": {"sky": "#aaccee"}},
        tmp_path,
    )  # fmt: skip
    found, files = painting(STYLED, on), planned(STYLED, on).files
    assert found.image is not None
    assert (found.image.scale, found.image.masked) == (0.4, True)
    assert [files[source.sha256] for source in found.image.references] == [FLAG]
    assert [(Path(lora.file).name, lora.weight) for lora in found.loras] == [("oil.safetensors", 0.7)]
    assert found.control is not None
    assert found.control.drawing == "canny"
    assert found.palette == ("#aaccee",)


def test_a_layer_that_is_kept_needs_no_slot() -> None:
    found = painting(PAINTED.replace("edit: repaint\n      slot: flag", "edit: repaint\n      keep: [flag-art]"))
    assert found.inside is None
    assert [site.layer for site in found.keep] == ["flag-art"]


WORDS = 'slot: flag\n      prompt: "snow in {region}"\n'


def test_paint_of_the_starter_is_kept_only_where_its_judge_finds_it_nearer_to_its_words() -> None:
    text = PAINTED.replace(
        "slot: flag\nprompt", f'{WORDS}      model: starter\n      before: "grass in {{region}}"\nprompt'
    )
    found = painting(text)
    assert (found.checkpoint, found.strength, found.guidance) == ("models/starter", 1.0, 1.0)
    assert found.better is not None
    assert (found.better.embedder, found.better.words) == ("starter-clip", found.prompt)
    assert found.prompt.startswith("snow in the flag of Ontario")
    assert found.better.present.startswith("grass in the flag of Ontario")
    assert painting(text.replace("before:", "only_if_better: false\n      before:")).better is None
    judged = painting(text + "judges: {embedder: clip-vit-b32}\n").better
    assert judged is not None
    assert judged.embedder == "clip-vit-b32"


def test_other_models_keep_their_paint_unless_a_brief_asks_who_says_that_it_is_better() -> None:
    assert painting(PAINTED.replace("slot: flag\nprompt", f"{WORDS}prompt")).better is None
    asked = PAINTED.replace("slot: flag\nprompt", f"{WORDS}      only_if_better: true\nprompt")
    found = painting(asked + "judges: {embedder: clip-vit-b32}\n").better
    assert found is not None
    assert found.words is not None


def test_a_pass_without_words_of_its_own_is_judged_by_the_style(tmp_path: Path) -> None:
    (tmp_path / "refs").mkdir()
    (tmp_path / "refs" / "pear.svg").write_bytes(FLAG)
    text = STYLED.replace("slot: flag\nstyles", "slot: flag\n      only_if_better: true\nstyles")
    found = painting(text + "judges: {embedder: clip-vit-b32}\n", styled({}, tmp_path)).better
    assert found is not None
    assert (found.words, len(found.styles)) == (None, 1)


def test_how_much_nearer_paint_must_come_is_measured_beside_its_judge(tmp_path: Path) -> None:
    (tmp_path / "calibration.json").write_text('{"calibration": 1, "gain": 0.07, "told": "12 edits"}')
    asked = PAINTED.replace("slot: flag\nprompt", f"{WORDS}      only_if_better: true\nprompt")
    text = asked + f"judges: {{embedder: {tmp_path}}}\n"
    first = planned(text).plan
    found = first.orders[0].recipe.paintings[0].better
    assert found is not None
    assert found.gain == 0.07
    (tmp_path / "calibration.json").write_text('{"calibration": 1, "gain": 0.08, "told": "24 edits"}')
    change = compare(planned(text).plan, lambda _: set(), first).stale[0]
    assert change.reasons == ("repaint changed: its gate",)


def digests(on: Shelf) -> list[str]:
    return [order.recipe.digest for order in planned(on=on).plan.orders]


def test_the_same_weights_in_another_place_make_the_same_pixels_and_other_weights_do_not() -> None:
    here, there = (replace(shelf(), models=Moved(place=place)) for place in ("here", "there"))
    assert digests(here) == digests(there)
    assert digests(here) != digests(replace(shelf(), models=Moved(weights="1" * 64)))


def test_the_words_of_what_is_painted_are_part_of_its_pixels_and_the_reason_is_told() -> None:
    before = planned().plan
    after = planned(PAINTED.replace("slot: flag\nprompt", 'slot: flag\n      prompt: "deep snow"\nprompt')).plan
    change = compare(after, lambda _: set(), before).stale[0]
    assert change.pixels
    assert change.reasons == ("repaint changed: prompt",)


def test_a_painted_order_goes_to_workers_that_hold_models_and_a_drawn_one_does_not() -> None:
    def order(text: str) -> Order:
        return planned(text).plan.orders[0]

    assert order(PAINTED).models
    assert not order(with_line("prompt: the", "prompt: the")).models


def test_a_repaint_for_some_values_leaves_the_recipes_of_the_others_as_they_were() -> None:
    some = planned(PAINTED.replace("slot: flag\nprompt", "slot: flag\n      values: [NO]\nprompt")).plan
    plain = planned(with_line("prompt: the", "prompt: the")).plan
    assert some.orders[0].recipe.digest == plain.orders[0].recipe.digest
    assert some.orders[1].recipe.paintings
