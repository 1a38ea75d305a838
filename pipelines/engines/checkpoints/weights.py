"""One safetensors file: its header, and whether all of it is there.

The format (huggingface/safetensors, README "Format"): eight bytes, little-endian, the length of a JSON header; the
header, tensor name → dtype, shape, data_offsets; then the data, without gaps. So the header tells the file's size.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter, ValidationError

from pipelines.errors import EngineError

PICKLED = (".bin", ".ckpt", ".pt", ".pth", ".pkl")
_LONGEST_HEADER = 100_000_000  # the format's own limit
_SAMPLES, _SAMPLE = 64, 4096
_AGAIN = "fetch it again"


class Tensor(BaseModel):
    """What the header says of one tensor."""

    model_config = ConfigDict(frozen=True)

    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]


_ENTRIES = TypeAdapter(dict[str, JsonValue])
_TENSORS = TypeAdapter(dict[str, Tensor])
_METADATA = TypeAdapter(dict[str, str])


@dataclass(frozen=True, slots=True)
class Header:
    """The names, shapes and metadata of a safetensors file that is all there."""

    path: Path
    tensors: dict[str, Tensor]
    metadata: dict[str, str]
    size: int

    def has(self, part: str) -> bool:
        """Whether any tensor's name holds this text."""
        return any(part in name for name in self.tensors)

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor; () if there is none of this name."""
        return self.tensors[name].shape if name in self.tensors else ()


def refuse_pickle(path: Path) -> None:
    """Raise EngineError for a file that would run code when it is loaded, by its name or its first bytes."""
    if path.suffix.lower() in PICKLED or (path.is_file() and _looks_pickled(path)):
        raise EngineError(
            "a pickled checkpoint can run any code when it is loaded, so none is opened",
            got=str(path),
            fix="get the .safetensors file of the same model, or convert it on a machine that you can lose",
        )


def _looks_pickled(path: Path) -> bool:
    """By its first bytes: a zip archive or a pickle, unless a safetensors header happens to be as long as they say."""
    with path.open("rb") as file:
        first = file.read(9)
    return first[:2] in (b"PK", b"\x80\2", b"\x80\3", b"\x80\4", b"\x80\5") and first[8:] != b"{"


def read_header(path: Path) -> Header:
    """Read and check one file without reading its data. Raises EngineError for any that is not whole."""
    refuse_pickle(path)
    if not path.is_file():
        raise EngineError("there is no such file", got=str(path), fix="check the path")
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(size - 8, _LONGEST_HEADER):
            raise EngineError(
                f"{path.name} is no safetensors file, or only the beginning of one", got=f"{size} bytes", fix=_AGAIN
            )
        tensors, metadata = _parsed(file.read(length), path)
    whole = 8 + length + max((t.data_offsets[1] for t in tensors.values()), default=0)
    if size != whole:
        state = "truncated: its download or copy was cut off" if size < whole else "longer than its header says"
        raise EngineError(f"{path.name} is {state}", got=f"{size} of {whole} bytes", fix=_AGAIN)
    return Header(path, tensors, metadata, size)


def _parsed(text: bytes, path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    try:
        entries = _ENTRIES.validate_json(text)
        metadata = _METADATA.validate_python(entries.pop("__metadata__", {}))
        return _TENSORS.validate_python(entries), metadata
    except ValidationError as error:
        raise EngineError(f"{path.name} has no readable safetensors header", got=text[:40], fix=_AGAIN) from error


def fingerprint(paths: list[Path]) -> str:
    """A digest that tells checkpoints apart without reading gigabytes: sizes, headers and 64 samples a file, in order.

    It is no proof against somebody who means to deceive.
    """
    found = hashlib.sha256(b"atelier weights 2")
    for path in paths:
        size = path.stat().st_size
        found.update(f"{size}\n".encode())
        with path.open("rb") as file:
            found.update(file.read(8 + min(int.from_bytes(file.read(8), "little"), size)))
            for sample in range(_SAMPLES):
                file.seek(max(size - _SAMPLE, 0) * sample // (_SAMPLES - 1))
                found.update(file.read(_SAMPLE))
    return found.hexdigest()
