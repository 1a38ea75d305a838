"""Checkpoints: opened from a folder, a single file or a hub id, and checked before anything is loaded.

Only safetensors, never a pickle; no code of the checkpoint is run; half of a download is told from a whole one.
"""

from pipelines.engines.checkpoints.judged import find_judge_folder, pull_judge
from pipelines.engines.checkpoints.opened import Checkpoint, find_cached, open_checkpoint
from pipelines.engines.checkpoints.parts import (
    find_adapter,
    find_control,
    find_preview,
    pull_adapter,
    pull_control,
    pull_preview,
)
from pipelines.engines.checkpoints.pull import pull, pull_settings
from pipelines.engines.checkpoints.weights import Header, read_header

__all__ = [
    "Checkpoint",
    "Header",
    "find_adapter",
    "find_cached",
    "find_control",
    "find_judge_folder",
    "find_preview",
    "open_checkpoint",
    "pull",
    "pull_adapter",
    "pull_control",
    "pull_judge",
    "pull_preview",
    "pull_settings",
    "read_header",
]
