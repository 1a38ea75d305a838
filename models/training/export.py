"""Assemble `models/starter` from what was trained, and load it once more as anybody would.

An ordinary Stable Diffusion folder in fp16, whose UNet reads 4 channels. Beside it, `edits/conv_in.safetensors`: the
first convolution with all 8, which turns that UNet into the editing one; and `clip/`, the judge with its processor and
tokenizer. Both text towers say float32 in their configuration, since transformers takes their format from there when it
is asked for none, and diffusers loads its own parts as float32. The classifier, which only measures, goes to
`models/classifier`.

  python -m models.training.export
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderTiny, StableDiffusionImg2ImgPipeline, StableDiffusionPipeline, UNet2DConditionModel
from PIL import Image
from rich.console import Console
from safetensors.torch import load_file, save_file
from transformers import CLIPModel, CLIPTextModel, CLIPTokenizer

from models.training.cache import WORK
from models.training.classifier import SHIPPED
from models.training.clip import processor
from models.training.unet import schedule

STARTER = Path(__file__).parents[1] / "starter"
FILE_LIMIT, FOLDER_LIMIT = 16 * 2**20, 60 * 10**6
FIRST = "conv_in.weight"
PARTS = ("vae", "text_encoder", "tokenizer", "unet", "scheduler", "edits", "clip")


def export(work: Path, out: Path = STARTER) -> None:
    """Write the checkpoint over an older one; raises ValueError, the older one untouched, if it fails its check."""
    with tempfile.TemporaryDirectory(dir=_made(out.parent)) as half:
        folder = Path(half)
        _write_painter(work, folder)
        _write_judge(work, folder / "clip")
        for tokenizer in (folder / "tokenizer", folder / "clip"):
            _copy_words(work / "tokenizer", tokenizer)
        for model in (folder / "text_encoder", folder / "clip"):
            _say_float32(model / "config.json")
        check(folder)
        for name in PARTS:
            shutil.rmtree(out / name, ignore_errors=True)
            shutil.move(folder / name, _made(out) / name)
        shutil.move(folder / "model_index.json", out / "model_index.json")


def check(folder: Path) -> None:
    """Load a checkpoint with the stock classes and paint with it; raises ValueError where it isn't what it must be."""
    sizes = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    largest = max(sizes, key=lambda path: sizes[path])
    if sizes[largest] >= FILE_LIMIT:
        raise ValueError(f"{largest.name} is {sizes[largest] / 2**20:.1f} MiB: files must stay under 16 MiB")
    if sum(sizes.values()) > FOLDER_LIMIT:
        raise ValueError(f"the checkpoint is {sum(sizes.values()) / 1e6:.1f} MB: it must stay under 60 MB")
    pipe: Any = StableDiffusionImg2ImgPipeline.from_pretrained(folder, local_files_only=True)  # type: ignore[no-untyped-call]
    pipe.set_progress_bar_config(disable=True)
    given = Image.new("RGB", (64, 64), "#88aacc")
    seed = torch.Generator().manual_seed(0)
    painted = pipe("a brown dog", image=given, strength=1.0, num_inference_steps=2, generator=seed, output_type="np")
    if painted.images.shape != (1, 64, 64, 3) or not np.isfinite(painted.images).all():
        raise ValueError("the checkpoint does not paint: its picture is not finite or has another size")
    wide, plain = load_file(folder / "edits" / "conv_in.safetensors")[FIRST], pipe.unet.conv_in.weight
    if wide.shape[1] != 8 or not torch.equal(wide[:, :4].float(), plain.float()):
        raise ValueError("edits/conv_in.safetensors does not begin with the UNet's own first convolution")
    judge = CLIPModel.from_pretrained(folder / "clip", local_files_only=True)
    same = zip(judge.text_model.state_dict().values(), pipe.text_encoder.state_dict().values(), strict=True)
    if not all(torch.equal(one.float(), other.float()) for one, other in same):
        raise ValueError("the judge's text tower is not the painter's")


def _write_painter(work: Path, folder: Path) -> None:
    unet: Any = UNet2DConditionModel.from_pretrained(work / "unet" / "model", local_files_only=True)  # type: ignore[no-untyped-call]
    wide = unet.conv_in.weight.detach().half().contiguous()
    _made(folder / "edits")
    save_file({FIRST: wide}, folder / "edits" / "conv_in.safetensors", metadata={"format": "pt"})
    unet.conv_in.weight = torch.nn.Parameter(unet.conv_in.weight.detach()[:, :4].contiguous())
    unet.conv_in.in_channels = 4
    unet.register_to_config(in_channels=4)
    clip = CLIPModel.from_pretrained(work / "clip" / "model", local_files_only=True)
    text: Any = CLIPTextModel._from_config(clip.config.text_config)  # type: ignore[no-untyped-call]
    text.load_state_dict(clip.text_model.state_dict())
    pipe: Any = StableDiffusionPipeline(
        vae=AutoencoderTiny.from_pretrained(work / "vae" / "model", local_files_only=True),  # type: ignore[no-untyped-call]
        text_encoder=text,
        tokenizer=CLIPTokenizer.from_pretrained(work / "tokenizer", local_files_only=True),
        unet=unet,
        scheduler=schedule(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipe.to(dtype=torch.float16)
    pipe.save_pretrained(folder, safe_serialization=True)


def _write_judge(work: Path, folder: Path) -> None:
    judge: Any = CLIPModel.from_pretrained(work / "clip" / "model", local_files_only=True)
    judge.half().save_pretrained(folder)
    processor().save_pretrained(folder)


def _say_float32(path: Path) -> None:
    configuration = json.loads(path.read_text())
    for part in (configuration, configuration.get("text_config", {}), configuration.get("vision_config", {})):
        if "dtype" in part:
            part["dtype"] = "float32"
    path.write_text(json.dumps(configuration, indent=2, sort_keys=True) + "\n")


def _copy_words(words: Path, folder: Path) -> None:
    """The tokenizer as CLIP checkpoints hold it, in files that every release of transformers reads."""
    (folder / "tokenizer.json").unlink(missing_ok=True)
    for path in words.iterdir():
        shutil.copy(path, folder / path.name)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def main() -> None:
    """Export, check and say how large it is."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--work", type=Path, default=WORK, help="where the trained models lie (%(default)s)")
    options.add_argument("--out", type=Path, default=STARTER, help="the checkpoint's folder (models/starter)")
    given = options.parse_args()
    export(given.work, given.out)
    if (given.work / "classifier" / "model").exists():
        shutil.copytree(given.work / "classifier" / "model", SHIPPED, dirs_exist_ok=True)
    size = sum(path.stat().st_size for path in given.out.rglob("*") if path.is_file())
    Console().print(f"wrote and loaded {given.out}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
