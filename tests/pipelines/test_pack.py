from __future__ import annotations

import dataclasses
import errno
import hashlib
import json
import multiprocessing
import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from pipelines.brief import Shelf, read_brief
from pipelines.catalogue import Batch, Catalogue
from pipelines.engines.fakes import FakeModels
from pipelines.errors import StoreError
from pipelines.flow import make
from pipelines.home import ROOT
from pipelines.model import Manifest
from pipelines.pack import publish
from pipelines.plan import make_plan
from pipelines.stages import mates_of
from pipelines.store import FolderStore
from pipelines.tracing.better import BetterTracer
from pipelines.workshop import Workshop
from tests.briefs import BRIEF, write_brief

OTHER = BRIEF.replace("why: to see", "why: once more to see").replace("red, green, blue", "red, green")


@dataclasses.dataclass(frozen=True)
class Made:
    """A workshop with two finished batches of one brief, and where their packs go."""

    shop: Workshop
    first: Batch
    second: Batch
    outputs: Path

    @property
    def link(self) -> Path:
        return self.outputs / "small"

    def files(self) -> dict[str, str]:
        """Everything that is visible in the pack, with digests."""
        folder = self.link.resolve()
        return {
            str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in folder.rglob("*") if p.is_file()
        }  # fmt: skip

    def rubbish(self) -> list[str]:
        """Anything temporary that lies about."""
        return [p.name for folder in (self.outputs, self.outputs / ".packs") if folder.exists()
                for p in folder.iterdir() if p.name.startswith(".") and p.name != ".packs"]  # fmt: skip


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workshop, Batch, Batch]:
    folder = tmp_path_factory.mktemp("packs")
    catalogue = Catalogue.open(f"sqlite:///{folder / 'catalogue.sqlite'}")
    shop = Workshop(FolderStore(folder / "objects"), catalogue, BetterTracer(), FakeModels())
    first, second = (_batch(shop, folder / "brief", text.replace("size: 128", "size: 64")) for text in (BRIEF, OTHER))
    return shop, first, second


@pytest.fixture
def made(kept: tuple[Workshop, Batch, Batch], tmp_path: Path) -> Made:
    return Made(*kept, tmp_path / "outputs")


def _batch(shop: Workshop, folder: Path, text: str) -> Batch:
    brief = write_brief(folder, text=text)
    shelf = Shelf.open(folder, root=ROOT)
    done = make_plan(read_brief(brief.read_text(), shelf).brief, shelf)
    for data in done.files.values():
        shop.store.put(data)
    batch = shop.catalogue.create_batch(done.plan, text)
    mates = mates_of(list(done.plan.orders))
    for order in done.plan.orders:
        make(shop, batch.id, order.recipe.name, mates)
    return batch


def test_the_manifest_lists_every_file_and_every_file_is_listed(made: Made) -> None:
    pack, digest = publish(made.shop, made.first, made.outputs)
    text = (pack / "manifest.json").read_bytes()
    assert hashlib.sha256(text).hexdigest() == digest
    manifest = Manifest.model_validate_json(text)
    assets = {asset.path: asset.sha256 for variant in manifest.variants for asset in variant.assets}
    sources = {path: sha256 for sha256, path in manifest.sources.items()}
    listed = assets | sources | {manifest.master.path: manifest.master.sha256}
    files = made.files()
    assert {path: files[path] for path in listed} == listed
    names = {variant.order.recipe.name for variant in manifest.variants}
    fixed = {"manifest.json", "brief.yaml", "contact-sheet.html", "small.zip", "thumbs/master.webp"}
    assert set(files) - set(listed) == fixed | {f"thumbs/{name}.webp" for name in names}


def test_the_zip_holds_the_whole_pack(made: Made) -> None:
    pack, _ = publish(made.shop, made.first, made.outputs)
    with zipfile.ZipFile(pack / "small.zip") as archive:
        assert archive.testzip() is None
        inside = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    outside = made.files()
    del outside["small.zip"]
    assert inside == {f"small/{path}": digest for path, digest in outside.items()}


def test_the_same_content_gives_the_same_zip_at_another_time_and_place(made: Made) -> None:
    pack, _ = publish(made.shop, made.first, made.outputs)
    before = (pack / "small.zip").read_bytes()
    other, _ = publish(made.shop, made.first, made.outputs / "elsewhere")
    os.utime(other / "brief.yaml", (1, 1))
    assert (other / "small.zip").read_bytes() == before


def test_publishing_again_changes_nothing(made: Made) -> None:
    publish(made.shop, made.first, made.outputs)
    before = (made.link.resolve(), made.files())
    publish(made.shop, made.first, made.outputs)
    assert (made.link.resolve(), made.files()) == before
    assert made.rubbish() == []


def test_a_pack_that_somebody_damaged_is_made_whole_again(made: Made) -> None:
    publish(made.shop, made.first, made.outputs)
    before = made.files()
    shutil.rmtree(made.link / "png")
    publish(made.shop, made.first, made.outputs)
    assert made.files() == before
    assert made.rubbish() == []


def test_the_pack_before_this_one_stays_for_its_readers_and_older_ones_go(made: Made) -> None:
    publish(made.shop, made.first, made.outputs)
    first = made.link.resolve()
    publish(made.shop, made.second, made.outputs)
    second = made.link.resolve()
    assert (first / "manifest.json").exists()
    third = dataclasses.replace(made.first, warnings=("something else",))
    publish(made.shop, third, made.outputs)
    assert not first.exists()
    assert second.exists()


def test_what_a_killed_publisher_left_is_swept_and_other_briefs_are_left_alone(made: Made) -> None:
    packs = made.outputs / ".packs"
    for name in (".small-abc123", ".small-abc123.old", "small-0123456789ab-01234567", "small-er-0123456789ab-01234567"):
        (packs / name).mkdir(parents=True)
    publish(made.shop, made.first, made.outputs)
    assert {p.name for p in packs.iterdir()} == {made.link.resolve().name, "small-er-0123456789ab-01234567"}


def failing_at(n: int, real: Callable[..., object]) -> Callable[..., object]:
    """`real`, but the disk is full at its n-th call."""
    calls = iter(range(n))

    def full(*given: object, **named: object) -> object:
        if next(calls, None) is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*given, **named)

    return full


SPOTS: list[tuple[object, str]] = [
    (os, "fsync"), (Path, "open"), (Path, "mkdir"), (Path, "symlink_to"), (Path, "rename"), (Path, "replace"),
    (zipfile.ZipFile, "writestr"), (tempfile, "mkdtemp"),
]  # fmt: skip


@pytest.mark.parametrize(("owner", "name"), SPOTS, ids=[name for _, name in SPOTS])
def test_a_full_disk_at_any_moment_leaves_the_pack_before_whole_and_nothing_else(
    made: Made, monkeypatch: pytest.MonkeyPatch, owner: object, name: str
) -> None:
    publish(made.shop, made.first, made.outputs)
    before = (made.link.resolve(), made.files())
    real = getattr(owner, name)
    for n in range(200):
        monkeypatch.setattr(owner, name, failing_at(n, real))
        try:
            publish(made.shop, made.second, made.outputs)
        except StoreError as error:
            said = str(error)
        else:
            break
        finally:
            monkeypatch.undo()
        assert "is full" in said
        assert (made.link.resolve(), made.files()) == before
        assert made.rubbish() == []
        assert len(list((made.outputs / ".packs").iterdir())) == 1
    assert n > 0, "the disk was never full"
    assert made.link.resolve() != before[0]
    assert made.rubbish() == []


@pytest.mark.parametrize("where", ["file", "file/below", "/proc/atelier"])
def test_a_folder_that_cannot_be_written_is_a_clear_error(made: Made, tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match=r"cannot be written.*--outputs"):
        publish(made.shop, made.first, tmp_path / where)


def read_again_and_again(link: Path, stop: Event, looks: Synchronized[int], packs: Synchronized[int]) -> None:
    """Look at the pack as somebody would who copies it; exits with an error when a file is missing or wrong."""
    seen = set()
    while not stop.is_set():
        folder = link.resolve()
        manifest = json.loads((folder / "manifest.json").read_bytes())
        for asset in (a for v in manifest["variants"] for a in v["assets"]):
            found = hashlib.sha256((folder / asset["path"]).read_bytes()).hexdigest()
            assert found == asset["sha256"], asset["path"]
        seen.add(folder.name)
        looks.value, packs.value = looks.value + 1, len(seen)


def test_whoever_reads_while_it_is_published_sees_a_complete_pack(made: Made) -> None:
    publish(made.shop, made.first, made.outputs)
    process = multiprocessing.get_context("spawn")
    stop, looks, packs = process.Event(), process.Value("i", 0), process.Value("i", 0)
    reader = process.Process(target=read_again_and_again, args=(made.link, stop, looks, packs), daemon=True)
    reader.start()
    for batch in [made.second, made.first] * 4:
        before = looks.value
        while looks.value == before and reader.is_alive():
            time.sleep(0.001)
        publish(made.shop, batch, made.outputs)  # in the middle of the next look
    stop.set()
    reader.join(10)
    assert reader.exitcode == 0
    assert packs.value == 2


def test_two_publishers_take_turns(made: Made) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        batches = [made.first, made.second] * 4
        for done in [pool.submit(publish, made.shop, batch, made.outputs) for batch in batches]:
            done.result()
    assert (made.link / "manifest.json").exists()
    assert made.rubbish() == []
