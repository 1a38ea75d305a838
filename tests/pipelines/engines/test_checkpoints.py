"""Checkpoints that are fine in every form, and every way in which one can be wrong."""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub.utils._paths import filter_repo_objects

from pipelines.engines.checkpoints import Checkpoint, open_checkpoint, pull, read_header
from pipelines.engines.diffusion.lora import check_lora
from pipelines.errors import EngineError
from tests.checkpoints import truncated, written
from tests.pipelines.engines.conftest import ALSO, OF, PROFILES, Loader
from tests.pipelines.engines.requests import four, pictures

pytestmark = pytest.mark.xdist_group("engines")
SD15 = PROFILES["sd15"]
UNET = "unet/diffusion_pytorch_model.safetensors"


@pytest.fixture
def copy(shelf: Path, tmp_path: Path) -> Path:
    """A checkpoint that a test may damage."""
    return Path(shutil.copytree(shelf / "sd15", tmp_path / "mine"))


def refused(where: str | Path, says: str, *, profile: str = "sd15", cache: Path | None = None) -> None:
    with pytest.raises(EngineError, match=says):
        open_checkpoint(where, PROFILES[profile], cache=cache)


# ── what is fine ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", OF)
def test_every_family_and_form_opens(shelf: Path, name: str) -> None:
    checkpoint = open_checkpoint(shelf / name, PROFILES[OF[name]])
    assert checkpoint.path == shelf / name
    assert checkpoint.is_file == name.endswith(".safetensors")
    assert len(checkpoint.digest) == 64
    assert checkpoint.revision == ""


def test_a_single_file_paints_what_its_folder_paints(painter_of: Loader) -> None:
    one, other = (pictures(painter_of(name).paint(four())) for name in ("sd15", "sd15.safetensors"))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_a_digest_tells_weights_apart(shelf: Path, copy: Path) -> None:
    first, again = open_checkpoint(copy, SD15), open_checkpoint(shelf / "sd15", SD15)
    assert first.digest == again.digest
    data = bytearray((copy / UNET).read_bytes())
    data[-1] ^= 1
    (copy / UNET).write_bytes(data)
    assert open_checkpoint(copy, SD15).digest != first.digest


def cached(copy: Path, cache: Path, commit: str = "a" * 40) -> Path:
    """Lay a checkpoint in a hub cache as a pull leaves it."""
    root = cache / f"models--{SD15.hub.replace('/', '--')}"
    (root / "refs").mkdir(parents=True)
    (root / "refs/main").write_text(commit)
    shutil.copytree(copy, root / "snapshots" / commit)
    return root / "snapshots" / commit


def test_a_pulled_hub_id_opens_offline_with_its_revision(copy: Path, tmp_path: Path) -> None:
    cached(copy, tmp_path / "cache")
    checkpoint = open_checkpoint(SD15.hub, SD15, cache=tmp_path / "cache")
    assert checkpoint.revision == "a" * 40


def test_a_single_file_finds_its_settings_in_the_cache(shelf: Path, copy: Path, tmp_path: Path) -> None:
    lone = tmp_path / "lone.safetensors"
    shutil.copy(shelf / "sd15.safetensors", lone)
    refused(lone, r"no settings or tokenizer.*atelier models pull", cache=tmp_path / "cache")
    folder = cached(copy, tmp_path / "cache")
    assert open_checkpoint(lone, SD15, cache=tmp_path / "cache").config == folder


def test_half_precision_files_are_taken_where_no_others_are(copy: Path) -> None:
    for path in sorted(copy.glob("*/*.safetensors")):
        path.rename(path.with_name(path.name.replace(".safetensors", ".fp16.safetensors")))
    assert open_checkpoint(copy, SD15).variant == "fp16"


def test_shards_open_when_all_are_there(copy: Path) -> None:
    index = shards(copy)
    assert isinstance(open_checkpoint(copy, SD15), Checkpoint)
    (index.parent / "part-2.safetensors").unlink()
    refused(copy, "half there: 1 of 2 shards of unet/ are missing.*models pull")
    index.write_text("{")
    refused(copy, "index.json cannot be read")


def shards(copy: Path) -> Path:
    """Split the UNet's weights in two, as large ones are published."""
    whole = copy / UNET
    names = list(read_header(whole).tensors)
    shutil.copy(whole, whole.with_name("part-1.safetensors"))
    whole.rename(whole.with_name("part-2.safetensors"))
    index = whole.with_name(whole.name + ".index.json")
    parts = {name: f"part-{1 + number % 2}.safetensors" for number, name in enumerate(names)}
    index.write_text(json.dumps({"weight_map": parts}))
    return index


# ── pickles and foreign code ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["model.ckpt", "model.bin", "model.pt", "model.pth", "hidden.safetensors"])
def test_a_pickled_file_is_never_opened(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(pickle.dumps({"weights": 1}))
    refused(tmp_path / name, r"can run any code.*get the \.safetensors")


def test_a_pickle_that_is_not_there_is_refused_by_its_name() -> None:
    refused("/nowhere/model.ckpt", "can run any code")


def test_a_folder_of_pickles_is_refused(copy: Path) -> None:
    (copy / UNET).rename(copy / "unet/diffusion_pytorch_model.bin")
    refused(copy, "can run any code")


def test_a_component_that_is_code_of_the_checkpoint_is_refused(copy: Path) -> None:
    index = json.loads((copy / "model_index.json").read_text())
    index["unet"] = ["my_unet", "MyUNet"]
    (copy / "model_index.json").write_text(json.dumps(index))
    (copy / "unet/my_unet.py").write_text("raise SystemExit('run')")
    refused(copy, r"code that comes with the checkpoint.*my_unet\.MyUNet")


# ── damage ───────────────────────────────────────────────────────────────────────────────────────────────


def test_truncated_weights_are_told_before_they_are_loaded(copy: Path) -> None:
    truncated(copy / UNET)
    refused(copy, r"is truncated.*got '\d+ of \d+ bytes'. fetch it again")


def test_a_truncated_single_file_is_told(shelf: Path, tmp_path: Path) -> None:
    file = tmp_path / "cut.safetensors"
    shutil.copy(shelf / "sd15.safetensors", file)
    refused(truncated(file), "is truncated")


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"<!DOCTYPE html><html>gone</html>", b"\x02" + bytes(7) + b"[]"])
def test_what_is_no_safetensors_file_is_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "odd.safetensors").write_bytes(data)
    refused(tmp_path / "odd.safetensors", "no safetensors file|no readable safetensors header")


def test_a_file_with_something_behind_it_is_told(shelf: Path, tmp_path: Path) -> None:
    file = tmp_path / "long.safetensors"
    file.write_bytes((shelf / "sd15.safetensors").read_bytes() + b"more")
    refused(file, "longer than its header says")


@pytest.mark.parametrize("part", ["unet", "vae", "tokenizer", "scheduler"])
def test_a_component_that_never_arrived_is_named(copy: Path, part: str) -> None:
    shutil.rmtree(copy / part)
    refused(copy, f"half there: {part}/ is missing or empty")


def test_a_component_without_its_weights_is_named(copy: Path) -> None:
    (copy / UNET).unlink()
    refused(copy, r"half there: unet/ holds no \.safetensors file")


def test_an_index_that_cannot_be_read_is_named(copy: Path) -> None:
    (copy / "model_index.json").write_text('{"_class_name": ')
    refused(copy, "model_index.json cannot be read")


def test_settings_that_do_not_fit_the_weights_are_told(copy: Path) -> None:
    from pipelines.engines.diffusion import DiffusersPainter

    settings = json.loads((copy / "unet/config.json").read_text())
    (copy / "unet/config.json").write_text(json.dumps(settings | {"block_out_channels": [16, 64]}))
    with pytest.raises(EngineError, match=r"mine could not be loaded.*settings belong to its weights"):
        DiffusersPainter(open_checkpoint(copy, SD15), device="cpu")


# ── another family, another thing, nothing at all ────────────────────────────────────────────────────────


@pytest.mark.parametrize(("name", "profile"), [("sdxl", "sd15"), ("sd15", "sdxl"), ("sd35", "sdxl"), ("sd15", "sd35")])
def test_a_folder_of_another_family_names_both(shelf: Path, name: str, profile: str) -> None:
    refused(shelf / name, f"another family: {profile} needs {PROFILES[profile].classes[0]}.*got", profile=profile)


@pytest.mark.parametrize(
    ("shapes", "what"),
    [
        ({"conditioner.embedders.0.x": (1,), "model.diffusion_model.input_blocks.0.0.weight": (1, 4, 1, 1)}, "sdxl"),
        ({"model.diffusion_model.joint_blocks.0.x_block.mlp.fc1.weight": (1,)}, "sd3"),
        ({"single_stream_modulation.lin.weight": (1,)}, "flux2"),
        ({"unet.down_blocks.0.attn1.to_k.lora_A.weight": (1,), "lora_unet.x": (1,)}, "a LoRA"),
        ({"ip_adapter.1.to_k_ip.weight": (1, 1)}, "an IP-Adapter"),
        ({"control_model.time_embed.0.weight": (1,)}, "a ControlNet"),
        ({"decoder.conv_in.weight": (1,)}, "a VAE"),
        ({"something.else": (1,)}, "of no layout that we know"),
        ({"cond_stage_model.x": (1,), "model.diffusion_model.input_blocks.0.0.weight": (4, 8)}, "pix2pix"),
    ],
)
def test_a_file_of_another_family_says_what_it_is(
    tmp_path: Path, one_thread: None, shapes: dict[str, tuple[int, ...]], what: str
) -> None:
    file = written(tmp_path / "other.safetensors", shapes)
    refused(file, f"sd15 needs Stable Diffusion 1.5. got 'other.safetensors, which is {what}'")


def test_a_folder_without_an_index_says_what_to_give(tmp_path: Path) -> None:
    refused(tmp_path, "give the folder that holds model_index.json")
    (tmp_path / "model.safetensors").write_bytes(b"x")
    refused(tmp_path, r"give the file model\.safetensors itself")


def test_a_hub_id_that_was_never_pulled_says_how(tmp_path: Path) -> None:
    refused("someone/something", "no such checkpoint on this machine.*atelier models pull sd15", cache=tmp_path)
    refused("./nowhere", "check the path", cache=tmp_path)


def test_a_pull_offline_says_why_not() -> None:
    with pytest.raises(EngineError, match="HF_HUB_OFFLINE forbids fetching"):
        pull(SD15)


@pytest.mark.parametrize("name", ["sd15", "sdxl", "sd35", "flux2"])
def test_a_pull_fetches_all_that_is_needed_and_nothing_that_could_run(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The hub is played by a folder that also holds what must stay there."""
    profile, commit = PROFILES[(OF | ALSO)[name]], "b" * 40
    hub = Path(shutil.copytree(shelf / name, tmp_path / "hub"))
    unwanted = [
        "unet/model.bin", "whole.ckpt", "whole.safetensors", "unet/run.py", "vae/x.fp16.safetensors",
        "vae/x.fp16-00001-of-00002.safetensors", "text_encoders/again.safetensors", "vae_1_0/old.safetensors",
    ]  # fmt: skip
    for path in unwanted:
        (hub / path).parent.mkdir(exist_ok=True)
        (hub / path).write_bytes(b"x")

    def download(repo: str, *, allow_patterns: list[str], ignore_patterns: list[str], **_: object) -> str:
        assert repo == profile.hub
        files = [str(path.relative_to(hub)) for path in hub.rglob("*") if path.is_file()]
        for path in filter_repo_objects(files, allow_patterns=allow_patterns, ignore_patterns=ignore_patterns):
            target = tmp_path / commit / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(hub / path, target)
        return str(tmp_path / commit)

    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    assert pull(profile).revision == commit
    assert not any((tmp_path / commit / path).exists() for path in unwanted)


def test_a_pull_that_breaks_off_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def download(*_: object, **__: object) -> str:
        raise ConnectionError("no route to host")

    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    with pytest.raises(EngineError, match=r"could not be fetched.*no route to host.*check the network"):
        pull(SD15)


# ── LoRA files ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "width", "says"),
    [
        (
            "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight",
            2048,
            "on SDXL, ",
        ),
        (
            "unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_k.lora_A.weight",
            1024,
            "on SD 2 or SD Turbo",
        ),
        ("transformer.single_transformer_blocks.0.attn.to_k.lora_A.weight", 768, "on Flux, this checkpoint is SD 1.5"),
        ("unet.conv_in.weight", 768, "without LoRA weights"),
    ],
)
def test_a_lora_of_another_base_is_told_before_it_is_loaded(
    tmp_path: Path, one_thread: None, name: str, width: int, says: str
) -> None:
    file = written(tmp_path / "a.safetensors", {name: (4, width)})
    with pytest.raises(EngineError, match=says):
        check_lora(file, 768)


def test_a_kohya_lora_of_the_right_base_passes(tmp_path: Path, one_thread: None) -> None:
    name = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight"
    check_lora(written(tmp_path / "a.safetensors", {name: (4, 768)}), 768)
