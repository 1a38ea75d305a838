"""`atelier models` as a designer uses it, against a hub that is played here."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from math import prod
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from typer.testing import CliRunner, Result

from pipelines.engines.checkpoints import judged
from pipelines.errors import EngineError
from pipelines.home import ROOT
from studio import exits
from studio.cli import app
from studio.models.shelf import Shelf
from tests.hub import PlayedHub, lay, played_hub, point_at

SD15 = "stable-diffusion-v1-5/stable-diffusion-v1-5"


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the names of profiles and judges stand for, of the right layout and empty; the large CLIP is a pickle."""
    root = tmp_path_factory.mktemp("hub")
    network = "diffusion_pytorch_model.safetensors"
    components = {"unet": ("diffusers", "UNet2DConditionModel"), "tokenizer": ("transformers", "CLIPTokenizer")}
    put(root / SD15, "model_index.json", {"_class_name": "StableDiffusionPipeline", **components})
    put(root / SD15, "unet/config.json", {"cross_attention_dim": 768})
    put(root / SD15, "tokenizer/vocab.json", {})
    put(root / SD15, f"unet/{network}", {"conv_in.weight": (320, 4)})
    adapter = root / "h94/IP-Adapter/models"
    shapes = {"ip_adapter.1.to_k_ip.weight": (320, 768), "image_proj.proj.weight": (4 * 768, 64)}
    put(adapter, "ip-adapter_sd15.safetensors", shapes)
    put(adapter, "image_encoder/config.json", {"projection_dim": 64})
    put(adapter, "image_encoder/model.safetensors", {"x": (64,)})
    for name in ("lllyasviel/control_v11p_sd15_canny", "madebyollin/taesd"):
        put(root / name, "config.json", {"_class_name": "ControlNetModel", "cross_attention_dim": 768})
        put(root / name, network, {"x": (64,)})
    put(root / "facebook/dinov2-base", "config.json", {"model_type": "dinov2"})
    put(root / "facebook/dinov2-base", "preprocessor_config.json", {})
    put(root / "facebook/dinov2-base", "model.safetensors", {"x": (64,)})
    put(root / "openai/clip-vit-large-patch14", "pytorch_model.bin", {})
    return root


def put(folder: Path, name: str, holds: Mapping[str, object]) -> Path:
    """A JSON file of an object; or a safetensors file of zeros, of the shapes that are given, written without torch."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix != ".safetensors":
        file.write_text(json.dumps(holds))
        return file
    entries, end = {}, 0
    for tensor, shape in holds.items():
        begin, end = end, end + prod(cast("tuple[int, ...]", shape))
        entries[tensor] = {"dtype": "U8", "shape": shape, "data_offsets": (begin, end)}
    header = json.dumps(entries).encode()
    file.write_bytes(len(header).to_bytes(8, "little") + header + bytes(end))
    return file


@pytest.fixture
def hub(repositories: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PlayedHub]:
    """The hub, and an empty cache in tmp_path/cache."""
    with played_hub(repositories) as played:
        point_at(played, tmp_path / "cache", monkeypatch)
        monkeypatch.setenv("COLUMNS", "80")
        yield played


def models(*words: object) -> Result:
    return CliRunner().invoke(app, ["models", *map(str, words)])


def told(*words: object) -> dict[str, Any]:
    """The JSON of a command that must succeed, and nothing beside it."""
    done = models(*words, "--json")
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def said(*words: object) -> str:
    """What a command that must succeed says to people, on one line."""
    done = models(*words)
    assert done.exit_code == 0, done.output
    assert done.stdout == ""
    return " ".join(done.stderr.split())


def refused(says: str, *words: object) -> None:
    done = models(*words)
    assert isinstance(done.exception, EngineError), done.output
    assert re.search(says, str(done.exception)), str(done.exception)


def states(name: str) -> dict[str, str]:
    """What is here of a model, by part."""
    found = told("show", name)
    return {found["part"]: found["state"]} | {part["part"]: part["state"] for part in found.get("parts", ())}


# ── list and show ────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_names_every_profile_and_judge_with_its_licence(hub: PlayedHub) -> None:
    words, found = said(), told("list")
    for profile in found["profiles"]:
        assert profile["name"] in words
        assert profile["title"] in words
        assert {"family", "licence", "gigabytes", "state", "path", "parts", "pull"} <= set(profile)
    for judge in found["judges"]:
        assert judge["name"] in words
        assert {"kind", "about", "licence", "revision", "state"} <= set(judge)
    assert "CreativeML OpenRAIL-M" in words
    fetched = [entry for entry in (*found["profiles"], *found["judges"]) if not entry["ships"]]
    assert {entry["state"] for entry in fetched} == {"absent"}
    assert told() == found
    assert hub.asked == []


def test_tables_fit_eighty_columns(hub: PlayedHub) -> None:
    for words in ((), ("show", "sd15"), ("pull", "sd15", "--adapter", "--control", "canny", "--preview", "--dry-run")):
        rows = [line for line in models(*words).stderr.splitlines() if line.startswith(" ")]
        assert len(rows) > 5
        assert max(map(len, rows)) <= 80
        assert not any("…" in row for row in rows)


def test_the_list_says_what_is_here_and_where(hub: PlayedHub, repositories: Path, tmp_path: Path) -> None:
    lay(repositories / SD15, tmp_path / "cache", SD15)
    half = lay(repositories / "h94/IP-Adapter", tmp_path / "cache", "h94/IP-Adapter")
    (half / "models/image_encoder/model.safetensors").unlink()
    profiles = {profile["name"]: profile for profile in told("list")["profiles"]}
    sd15, parts = profiles["sd15"], {part["part"]: part for part in profiles["sd15"]["parts"]}
    assert (sd15["state"], Path(sd15["path"]).parent.name) == ("here", "snapshots")
    assert sd15["bytes"] > 320 * 4
    assert parts["adapter"]["state"] == "half"
    assert "image_encoder/model.safetensors is missing" in parts["adapter"]["trouble"]
    assert parts["adapter"]["pull"] == "atelier models pull sd15 --adapter"
    assert profiles["sdxl"]["state"] == "absent"
    assert "adapter (half)" in said("list")
    assert "is only half there" in said("show", "sd15")


def test_an_unknown_name_suggests_profiles_and_judges(hub: PlayedHub) -> None:
    refused("no such profile or judge.*'dino'.*dinov2-base", "show", "dino")
    refused("no such profile or judge.*'sd1.5'.*did you mean sd15", "pull", "sd1.5")
    refused("no such profile.*did you mean sdxl", "check", "x.safetensors", "--profile", "sdlx")


def test_a_name_that_is_taken_twice_is_refused(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "styles/profiles", tmp_path / "styles/profiles")
    text = (ROOT / "styles/judges/dinov2-base.toml").read_text()
    (tmp_path / "styles/judges").mkdir()
    (tmp_path / "styles/judges/sd15.toml").write_text(text.replace('"dinov2-base"', '"sd15"'))
    with pytest.raises(EngineError, match=r"a profile and a judge have the same name.*sd15"):
        Shelf.load(tmp_path)


def test_a_judge_that_ships_is_here_without_a_hub(
    hub: PlayedHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judged, "ROOT", tmp_path)
    refused("ships with Atelier and is not there.*install Atelier again", "check", "starter-clip")
    clip = tmp_path / "models/starter/clip"
    for name, holds in {
        "config.json": {"model_type": "clip"},
        "preprocessor_config.json": {},
        "vocab.json": {},
    }.items():
        put(clip, name, holds)
    (clip / "merges.txt").write_text("#version: 0.2\n")
    refused("only half there: model.safetensors is missing.*install Atelier again", "check", "starter-clip")
    put(clip, "model.safetensors", {"x": (64,)})
    assert states("starter-clip") == {"judge": "here"}
    assert "ships with Atelier" in said("show", "starter-clip")
    assert "to fetch" not in said("show", "starter-clip")
    assert "a judge for likeness, whole" in said("check", "starter-clip")
    assert "nothing to fetch" in said("pull", "starter-clip")
    assert told("pull", "starter-clip")["parts"][0]["path"] == str(clip)
    assert hub.asked == []


def test_a_checkpoint_that_ships_is_here_without_a_hub(
    hub: PlayedHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workplace: Path
) -> None:
    for module in ("opened", "pull"):
        monkeypatch.setattr(import_module(f"pipelines.engines.checkpoints.{module}"), "ROOT", tmp_path)
    refused("ships with Atelier and is not there.*install Atelier again", "check", "starter")
    assert "not whole, though it ships with Atelier: starter" in doctors_word()
    starter = tmp_path / "models/starter"
    unet = {"unet": ("diffusers", "UNet2DConditionModel")}
    put(starter, "model_index.json", {"_class_name": "StableDiffusionPipeline", **unet})
    put(starter, "unet/config.json", {"cross_attention_dim": 192})
    refused("only half there", "check", "starter")
    put(starter, "unet/diffusion_pytorch_model.safetensors", {"conv_in.weight": (96, 4, 3, 3)})
    edits = put(starter, "edits/conv_in.safetensors", {"conv_in.weight": (96, 9, 3, 3)})
    refused("does not fit the UNet: it must read twice its channels", "check", "starter")
    put(starter, "edits/conv_in.safetensors", {"conv_in.weight": (96, 8, 3, 3)})
    assert states("starter") == {"checkpoint": "here"}
    assert "ships with Atelier" in said("show", "starter")
    assert "a checkpoint for Starter, whole" in said("check", "starter")
    assert "fits: starter" in said("check", starter)
    assert "nothing to fetch" in said("pull", "starter")
    assert told("pull", "starter", "--no-weights")["parts"][0]["state"] == "here"
    assert "starter (ships with Atelier)" in doctors_word()
    assert edits.is_file()
    assert hub.asked == []


# ── pull ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_dry_run_says_what_would_come_and_asks_nobody(hub: PlayedHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    wanted = ("pull", "sd15", "--adapter", "--control", "canny", "--control", "lineart", "--preview", "--dry-run")
    words, found = said(*wanted), told(*wanted)
    assert found["dry_run"] is True
    assert [part["part"] for part in found["parts"]] == [
        "checkpoint", "adapter", "control canny", "control lineart", "preview",
    ]  # fmt: skip
    for part in found["parts"]:
        assert part["hub"] in words
        assert part["licence"].split(":")[0] in words
        assert part["state"] == "absent"
    assert "About 9.71 GB to fetch" in words
    assert hub.asked == []


def test_a_checkpoint_and_its_parts_are_pulled_checked_and_listed(hub: PlayedHub) -> None:
    found = told("pull", "sd15", "--adapter", "--control", "canny", "--preview")
    assert {part["part"]: part["state"] for part in found["parts"]} == dict.fromkeys(
        ("checkpoint", "adapter", "control canny", "preview"), "here"
    )
    assert all(Path(part["path"]).exists() for part in found["parts"])
    assert states("sd15") == {part["part"]: "here" for part in found["parts"]} | {"control lineart": "absent"}
    assert states("sd-turbo") == {"checkpoint": "absent", "preview": "here"}
    assert "parts: adapter (here), control canny (here), control lineart, preview (here)" in said("list")
    assert "fits: sd15" in said("check", "sd15")
    assert "sd15, adapter, control canny, preview" in doctors_word()


def test_people_are_told_the_licence_before_and_the_path_after(hub: PlayedHub) -> None:
    words = said("pull", "dinov2-base")
    assert words.index("Apache License 2.0") < words.index("Fetching") < words.index("judge, checked:")
    assert states("dinov2-base") == {"judge": "here"}
    assert "a judge for likeness, whole" in said("check", "dinov2-base")


def test_settings_can_be_pulled_without_weights(hub: PlayedHub) -> None:
    told("pull", "sd15", "--no-weights", "--preview")
    assert states("sd15") == {
        "checkpoint": "settings", "adapter": "absent", "control canny": "absent", "control lineart": "absent",
        "preview": "here",
    }  # fmt: skip
    assert not [path for path in hub.asked if path.endswith("unet/diffusion_pytorch_model.safetensors")]
    assert "settings" in said("list")


def test_a_revision_is_fetched_and_then_used(hub: PlayedHub) -> None:
    found = told("pull", "sd15", "--revision", "v1.0")
    assert found["parts"][0]["revision"] == "v1.0"
    assert states("sd15")["checkpoint"] == "here"
    refused("no such revision of the checkpoint of sd15.*gone", "pull", "sd15", "--revision", "gone")


def test_what_cannot_be_had_is_refused_before_anything_is_fetched(hub: PlayedHub) -> None:
    refused("sd15 has no ControlNet for this drawing.*'depth'", "pull", "sd15", "--control", "depth")
    refused("sd-turbo has no IP-Adapter", "pull", "sd-turbo", "--adapter")
    refused("a judge has no parts", "pull", "dinov2-base", "--adapter")
    assert hub.asked == []


def test_a_judge_that_is_published_as_a_pickle_alone_is_not_fetched(hub: PlayedHub, tmp_path: Path) -> None:
    refused(r"ViT-L/14 is only half there: .*model\.safetensors are missing", "pull", "clip-vit-l14")
    assert not list((tmp_path / "cache").rglob("*.bin"))


def test_a_full_disk_is_told_before(hub: PlayedHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=10**9))
    assert "more than there is room for" in said("pull", "sd15", "--dry-run")


# ── check ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_check_says_what_a_file_is(hub: PlayedHub, repositories: Path, tmp_path: Path) -> None:
    words = said("check", repositories / SD15, "--profile", "sd15")
    assert "a checkpoint for Stable Diffusion 1.5, whole: " in words
    found = told("check", repositories / SD15, "--profile", "sd15")
    assert (found["usable"], found["what"], found["profiles"]) == (True, "checkpoint", ["sd15"])
    assert len(found["digest"]) == 64
    name = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight"
    lora = put(tmp_path, "hat.safetensors", {name: (4, 2048)})
    assert "a LoRA for SDXL, whole" in said("check", lora)
    assert told("check", lora)["profiles"] == ["sdxl-turbo", "sdxl"]
    refused("a LoRA for another base: it was trained on SDXL", "check", lora, "--profile", "sd15")


# ── as a command of its own ──────────────────────────────────────────────────────────────────────────────


def command(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    everything = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    line = [sys.executable, "-m", "studio", "models", *map(str, words)]
    return subprocess.run(line, capture_output=True, text=True, env=everything, cwd=ROOT, timeout=60, check=False)


def test_trouble_ends_with_exit_code_1_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "model.ckpt").write_bytes(b"x")
    done = command("check", tmp_path / "model.ckpt", "--profile", "sd15", "--json")
    assert done.returncode == 1
    assert "can run any code" in json.loads(done.stdout)["problem"]
    offline = command("pull", "sd15", "--json", HF_HUB_OFFLINE="1", HF_HOME=str(tmp_path))
    assert offline.returncode == 1
    assert json.loads(offline.stdout)["fix"] == "run it with HF_HUB_OFFLINE=0"
    assert command("--json", "list").returncode == 2


def test_ctrl_c_stops_a_pull_at_once_and_leaves_nothing_half(repositories: Path, tmp_path: Path) -> None:
    settings = {"HF_HUB_OFFLINE": "0", "HF_HOME": str(tmp_path), "HF_HUB_DISABLE_XET": "1"}
    with played_hub(repositories) as hub:
        hub.stalls = "dinov2-base/model.safetensors"
        everything = {**os.environ, "PYTHONPATH": str(ROOT), **settings, "HF_ENDPOINT": hub.address}
        line = [sys.executable, "-m", "studio", "models", "pull", "dinov2-base"]
        pull = subprocess.Popen(line, stderr=subprocess.PIPE, text=True, env=everything, cwd=ROOT)
        assert hub.stalling.wait(60)
        assert list(tmp_path.rglob("*.incomplete"))
        pull.send_signal(signal.SIGINT)
        _, words = pull.communicate(timeout=10)
        assert pull.returncode == exits.INTERRUPTED, words
        assert "files that arrived are kept" in words
        assert not list(tmp_path.rglob("*.incomplete"))
        hub.stalls = ""
        assert command("pull", "dinov2-base", **settings, HF_ENDPOINT=hub.address).returncode == 0


def test_hf_home_says_where_models_lie(repositories: Path, tmp_path: Path) -> None:
    lay(repositories / SD15, tmp_path / "hub", SD15)
    done = command("list", "--json", HF_HOME=str(tmp_path))
    found = json.loads(done.stdout)
    assert found["cache"] == str(tmp_path / "hub")
    assert {profile["name"]: profile["state"] for profile in found["profiles"]}["sd15"] == "here"


def doctors_word() -> str:
    """What the doctor says of models."""
    done = CliRunner().invoke(app, ["doctor", "--json"])
    findings = {finding["what"]: finding for finding in json.loads(done.stdout)["findings"]}
    return str(findings["models"]["found"])


def test_the_doctor_says_how_to_get_a_model(hub: PlayedHub, workplace: Path) -> None:
    assert "sd15" not in doctors_word()
