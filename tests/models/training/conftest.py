"""A work folder with a handful of drawings and of untrained models, made once."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import CLIPModel, CLIPTokenizer

from models.training.cache import draw_shard, shelf
from models.training.clip import ClipRecipe
from models.training.harness.precision import machine
from models.training.tokenizer import texts, words, write
from models.training.unet import Captions, UnetRecipe
from models.training.vae import VaeRecipe

KINDS = ("scenes", "pairs", "near-pairs", "foils")


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawings of every kind, and a tokenizer."""
    work = tmp_path_factory.mktemp("training")
    for kind in KINDS:
        draw_shard(work, kind, 0, count=4)
    write(work / "tokenizer", words(texts(50)))
    return work


@pytest.fixture(scope="session")
def work(drawn: Path) -> Path:
    """The same with models that have not learned anything."""
    torch.manual_seed(0)
    vae_recipe(drawn).keep(drawn / "vae" / "model")
    clip_recipe(drawn).keep(drawn / "clip" / "model")
    unet_recipe(drawn).keep(drawn / "unet" / "model")
    return drawn


def vae_recipe(work: Path) -> VaeRecipe:
    return VaeRecipe(shelf(work, "scenes"), CPU)


def clip_recipe(work: Path, *, frozen: CLIPModel | None = None) -> ClipRecipe:
    tokenizer = CLIPTokenizer.from_pretrained(work / "tokenizer", local_files_only=True)
    return ClipRecipe(shelf(work, "scenes"), shelf(work, "foils"), tokenizer, CPU, frozen=frozen)


def unet_recipe(work: Path) -> UnetRecipe:
    from diffusers import AutoencoderTiny

    vae = AutoencoderTiny.from_pretrained(work / "vae" / "model", local_files_only=True)  # type: ignore[no-untyped-call]
    clip = CLIPModel.from_pretrained(work / "clip" / "model", attn_implementation="eager", local_files_only=True)
    tokenizer = CLIPTokenizer.from_pretrained(work / "tokenizer", local_files_only=True)
    text = Captions(clip, tokenizer, CPU)
    pairs = shelf(work, "pairs", "near-pairs")
    return UnetRecipe(shelf(work, "scenes"), pairs, vae=vae, text=text, machine=CPU, batch=6)


CPU = machine(device="cpu", precision="fp32")
