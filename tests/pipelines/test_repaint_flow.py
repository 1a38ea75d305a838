"""Repaints from brief to pack, with a painter that draws nothing: what may change, what is shared, what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from lxml import etree
from PIL import Image

from pipelines.brief import Shelf, read_brief
from pipelines.catalogue import Batch, Catalogue
from pipelines.engines.fakes import FakeModels, FakePainter
from pipelines.engines.painter import Outcome, Painter, Repainting
from pipelines.errors import EngineError
from pipelines.flow import make, settle
from pipelines.home import ROOT
from pipelines.likeness import better
from pipelines.model import Manifest, Variant
from pipelines.pack import publish
from pipelines.plan import make_plan
from pipelines.profiles import Profile, load_profiles
from pipelines.stages import mates_of
from pipelines.store import FolderStore
from pipelines.tracing.better import BetterTracer
from pipelines.workshop import Workshop
from studio.replays import render_again, tolerance_of
from tests.briefs import BRIEF, write_brief
from tests.pipelines.brief.made import Models

PAINTED = BRIEF.replace("slots:\n", "slots:\n  stick: {layer: pole}\n").replace(
    "edits:\n",
    """  season: {values: [as-drawn, winter]}
edits:
  season: [{edit: repaint, slot: stick, values: [winter], strength: 0.6, prompt: "a pole in {season}"}]
""",
)
WHOLE = BRIEF.replace(
    "edits:\n",
    """  season: {values: [spring, winter]}
edits:
  season: [{edit: repaint, keep: [flag, hand], strength: 0.6, prompt: "{season}"}]
""",
)


@dataclass
class Watched:
    """A painter that tells what it was asked for, and fails where it is told to."""

    inner: FakePainter
    calls: list[tuple[list[Repainting], int | None]] = field(default_factory=list)
    broken: str = ""

    @property
    def profile(self) -> Profile:
        return self.inner.profile

    def paint(self, requests: Sequence[Repainting], *, batch: int | None = None) -> tuple[Outcome, ...]:
        self.calls.append((list(requests), batch))
        failed = EngineError("the model gave numbers that are not finite", got="seed 0", fix="try another seed")
        found = self.inner.paint(requests, batch=batch)
        return tuple(
            failed if self.broken and self.broken in r.prompt else f for r, f in zip(requests, found, strict=True)
        )


@dataclass(frozen=True)
class Painters(FakeModels):
    """Fake models whose painter is watched."""

    watched: Watched | None = None

    def painter(self, profile: str, checkpoint: str, weights: str) -> Painter:
        assert self.watched is not None
        return self.watched


@pytest.fixture
def watched() -> Watched:
    return Watched(FakePainter(load_profiles(ROOT)["sd15"]))


@pytest.fixture
def shop(tmp_path: Path, watched: Watched) -> Workshop:
    catalogue = Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    models = Painters(load_profiles(ROOT), watched=watched)
    return Workshop(FolderStore(tmp_path / "objects"), catalogue, BetterTracer(), models)


def planned(shop: Workshop, folder: Path, text: str) -> Batch:
    brief = write_brief(folder, text=text)
    shelf = replace(Shelf.open(folder, root=ROOT), models=Models())
    done = make_plan(read_brief(brief.read_text(), shelf).brief, shelf)
    for data in done.files.values():
        shop.store.put(data)
    return shop.catalogue.create_batch(done.plan, text)


def make_all(shop: Workshop, batch: Batch) -> dict[str, Variant]:
    names = shop.catalogue.unfinished(batch.id)
    mates = mates_of([v.order for v in shop.catalogue.variants(batch.id)])
    settle(shop, batch.id, names, mates)
    for name in names:
        make(shop, batch.id, name, mates)
    return {v.order.recipe.name: v for v in shop.catalogue.variants(batch.id)}


def pixels(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGBA")).astype(int)


def test_only_the_layer_that_is_painted_changes_and_only_for_its_values(shop: Workshop, tmp_path: Path) -> None:
    batch = planned(shop, tmp_path / "brief", PAINTED)
    variants = make_all(shop, batch)
    assert {v.state for v in variants.values()} == {"delivered"}, [v.error for v in variants.values()]
    assert all(v.scores is not None and v.scores.changed_outside == 0 for v in variants.values())
    pack, _ = publish(shop, batch, tmp_path / "outputs")
    winter, plain = (pixels(pack / "png" / f"red.{season}.png") for season in ("winter", "as-drawn"))
    changed = (winter != plain).any(axis=2)
    assert changed.any()
    left, right = np.flatnonzero(changed.any(axis=0))[[0, -1]]
    assert (left, right) == pytest.approx((35, 38), abs=2), "the pole stands there, at half of the drawing's units"
    assert variants["red.winter"].paints
    assert not variants["red.as-drawn"].paints


def test_the_variants_of_a_chunk_are_painted_together(shop: Workshop, watched: Watched, tmp_path: Path) -> None:
    batch = planned(shop, tmp_path / "brief", PAINTED)
    make_all(shop, batch)
    assert [len(requests) for requests, _ in watched.calls] == [3]
    pictures = {r.picture.tobytes() for r in watched.calls[0][0]}
    assert len({r.prompt for r in watched.calls[0][0]}) == 1, "the same words, which are read once"
    assert len(pictures) == 1, "one master, which is encoded once"


def test_what_is_painted_is_not_painted_again(shop: Workshop, watched: Watched, tmp_path: Path) -> None:
    batch = planned(shop, tmp_path / "brief", PAINTED)
    before = make_all(shop, batch)
    mates = mates_of([v.order for v in before.values()])
    settle(shop, batch.id, list(before), mates)
    for name in before:
        make(shop, batch.id, name, mates)
    assert len(watched.calls) == 1
    after = {v.order.recipe.name: v for v in shop.catalogue.variants(batch.id)}
    assert after == before


def test_a_crash_between_the_models_and_the_rest_paints_nothing_twice(
    shop: Workshop, watched: Watched, tmp_path: Path
) -> None:
    batch = planned(shop, tmp_path / "brief", PAINTED)
    mates = mates_of([v.order for v in shop.catalogue.variants(batch.id)])
    settle(shop, batch.id, shop.catalogue.unfinished(batch.id), mates)
    again = Workshop(shop.store, shop.catalogue, BetterTracer(), shop.models)
    make(again, batch.id, "red.winter", mates)
    assert len(watched.calls) == 1
    assert shop.catalogue.variant(batch.id, "red.winter").state == "delivered"


def test_what_is_kept_stays_bit_for_bit_while_all_around_is_painted(shop: Workshop, tmp_path: Path) -> None:
    batch = planned(shop, tmp_path / "brief", WHOLE)
    variants = make_all(shop, batch)
    assert all(v.scores is not None and v.scores.changed_outside == 0 for v in variants.values())
    pack, _ = publish(shop, batch, tmp_path / "outputs")
    winter, spring = (pixels(pack / "png" / f"blue.{season}.png") for season in ("winter", "spring"))
    hand = np.s_[53:56, 35:39]
    assert np.array_equal(winter[hand], spring[hand])
    assert np.array_equal(winter[hand], pixels(pack / "master" / "master.png")[hand])
    assert (winter != spring).any()
    assert np.array_equal(winter[..., 3], spring[..., 3])


def test_the_drawings_own_paths_stay_beside_traced_paint(shop: Workshop, tmp_path: Path) -> None:
    batch = planned(shop, tmp_path / "brief", PAINTED)
    make_all(shop, batch)
    pack, _ = publish(shop, batch, tmp_path / "outputs")
    root = etree.parse(pack / "svg" / "red.winter.svg").getroot()
    assert root.find(".//*[@id='slot-stick']") is not None
    hands = []
    for path in (tmp_path / "brief" / "master.svg", pack / "svg" / "red.winter.svg"):
        hand = etree.parse(path).getroot().find(".//*[@id='hand']")
        assert hand is not None
        hands.append(etree.tostring(hand).split())
    assert hands[0] == hands[1]


def test_one_variant_that_cannot_be_painted_fails_alone(shop: Workshop, watched: Watched, tmp_path: Path) -> None:
    watched.broken = "winter"
    variants = make_all(shop, planned(shop, tmp_path / "brief", WHOLE))
    states = {name: v.state for name, v in variants.items()}
    assert {states[name] for name in states if "winter" in name} == {"failed"}
    assert {states[name] for name in states if "spring" in name} == {"delivered"}
    assert "not finite" in str(variants["red.winter"].error)


def test_the_manifest_says_how_each_variant_was_painted_and_a_replay_paints_it_so(
    shop: Workshop, watched: Watched, tmp_path: Path
) -> None:
    batch = planned(shop, tmp_path / "brief", WHOLE)
    make_all(shop, batch)
    pack, _ = publish(shop, batch, tmp_path / "outputs")
    manifest = Manifest.model_validate_json((pack / "manifest.json").read_bytes())
    (variant,) = (v for v in manifest.variants if v.order.recipe.name == "green.winter")
    (paint,) = variant.paints
    assert paint.record.batch == 4
    watched.calls.clear()
    again = render_again(variant, lambda s: (pack / manifest.sources[s.sha256]).read_bytes(), shop.models)
    assert [batch for _, batch in watched.calls] == [4], "at the batch size that it had"
    step = np.abs(again.astype(int) - pixels(pack / "png" / "green.winter.png")).max()
    assert step <= tolerance_of(variant)


def test_the_drift_of_a_painter_is_undone_and_written_down(shop: Workshop, tmp_path: Path) -> None:
    """The fake darkens all that it sees by 1.5 %; outside the painted part that is measured."""
    variants = make_all(shop, planned(shop, tmp_path / "brief", PAINTED))
    (paint,) = variants["red.winter"].paints
    assert paint.drift is not None
    assert paint.drift.pixels > 64
    assert paint.drift.after < paint.drift.before


def test_what_of_a_prompt_is_not_read_is_noted(shop: Workshop, tmp_path: Path) -> None:
    long = WHOLE.replace('prompt: "{season}"', f'prompt: "{{season}} {"very " * 90}cold"')
    variants = make_all(shop, planned(shop, tmp_path / "brief", long))
    assert any("tokens" in note for note in variants["red.winter"].notes)


def test_a_painted_variant_says_in_its_files_that_a_model_made_part_of_it(shop: Workshop, tmp_path: Path) -> None:
    batch = planned(shop, tmp_path / "brief", PAINTED)
    make_all(shop, batch)
    pack, _ = publish(shop, batch, tmp_path / "outputs")
    painted, drawn = ((pack / "svg" / f"red.{s}.svg").read_text() for s in ("winter", "as-drawn"))
    assert "compositeWithTrainedAlgorithmicMedia" in painted
    assert "compositeWithTrainedAlgorithmicMedia" not in drawn


@pytest.mark.parametrize(("strength", "gain", "words"), [(0.6, 1.0, "came to differ"), (0.05, -0.1, "no nearer")])
def test_a_harmonising_pass_that_is_no_better_leaves_the_picture_alone(
    shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, strength: float, gain: float, words: str
) -> None:
    """However near it came to the style, the artwork must still be itself; and it must come nearer."""
    monkeypatch.setattr(better, "_gain", lambda *_: gain)
    monkeypatch.setattr(better, "_WORSE", 1.0 if gain > 0 else 99.0)
    edit = f"{{edit: repaint, slot: flag, strength: {strength}, only_if_better: true}}"
    text = BRIEF.replace(
        'artwork: "art/{team}.svg"}\n',
        f'artwork: "art/{{team}}.svg"}}\n    - {edit}\n',
    ).replace("prompt:", "styles: [ink-flat]\njudges: {embedder: clip}\nprompt:")
    variants = make_all(shop, planned(shop, tmp_path / "brief", text))
    for variant in variants.values():
        assert [paint.kept for paint in variant.paints] == [False]
        assert any("left out" in note and words in note for note in variant.notes)
        assert variant.scores is not None
        assert variant.scores.delta_e is not None
        assert variant.scores.delta_e < 1


@pytest.mark.parametrize(("gain", "outcome"), [(-0.1, "review"), (0.5, "accepted")])
def test_a_repaint_with_words_that_was_left_out_sends_its_variant_to_review(
    shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gain: float, outcome: str
) -> None:
    """A winter that shows the drawing as it was is not what was asked for."""
    monkeypatch.setattr(better, "words_gain", lambda *_, **__: gain)
    text = PAINTED.replace("strength: 0.6,", 'strength: 0.6, only_if_better: true, before: "a pole as drawn",')
    text = text.replace("\nprompt:", "\njudges: {embedder: clip}\ngates: {learned: {}, clean: 0}\nprompt:", 1)
    variants = make_all(shop, planned(shop, tmp_path / "brief", text))
    winter = variants["red.winter"]
    assert winter.verdict is not None
    assert winter.verdict.outcome == outcome
    assert any("as it was" in reason for reason in winter.verdict.reasons) == (outcome == "review")
    drawn = variants["red.as-drawn"].verdict
    assert drawn is not None
    assert drawn.outcome == "accepted"


def test_what_is_kept_inside_a_painted_layer_is_kept_in_the_svg_too(shop: Workshop, tmp_path: Path) -> None:
    """Then the paint does not stand for the whole layer, and the picture is traced."""
    batch = planned(shop, tmp_path / "brief", PAINTED.replace("slot: stick,", "slot: stick, keep: [hand],"))
    make_all(shop, batch)
    pack, _ = publish(shop, batch, tmp_path / "outputs")
    root = etree.parse(pack / "svg" / "red.winter.svg").getroot()
    assert root.find(".//*[@id='slot-stick']") is None
    assert root.find(".//*[@id='picture']") is not None


def test_files_say_nothing_of_the_machine_that_made_them(shop: Workshop, tmp_path: Path) -> None:
    models = tmp_path / "somebody" / "models"
    models.mkdir(parents=True)
    text = PAINTED.replace("strength: 0.6,", f"strength: 0.6, checkpoint: {models},")
    batch = planned(shop, tmp_path / "brief", text)
    make_all(shop, batch)
    pack, _ = publish(shop, batch, tmp_path / "outputs")
    assert "somebody" not in (pack / "svg" / "red.winter.svg").read_text()
