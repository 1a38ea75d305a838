"""Write the starter's CLIP tokenizer: every word of the drawings' captions and of our prompt templates is one token.

The merges are learned by byte-pair encoding (Sennrich et al. 2016) over the words alone until each is whole, so
encoding replays them exactly; other words fall back to pieces, at worst to bytes.

  python -m models.training.tokenizer
"""

from __future__ import annotations

import argparse
import json
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from rich.console import Console
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from tokenizers.pre_tokenizers import ByteLevel
from transformers import CLIPTokenizer

from models.training import drawings
from models.training.cache import WORK

CONTEXT = 48
TEMPLATES = Path(__file__).parents[2] / "prompts" / "templates"
START, END = "<|startoftext|>", "<|endoftext|>"


def words(texts: Iterable[str]) -> list[str]:
    """The distinct words, as CLIP's tokenizer cuts text: runs of letters, single digits, runs of other signs."""
    found: set[str] = set()
    for text in texts:
        found.update(re.findall(r"[^\W\d_]+|\d|[^\s\w]+", text.lower()))
    return sorted(found)


def texts(count: int = 20_000, *, seed: int = 0) -> Iterable[str]:
    """Captions of drawings, held-out ones too, and our prompt templates with the words they avoid."""
    for held_out in (False, True):
        rng = np.random.default_rng([seed, held_out])
        for _ in range(count):
            scene = drawings.sample(rng, held_out=held_out)
            yield drawings.caption(scene)
            yield drawings.flag_caption(scene)
    for path in sorted(TEMPLATES.glob("*.toml")):
        template = tomllib.loads(path.read_text())
        yield re.sub(r"\{\w+\}", " ", template["text"])
        yield from template.get("avoid", ())
    yield "spring summer autumn winter"


def write(folder: Path, vocabulary: list[str]) -> CLIPTokenizer:
    """Write vocab.json, merges.txt and their configuration, and read them back; raises ValueError if a word is cut."""
    merges = _merges(vocabulary)
    letters = sorted(ByteLevel.alphabet())
    tokens = [*letters, *(letter + "</w>" for letter in letters), *("".join(pair) for pair in merges), START, END]
    folder.mkdir(parents=True, exist_ok=True)
    numbers = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    (folder / "vocab.json").write_text(json.dumps(numbers, ensure_ascii=False))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges))
    special = {"bos_token": START, "eos_token": END, "unk_token": END, "pad_token": END}
    (folder / "special_tokens_map.json").write_text(json.dumps(special, indent=2))
    configuration = special | {"model_max_length": CONTEXT, "tokenizer_class": "CLIPTokenizer", "errors": "replace"}
    (folder / "tokenizer_config.json").write_text(json.dumps(configuration, indent=2))
    tokenizer: CLIPTokenizer = CLIPTokenizer.from_pretrained(folder, local_files_only=True)
    cut = [word for word in vocabulary if len(tokenizer(word).input_ids) != 3]
    if cut:
        raise ValueError(f"{len(cut)} words are cut into pieces, for example {cut[:5]}")
    return tokenizer


def _merges(vocabulary: list[str]) -> list[tuple[str, str]]:
    """Pairs in the order in which they are merged until every word is whole."""
    learner = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    learner.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), ByteLevel(add_prefix_space=False)]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=100_000, min_frequency=0, show_progress=False, initial_alphabet=sorted(ByteLevel.alphabet()),
        end_of_word_suffix="</w>",
    )  # fmt: skip
    learner.train_from_iterator(vocabulary, trainer)
    return [(pair[0], pair[1]) for pair in json.loads(learner.to_str())["model"]["merges"]]


def main() -> None:
    """Write it into the work folder."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--work", type=Path, default=WORK, help="where it is written, in tokenizer/ (%(default)s)")
    given = options.parse_args()
    vocabulary = words(texts())
    tokenizer = write(given.work / "tokenizer", vocabulary)
    Console().print(f"{len(vocabulary)} words, {len(tokenizer)} tokens")


if __name__ == "__main__":
    main()
