"""What all records share: they are frozen, refuse keys they do not know, and build on a few plain kinds of value.

Coordinates are the master's own units (SVG user units or pixels), x to the right, y down. Sizes are pixels.
Digests are lower-case hexadecimal SHA-256.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$")]
Hex = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Share = Annotated[float, Field(ge=0, le=1)]
Point = tuple[float, float]
Grid = tuple[tuple[Point, ...], ...]
Format = Literal["png", "webp", "avif", "svg", "pdf"]
Fit = Literal["flag", "cover", "contain", "stretch"]
Align = Literal["start", "center", "end"]
Vertical = Literal["top", "middle", "bottom"]
Direction = Literal["auto", "ltr", "rtl"]
Drawing = Literal["canny", "lineart"]
Factor = Literal[2, 4]


class Record(BaseModel):
    """A frozen record that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
