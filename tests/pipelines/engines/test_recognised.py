"""What files and folders are told to be, and for which base."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipelines.engines.recognised import Recognised, recognise
from pipelines.errors import EngineError
from pipelines.profiles import Profile
from tests.checkpoints import truncated, written
from tests.hub import lay
from tests.pipelines.engines.conftest import PROFILES

pytestmark = pytest.mark.xdist_group("engines")
# the tiny checkpoints' texts are narrower than those of real ones
TINY = PROFILES | {
    name: PROFILES[name].model_copy(update={"texts": width})
    for name, width in (("sd15", 32), ("sdxl", 64), ("instruct-pix2pix", 32))
}
TO_K = "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.lora_A.weight"


def found(where: Path | str, profile: str | None = None, cache: Path | None = None) -> Recognised:
    return recognise(str(where), TINY, wanted=TINY[profile] if profile else None, cache=cache)


def refused(where: Path | str, says: str, profile: str | None = None, cache: Path | None = None) -> None:
    with pytest.raises(EngineError, match=says):
        found(where, profile, cache)


@pytest.mark.parametrize(
    ("name", "what", "profiles"),
    [
        ("sd15", "a checkpoint", ("sd15",)),
        ("sd15.safetensors", "a checkpoint", ("sd15",)),
        ("sdxl", "a checkpoint", ("sdxl",)),
        ("sd35", "a checkpoint", ("sd35",)),
        ("pix2pix", "a checkpoint", ("instruct-pix2pix",)),
        ("starter", "a checkpoint", ("starter",)),
        ("flux2", "a checkpoint", ("flux2-klein",)),
        ("sd15-lora.safetensors", "a LoRA", ("instruct-pix2pix", "sd15")),
        ("sdxl-lora.safetensors", "a LoRA", ("sdxl",)),
        ("sd15-ip/models/tiny.safetensors", "an IP-Adapter", ("instruct-pix2pix", "sd15")),
        ("sdxl-ip/models/tiny.safetensors", "an IP-Adapter", ("sdxl",)),
        ("sd15-control", "a ControlNet", ("instruct-pix2pix", "sd15")),
        ("sdxl-control", "a ControlNet", ("sdxl",)),
    ],
)
def test_everything_is_told_by_itself(shelf: Path, name: str, what: str, profiles: tuple[str, ...]) -> None:
    one = found(shelf / name)
    assert (one.what, one.path) == (what, shelf / name)
    assert one.profiles == profiles
    assert found(shelf / name, profiles[0]).profiles == profiles[:1]
    file = shelf / name
    assert one.size == (file.stat().st_size if file.is_file() else sum(f.stat().st_size for f in weights(file)))


def weights(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.safetensors"))


@pytest.mark.parametrize(
    ("width", "base", "profiles"),
    [
        (192, "the starter", ("starter",)),
        (768, "SD 1.5", ("instruct-pix2pix", "sd15")),
        (1024, "SD 2 or SD Turbo", ("sd-turbo",)),
        (2048, "SDXL", ("sdxl-turbo", "sdxl")),
    ],
)
def test_a_real_loras_base_is_named(
    tmp_path: Path, one_thread: None, width: int, base: str, profiles: tuple[str, ...]
) -> None:
    one = recognise(str(written(tmp_path / "a.safetensors", {TO_K: (4, width)})), PROFILES)
    assert (one.base, one.profiles) == (base, profiles)


def test_a_lora_that_leaves_texts_alone_fits_all_that_take_loras(tmp_path: Path, one_thread: None) -> None:
    one = found(written(tmp_path / "a.safetensors", {"unet.conv_in.lora_A.weight": (4, 4)}))
    assert one.profiles == tuple(name for name, profile in TINY.items() if profile.texts)
    assert one.base.startswith("any base")


@pytest.mark.parametrize(
    ("name", "profile", "says"),
    [
        ("sd15-lora.safetensors", "sdxl", "a LoRA for another base: it was trained on .* 32, this checkpoint is .* 64"),
        ("sd15-lora.safetensors", "sd35", "sd35 can use neither this nor any other: it is a LoRA"),
        ("sd15-ip/models/tiny.safetensors", "sdxl", "an IP-Adapter for another base: .* 32.*choose one for .* 64"),
        ("sd15-ip/models/tiny.safetensors", "flux2-klein", "neither this nor any other: it is an IP-Adapter"),
        ("sdxl-control", "sd15", "a ControlNet for another base: .* 64"),
        ("sdxl", "sd15", "a checkpoint of another family: sd15 needs"),
        ("sd15.safetensors", "sdxl", "a file of another family: sdxl needs Stable Diffusion XL.*which is sd15"),
    ],
)
def test_what_is_for_another_base_names_both(shelf: Path, name: str, profile: str, says: str) -> None:
    refused(shelf / name, says, profile)


def test_a_lora_for_a_base_that_no_profile_has_names_it(tmp_path: Path, one_thread: None) -> None:
    name = "transformer.single_transformer_blocks.0.attn.to_k.lora_A.weight"
    refused(written(tmp_path / "a.safetensors", {name: (4, 768)}), "trained on Flux")


def test_an_adapter_of_no_known_base_says_which_there_are(tmp_path: Path, one_thread: None) -> None:
    file = written(tmp_path / "a.safetensors", {"ip_adapter.1.to_k_ip.weight": (4, 999)})
    refused(file, "it is for a model that reads texts of width 999")
    with pytest.raises(EngineError, match=r"choose one for SD 1\.5 or SD 2 or SD Turbo or SDXL or the starter"):
        recognise(str(file), PROFILES)


def test_an_adapter_without_its_encoder_cannot_be_used(shelf: Path, tmp_path: Path) -> None:
    refused(
        shutil.copy(shelf / "sd15-ip/models/tiny.safetensors", tmp_path),
        r"image encoder is missing.*of the encoder that its page names there",
    )
    for width, encoder in ((1024, "ViT-H"), (1280, "ViT-bigG")):
        shapes = {"ip_adapter.1.to_k_ip.weight": (4, 32), "image_proj.proj.weight": (128, width)}
        refused(written(tmp_path / "a.safetensors", shapes), f"of {encoder} there")


def test_damage_and_pickles_are_told(shelf: Path, tmp_path: Path) -> None:
    refused(truncated(Path(shutil.copy(shelf / "sd15-lora.safetensors", tmp_path))), "is truncated")
    control = Path(shutil.copytree(shelf / "sd15-control", tmp_path / "control"))
    truncated(weights(control)[0])
    refused(control, "is truncated")
    weights(control)[0].rename(control / "diffusion_pytorch_model.bin")
    refused(control, r"ControlNet without \.safetensors weights")
    refused(tmp_path / "model.ckpt", "can run any code")
    half = Path(shutil.copytree(shelf / "sd15", tmp_path / "half"))
    weights(half / "unet")[0].unlink()
    refused(half, r"half there: unet/ holds no \.safetensors file.*models pull sd15` again")


def test_what_no_profile_can_use_says_what_it_is(tmp_path: Path, one_thread: None) -> None:
    refused(written(tmp_path / "vae.safetensors", {"decoder.conv_in.weight": (1,)}), "no profile can use: a VAE")
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "PixArtAlphaPipeline"}))
    refused(tmp_path, "a family that no profile has.*'PixArtAlphaPipeline'.*Flux2KleinPipeline")
    refused(tmp_path / "nowhere", "no such file, folder or model.*check the path")


def test_a_file_with_the_settings_of_another_base_is_told(shelf: Path, tmp_path: Path) -> None:
    """SD 2 has SD 1.5's layout, and would fail with a page of shapes when it is loaded."""
    lone = Path(shutil.copy(shelf / "sd15.safetensors", tmp_path / "lone.safetensors"))
    shutil.copytree(shelf / "sd15", tmp_path / "lone")
    settings = json.loads((tmp_path / "lone/unet/config.json").read_text())
    for key, says in (
        ("cross_attention_dim", "texts of width 32, they say 7"),
        ("in_channels", "channels 4, they say 7"),
    ):
        (tmp_path / "lone/unet/config.json").write_text(json.dumps(settings | {key: 7}))
        refused(lone, f"another base than its settings: it reads .*{says}.*settings of its own base in")


def test_a_pulled_hub_id_is_recognised_with_its_revision(shelf: Path, tmp_path: Path) -> None:
    lay(shelf / "sd15", tmp_path, "someone/fine-tuned")
    lay(shelf / "sd15-control", tmp_path, "someone/control")
    one = found("someone/fine-tuned", cache=tmp_path)
    assert (one.profiles, one.facts["revision"]) == (("sd15",), "c" * 40)
    assert found("someone/control", cache=tmp_path).what == "a ControlNet"
    refused("someone/unknown", "not fetched to this machine.*hf download someone/unknown`", cache=tmp_path)
    refused(TINY["sdxl"].hub, "not fetched to this machine.*models pull sdxl`", cache=tmp_path)


def test_a_profile_that_is_named_is_the_only_one_tried(shelf: Path) -> None:
    profile: Profile = TINY["sdxl-turbo"]
    assert recognise(str(shelf / "sdxl"), TINY, wanted=profile).profiles == ("sdxl-turbo",)
