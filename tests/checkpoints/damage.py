"""Files that are wrong in one way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.checkpoints.parts import lib


def written(target: Path, shapes: Mapping[str, tuple[int, ...]]) -> Path:
    """A file of zeros with tensors of these names."""
    torch = lib("torch")
    target.parent.mkdir(parents=True, exist_ok=True)
    lib("safetensors.torch").save_file({name: torch.zeros(shape) for name, shape in shapes.items()}, target)
    return target


def truncated(target: Path, share: float = 0.6) -> Path:
    """Cut a file off, as a broken download leaves it."""
    data = target.read_bytes()
    target.write_bytes(data[: int(len(data) * share)])
    return target
