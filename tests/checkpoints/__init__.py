"""Tiny random checkpoints of the true classes, and files in the layouts that people have. They prove plumbing only."""

from tests.checkpoints.damage import truncated, written
from tests.checkpoints.editing import pix2pix, starter
from tests.checkpoints.parts import lib, scheduler, write_tokenizer
from tests.checkpoints.single import single_file
from tests.checkpoints.styles import controlnet, ip_adapter, kohya_lora, lora, text_lora, tiny_vae
from tests.checkpoints.whole import flux2, qwen_edit, sd15, sd35, sdxl

__all__ = [
    "controlnet",
    "flux2",
    "ip_adapter",
    "kohya_lora",
    "lib",
    "lora",
    "pix2pix",
    "qwen_edit",
    "scheduler",
    "sd15",
    "sd35",
    "sdxl",
    "single_file",
    "starter",
    "text_lora",
    "tiny_vae",
    "truncated",
    "write_tokenizer",
    "written",
]
