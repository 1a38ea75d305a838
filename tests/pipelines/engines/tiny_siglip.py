"""SigLIP models of 60 kB with random weights, written as real ones are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PLACES = 16  # tokens that the model reads
_SPECIAL = ("<pad>", "</s>", "<unk>")
_PART = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}


def write_tiny_siglip(folder: Path) -> Path:
    """The first SigLIP: configuration, weights, tokenizer and picture processor, shown 32 x 32 px."""
    import transformers as t

    words = write_tokenizer(folder)
    text = _PART | {"vocab_size": words, "max_position_embeddings": PLACES, "projection_size": 32}
    sight = _PART | {"image_size": 32, "patch_size": 8}
    _write(folder, lambda: t.SiglipModel(t.SiglipConfig(text_config=text, vision_config=sight)))
    t.SiglipImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


def write_tiny_siglip2(folder: Path) -> Path:
    """SigLIP 2 of flexible resolution: at most 16 patches of 8 px."""
    import transformers as t

    words = write_tokenizer(folder)
    text = _PART | {"vocab_size": words, "max_position_embeddings": PLACES, "projection_size": 32}
    sight = _PART | {"num_patches": 16, "patch_size": 8}
    _write(folder, lambda: t.Siglip2Model(t.Siglip2Config(text_config=text, vision_config=sight)))
    t.Siglip2ImageProcessorPil(patch_size=8, max_num_patches=16).save_pretrained(folder)
    return folder


def _write(folder: Path, make: Any) -> None:
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(7)
        model = make()
    model.save_pretrained(folder)


def write_tokenizer(folder: Path) -> int:
    """A unigram tokenizer of single letters that ends a text and pads as SigLIP's does; how many tokens it has."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    folder.mkdir(parents=True, exist_ok=True)
    pieces = [(token, 0.0) for token in _SPECIAL] + [("▁", -2.0)] + [(chr(c), -3.0) for c in range(97, 123)]
    made = Tokenizer(models.Unigram(pieces, unk_id=2))
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    made.save(str(folder / "tokenizer.json"))
    named = {"eos_token": "</s>", "unk_token": "<unk>", "pad_token": "</s>"}
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "SiglipTokenizer", **named}))
    return len(pieces)
