"""What a semantic segmentation checkpoint must bring, on a tiny random SegFormer: plumbing, never a result."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from pipelines.engines.segmenter import SemanticSegmenter
from pipelines.errors import EngineError

has_torch = all(importlib.util.find_spec(name) for name in ("torch", "transformers"))
pytestmark = pytest.mark.skipif(not has_torch, reason='torch and transformers are not here: pip install "atelier[gpu]"')


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Path:
    import torch
    from transformers import SegformerConfig, SegformerForSemanticSegmentation

    torch.manual_seed(7)
    folder = tmp_path_factory.mktemp("models") / "tiny-segformer"
    config = SegformerConfig(
        num_encoder_blocks=2, depths=[1, 1], sr_ratios=[2, 1], hidden_sizes=[8, 16], patch_sizes=[7, 3], strides=[4, 2],
        num_attention_heads=[1, 2], mlp_ratios=[2, 2], decoder_hidden_size=16, id2label={0: "background", 1: "subject"},
        label2id={"background": 0, "subject": 1},
    )  # fmt: skip
    SegformerForSemanticSegmentation(config).save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps({"size": {"height": 64, "width": 64}}))
    return folder


@pytest.fixture
def broken(checkpoint: Path, tmp_path: Path) -> Path:
    """A copy to break."""
    return Path(shutil.copytree(checkpoint, tmp_path / "broken"))


def configured(folder: Path, **changes: object) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def test_a_picture_gets_a_value_for_each_pixel_and_the_same_ones_again(checkpoint: Path) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (37, 51, 3)).astype(np.uint8)
    first, second = (SemanticSegmenter(checkpoint).segment(rgb) for _ in range(2))
    assert first.shape == (37, 51)
    assert 0 <= first.min() <= first.max() <= 1
    assert np.array_equal(first, second)


def test_its_name_tells_the_model_and_its_revision(checkpoint: Path) -> None:
    assert SemanticSegmenter(checkpoint).name.startswith("segformer tiny-segformer ")


def test_a_checkpoint_without_a_background_class_is_refused(broken: Path) -> None:
    configured(broken, id2label={"0": "dog", "1": "cat"})
    with pytest.raises(EngineError, match="background"):
        SemanticSegmenter(broken)


def test_a_model_that_does_not_segment_is_refused(broken: Path) -> None:
    configured(broken, model_type="swin2sr", architectures=["Swin2SRModel"])
    with pytest.raises(EngineError, match="does not segment"):
        SemanticSegmenter(broken)


def test_a_folder_that_is_not_there_or_is_cut_short_is_refused(broken: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineError):
        SemanticSegmenter(tmp_path / "nowhere")
    weights = broken / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:999])
    with pytest.raises(EngineError):
        SemanticSegmenter(broken)


def test_pickled_weights_are_not_loaded(broken: Path) -> None:
    (broken / "model.safetensors").rename(broken / "pytorch_model.bin")
    with pytest.raises(EngineError):
        SemanticSegmenter(broken)
