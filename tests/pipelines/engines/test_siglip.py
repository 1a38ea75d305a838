"""SigLIP beside CLIP, opened by what a checkpoint says it is."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipelines.engines.clip import ClipEmbedder
from pipelines.engines.embedder import Embedder, Pixels
from pipelines.engines.siglip import SiglipEmbedder, open_embedder
from pipelines.errors import EngineError
from tests.pipelines.engines.tiny_clip import write_tiny_clip
from tests.pipelines.engines.tiny_dino import write_tiny_dino
from tests.pipelines.engines.tiny_siglip import PLACES, write_tiny_siglip, write_tiny_siglip2

has_torch = all(importlib.util.find_spec(name) for name in ("torch", "transformers"))
pytestmark = [
    pytest.mark.skipif(not has_torch, reason='torch and transformers are not here: pip install "atelier[gpu]"'),
    pytest.mark.xdist_group("torch"),
]
TEXTS = ["a dog with a flag", "a boat", "", "日本の旗"]
CLOSE = 1e-5


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("models")
    return {
        "clip": write_tiny_clip(folder / "tiny-clip"),
        "siglip": write_tiny_siglip(folder / "tiny-siglip"),
        "siglip2": write_tiny_siglip2(folder / "tiny-siglip2"),
    }


@pytest.fixture(scope="module", params=["clip", "siglip", "siglip2"])
def embedder(request: pytest.FixtureRequest, checkpoints: dict[str, Path]) -> Embedder:
    """Each kind, opened without saying which."""
    return open_embedder(checkpoints[request.param])


@pytest.fixture
def broken(checkpoints: dict[str, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(checkpoints["siglip"], tmp_path / "broken-siglip"))


def picture(seed: int = 0, *, height: int = 40, width: int = 60) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


def test_every_kind_puts_pictures_and_texts_on_one_unit_sphere(embedder: Embedder) -> None:
    pictures = embedder.pictures([picture(i, height=20 + 9 * i) for i in range(5)])
    texts = embedder.texts(TEXTS)
    assert pictures.shape == (5, texts.shape[1])
    for vectors in (pictures, texts):
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=CLOSE)


def test_a_batch_gives_what_its_members_give_alone(embedder: Embedder) -> None:
    pictures = [picture(i, height=20 + i) for i in range(33)]
    assert embedder.pictures(pictures)[32:] == pytest.approx(embedder.pictures(pictures[32:]), abs=CLOSE)
    alone = np.concatenate([embedder.texts([text]) for text in TEXTS])
    assert embedder.texts(TEXTS) == pytest.approx(alone, abs=CLOSE)


def test_nothing_gives_no_vectors_of_the_right_length(embedder: Embedder) -> None:
    size = embedder.texts(["a"]).shape[1]
    assert embedder.pictures([]).shape == embedder.texts([]).shape == (0, size)


@pytest.mark.parametrize("kind", ["clip", "siglip", "siglip2"])
def test_the_configuration_decides_what_is_opened(checkpoints: dict[str, Path], kind: str) -> None:
    found = open_embedder(checkpoints[kind])
    assert isinstance(found, ClipEmbedder if kind == "clip" else SiglipEmbedder)
    assert found.name.startswith(f"{kind} tiny-{kind} ")


def test_another_kind_of_model_is_refused_with_the_kinds_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"a dinov2.*clip, siglip, siglip2"):
        open_embedder(write_tiny_dino(tmp_path / "dino"))


class TestSiglip:
    def test_a_text_is_read_as_in_training_padded_and_unmasked(self, checkpoints: dict[str, Path]) -> None:
        import torch
        from transformers import SiglipModel

        model = SiglipModel.from_pretrained(checkpoints["siglip"])  # in evaluation mode already
        dog = [3, 7, 18, 10]  # ▁, d, o, g
        places = torch.tensor([[*dog, *[1] * (PLACES - len(dog))]])  # then </s>, which also pads
        with torch.inference_mode():
            bare = model.get_text_features(input_ids=places).pooler_output[0].numpy()
        found = SiglipEmbedder(checkpoints["siglip"]).texts(["dog"])[0]
        assert found == pytest.approx(bare / np.linalg.norm(bare), abs=CLOSE)

    def test_capitals_do_not_matter(self, checkpoints: dict[str, Path]) -> None:
        embedder = SiglipEmbedder(checkpoints["siglip"])
        assert np.array_equal(embedder.texts(["A Dog"]), embedder.texts(["a dog"]))

    def test_a_long_text_is_cut_where_the_model_stops_reading(self, checkpoints: dict[str, Path]) -> None:
        embedder = SiglipEmbedder(checkpoints["siglip"])
        cut, longer = embedder.texts(["a" * 40, "a" * 400])
        assert np.array_equal(cut, longer)

    @pytest.mark.parametrize(
        ("spoil", "complaint"),
        [
            (lambda d: (d / "tokenizer.json").unlink(), r"tokenizer\.json"),
            (lambda d: (d / "preprocessor_config.json").unlink(), "cannot be loaded"),
            (lambda d: (d / "model.safetensors").write_bytes(b"x" * 99), "cannot be loaded"),
            (lambda d: (d / "model.safetensors").rename(d / "model.bin"), "cannot be loaded"),
            (lambda d: configured(d, model_type="bert"), "no SigLIP model.*a bert"),
            (lambda d: (d / "config.json").unlink(), "cannot be loaded"),
        ],
    )
    def test_a_model_with_a_part_missing_or_wrong_is_a_clear_error(
        self, broken: Path, spoil: Callable[[Path], object], complaint: str
    ) -> None:
        spoil(broken)
        with pytest.raises(EngineError, match=complaint) as caught:
            SiglipEmbedder(broken)
        assert "folder" in caught.value.fix

    def test_a_tokenizer_with_more_words_than_the_model_is_another_models(self, broken: Path) -> None:
        file = broken / "tokenizer.json"
        made = json.loads(file.read_text())
        made["model"]["vocab"] += [[chr(c), -4.0] for c in range(1000, 1100)]
        file.write_text(json.dumps(made))
        with pytest.raises(EngineError, match=r"another model's.*130 tokens for 30"):
            SiglipEmbedder(broken)

    def test_a_device_that_is_not_there_is_a_clear_error(self, checkpoints: dict[str, Path]) -> None:
        with pytest.raises(EngineError, match="cannot use this device"):
            open_embedder(checkpoints["siglip"], device="nonsense")


def configured(folder: Path, **changes: object) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))
