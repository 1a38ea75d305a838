"""A DINOv2 model of 40 kB with random weights, written as a real one is."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def write_tiny_dino(folder: Path, *, registers: int = 0) -> Path:
    """Configuration, weights and picture processor in `folder`: patches of 7 px, shown 28 x 28 px."""
    import torch
    import transformers

    part: dict[str, Any] = {"hidden_size": 32, "mlp_ratio": 2, "num_hidden_layers": 2, "num_attention_heads": 2}
    sight: dict[str, Any] = {"image_size": 28, "patch_size": 7}
    with torch.random.fork_rng():
        torch.manual_seed(7)
        if registers:
            made = transformers.Dinov2WithRegistersConfig(**part, **sight, num_register_tokens=registers)
            model: Any = transformers.Dinov2WithRegistersModel(made)
        else:
            model = transformers.Dinov2Model(transformers.Dinov2Config(**part, **sight))
    model.save_pretrained(folder)
    square = {"height": 28, "width": 28}
    transformers.BitImageProcessorPil(size={"shortest_edge": 32}, crop_size=square).save_pretrained(folder)
    return folder
