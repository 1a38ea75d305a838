"""Judges: the models that score likeness, as data in `styles/judges/*.toml`. Nothing here loads a model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from pipelines.model import Name
from pipelines.profiles import Published, find_named, read_records


class Judge(Published):
    """A model that says how alike pictures are, or how well a picture fits its prompt."""

    judge: Literal[1] = Field(description="Version of this format.")
    name: Name
    title: str
    kind: Literal["embedder", "patcher"] = Field(
        description="embedder: whole pictures and texts (CLIP, SigLIP); patcher: pictures part by part (DINOv2)."
    )
    about: str = Field(min_length=1, description="What it is good for, in a sentence.")
    revision: str = Field("main", min_length=1, description="Branch, tag or commit that has safetensors.")


def load_judges(root: Path) -> dict[str, Judge]:
    """Read `root`/styles/judges/*.toml, by name. Raises EngineError for a file that is no judge."""
    return read_records(root / "styles" / "judges", Judge, like="dinov2-base.toml")


def find_judge(judges: Mapping[str, Judge], name: str) -> Judge:
    """The judge of this name. Raises EngineError with the nearest names for any other."""
    return find_named(judges, name, what="judge")
