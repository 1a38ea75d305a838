"""Checkpoints: opened from a folder, a single file or a hub id, and checked before anything is loaded.

Only safetensors, never a pickle; no code of the checkpoint is run; half of a download is told from a whole one.
"""

from pipelines.engines.checkpoints.opened import Checkpoint, open_checkpoint
from pipelines.engines.checkpoints.pull import pull
from pipelines.engines.checkpoints.weights import Header, read_header

__all__ = ["Checkpoint", "Header", "open_checkpoint", "pull", "read_header"]
