from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import EngineError
from pipelines.home import ROOT
from pipelines.judges import Judge, find_judge, load_judges
from pipelines.profiles import load_profiles

JUDGES = load_judges(ROOT)


def test_whole_pictures_and_parts_of_them_can_be_judged() -> None:
    assert {judge.kind for judge in JUDGES.values()} == {"embedder", "patcher"}
    assert {"starter-clip", "clip-vit-b32", "clip-vit-l14", "siglip2-base", "dinov2-base"} <= set(JUDGES)


def test_the_starter_judge_is_never_fetched() -> None:
    assert JUDGES["starter-clip"].ships == "models/starter/clip"
    assert {judge.name for judge in JUDGES.values() if not judge.hub} == {"starter-clip"}


def test_no_judge_has_the_name_of_a_profile() -> None:
    assert not set(JUDGES) & set(load_profiles(ROOT))


@pytest.mark.parametrize("judge", JUDGES.values(), ids=JUDGES)
def test_a_judge_says_what_it_is_for_and_what_its_licence_allows(judge: Judge) -> None:
    assert judge.about.endswith(".")
    assert "icen" in judge.licence
    assert judge.licence.endswith(".")


def test_a_judge_whose_main_branch_is_a_pickle_names_a_revision() -> None:
    assert JUDGES["clip-vit-b32"].revision != "main"


@pytest.mark.parametrize(("typed", "meant"), [("dino", "did you mean dinov2-base"), ("lpips", "choose one of")])
def test_an_unknown_judge_suggests_the_nearest(typed: str, meant: str) -> None:
    with pytest.raises(EngineError, match=f"no such judge.*{meant}"):
        find_judge(JUDGES, typed)
    assert find_judge(JUDGES, "dinov2-base").kind == "patcher"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('kind = "patcher"', 'kind = "oracle"', "kind.*compare it with dinov2-base.toml"),
        ('name = "dinov2-base"', 'name = "dinov3"', "holds the judge of another name"),
        ("judge = 1", "judge = [", "not TOML"),
        ("judge = 1", "", "judge: Field required"),
        ('hub = "facebook/dinov2-base"', "", "give either hub"),
        ("judge = 1", 'judge = 1\nships = "models/dino"', "give either hub"),
    ],
)
def test_a_wrong_judge_says_what_is_wrong(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = (ROOT / "styles/judges/dinov2-base.toml").read_text()
    assert old in text
    target = tmp_path / "styles/judges/dinov2-base.toml"
    target.parent.mkdir(parents=True)
    target.write_text(text.replace(old, new))
    with pytest.raises(EngineError, match=says):
        load_judges(tmp_path)
