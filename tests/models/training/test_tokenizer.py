"""The starter's tokenizer: whole words of the drawings, pieces of all others."""

from __future__ import annotations

from pathlib import Path

import pytest
from transformers import CLIPTokenizer

from models.training.tokenizer import CONTEXT, texts, words, write


@pytest.fixture(scope="module")
def vocabulary() -> list[str]:
    return words(texts(600))


@pytest.fixture(scope="module")
def tokenizer(vocabulary: list[str], tmp_path_factory: pytest.TempPathFactory) -> CLIPTokenizer:
    return write(tmp_path_factory.mktemp("tokenizer"), vocabulary)


def test_every_word_of_captions_and_templates_is_one_token_and_reads_back(
    tokenizer: CLIPTokenizer, vocabulary: list[str]
) -> None:
    assert {"dog", "winter", "character", "flag", "wrong"} <= set(vocabulary)
    for word in vocabulary:
        start, own, end = tokenizer(word).input_ids
        assert (start, end) == (tokenizer.bos_token_id, tokenizer.eos_token_id)
        assert str(tokenizer.decode([own])).strip() == word


def test_captions_fit_the_context(tokenizer: CLIPTokenizer) -> None:
    longest = max(texts(600), key=lambda text: len(tokenizer(text).input_ids))
    assert len(tokenizer(longest).input_ids) <= CONTEXT, longest


@pytest.mark.parametrize("text", ["zeppelin", "Österreich", "雪", "🦊", "x=1"])
def test_other_words_fall_to_pieces_and_read_back(tokenizer: CLIPTokenizer, text: str) -> None:
    inner = tokenizer(text).input_ids[1:-1]
    assert len(inner) > 1
    assert tokenizer.eos_token_id not in inner
    assert str(tokenizer.decode(inner)).replace(" ", "") == text.lower()


def test_words_that_begin_alike_do_not_collide(tmp_path: Path) -> None:
    alike = ["car", "care", "cared", "scar", "scared", "red", "ed", "are"]
    tokenizer = write(tmp_path, alike)
    numbers = {word: tokenizer(word).input_ids[1:-1] for word in alike}
    assert all(len(own) == 1 for own in numbers.values())
    assert len({own[0] for own in numbers.values()}) == len(alike)


def test_the_files_are_those_of_a_clip_checkpoint(tokenizer: CLIPTokenizer, tmp_path: Path) -> None:
    write(tmp_path, ["a", "dog"])
    assert {"vocab.json", "merges.txt", "tokenizer_config.json"} <= {path.name for path in tmp_path.iterdir()}
    assert tokenizer.model_max_length == CONTEXT
    assert tokenizer.pad_token_id == tokenizer.eos_token_id
