"""Every trainer learns, on a handful of drawings and in seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from rich.console import Console
from transformers import CLIPModel

from models.training.cache import shelf
from models.training.classifier import ClassifierRecipe, load_classifier
from models.training.clip import alike, contrast
from models.training.harness.loop import Budget, Draw, Recipe, Run, train
from models.training.unet import Batch, mixed, smaller
from models.training.vae import crops
from tests.models.training.conftest import CPU, clip_recipe, unet_recipe, vae_recipe

RECIPES: dict[str, Callable[[Path], Recipe]] = {
    "vae": vae_recipe,
    "clip": clip_recipe,
    "unet": unet_recipe,
    "classifier": lambda work: ClassifierRecipe(shelf(work, "scenes"), CPU),
}


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, count in {"clip.MASCOTS": 4, "clip.FOILS": 2, "classifier.BATCH": 6}.items():
        monkeypatch.setattr(f"models.training.{name}", count)


def draw(step: int, *, spent: float = 0.9) -> Draw:
    return Draw(step, spent, np.random.default_rng(step), torch.Generator().manual_seed(step))


@pytest.mark.parametrize("name", RECIPES)
def test_a_model_learns_a_handful_of_drawings(name: str, work: Path, tmp_path: Path) -> None:
    recipe = RECIPES[name](work)
    recipe.model.train()
    with torch.no_grad():
        before = float(recipe.loss(draw(0))["loss"])
    run = Run(tmp_path, CPU, Budget(None, 4), warm_up=1)
    train(recipe, replace(run, seed=1), console=Console(quiet=True))
    with torch.no_grad():
        assert float(recipe.loss(draw(0))["loss"]) < before


def test_both_sizes_of_picture_and_the_first_steps_are_trained(work: Path) -> None:
    recipe = unet_recipe(work)
    for spent, step in ((0.1, 0), (0.9, 0), (0.9, 1)):
        losses = recipe.loss(draw(step, spent=spent))
        assert all(torch.isfinite(loss) for loss in losses.values())
    with torch.no_grad():
        assert torch.isfinite(clip_recipe(work).loss(draw(0, spent=0.1))["loss"])


def test_a_frozen_text_tower_is_kept_as_the_denoiser_knows_it(work: Path, tmp_path: Path) -> None:
    before = CLIPModel.from_pretrained(work / "clip" / "model", local_files_only=True)
    recipe = clip_recipe(work, frozen=CLIPModel.from_pretrained(work / "clip" / "model", local_files_only=True))
    train(recipe, Run(tmp_path, CPU, Budget(None, 1), warm_up=1), console=Console(quiet=True))
    after = CLIPModel.from_pretrained(tmp_path / "clip" / "model", local_files_only=True)
    old, new = before.text_model.state_dict(), after.text_model.state_dict()
    assert all(torch.equal(old[name], new[name]) for name in old)
    assert not torch.equal(before.visual_projection.weight, after.visual_projection.weight)


def test_equal_captions_belong_together() -> None:
    captions = np.array(["a dog", "a cat", "a dog"])
    assert alike(captions).tolist() == [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
    unit = torch.nn.functional.normalize(torch.tensor([[1.0, 0], [0, 1], [1, 0]]), dim=1)
    scale = torch.tensor(20.0)
    right, wrong = contrast(unit, unit, alike(captions), scale), contrast(unit, unit.roll(1, 0), alike(captions), scale)
    assert right < 0.8 < wrong


def test_scenes_are_painted_from_nothing_and_edits_from_their_picture(work: Path) -> None:
    batch = mixed(shelf(work, "scenes"), shelf(work, "pairs"), np.random.default_rng(0), count=16)
    assert batch.edits.sum() == 8
    assert not batch.given[~batch.edits].any()
    assert batch.given[batch.edits].any(axis=(1, 2, 3)).all()
    assert (batch.weights[~batch.edits] == 1).all()
    assert batch.weights.min() >= 0.299


def test_smaller_pictures_keep_what_belongs_together_in_place() -> None:
    rows, columns = np.mgrid[:128, :128].astype(np.uint8)
    picture = np.stack([rows, columns, rows], axis=-1)[None].repeat(12, 0)
    weights = (picture[..., 0] / 255).astype(np.float32)
    batch = Batch(picture, picture.copy(), ["x"] * 12, weights, np.arange(12) > 2)
    small = smaller(batch, np.random.default_rng(0))
    assert small.wanted.shape == (12, 64, 64, 3)
    assert np.array_equal(small.wanted, small.given)
    assert np.abs(small.weights * 255 - small.wanted[..., 0]).max() <= 1
    assert np.ptp(small.wanted[0, ..., 0]) > 120  # a whole scene
    assert min(np.ptp(one[..., 0]) for one in small.wanted[3:]) < 110  # an edit from nearer by


def test_crops_lie_in_minus_one_to_one(work: Path) -> None:
    found = crops(shelf(work, "scenes"), np.random.default_rng(0))
    assert found.shape == (16, 3, 64, 64)
    assert found.min() >= -1
    assert found.max() <= 1
    assert found.std() > 0.1


def test_a_kept_classifier_answers_as_it_did(work: Path, tmp_path: Path) -> None:
    recipe = ClassifierRecipe(shelf(work, "scenes"), CPU)
    recipe.keep(tmp_path)
    again, pictures = load_classifier(tmp_path), torch.rand(2, 3, 128, 128) * 2 - 1
    with torch.no_grad():
        for one, other in zip(recipe.classifier(pictures).values(), again(pictures).values(), strict=True):
            assert torch.allclose(one, other, atol=0.02)
