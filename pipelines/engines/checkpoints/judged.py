"""Judges in the project or the hub's cache: found, fetched, and checked to be the kind that they are said to be."""

from __future__ import annotations

import json
from pathlib import Path

from pipelines.engines.checkpoints.pull import pull_parcel
from pipelines.engines.checkpoints.weights import read_header
from pipelines.engines.hub import Parcel, find
from pipelines.errors import EngineError
from pipelines.home import ROOT
from pipelines.judges import Judge

_FILES = ("*.json", "merges.txt", "model.safetensors")
_NEEDED = ("config.json", "preprocessor_config.json", "model.safetensors")
_WORDS = (("tokenizer.json",), ("vocab.json", "merges.txt"))  # ways of storing a tokenizer; either is enough
_KINDS = {"embedder": ("clip", "siglip", "siglip2"), "patcher": ("dinov2", "dinov2_with_registers")}


def find_judge_folder(judge: Judge, *, cache: Path | None = None) -> Path:
    """The checked folder of a judge, in the project or the hub's cache. Raises EngineError where it is absent, half or
    damaged.
    """
    return find(judge_parcel(judge), cache)


def pull_judge(judge: Judge, *, revision: str = "", cache: Path | None = None, quiet: bool = False) -> Path:
    """Fetch a judge that does not ship; its checked folder. `revision` replaces the judge's own. Raises EngineError."""
    return pull_parcel(judge_parcel(judge, revision), cache=cache, quiet=quiet)


def judge_parcel(judge: Judge, revision: str = "") -> Parcel:
    """The judge, as what is wanted of the hub."""

    def check(folder: Path) -> Path:
        _check_kind(judge, folder / "config.json")
        read_header(folder / "model.safetensors")
        if judge.kind == "embedder" and not any(all((folder / name).is_file() for name in way) for way in _WORDS):
            raise EngineError(f"{judge.title} came without its tokenizer", got=str(folder), fix=f"run `{again}` again")
        return folder

    again, at = f"atelier models pull {judge.name}", revision or judge.revision
    ships = ROOT / judge.ships if judge.ships else None
    return Parcel(
        judge.title, judge.hub, _FILES, judge.licence, judge.gigabytes, again, check, _NEEDED, at, ships
    )  # fmt: skip


def _check_kind(judge: Judge, config: Path) -> None:
    try:
        kind = json.loads(config.read_text(encoding="utf-8")).get("model_type")
    except (ValueError, AttributeError) as error:
        raise EngineError(f"{config.name} cannot be read", got=str(config), fix="fetch it again") from error
    if kind not in _KINDS[judge.kind]:
        wanted = " or ".join(_KINDS[judge.kind])
        raise EngineError(
            f"{judge.name} is no {judge.kind}: it must be {wanted}", got=kind, fix="correct its file in styles/judges"
        )
