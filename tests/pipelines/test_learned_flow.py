"""Learned scores from brief to pack: what is measured, judged, painted again, and kept."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipelines import chain, stages
from pipelines.brief.model_shelf import MachineModels
from pipelines.catalogue import Batch
from pipelines.edits.place import place as place_edit
from pipelines.engines.models import LoadedModels
from pipelines.engines.renderer import render
from pipelines.flow import judge_set, make
from pipelines.home import ROOT
from pipelines.model import Manifest, Variant
from pipelines.pack import publish
from pipelines.sources import parse_svg
from pipelines.stages import delivered, mates_of, take_of
from pipelines.workshop import Workshop
from tests.briefs import BRIEF
from tests.pipelines.engines.tiny_clip import write_tiny_clip
from tests.pipelines.engines.tiny_dino import write_tiny_dino
from tests.pipelines.judged import (
    JUDGED,
    REPAINTED,
    TEAMS,
    Judges,
    make_all,
    painting,
    planned,
    settle_all,
    shop_of,
    variants_of,
)

Place = Callable[..., Any]


@dataclass(frozen=True)
class Made:
    """A batch, where it was made, and its variants by name."""

    shop: Workshop
    batch: Batch
    variants: dict[str, Variant]


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return shop_of(tmp_path)


def asked(shop: Workshop) -> list[str]:
    assert isinstance(shop.models, Judges)
    return shop.models.judge.asked


def without_art(text: str) -> str:
    """The brief for three variants only."""
    return text.replace(f"[{', '.join(TEAMS)}]", "[red, green, blue]")


THREE = without_art(JUDGED)


def intruding(name: str) -> Place:
    """Placing that draws another character altogether for one artwork."""
    snail = render(parse_svg((ROOT / "styles/others/snail.svg").read_bytes(), "snail"), 128, 128)

    def place(rgba: Any, view: Any, placement: Any, data: bytes) -> Any:
        return snail if placement.code == name else place_edit(rgba, view, placement, data)

    return place


@pytest.fixture(scope="module")
def twelve(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Twelve variants, of which `fir` is of another character."""
    folder = tmp_path_factory.mktemp("twelve")
    shop = shop_of(folder)
    batch = planned(shop, folder / "brief", JUDGED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain, "place", intruding("fir"))
        return Made(shop, batch, make_all(shop, batch))


# ── what is measured ─────────────────────────────────────────────────────────────────────────────────────


def test_every_variant_says_where_it_falls_by_every_measure(twelve: Made) -> None:
    for name, variant in twelve.variants.items():
        assert variant.scores is not None
        learned = variant.scores.learned
        assert set(learned) == {
            "master", "identity", "identity-worst", "inside", "prompt", "artwork",
            "style ink-flat bear-lantern", "style ink-flat cat-kite",
        }  # fmt: skip
        for measure in ("master", "identity"):
            share = learned[measure].share
            assert share is not None
            assert (share > 0.5) == (name != "fir")
            assert f"{share:.0%} like the master: " in learned[measure].words
        assert learned["inside"].share is None
        assert "of the part that changes" in learned["inside"].words
        assert variant.seconds["liken"] > 0


def test_artwork_is_seen_close_and_told_among_all_of_the_batch(twelve: Made) -> None:
    """The stand-in sees colours where they are, so that it knows most artworks by their close-ups."""
    words = {}
    for name, variant in twelve.variants.items():
        assert variant.scores is not None
        assert variant.order.gates.learned is None
        words[name] = variant.scores.learned["artwork"].words
        assert variant.verdict is not None
        assert not any("artwork is" in reason for reason in variant.verdict.reasons), "it informs alone"
    assert all("of 12 artworks" in told for told in words.values())
    assert sum("nearest of 12" in told for name, told in words.items() if name != "fir") >= 8
    assert "nearest of 12" not in words["fir"]


def test_a_brief_may_ask_for_its_own_artwork(shop: Workshop, tmp_path: Path) -> None:
    text = JUDGED.replace("prompt: the same", "gates: {learned: {artwork: 0.6}}\nprompt: the same")
    batch = planned(shop, tmp_path / "brief", text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain, "place", intruding("fir"))
        variants = make_all(shop, batch)
    verdict = variants["fir"].verdict
    assert verdict is not None
    assert any(reason.startswith("artwork is ") and "(at least 60%)" in reason for reason in verdict.reasons)


def test_the_intruder_among_twelve_is_found_and_told_in_words(twelve: Made) -> None:
    verdicts = {name: v.verdict for name, v in twelve.variants.items() if v.verdict is not None}
    assert {name for name, verdict in verdicts.items() if verdict.outcome == "review"} == {"fir"}
    words = " ".join(verdicts["fir"].reasons)
    assert "no nearer than other characters" in words
    assert "(at least 50%)" in words
    assert "it does not belong to its set" in words


def test_judging_the_set_twice_changes_nothing(twelve: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[object] = []
    monkeypatch.setattr(twelve.shop.catalogue, "update", lambda *given, **_: written.append(given))
    judge_set(twelve.shop, twelve.batch.id, mates_of([v.order for v in twelve.variants.values()]))
    assert written == []


def test_scores_reach_the_manifest_and_the_contact_sheet(twelve: Made, tmp_path: Path) -> None:
    pack, _ = publish(twelve.shop, twelve.batch, tmp_path / "outputs")
    manifest = Manifest.model_validate_json((pack / "manifest.json").read_bytes())
    assert {v.order.recipe.name: v for v in manifest.variants} == twelve.variants
    assert any("snail.svg" in path for path in manifest.sources.values()), "what it was calibrated with is in the pack"
    sheet = (pack / "contact-sheet.html").read_text()
    assert "as near as the master's own copies" in sheet
    assert "it does not belong to its set" in sheet


def test_prompts_mean_something_only_once_all_variants_are_there(shop: Workshop, tmp_path: Path) -> None:
    text = JUDGED.replace("prompt: the same", "gates: {learned: {prompt: 0.5}}\nprompt: the same")
    batch = planned(shop, tmp_path / "brief", text)
    settle_all(shop, batch)
    mates = mates_of([v.order for v in shop.catalogue.variants(batch.id)])
    make(shop, batch.id, "ash", mates)
    before = shop.catalogue.variant(batch.id, "ash")
    assert before.scores is not None
    assert "known once all variants are there" in before.scores.learned["prompt"].words
    assert before.notes == ("prompt was not judged: nothing is known to compare it with",)
    after = make_all(shop, batch)["ash"]
    assert after.scores is not None
    assert "variants with each other's prompts" in after.scores.learned["prompt"].words
    assert all("nothing is known" not in note for note in after.notes)


def test_a_gate_of_the_brief_decides_by_its_own_share(shop: Workshop, tmp_path: Path) -> None:
    text = JUDGED.replace("prompt: the same", "gates: {learned: {master: 0.99}}\nprompt: the same")
    variants = make_all(shop, planned(shop, tmp_path / "brief", without_art(text)))
    for variant in variants.values():
        assert variant.verdict is not None
        (reason,) = variant.verdict.reasons
        assert reason.startswith("master is ")
        assert reason.endswith("(at least 99%)")


def test_real_classes_with_random_weights_go_the_same_way(tmp_path: Path) -> None:
    """This proves plumbing alone: weights without training know no character."""
    folder = tmp_path / "brief"
    write_tiny_clip(folder / "models" / "clip")
    write_tiny_dino(folder / "models" / "dino")
    text = THREE.replace("{embedder: clip, patcher: dino}", "{embedder: models/clip, patcher: models/dino}")
    shop = shop_of(tmp_path, LoadedModels(ROOT, device="cpu"))
    batch = planned(shop, folder, text, models=MachineModels(ROOT))
    variants = make_all(shop, batch)
    for variant in variants.values():
        assert variant.state == "delivered", variant.error
        judging = variant.order.judging
        assert judging is not None
        assert len(set(judging.weights)) == 2
        assert variant.scores is not None
        learned = variant.scores.learned
        assert {"master", "identity", "identity-worst", "inside", "prompt"} <= set(learned)
        assert learned["identity"].value > learned["inside"].value
        assert all(-1 <= found.value <= 1 and found.words for found in learned.values())
    again = shop_of(tmp_path, LoadedModels(ROOT, device="cpu"))
    assert make_all(again, batch) == variants


# ── what it costs ────────────────────────────────────────────────────────────────────────────────────────


def test_what_variants_share_is_embedded_once_in_a_store(shop: Workshop, tmp_path: Path) -> None:
    batch = planned(shop, tmp_path / "brief", THREE)
    make_all(shop, batch)
    copies, others, master, styles, variants = 12, 13, 1, 2, 3
    assert asked(shop).count("picture") == master + styles + copies + others + 3 * variants, "whole, close, flat"
    assert asked(shop).count("patches") == master + copies + others + variants
    assert asked(shop).count("text") == 3


def test_another_process_finds_what_the_first_embedded(shop: Workshop, tmp_path: Path) -> None:
    make_all(shop, planned(shop, tmp_path / "brief", THREE))
    again = shop_of(tmp_path)
    text = THREE.replace("name: small", "name: other").replace("[red, green, blue]", "[red, green, ash]")
    make_all(again, planned(again, tmp_path / "brief", text))
    assert asked(again) == ["picture", "text", "patches", "picture", "picture"], "the variant that is new"


def test_a_brief_without_judges_pays_nothing_for_them(shop: Workshop, tmp_path: Path) -> None:
    batch = planned(shop, tmp_path / "brief", BRIEF)
    kept: list[str] = []
    keep = shop.catalogue.keep_result

    def watched(stage: str, digest: str, value: dict[str, Any]) -> dict[str, Any]:
        kept.append(stage)
        return keep(stage, digest, value)

    shop.catalogue.keep_result = watched  # type: ignore[method-assign]  # watched
    variants = make_all(shop, batch)
    assert asked(shop) == []
    assert "liken" not in kept
    assert all("liken" not in v.seconds for v in variants.values())
    assert all(v.scores is not None and v.scores.learned == {} for v in variants.values())


# ── twice, and after a crash ─────────────────────────────────────────────────────────────────────────────


def test_a_crash_between_the_edit_and_the_judges_is_made_good(
    shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = planned(shop, tmp_path / "brief", THREE)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crash:
        crash.setattr(shop.likener, "measure", killed)
        with pytest.raises(KeyboardInterrupt):
            settle_all(shop, batch)

    def never(*_: object) -> None:
        raise AssertionError("it was placed already")

    monkeypatch.setattr(chain, "place", never)
    variants = make_all(shop_of(tmp_path), batch)
    assert {v.state for v in variants.values()} == {"delivered"}
    assert all(v.scores is not None and v.scores.learned for v in variants.values())


def test_a_store_that_lost_the_embeddings_is_measured_anew_to_the_same_verdict(shop: Workshop, tmp_path: Path) -> None:
    batch = planned(shop, tmp_path / "brief", THREE)
    before = make_all(shop, batch)
    for file in (tmp_path / "objects").rglob("*"):
        if file.is_file() and file.read_bytes().startswith(b"\x93NUMPY"):
            file.unlink()
    judge_set(shop_of(tmp_path), batch.id, mates_of([v.order for v in before.values()]))
    assert variants_of(shop, batch) == before


# ── errors ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_picture_that_a_judge_cannot_read_fails_alone(shop: Workshop, tmp_path: Path) -> None:
    batch = planned(shop, tmp_path / "brief", THREE)
    edited = chain.run(shop.bench, [chain.Turn(shop.catalogue.variant(batch.id, "green").order.recipe)])
    assert isinstance(edited[0], chain.Work)
    assert isinstance(shop.models, Judges)
    shop.models.judge.broken = edited[0].rgba
    variants = make_all(shop, batch)
    assert {name: v.state for name, v in variants.items()} == {
        "red": "delivered", "green": "failed", "blue": "delivered"
    }  # fmt: skip
    assert "not finite" in str(variants["green"].error)


def test_judges_that_are_not_here_fail_every_variant_with_what_to_do(shop: Workshop, tmp_path: Path) -> None:
    variants = make_all(shop, planned(shop, tmp_path / "brief", THREE.replace("embedder: clip", "embedder: not-here")))
    assert {v.state for v in variants.values()} == {"failed"}
    assert all("pull it" in str(v.error) for v in variants.values())


# ── painted again ────────────────────────────────────────────────────────────────────────────────────────


def repainted(tmp_path: Path, *, rubbish: tuple[int, ...], rerolls: int = 2) -> tuple[Workshop, Any]:
    shop = shop_of(tmp_path, painting(rubbish))
    gates = f"gates: {{learned: {{master: 0.5}}, rerolls: {rerolls}}}\nprompt: the same"
    text = without_art(REPAINTED).replace("prompt: the same", gates)
    return shop, planned(shop, tmp_path / "brief", text)


def seeds(shop: Workshop) -> list[int]:
    assert isinstance(shop.models, Judges)
    assert shop.models.moody is not None
    return sorted(shop.models.moody.seeds)


def test_rubbish_is_painted_again_with_the_next_seed_and_accepted(tmp_path: Path) -> None:
    shop, batch = repainted(tmp_path, rubbish=(7,))
    variants = make_all(shop, batch)
    assert seeds(shop) == [7, 7, 7, 8, 8, 8]
    for variant in variants.values():
        assert [paint.record.seed for paint in variant.paints] == [8]
        assert take_of(variant) == 1
        assert variant.verdict is not None
        assert not any("re-roll" in reason or "like the master" in reason for reason in variant.verdict.reasons)
        assert variant.scores is not None
        assert (variant.scores.learned["master"].share or 0) >= 0.5


def test_what_is_good_is_not_painted_again(tmp_path: Path) -> None:
    shop, batch = repainted(tmp_path, rubbish=())
    make_all(shop, batch)
    assert seeds(shop) == [7, 7, 7]


def test_what_no_seed_helps_goes_to_review_after_as_many_tries_as_the_brief_allows(tmp_path: Path) -> None:
    shop, batch = repainted(tmp_path, rubbish=tuple(range(100)), rerolls=1)
    variants = make_all(shop, batch)
    assert seeds(shop) == [7, 7, 7, 8, 8, 8]
    for variant in variants.values():
        assert variant.verdict is not None
        assert variant.verdict.outcome == "review"
        assert variant.verdict.reasons[-1] == "1 re-roll did not help"
        assert any("like the master" in reason for reason in variant.verdict.reasons)


def test_a_brief_may_allow_no_re_roll(tmp_path: Path) -> None:
    shop, batch = repainted(tmp_path, rubbish=(7,), rerolls=0)
    variants = make_all(shop, batch)
    assert seeds(shop) == [7, 7, 7]
    assert all(v.verdict is not None and v.verdict.outcome == "review" for v in variants.values())


def test_re_rolled_takes_are_their_own_and_nothing_is_painted_twice(tmp_path: Path) -> None:
    shop, batch = repainted(tmp_path, rubbish=(7,))
    before = make_all(shop, batch)
    again = shop_of(tmp_path, painting((7,)))
    assert make_all(again, batch) == before
    assert seeds(again) == []
    pack, _ = publish(again, batch, tmp_path / "outputs")
    with Image.open(pack / "png" / "red.png") as picture, Image.open(pack / "thumbs" / "red.webp") as small:
        shown, thumb = np.asarray(picture.convert("RGBA")), np.asarray(small.convert("RGBA"))
    rgba = _edited(again, before["red"])
    assert np.array_equal(shown, rgba), "the files show the take that was settled on"
    assert thumb.shape[2] == 4
    assert delivered(again, before["red"]) is not None


def _edited(shop: Workshop, variant: Any) -> np.ndarray[Any, Any]:
    kept = shop.catalogue.result("edit", stages.digest_at(variant.order.recipe.digest, 1))
    assert kept is not None
    with Image.open(io.BytesIO(shop.store.get(str(kept["picture"])))) as picture:
        return np.asarray(picture.convert("RGBA"))
