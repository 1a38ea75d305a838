"""What every embedder promises, and what CLIP adds."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipelines.engines.clip import ClipEmbedder, shortened
from pipelines.engines.embedder import Embedder, on_white, unit
from pipelines.engines.hashed import FakeEmbedder
from pipelines.errors import EngineError
from tests.pipelines.engines.tiny_clip import write_tiny_clip

Pixels = NDArray[np.uint8]

has_torch = all(importlib.util.find_spec(name) for name in ("torch", "transformers"))
needs_torch = pytest.mark.skipif(
    not has_torch, reason='torch and transformers are not here: pip install "atelier[gpu]"'
)
clip = [needs_torch, pytest.mark.xdist_group("torch")]  # one worker pays for the imports

TEXTS = ["a dog with the flag of Ontario", "a boat at sunset", "", "日本の旗", "A dog"]
CLOSE = 1e-5  # float32 sums in another order


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_clip(tmp_path_factory.mktemp("models") / "tiny-clip")


@pytest.fixture(scope="module", params=["fake", pytest.param("clip", marks=clip)])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    """One of the implementations."""
    return FakeEmbedder() if request.param == "fake" else ClipEmbedder(request.getfixturevalue("checkpoint"))


def picture(seed: int = 0, *, height: int = 40, width: int = 60, channels: int = 3) -> Pixels:
    """Four fields of random colours."""
    colours = np.random.default_rng(seed).integers(0, 256, (2, 2, 3)).astype(np.uint8)
    rows, columns = np.arange(height) * 2 // height, np.arange(width) * 2 // width
    rgb = colours[rows[:, None], columns[None, :]]
    return rgb if channels == 3 else np.dstack([rgb, np.full((height, width), 255, dtype=np.uint8)])


def noise(seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (40, 60, 3)).astype(np.uint8)


def everything(embedder: Embedder) -> list[NDArray[np.float32]]:
    return [embedder.pictures([picture(i) for i in range(5)]), embedder.texts(TEXTS)]


def test_pictures_and_texts_lie_in_one_space_on_the_unit_sphere(embedder: Embedder) -> None:
    pictures, texts = everything(embedder)
    assert pictures.shape == (5, texts.shape[1])
    assert len(texts) == len(TEXTS)
    for vectors in (pictures, texts):
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=CLOSE)


def test_an_embedder_has_a_name_that_tells_its_revision(embedder: Embedder) -> None:
    assert embedder.name.split()
    assert embedder.name.strip() == embedder.name


def test_the_same_things_give_the_same_bits(embedder: Embedder) -> None:
    for once, again in zip(everything(embedder), everything(embedder), strict=True):
        assert np.array_equal(once, again)


def test_a_batch_gives_what_its_members_give_alone_and_in_their_order(embedder: Embedder) -> None:
    pictures = [picture(i) for i in range(5)]
    alone = np.concatenate([embedder.pictures([p]) for p in pictures])
    assert embedder.pictures(pictures) == pytest.approx(alone, abs=CLOSE)
    backwards = embedder.pictures(pictures[::-1])
    assert backwards[::-1] == pytest.approx(alone, abs=CLOSE)
    words = np.concatenate([embedder.texts([t]) for t in TEXTS])
    assert embedder.texts(TEXTS) == pytest.approx(words, abs=CLOSE)


def test_more_than_one_batch_loses_nothing(embedder: Embedder) -> None:
    few = [picture(i, height=8, width=8) for i in range(3)]
    many = embedder.pictures(few * 23)
    assert many.shape[0] == 69
    assert many[66:] == pytest.approx(embedder.pictures(few), abs=CLOSE)


def test_nothing_gives_no_vectors_of_the_right_length(embedder: Embedder) -> None:
    size = embedder.texts(["a"]).shape[1]
    for none in (embedder.pictures([]), embedder.texts([])):
        assert none.shape == (0, size)
        assert none.dtype == np.float32


def test_alpha_that_hides_nothing_changes_nothing(embedder: Embedder) -> None:
    assert np.array_equal(embedder.pictures([picture()]), embedder.pictures([picture(channels=4)]))


def test_what_is_transparent_is_white_whatever_colour_hides_in_it(embedder: Embedder) -> None:
    hidden = picture(channels=4)
    hidden[:20, :, 3] = 0
    white = picture()
    white[:20] = 255
    assert np.array_equal(embedder.pictures([hidden]), embedder.pictures([white]))


def test_a_picture_is_nearer_to_itself_and_to_its_copy_than_to_noise(embedder: Embedder) -> None:
    softer = np.clip(picture().astype(int) + 4, 0, 255).astype(np.uint8)
    own, copy, other = embedder.pictures([picture(), softer, noise()])
    assert own @ own == pytest.approx(1, abs=CLOSE)
    assert own @ own > own @ copy - CLOSE
    assert own @ copy > own @ other


def test_the_same_picture_larger_is_nearly_the_same(embedder: Embedder) -> None:
    small, large, other = embedder.pictures([picture(), picture(height=80, width=120), picture(3)])
    assert small @ large > 0.98
    assert small @ large > small @ other


@pytest.mark.parametrize("size", [(1, 1), (1, 90), (90, 1), (3, 3), (4, 5)])
def test_small_and_narrow_pictures_have_their_place_too(embedder: Embedder, size: tuple[int, int]) -> None:
    found = embedder.pictures([picture(height=size[0], width=size[1]), noise()])
    assert np.isfinite(found).all()
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=CLOSE)


def test_different_texts_lie_apart(embedder: Embedder) -> None:
    found = embedder.texts(TEXTS)
    near = found @ found.T - np.eye(len(TEXTS))
    assert near.max() < 1 - 1e-4


def test_a_text_of_any_length_is_taken(embedder: Embedder) -> None:
    assert embedder.texts(["flag " * 500]).shape[0] == 1


# ── the fake ──


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 255))
def test_the_fake_gives_even_one_flat_grey_a_direction(height: int, width: int, grey: int) -> None:
    found = FakeEmbedder().pictures([np.full((height, width, 3), grey, dtype=np.uint8)])
    assert np.linalg.norm(found) == pytest.approx(1, abs=CLOSE)


def test_the_fake_finds_texts_that_share_words_alike() -> None:
    one, two, three = FakeEmbedder().texts(["a dog with a flag", "A DOG with a hat", "boats at sea"])
    assert one @ two > 0.5 > one @ three


def test_the_fake_tells_a_flag_from_the_same_flag_upside_down() -> None:
    flag = np.repeat(np.array([[[0, 87, 183]], [[255, 215, 0]]], dtype=np.uint8), 20, axis=0).repeat(60, axis=1)
    up, down = FakeEmbedder().pictures([flag, flag[::-1]])
    assert up @ down < 0.5


@given(
    st.lists(st.lists(st.sampled_from(["dog", "flag", "of", "Saskatchewan"]), min_size=1, max_size=5), max_size=6),
    st.integers(1, 40),
)
def test_a_long_text_loses_whole_phrases_from_its_end_and_words_only_of_one_that_is_too_long(
    phrases: list[list[str]], longest: int
) -> None:
    text = ", ".join(" ".join(phrase) for phrase in phrases)
    short = shortened(text, longest, len)
    assert text.startswith(short)
    if len(text) <= longest:
        assert short == text
    elif phrases and len(" ".join(phrases[0])) <= longest:
        kept = short.split(", ")
        assert kept == [" ".join(phrase) for phrase in phrases[: len(kept)]]
        assert len(short) <= longest
        assert len(", ".join([short, " ".join(phrases[len(kept)])])) > longest, "no more would fit"
    elif phrases and len(phrases[0][0]) <= longest:
        assert len(short) <= longest
        assert " ".join(phrases[0]).startswith(short)
        assert short.split(" ") == phrases[0][: len(short.split(" "))], "no word is cut"
    else:
        assert short == text, "the model has to cut a word"


def test_the_fake_and_the_seams_load_no_model_library() -> None:
    code = "import sys, pipelines.engines.hashed, pipelines.engines.clip; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_half_transparent_pixels_are_half_white() -> None:
    assert on_white(np.array([[[0, 100, 255, 128]]], dtype=np.uint8)).tolist() == [[[127, 177, 255]]]


def test_a_vector_without_length_stays_finite() -> None:
    assert np.isfinite(unit(np.zeros((1, 3)))).all()


# ── CLIP ──


@pytest.fixture
def broken(checkpoint: Path, tmp_path: Path) -> Path:
    """A copy to break."""
    return Path(shutil.copytree(checkpoint, tmp_path / "broken-clip"))


def configured(folder: Path, **changes: object) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def without_a_weight(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    del weights["text_projection.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def as_a_pickle(folder: Path) -> None:
    import torch
    from safetensors.torch import load_file

    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


class TestClip:
    pytestmark = clip

    def test_its_name_changes_with_its_weights(self, checkpoint: Path, broken: Path) -> None:
        first = ClipEmbedder(checkpoint).name
        assert first.startswith("clip tiny-clip ")
        data = bytearray((broken / "model.safetensors").read_bytes())
        data[-1] ^= 1
        (broken / "model.safetensors").write_bytes(data)
        assert ClipEmbedder(broken).name.split()[-1] != first.split()[-1]

    @pytest.mark.parametrize("name", ["/nowhere/at/all", "../nowhere", "a b"])
    def test_a_folder_that_is_not_there_is_a_clear_error(self, name: str) -> None:
        with pytest.raises(EngineError, match="no such folder") as caught:
            ClipEmbedder(name)
        assert caught.value.got == name

    def test_a_model_that_is_not_in_the_cache_is_not_fetched(self) -> None:
        with pytest.raises(EngineError, match="local cache"):
            ClipEmbedder("nobody/has-this")

    def test_an_empty_folder_is_a_clear_error(self, tmp_path: Path) -> None:
        with pytest.raises(EngineError, match="cannot be loaded"):
            ClipEmbedder(tmp_path)

    @pytest.mark.parametrize(
        ("spoil", "complaint"),
        [
            (without_a_weight, r"1 of the model's weights are missing, text_projection\.weight first"),
            (as_a_pickle, r"no file named model\.safetensors"),
            (lambda d: (d / "model.safetensors").write_bytes(b"x" * 99), "cannot be loaded"),
            (lambda d: configured(d, projection_dim=48), "cannot be loaded"),
            (lambda d: configured(d, model_type="bert"), "no CLIP model.*a bert"),
            (lambda d: (d / "config.json").write_text("{"), "cannot be loaded"),
            (lambda d: (d / "vocab.json").unlink(), "cannot be loaded"),
            (lambda d: (d / "preprocessor_config.json").unlink(), "cannot be loaded"),
            (lambda d: [(d / n).unlink() for n in ("vocab.json", "merges.txt")], "tokenizer is another model's"),
        ],
    )
    def test_a_model_with_a_part_missing_or_wrong_is_a_clear_error(
        self, broken: Path, spoil: Callable[[Path], object], complaint: str
    ) -> None:
        spoil(broken)
        with pytest.raises(EngineError, match=complaint) as caught:
            ClipEmbedder(broken)
        assert "folder" in caught.value.fix

    def test_a_device_that_is_not_there_is_a_clear_error(self, checkpoint: Path) -> None:
        with pytest.raises(EngineError, match=r"cannot use this device.*nonsense"):
            ClipEmbedder(checkpoint, device="nonsense")

    def test_weights_stored_as_halves_are_read_as_whole_numbers(self, checkpoint: Path, tmp_path: Path) -> None:
        import torch
        from transformers import CLIPModel

        halves = Path(shutil.copytree(checkpoint, tmp_path / "halves"))
        CLIPModel.from_pretrained(checkpoint, dtype=torch.float16).save_pretrained(halves)
        assert (halves / "model.safetensors").stat().st_size < 0.6 * (checkpoint / "model.safetensors").stat().st_size
        embedder, whole = ClipEmbedder(halves), ClipEmbedder(checkpoint)
        assert {weight.dtype for weight in embedder._model.parameters()} == {torch.float32}
        nearness = np.einsum("nd,nd->n", embedder.texts(TEXTS), whole.texts(TEXTS))
        assert nearness.min() > 0.999
        assert embedder.pictures([picture()]).shape == (1, 24)

    def test_it_is_in_evaluation_mode_and_keeps_no_gradients(self, checkpoint: Path) -> None:
        model = ClipEmbedder(checkpoint)._model
        assert not model.training


def test_without_torch_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(EngineError, match="pip install"):
        ClipEmbedder(tmp_path)
