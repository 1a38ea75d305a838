"""What DINOv2 adds to a patcher."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipelines.engines.dino import DinoEmbedder
from pipelines.engines.embedder import Pixels
from pipelines.errors import EngineError
from tests.pipelines.engines.tiny_dino import write_tiny_dino

has_torch = all(importlib.util.find_spec(name) for name in ("torch", "transformers"))
needs_torch = pytest.mark.skipif(
    not has_torch, reason='torch and transformers are not here: pip install "atelier[gpu]"'
)
CLOSE = 1e-5


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Path:
    return write_tiny_dino(tmp_path_factory.mktemp("models") / "tiny-dino")


@pytest.fixture
def broken(checkpoint: Path, tmp_path: Path) -> Path:
    """A copy to break."""
    return Path(shutil.copytree(checkpoint, tmp_path / "broken-dino"))


def picture(seed: int = 0, *, height: int = 40, width: int = 60) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


def configured(folder: Path, **changes: object) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def without_a_weight(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    del weights["layernorm.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def as_a_pickle(folder: Path) -> None:
    import torch
    from safetensors.torch import load_file

    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


@needs_torch
@pytest.mark.xdist_group("torch")
class TestDino:
    def test_pictures_of_any_sizes_become_unit_vectors(self, checkpoint: Path) -> None:
        found = DinoEmbedder(checkpoint).pictures([picture(), picture(1, height=90), picture(2, width=1)])
        assert found.shape == (3, 32)
        assert found.dtype == np.float32
        assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=CLOSE)
        assert DinoEmbedder(checkpoint).pictures([]).shape == (0, 32)

    def test_a_whole_picture_is_what_the_model_itself_says_of_it(self, checkpoint: Path) -> None:
        import torch
        from transformers import BitImageProcessorPil, Dinov2Model

        model = Dinov2Model.from_pretrained(checkpoint)  # in evaluation mode already
        seen = BitImageProcessorPil.from_pretrained(checkpoint)(picture(), return_tensors="pt")
        with torch.inference_mode():
            bare = model(seen["pixel_values"]).pooler_output[0].numpy()
        assert DinoEmbedder(checkpoint).pictures([picture()])[0] == pytest.approx(
            bare / np.linalg.norm(bare), abs=CLOSE
        )

    def test_patches_leave_out_the_class_token_and_the_registers(self, tmp_path: Path) -> None:
        embedder = DinoEmbedder(write_tiny_dino(tmp_path / "registers", registers=4))
        square = picture(height=28, width=28)
        tokens = embedder._tokens([square], do_center_crop=False, size={"height": 28, "width": 28})[0]
        assert tokens.shape == (1 + 4 + 16, 32)
        last = tokens[-1] / np.linalg.norm(tokens[-1])
        assert embedder.patches([square])[0, 3, 3] == pytest.approx(last, abs=CLOSE)

    def test_its_name_tells_the_kind_the_folder_and_the_weights(self, checkpoint: Path, broken: Path) -> None:
        first = DinoEmbedder(checkpoint).name
        assert first.startswith("dinov2 tiny-dino ")
        data = bytearray((broken / "model.safetensors").read_bytes())
        data[-1] ^= 1
        (broken / "model.safetensors").write_bytes(data)
        assert DinoEmbedder(broken).name.split()[-1] != first.split()[-1]

    @pytest.mark.parametrize("name", ["/nowhere/at/all", "../nowhere", "a b"])
    def test_a_folder_that_is_not_there_is_a_clear_error(self, name: str) -> None:
        with pytest.raises(EngineError, match="no such folder"):
            DinoEmbedder(name)

    def test_a_model_that_is_not_in_the_cache_is_not_fetched(self) -> None:
        with pytest.raises(EngineError, match="local cache"):
            DinoEmbedder("nobody/has-this")

    @pytest.mark.parametrize(
        ("spoil", "complaint"),
        [
            (without_a_weight, r"1 of the model's weights are missing, layernorm\.weight first"),
            (as_a_pickle, r"no file named model\.safetensors"),
            (lambda d: (d / "model.safetensors").write_bytes(b"x" * 99), "cannot be loaded"),
            (lambda d: configured(d, hidden_size=64), "cannot be loaded"),
            (lambda d: configured(d, model_type="vit"), "no DINOv2 model.*a vit"),
            (lambda d: (d / "config.json").write_text("{"), "cannot be loaded"),
            (lambda d: (d / "preprocessor_config.json").unlink(), "cannot be loaded"),
        ],
    )
    def test_a_model_with_a_part_missing_or_wrong_is_a_clear_error(
        self, broken: Path, spoil: Callable[[Path], object], complaint: str
    ) -> None:
        spoil(broken)
        with pytest.raises(EngineError, match=complaint) as caught:
            DinoEmbedder(broken)
        assert "folder" in caught.value.fix

    def test_a_device_that_is_not_there_is_a_clear_error(self, checkpoint: Path) -> None:
        with pytest.raises(EngineError, match=r"cannot use this device.*nonsense"):
            DinoEmbedder(checkpoint, device="nonsense")


def test_without_torch_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(EngineError, match="pip install"):
        DinoEmbedder(tmp_path)
