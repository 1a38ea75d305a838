"""A checkpoint of transformers, from a folder or the local cache, whole or not at all; nothing is ever fetched.

Weights are safetensors only, as a pickle runs whatever it holds, and no code of a checkpoint is run. Every function
raises EngineError, in words, where a part is missing, damaged or another model's.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from pipelines.engines.embedder import F32, unit
from pipelines.errors import EngineError

T = TypeVar("T")
WANTED = "give a folder that save_pretrained wrote, or the id of a model in the local cache"
_BATCH = 32
_HERE: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?")
_PARTS = ("*.json", "*.txt", "*.safetensors")


def best_device() -> str:
    """cuda, mps or cpu: the first that this machine has."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def kind_of(source: str) -> str:
    """What the configuration calls the model: clip, siglip, dinov2 and so on."""
    if not Path(source).is_dir() and not _ID.fullmatch(source):
        raise EngineError("there is no such folder of a model", got=source, fix=WANTED)
    with explained(source):
        from transformers import AutoConfig

        return str(AutoConfig.from_pretrained(source, **_HERE).model_type)


def model_of(made: Any, source: str, device: str) -> Any:
    """The model of transformers' class `made`, on `device`, ready to be asked and not to be trained.

    In fp32, whatever numbers it is stored in: on most CPUs halves are slower, and similar pictures differ by little.
    """
    with explained(source):
        import torch

        asked = {"use_safetensors": True, "output_loading_info": True, "dtype": torch.float32}
        model, report = made.from_pretrained(source, **asked, **_HERE)
    if absent := sorted(report["missing_keys"]):  # transformers would make these up, and say so at most in a log
        problem = f"{len(absent)} of the model's weights are missing, {absent[0]} first"
        raise EngineError(problem, got=source, fix=WANTED)
    try:
        return model.to(device).eval()
    except (AssertionError, RuntimeError) as error:
        raise EngineError("the model cannot use this device", got=device, fix=_first_line(error)) from error


def part_of(made: Any, source: str, fix: str = WANTED) -> Any:
    """A tokenizer or picture processor of transformers' class `made`; `fix` says what to do where it is missing."""
    with explained(source, fix):
        return made.from_pretrained(source, **_HERE)


def revision(source: str, model: Any) -> str:
    """The commit of a cached model; for a folder a digest of its files. Twelve hexadecimal digits."""
    if not Path(source).is_dir():
        return str(model.config._commit_hash)[:12]
    digest = hashlib.sha256()
    for file in sorted(file for pattern in _PARTS for file in Path(source).glob(pattern)):
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:12]


def embedded(things: Iterable[T], encode: Callable[[list[T]], Any], width: int) -> F32:
    """What `encode` makes of things, a batch at a time: (n, width) unit vectors."""
    import torch

    rows = [np.zeros((0, width), dtype=np.float32)]
    with torch.inference_mode():
        rows += [encode(batch).float().cpu().numpy() for batch in batches(things)]
    return unit(np.concatenate(rows))


def batches(things: Iterable[T]) -> Iterator[list[T]]:
    """Lists of at most 32, in order."""
    source = iter(things)
    while batch := list(islice(source, _BATCH)):
        yield batch


@contextlib.contextmanager
def explained(source: str, fix: str = WANTED) -> Iterator[None]:
    """What goes wrong while a part of a model is loaded, as EngineError."""
    try:
        from safetensors import SafetensorError

        try:
            yield
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            raise EngineError("the model cannot be loaded", got=source, fix=f"{_first_line(error)}. {fix}") from error
    except ImportError as error:
        problem = "torch and transformers are not installed"
        raise EngineError(problem, got=source, fix='run pip install "atelier[gpu]"') from error


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
