"""IP-Adapters, ControlNets, tiny VAEs and judges: fetched, found, and every way in which one can be half or wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from pipelines.engines.checkpoints import (
    find_adapter,
    find_cached,
    find_control,
    find_judge_folder,
    find_preview,
    open_checkpoint,
    pull,
    pull_adapter,
    pull_control,
    pull_judge,
    pull_preview,
    pull_settings,
)
from pipelines.engines.checkpoints.parts import check_adapter, part_parcels
from pipelines.engines.diffusion import DiffusersPainter
from pipelines.engines.painter import Control, ImagePrompt, Style
from pipelines.engines.siglip import open_embedder
from pipelines.errors import EngineError
from pipelines.home import ROOT
from pipelines.judges import Judge, load_judges
from tests.checkpoints import tiny_vae, truncated
from tests.hub import PlayedHub, lay, played_hub, point_at
from tests.pipelines.engines.conftest import PROFILES, Loader
from tests.pipelines.engines.requests import picture, pictures, repainting
from tests.pipelines.engines.tiny_clip import write_tiny_clip
from tests.pipelines.engines.tiny_dino import write_tiny_dino

pytestmark = pytest.mark.xdist_group("engines")
SD15, SDXL, TURBO = PROFILES["sd15"], PROFILES["sdxl"], PROFILES["sd-turbo"]
JUDGES = load_judges(ROOT)
CLIP, DINO = JUDGES["clip-vit-b32"], JUDGES["dinov2-base"]


@pytest.fixture(scope="module")
def repositories(shelf: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the hub holds of SD 1.5's parts and of two judges, with what must stay there."""
    root = tmp_path_factory.mktemp("hub")
    models = root / "h94/IP-Adapter/models"
    shutil.copytree(shelf / "sd15-ip/models", models)
    (models / "tiny.safetensors").rename(models / "ip-adapter_sd15.safetensors")
    control, preview = (root / hub for hub in (SD15.controlnets["canny"].hub, "madebyollin/taesd"))
    shutil.copytree(shelf / "sd15-control", control)
    tiny_vae(preview)
    write_tiny_clip(root / CLIP.hub)
    write_tiny_dino(root / DINO.hub)
    spare = ("ip-adapter-plus_sd15.safetensors", "image_encoder/pytorch_model.bin")
    for path in (*(models / name for name in spare), control / "annotate.py", control / "x.fp16.safetensors"):
        path.write_bytes(b"x")
    return root


@pytest.fixture
def hub(repositories: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PlayedHub]:
    with played_hub(repositories) as played:
        point_at(played, tmp_path / "cache", monkeypatch)
        yield played


@pytest.fixture
def adapter(repositories: Path, tmp_path: Path) -> Path:
    """The adapter's folder in a hub cache, for a test to damage."""
    return lay(repositories / "h94/IP-Adapter", tmp_path / "cache", "h94/IP-Adapter") / "models"


def fetched(hub: PlayedHub, doing: Callable[[], object]) -> set[str]:
    """The files that are fetched while something is done."""
    hub.asked.clear()
    doing()
    return {path.split("resolve/")[-1] for path in hub.asked if path.startswith("GET") and "resolve" in path}


# ── found after it was fetched ───────────────────────────────────────────────────────────────────────────


def test_parts_are_fetched_and_found_and_nothing_beside_them_came(hub: PlayedHub, tmp_path: Path) -> None:
    fetched = (pull_adapter(SD15), pull_control(SD15, "canny"), pull_preview(SD15))
    assert fetched == (find_adapter(SD15), find_control(SD15, "canny"), find_preview(SD15))
    folders = list((tmp_path / "cache").glob("*/snapshots/*"))
    came = {path.relative_to(folder).as_posix() for folder in folders for path in folder.rglob("*") if path.is_file()}
    network = {"config.json", "diffusion_pytorch_model.safetensors"}
    encoder = {f"models/image_encoder/{name}" for name in ("config.json", "model.safetensors")}
    assert came == {"models/ip-adapter_sd15.safetensors"} | encoder | network


def test_what_was_found_paints(hub: PlayedHub, painter_of: Loader, shelf: Path) -> None:
    pull_adapter(SD15)
    pull_control(SD15, "canny")
    own = Style(
        ImagePrompt((picture(seed=5),), shelf / "sd15-ip/models/tiny.safetensors"),
        control=Control("canny", shelf / "sd15-control"),
    )
    found = Style(
        ImagePrompt((picture(seed=5),), find_adapter(SD15)), control=Control("canny", find_control(SD15, "canny"))
    )
    one, other = pictures(painter_of("sd15").paint([repainting(style=own), repainting(style=found)]))
    assert np.array_equal(one, other)


def test_the_preview_that_was_found_decodes(hub: PlayedHub, painter_of: Loader) -> None:
    checkpoint = painter_of("sd15").model.checkpoint
    painter = DiffusersPainter(checkpoint, device="cpu", number="fp32", preview=pull_preview(SD15))
    assert pictures(painter.paint([repainting()]))[0].shape == (64, 64, 3)


def test_a_connection_that_breaks_is_survived(hub: PlayedHub) -> None:
    hub.breaks = "diffusion_pytorch_model.safetensors"
    assert pull_control(SD15, "canny") == find_control(SD15, "canny")
    assert hub.breaks == ""


def test_after_a_pull_that_failed_only_the_rest_is_fetched(hub: PlayedHub) -> None:
    hub.refuses = "model.safetensors"
    with pytest.raises(EngineError, match=r"IP-Adapter of sd15 could not be fetched.*files that arrived are kept"):
        pull_adapter(SD15)
    with pytest.raises(EngineError, match=r"half there: models/image_encoder/model\.safetensors is missing"):
        find_adapter(SD15)
    hub.refuses = ""
    assert fetched(hub, lambda: pull_adapter(SD15)) == {"models/image_encoder/model.safetensors"}


def test_weights_that_were_damaged_on_the_disk_are_fetched_again(hub: PlayedHub) -> None:
    file = pull_adapter(SD15)
    truncated(file.resolve())
    with pytest.raises(EngineError, match="is truncated"):
        find_adapter(SD15)
    assert fetched(hub, lambda: pull_adapter(SD15)) == {"models/ip-adapter_sd15.safetensors"}
    assert find_adapter(SD15) == file


# ── not there, half there, another's ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("find", "says"),
    [
        (lambda cache: find_adapter(SD15, cache=cache), "IP-Adapter of sd15 is not .* models pull sd15 --adapter`"),
        (lambda cache: find_control(SDXL, "canny", cache=cache), "canny ControlNet of sdxl.* sdxl --control canny`"),
        (lambda cache: find_preview(SD15, cache=cache), "preview VAE of sd15 is not .* pull sd15 --preview`"),
        (lambda cache: find_judge_folder(CLIP, cache=cache), "CLIP ViT-B/32 is not .* models pull clip-vit-b32`"),
    ],
)
def test_what_was_never_fetched_says_how(find: Callable[[Path], Path], says: str, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=says):
        find(tmp_path)


def test_what_a_profile_does_not_have_is_told_before_anything_is_looked_for() -> None:
    with pytest.raises(EngineError, match="sd-turbo has no IP-Adapter"):
        find_adapter(TURBO)
    with pytest.raises(EngineError, match="sd35 has no preview VAE"):
        pull_preview(PROFILES["sd35"])
    with pytest.raises(EngineError, match=r"sdxl has no ControlNet for this drawing.*'lineart'.*one for canny"):
        find_control(SDXL, "lineart")
    with pytest.raises(EngineError, match=r"sd35 has no ControlNet.*`atelier models` says"):
        find_control(PROFILES["sd35"], "canny")
    assert set(part_parcels(SD15)) == {"adapter", "control canny", "control lineart", "preview"}
    assert part_parcels(PROFILES["flux2-klein"]) == {}


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors"])
def test_an_adapter_whose_encoder_did_not_arrive_is_half(adapter: Path, tmp_path: Path, missing: str) -> None:
    (adapter / "image_encoder" / missing).unlink()
    says = f"only half there: models/image_encoder/{missing} is missing.*sd15 --adapter` again"
    with pytest.raises(EngineError, match=says):
        find_adapter(SD15, cache=tmp_path / "cache")


def test_an_encoder_without_its_adapter_is_half(adapter: Path, tmp_path: Path) -> None:
    (adapter / "ip-adapter_sd15.safetensors").unlink()
    with pytest.raises(EngineError, match=r"half there: models/ip-adapter_sd15\.safetensors is missing"):
        find_adapter(SD15, cache=tmp_path / "cache")


def test_another_familys_adapter_from_the_same_repository_does_not_count(adapter: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="IP-Adapter of sdxl is not on this machine"):
        find_adapter(SDXL, cache=tmp_path / "cache")


def test_the_encoder_of_another_adapter_is_told(adapter: Path) -> None:
    """As SDXL's vit-h adapters lie beside an encoder that is not theirs."""
    settings = json.loads((adapter / "image_encoder/config.json").read_text())
    (adapter / "image_encoder/config.json").write_text(json.dumps(settings | {"projection_dim": 1280}))
    with pytest.raises(EngineError, match="another one than the IP-Adapter's: 24 numbers are read, 1280 given"):
        check_adapter(adapter / "ip-adapter_sd15.safetensors")


@pytest.mark.parametrize("name", ["ip-adapter_sd15.safetensors", "image_encoder/model.safetensors"])
def test_truncated_parts_are_told(adapter: Path, tmp_path: Path, name: str) -> None:
    truncated(adapter / name)
    with pytest.raises(EngineError, match="is truncated"):
        find_adapter(SD15, cache=tmp_path / "cache")


def test_encoder_settings_that_cannot_be_read_are_told(adapter: Path) -> None:
    (adapter / "image_encoder/config.json").write_text("{")
    with pytest.raises(EngineError, match=r"config\.json cannot be read"):
        check_adapter(adapter / "ip-adapter_sd15.safetensors")


# ── judges ───────────────────────────────────────────────────────────────────────────────────────────────


def test_judges_are_fetched_found_and_judge(hub: PlayedHub) -> None:
    folder = pull_judge(CLIP)
    assert folder == find_judge_folder(CLIP)
    assert (folder.parent.parent / "refs/refs/pr/15").is_file()
    assert open_embedder(folder).pictures([picture()]).shape == (1, 24)
    assert pull_judge(DINO) == find_judge_folder(DINO)


def test_a_judge_without_its_tokenizer_is_told_and_a_patcher_needs_none(repositories: Path, tmp_path: Path) -> None:
    lay(repositories / DINO.hub, tmp_path, DINO.hub)
    assert find_judge_folder(DINO, cache=tmp_path)
    folder = lay(repositories / CLIP.hub, tmp_path, CLIP.hub, ref=CLIP.revision)
    (folder / "merges.txt").unlink()
    with pytest.raises(EngineError, match=r"ViT-B/32 came without its tokenizer.*pull clip-vit-b32` again"):
        find_judge_folder(CLIP, cache=tmp_path)


@pytest.mark.parametrize(
    ("judge", "files", "says"),
    [(CLIP, DINO.hub, "clip-vit-b32 is no embedder.*'dinov2'"), (DINO, CLIP.hub, "dinov2-base is no patcher.*'clip'")],
    ids=["embedder", "patcher"],
)
def test_a_judge_of_another_kind_is_told(
    repositories: Path, tmp_path: Path, judge: Judge, files: str, says: str
) -> None:
    lay(repositories / files, tmp_path, judge.hub, ref=judge.revision)
    with pytest.raises(EngineError, match=says):
        find_judge_folder(judge, cache=tmp_path)


def test_a_judge_of_which_only_the_pickle_came_is_half(repositories: Path, tmp_path: Path) -> None:
    folder = lay(repositories / CLIP.hub, tmp_path, CLIP.hub, ref=CLIP.revision)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(EngineError, match=r"half there: model\.safetensors is missing"):
        find_judge_folder(CLIP, cache=tmp_path)


# ── checkpoints ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_pulled_checkpoint_opens_though_its_repository_holds_more(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub's library calls such a folder incomplete, as it remembers all files that the repository lists."""
    repository = Path(shutil.copytree(shelf / "sd15", tmp_path / "hub" / SD15.hub))
    (repository / "whole.ckpt").write_bytes(b"x")
    with played_hub(tmp_path / "hub") as played:
        point_at(played, tmp_path / "cache", monkeypatch)
        pulled = pull(SD15, quiet=True)
    assert open_checkpoint(SD15.hub, SD15) == pulled
    assert find_cached(SD15.hub, None) == pulled.path


def test_settings_come_without_weights_and_serve_a_single_file(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(shelf / "sd15", tmp_path / "hub" / SD15.hub)
    lone = Path(shutil.copy(shelf / "sd15.safetensors", tmp_path / "lone.safetensors"))
    with played_hub(tmp_path / "hub") as played:
        point_at(played, tmp_path / "cache", monkeypatch)
        folder = pull_settings(SD15)
    assert not list(folder.rglob("*.safetensors"))
    assert open_checkpoint(lone, SD15).config == folder
    with pytest.raises(EngineError, match=r"holds no \.safetensors file.*models pull sd15` again"):
        open_checkpoint(SD15.hub, SD15)


def test_weights_of_another_family_are_not_even_fetched(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(shelf / "sd35", tmp_path / "hub" / SD15.hub)
    with played_hub(tmp_path / "hub") as played:
        point_at(played, tmp_path / "cache", monkeypatch)
        with pytest.raises(EngineError, match="another family: sd15 needs"):
            pull(SD15)
    assert not [path for path in played.asked if path.endswith(".safetensors")]
