"""A checkpoint as a folder in diffusers' layout: `model_index.json` and one folder a component."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue, TypeAdapter, ValidationError

from pipelines.engines.checkpoints.weights import PICKLED, Header, read_header, refuse_pickle
from pipelines.errors import EngineError
from pipelines.profiles import Profile

SPARE = ("safety_checker", "feature_extractor", "image_encoder")  # loaded by none of our profiles
_WEIGHTLESS = ("Tokenizer", "TokenizerFast", "Scheduler", "Processor", "ProcessorFast", "Extractor")
_LIBRARIES = ("diffusers", "transformers", "stable_diffusion")
_OBJECT = TypeAdapter(dict[str, JsonValue])
_FIELDS = TypeAdapter(dict[str, str])


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder in which every component that its index names is whole; `absent` are those that it leaves out."""

    headers: dict[str, tuple[Header, ...]]
    variant: str | None
    absent: tuple[str, ...]


def read_folder(root: Path, profile: Profile) -> Folder:
    """Check every component. Raises EngineError for another family, foreign code, pickles and missing files."""
    parts = components(root, profile)
    for name, kind in parts.items():
        if kind and not any((root / name).glob("*")):
            raise _half(root, f"{name}/ is missing or empty", profile)
    weighty = [name for name, kind in parts.items() if kind and not kind.endswith(_WEIGHTLESS)]
    variant = "fp16" if all(_only_fp16(root / name) for name in weighty) else None
    absent = tuple(name for name, kind in parts.items() if kind is None)
    return Folder({name: _weights(root / name, variant, profile) for name in weighty}, variant, absent)


def components(root: Path, profile: Profile) -> dict[str, str | None]:
    """The components that the index names, each with its class; None for those that are not there or never loaded.

    Raises EngineError for another family, and for components that are code of the checkpoint.
    """
    index = read_index(root)
    class_name = index.get("_class_name")
    if class_name not in profile.classes:
        raise EngineError(
            f"a checkpoint of another family: {profile.name} needs {' or '.join(profile.classes)}",
            got=f"{class_name} in {root}",
            fix="choose the profile that fits the checkpoint, or a checkpoint that fits the profile",
        )
    named = {name: entry for name, entry in index.items() if isinstance(entry, list) and name[0] != "_"}
    return {name: _class_of(name, entry, root) for name, entry in named.items()}


def read_index(root: Path) -> dict[str, JsonValue]:
    """What model_index.json says. Raises EngineError where it is missing or cannot be read."""
    path = root / "model_index.json"
    if not path.is_file():
        files = sorted(root.glob("*.safetensors")) or sorted(p for p in root.glob("*") if p.suffix in PICKLED)
        if files:
            refuse_pickle(files[0])
        fix = f"give the file {files[0].name} itself" if files else "give the folder that holds model_index.json"
        raise EngineError("a folder without model_index.json is no checkpoint", got=str(root), fix=fix)
    try:
        return _OBJECT.validate_python(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, ValidationError) as error:
        raise EngineError("model_index.json cannot be read", got=str(path), fix="fetch it again") from error


def _class_of(name: str, entry: list[JsonValue], root: Path) -> str | None:
    """The class of a component; None if it has none. Raises EngineError if the class is code of the checkpoint."""
    library, kind = entry if len(entry) == 2 else (None, None)
    if kind is None or (name in SPARE and library in _LIBRARIES):
        return None
    if library not in _LIBRARIES:
        raise EngineError(
            f"{name} is code that comes with the checkpoint, and none of that is run",
            got=f"{library}.{kind} in {root / 'model_index.json'}",
            fix="use a checkpoint whose components are classes of diffusers and transformers",
        )
    return str(kind)


def _only_fp16(part: Path) -> bool:
    files = [p.name for p in part.glob("*.safetensors*")]
    return bool(files) and all(".fp16" in name for name in files)


def _weights(part: Path, variant: str | None, profile: Profile) -> tuple[Header, ...]:
    mark = f".{variant}" if variant else ""
    files = [p for p in sorted(part.glob("*.safetensors*")) if (".fp16" in p.name) == bool(mark)]
    indexes = [p for p in files if p.name.endswith(".json")]
    if indexes:
        return tuple(read_header(path) for path in _shards(indexes[0], profile))
    if not files:
        for path in sorted(part.iterdir()):
            if path.suffix in PICKLED:
                refuse_pickle(path)
        raise _half(part.parent, f"{part.name}/ holds no .safetensors file", profile)
    return (read_header(files[0]),)


def _shards(index: Path, profile: Profile) -> list[Path]:
    try:
        names = sorted(
            set(_FIELDS.validate_python(json.loads(index.read_text(encoding="utf-8"))["weight_map"]).values())
        )
    except (ValueError, KeyError, ValidationError) as error:
        raise EngineError(f"{index.name} cannot be read", got=str(index), fix="fetch it again") from error
    missing = [name for name in names if not (index.parent / name).is_file()]
    if missing:
        what = f"{len(missing)} of {len(names)} shards of {index.parent.name}/ are missing"
        raise _half(index.parent.parent, what, profile)
    return [index.parent / name for name in names]


def _half(root: Path, what: str, profile: Profile) -> EngineError:
    return EngineError(
        f"a checkpoint that is only half there: {what}",
        got=str(root),
        fix=f"run `atelier models pull {profile.name}` again, or copy it all",
    )
