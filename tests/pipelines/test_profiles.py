from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import EngineError
from pipelines.home import ROOT
from pipelines.profiles import Profile, executed_steps, find_profile, load_profiles

PROFILES = load_profiles(ROOT)


def written(folder: Path, name: str, old: str, new: str) -> Path:
    """The SD 1.5 profile with one thing changed."""
    text = (ROOT / "styles/profiles/sd15.toml").read_text()
    assert old in text
    target = folder / "styles" / "profiles" / f"{name}.toml"
    target.parent.mkdir(parents=True)
    target.write_text(text.replace(old, new))
    return folder


def test_every_profile_that_the_issue_names_ships() -> None:
    fetched = {"sd15", "sd-turbo", "sdxl", "sdxl-turbo", "sd35", "flux2-klein", "qwen-image-edit", "instruct-pix2pix"}
    assert set(PROFILES) == fetched | {"starter"}
    assert {name for name, profile in PROFILES.items() if not profile.ships} == fetched


def test_a_checkpoint_comes_from_one_place_alone(tmp_path: Path) -> None:
    own = 'hub = "stable-diffusion-v1-5/stable-diffusion-v1-5"\n'
    with pytest.raises(EngineError, match="give either hub, where it is fetched, or ships"):
        load_profiles(written(tmp_path / "both", "sd15", own, f'{own}ships = "models/sd15"\n'))
    with pytest.raises(EngineError, match="give either hub, where it is fetched, or ships"):
        load_profiles(written(tmp_path / "none", "sd15", own, ""))


def test_only_one_pass_a_step_is_made_where_a_profile_asks_for_no_guidance() -> None:
    assert PROFILES["starter"].guidance == 1
    assert PROFILES["instruct-pix2pix"].image_guidance > 1
    assert all(profile.image_guidance == 1 for name, profile in PROFILES.items() if name != "instruct-pix2pix")


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_a_profile_covers_squares_landscapes_and_portraits(profile: Profile) -> None:
    shapes = {(width > height) - (width < height) for width, height in profile.buckets}
    assert shapes == {-1, 0, 1}
    assert (profile.size, profile.size) in profile.buckets
    assert len(profile.licence) > 10


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_a_profiles_own_rules_always_run_a_step(profile: Profile) -> None:
    assert executed_steps(profile.steps, profile.strength.least) >= 1
    assert executed_steps(profile.steps, 1.0) == profile.steps


def test_instructing_models_have_no_strength() -> None:
    assert {name for name, profile in PROFILES.items() if profile.instructs} == {"flux2-klein", "qwen-image-edit"}


@pytest.mark.parametrize(
    ("typed", "meant"), [("sd1.5", "did you mean sd15"), ("SDXL", "did you mean sdxl"), ("midjourney", "choose one of")]
)
def test_an_unknown_profile_suggests_the_nearest(typed: str, meant: str) -> None:
    with pytest.raises(EngineError, match=meant):
        find_profile(PROFILES, typed)
    assert find_profile(PROFILES, "sdxl").family == "sdxl"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[512, 512]", "[500, 512]", "bucket side 500 is not a multiple of 64"),
        ("least = 0.05", "least = 0.01", "runs no step of 30"),
        ("usual = 0.6", "usual = 0.01", "must not fall"),
        ("steps = 30", "steps = 'many'", "steps"),
        ('name = "sd15"', 'name = "sd16"', "another name"),
        ("profile = 1", "profile = [", "not TOML"),
        ('family = "sd15"', 'family = "sd15"\nstep = 3', "step"),
    ],
)
def test_a_wrong_profile_says_what_is_wrong(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(EngineError, match=says):
        load_profiles(written(tmp_path, "sd15", old, new))


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_everything_that_can_be_fetched_says_its_licence_and_its_size(profile: Profile) -> None:
    parts = [profile.ip_adapter, profile.preview, *profile.controlnets.values()]
    for published in (profile, *(part for part in parts if part is not None)):
        assert "icen" in published.licence or "RAIL" in published.licence
        assert 0 < published.gigabytes < 100


def test_only_profiles_with_a_unet_say_what_goes_on_top() -> None:
    for profile in PROFILES.values():
        assert (profile.texts is not None) == profile.has_unet
        assert profile.texts is not None or not (profile.ip_adapter or profile.controlnets or profile.preview)


def test_an_adapter_that_is_a_pickle_is_no_adapter(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"sd15\.toml: ip_adapter\.weights"):
        load_profiles(written(tmp_path, "sd15", "ip-adapter_sd15.safetensors", "ip-adapter_sd15.bin"))
