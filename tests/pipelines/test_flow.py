from __future__ import annotations

from pathlib import Path
from typing import Unpack

import numpy as np
import pytest
from PIL import Image

from pipelines import chain, flow, stages
from pipelines.brief import Shelf, read_brief
from pipelines.catalogue import Batch, Catalogue
from pipelines.catalogue.variants import Changes
from pipelines.edits.place import place as place_edit
from pipelines.engines.fakes import FakeModels
from pipelines.errors import PlaceError, StoreError
from pipelines.flow import STAGES, make
from pipelines.home import ROOT
from pipelines.pack import publish
from pipelines.plan import make_plan
from pipelines.stages import Job, mates_of
from pipelines.store import FolderStore
from pipelines.tracing.better import BetterTracer
from pipelines.workshop import Workshop
from tests.briefs import BRIEF, write_brief
from tests.drawn import disc


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    catalogue = Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    return Workshop(FolderStore(tmp_path / "objects"), catalogue, BetterTracer(), FakeModels())


def planned(shop: Workshop, folder: Path, text: str = BRIEF) -> Batch:
    brief = write_brief(folder, text=text)
    shelf = Shelf.open(folder, root=ROOT)
    done = make_plan(read_brief(brief.read_text(), shelf).brief, shelf)
    for data in done.files.values():
        shop.store.put(data)
    return shop.catalogue.create_batch(done.plan, text)


def make_all(shop: Workshop, batch: Batch) -> None:
    mates = mates_of([v.order for v in shop.catalogue.variants(batch.id)])
    for name in shop.catalogue.unfinished(batch.id):
        make(shop, batch.id, name, mates)


def test_the_stages_are_one_ordered_list() -> None:
    assert [stage.name for stage in STAGES] == ["edit", "clean", "liken", "score", "vectorize", "deliver"]


def test_every_variant_passes_every_stage(shop: Workshop, tmp_path: Path) -> None:
    batch = planned(shop, tmp_path / "brief")
    make_all(shop, batch)
    for variant in shop.catalogue.variants(batch.id):
        assert variant.state == "delivered"
        assert set(variant.seconds) == {"edit", "score", "vectorize", "deliver"}
        assert variant.scores is not None
        assert variant.scores.svg_ssim is not None


def test_making_twice_changes_nothing_and_runs_no_stage(
    shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = planned(shop, tmp_path / "brief")
    make_all(shop, batch)
    before = list(shop.catalogue.variants(batch.id))
    mates = mates_of([v.order for v in before])

    def never(*_: object) -> None:
        raise AssertionError("this stage had run already")

    monkeypatch.setattr(chain, "place", never)
    monkeypatch.setattr(stages, "deliver", never)
    monkeypatch.setattr(stages, "redraw", never)
    for variant in before:
        make(shop, batch.id, variant.order.recipe.name, mates)
    after = list(shop.catalogue.variants(batch.id))
    assert [v.assets for v in after] == [v.assets for v in before]


def test_a_lost_object_is_made_again_bit_for_bit(shop: Workshop, tmp_path: Path) -> None:
    batch = planned(shop, tmp_path / "brief")
    make_all(shop, batch)
    variant = next(iter(shop.catalogue.variants(batch.id)))
    lost = shop.store.path(variant.assets[0].sha256)
    assert lost is not None
    data = lost.read_bytes()
    lost.unlink()
    make(shop, batch.id, variant.order.recipe.name, mates_of([v.order for v in shop.catalogue.variants(batch.id)]))
    assert lost.read_bytes() == data


def test_one_variants_error_is_its_own_and_the_rest_goes_on(
    shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = planned(shop, tmp_path / "brief")
    real = place_edit

    def picky(rgba: object, view: object, placement: object, data: bytes) -> object:
        if b"#008000" in data:
            raise PlaceError("green cannot be placed", got="green", fix="use another colour")
        return real(rgba, view, placement, data)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(chain, "place", picky)
    make_all(shop, batch)
    states = {v.order.recipe.name: v.state for v in shop.catalogue.variants(batch.id)}
    assert states == {"red": "delivered", "green": "failed", "blue": "delivered"}
    assert "green cannot be placed" in str(shop.catalogue.variant(batch.id, "green").error)


def test_a_full_disk_stops_the_work_and_marks_nothing_failed(
    shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = planned(shop, tmp_path / "brief")

    def full(_: bytes) -> str:
        raise StoreError("the disk is full", got="/objects", fix="free some room")

    monkeypatch.setattr(shop.store, "put", full)
    with pytest.raises(StoreError, match="full"):
        make_all(shop, batch)
    assert shop.catalogue.counts(batch.id).get("failed", 0) == 0
    monkeypatch.undo()
    make_all(shop, batch)
    assert shop.catalogue.counts(batch.id) == {"delivered": 3}


def test_a_pixel_master_goes_the_same_way_and_is_traced(shop: Workshop, tmp_path: Path) -> None:
    from pipelines.deliver import encode_png
    from pipelines.master import open_master
    from tests.drawn import master_svg, source

    folder = tmp_path / "brief"
    folder.mkdir()
    data = master_svg()
    (folder / "master.png").write_bytes(encode_png(open_master(data, source(data), width=256, height=256).rgba))
    text = BRIEF.replace("master.svg, size: 128", "master.png, size: 256").replace(
        "{layer: flag-art}", "{polygon: [[84, 52], [170, 40], [172, 96], [84, 100]]}"
    )
    batch = planned(shop, folder, text)
    make_all(shop, batch)
    variants = list(shop.catalogue.variants(batch.id))
    assert [v.state for v in variants] == ["delivered"] * 3
    assert all(v.scores is not None and v.scores.changed_outside == 0 for v in variants)
    assert any("guess" in note for note in variants[0].notes)


def test_a_season_recolours_master_and_artwork_and_still_scores_against_both(shop: Workshop, tmp_path: Path) -> None:
    text = BRIEF.replace(
        "edits:\n", '  season: {values: [as-drawn, night]}\nedits:\n  season: [{edit: recolor, grade: "{season}"}]\n'
    )
    batch = planned(shop, tmp_path / "brief", text)
    make_all(shop, batch)
    variants = {v.order.recipe.name: v for v in shop.catalogue.variants(batch.id)}
    assert {v.state for v in variants.values()} == {"delivered"}
    for variant in variants.values():
        assert variant.verdict is not None
        assert variant.verdict.outcome == "accepted", variant.verdict.reasons
    pack, _ = publish(shop, batch, tmp_path / "outputs")
    hand = {name: _hand(pack / "png" / f"{name}.png") for name in variants}
    assert hand["red.night"] < hand["red.as-drawn"] == _hand(pack / "master" / "master.png")


def _hand(path: Path) -> int:
    """How bright the hand is that lies outside every slot."""
    with Image.open(path) as picture:
        return int(np.asarray(picture)[54, 36, :3].sum())


def test_the_pack_is_published_whole_and_swapped_in_one_step(shop: Workshop, tmp_path: Path) -> None:
    batch = planned(shop, tmp_path / "brief")
    make_all(shop, batch)
    pack, digest = publish(shop, batch, tmp_path / "outputs")
    assert pack.is_symlink()
    assert (pack / "manifest.json").exists()
    again, same = publish(shop, batch, tmp_path / "outputs")
    assert (again, same) == (pack, digest)
    assert len(list((tmp_path / "outputs" / ".packs").iterdir())) == 1


def test_a_folder_in_the_way_of_the_pack_is_not_overwritten(shop: Workshop, tmp_path: Path) -> None:
    batch = planned(shop, tmp_path / "brief")
    make_all(shop, batch)
    (tmp_path / "outputs" / "small").mkdir(parents=True)
    (tmp_path / "outputs" / "small" / "mine.txt").write_text("keep")
    with pytest.raises(StoreError, match="in the way"):
        publish(shop, batch, tmp_path / "outputs")
    assert (tmp_path / "outputs" / "small" / "mine.txt").read_text() == "keep"


def test_an_output_folder_that_cannot_be_written_is_a_clear_error(shop: Workshop, tmp_path: Path) -> None:
    batch = planned(shop, tmp_path / "brief")
    make_all(shop, batch)
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreError, match="cannot be written"):
        publish(shop, batch, tmp_path / "file")


def test_a_job_knows_its_recipe(shop: Workshop, tmp_path: Path) -> None:
    batch = planned(shop, tmp_path / "brief")
    (first, *_) = shop.catalogue.variants(batch.id)
    assert Job(first.order, mates_of([first.order])).recipe == first.order.recipe


def test_delivered_pixels_are_the_placed_pixels(shop: Workshop, tmp_path: Path) -> None:
    from PIL import Image

    batch = planned(shop, tmp_path / "brief")
    make_all(shop, batch)
    pack, _ = publish(shop, batch, tmp_path / "outputs")
    with Image.open(pack / "png" / "red.png") as picture, Image.open(pack / "master" / "master.png") as master:
        first, second = np.asarray(picture), np.asarray(master)
    changed = (first != second).any(axis=2)
    assert 0 < changed.mean() < 0.4


def test_success_clears_the_error_of_an_earlier_attempt(shop: Workshop, tmp_path: Path) -> None:
    batch = planned(shop, tmp_path / "brief")
    shop.catalogue.update(batch.id, "red", state="edited", error="the worker was lost")
    make_all(shop, batch)
    found = shop.catalogue.variant(batch.id, "red")
    assert (found.state, found.error) == ("delivered", None)


def test_a_delivered_variant_that_is_made_again_never_goes_back(
    shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = planned(shop, tmp_path / "brief")
    make_all(shop, batch)
    mates = mates_of([v.order for v in shop.catalogue.variants(batch.id)])
    seen: list[str] = []
    change = shop.catalogue.update

    def spied(batch_id: str, name: str, **changes: Unpack[Changes]) -> None:
        change(batch_id, name, **changes)
        seen.append(shop.catalogue.variant(batch_id, name).state)

    monkeypatch.setattr(shop.catalogue, "update", spied)
    make(shop, batch.id, "red", mates)
    assert len(seen) > 3
    assert set(seen) == {"delivered"}


def test_a_failed_variant_has_no_files_to_show(shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = planned(shop, tmp_path / "brief")
    make_all(shop, batch)
    mates = mates_of([v.order for v in shop.catalogue.variants(batch.id)])

    def broken(*_: object) -> None:
        raise PlaceError("it cannot be placed", got="red", fix="use another colour")

    monkeypatch.setattr(flow, "_finish", broken)
    make(shop, batch.id, "red", mates)
    found = shop.catalogue.variant(batch.id, "red")
    assert (found.state, found.assets) == ("failed", ())


def test_two_artworks_of_one_value_are_each_measured_against_their_own(shop: Workshop, tmp_path: Path) -> None:
    text = BRIEF.replace("edits:\n", "  kit: {values: [home, away]}\nedits:\n").replace(
        "art/{team}.svg", "art/{team}-{kit}.svg"
    )
    folder = tmp_path / "brief"
    write_brief(folder)
    for team, colour in (("red", "#c00000"), ("green", "#008000"), ("blue", "#0000c0")):
        (folder / "art" / f"{team}-home.svg").write_bytes(disc("#ffffff", colour))
        (folder / "art" / f"{team}-away.svg").write_bytes(disc(colour, "#ffffff"))
    batch = planned(shop, folder, text)
    make_all(shop, batch)
    for variant in shop.catalogue.variants(batch.id):
        assert variant.verdict is not None
        assert variant.verdict.outcome == "accepted", (variant.order.recipe.name, variant.verdict.reasons)


def test_two_values_that_share_one_artwork_are_each_nearest_to_their_own(shop: Workshop, tmp_path: Path) -> None:
    text = BRIEF.replace('artwork: "art/{team}.svg"', 'artwork: "art/{team}.svg", overrides: {green: art/red.svg}')
    batch = planned(shop, tmp_path / "brief", text)
    make_all(shop, batch)
    for variant in shop.catalogue.variants(batch.id):
        assert variant.verdict is not None
        assert variant.verdict.outcome == "accepted", variant.verdict.reasons
