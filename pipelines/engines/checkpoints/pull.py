"""Fetch a profile's checkpoint from the hub, and check what arrived. The only place that uses the network."""

from __future__ import annotations

import os
from pathlib import Path

from pipelines.engines.checkpoints.opened import Checkpoint, open_folder
from pipelines.errors import EngineError
from pipelines.profiles import Profile

_FILES = ("model_index.json", "*/*.json", "*/*.txt", "*/*.model", "*/*.jinja", "*/*.safetensors")
_NEVER = ("*.bin", "*.ckpt", "*.pt", "*.pth", "*.py", "safety_checker/*", "*/*.fp16.safetensors", "*.non_ema.*")


def pull(profile: Profile, *, revision: str = "main", cache: Path | None = None) -> Checkpoint:
    """Fetch what the profile needs and nothing that could run; a broken download goes on where it stopped.

    Returns the checked checkpoint. Raises EngineError without a network, without the right to fetch it (some
    checkpoints want their licence accepted on the hub first), and for anything that arrived damaged.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, OfflineModeIsEnabled

    if os.environ.get("HF_HUB_OFFLINE", "0").lower() in ("1", "true", "yes", "on"):
        raise EngineError("HF_HUB_OFFLINE forbids fetching", got=profile.hub, fix="run it with HF_HUB_OFFLINE=0")
    try:
        folder = snapshot_download(
            profile.hub, revision=revision, cache_dir=cache, allow_patterns=list(_FILES), ignore_patterns=list(_NEVER)
        )
    except GatedRepoError as error:
        fix = f"accept its licence at https://huggingface.co/{profile.hub} and log in with `hf auth login`"
        raise EngineError(
            "this checkpoint is only for people who accepted its licence", got=profile.hub, fix=fix
        ) from error
    except (HfHubHTTPError, OfflineModeIsEnabled, OSError) as error:
        raise EngineError(
            "the checkpoint could not be fetched",
            got=f"{profile.hub}: {error}",
            fix="check the network and run it again",
        ) from error
    return open_folder(Path(folder), profile, revision=Path(folder).name)
