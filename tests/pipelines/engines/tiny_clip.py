"""A CLIP model of 40 kB with random weights, written as a real one is."""

from __future__ import annotations

import json
from pathlib import Path

_SPECIAL = ("<|startoftext|>", "<|endoftext|>")


def write_tiny_clip(folder: Path) -> Path:
    """Configuration, weights, tokenizer and picture processor in `folder`."""
    import torch
    from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel

    folder.mkdir(parents=True, exist_ok=True)
    write_tokenizer(folder)
    part = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    words = {"vocab_size": 514, "bos_token_id": 512, "eos_token_id": 513, "pad_token_id": 513}
    sight = {"image_size": 32, "patch_size": 8}
    with torch.random.fork_rng():
        torch.manual_seed(7)
        model = CLIPModel(CLIPConfig(text_config=part | words, vision_config=part | sight, projection_dim=24))
    model.save_pretrained(folder)
    square = {"height": 32, "width": 32}
    CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size=square).save_pretrained(folder)
    return folder


def write_tokenizer(folder: Path) -> None:
    """CLIP's tokenizer without merges: every byte is a token."""
    letters = byte_letters()
    tokens = [*letters, *(f"{letter}</w>" for letter in letters), *_SPECIAL]
    (folder / "vocab.json").write_text(json.dumps({token: i for i, token in enumerate(tokens)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    start, end = _SPECIAL
    named = {"bos_token": start, "eos_token": end, "unk_token": end, "pad_token": end}
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "CLIPTokenizer", **named}))


def byte_letters() -> list[str]:
    """The printable letter that stands for each byte in byte-level BPE, in the order of GPT-2's table."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    return [chr(byte) for byte in plain] + [chr(256 + i) for i in range(len(others))]
