"""What the scores mean, in words: the literal tables that the page's scores and their limits are drawn from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from pipelines.model import Record


class Measure(Record):
    """One number of `Scores`, and the gate that it must pass if there is one."""

    key: str = Field(description="Field of Scores.")
    label: str
    help: str
    unit: str = ""
    digits: int = 2
    percent: bool = False
    gate: str | None = Field(None, description="Field of Gates that limits it.")
    fixed: float | None = Field(None, description="A limit that no brief can change.")
    bound: Literal["most", "least"] = "most"


MEASURES = (
    Measure(
        key="changed_outside", label="Changed outside", unit="px", digits=0, fixed=0,
        help="Pixels outside the slots",
    ),
    Measure(
        key="delta_e", label="Colour, mean ΔE", gate="delta_e",
        help="CIEDE2000 of the artwork to its reference",
    ),
    Measure(
        key="delta_e_p95", label="Colour, 95th centile ΔE",
        help="All but the worst 5 % of points are nearer",
    ),
    Measure(
        key="geometry", label="Place", unit="px", gate="geometry",
        help="Offset from where it belongs",
    ),
    Measure(
        key="edges", label="Ink kept", percent=True, digits=1, gate="edges", bound="least",
        help="Share of the master’s ink that survives",
    ),
    Measure(
        key="silhouette", label="Outline overlap", percent=True, digits=2, gate="silhouette", bound="least",
        help="IoU of the outline with the master’s",
    ),
    Measure(
        key="svg_ssim", label="SVG likeness, SSIM", digits=3, gate="svg_ssim", bound="least",
        help="The SVG, drawn again, and the picture",
    ),
    Measure(
        key="svg_delta_e", label="SVG colour, ΔE",
        help="CIEDE2000 of the SVG to the picture",
    ),
    Measure(
        key="svg_edge_error", label="SVG edges", unit="px",
        help="How far they lie from the picture’s",
    ),
    Measure(
        key="svg_holes", label="SVG holes", percent=True, digits=2,
        help="Share of the picture that shows through",
    ),
    Measure(
        key="svg_gzip_bytes", label="SVG size", unit="B", digits=0,
        help="The drawing alone, after gzip",
    ),
)  # fmt: skip
"""In the order in which the page lists them. The nearest artwork and learned measures have rows of their own."""


class Likeness(Record):
    """One measure that is a share, with its bar."""

    name: str = Field(description="Key of Scores.learned, or clean for Scores.clean.")
    label: str
    help: str


_MASTER = (
    Likeness(name="master", label="The whole picture", help="Against the master"),
    Likeness(name="identity", label="What had to stay", help="Part by part, against the master’s same parts"),
)
_CLOSE = (
    Likeness(name="artwork", label="Its own artwork, seen close", help="Against the artworks of the other variants"),
    Likeness(name="painted", label="What was painted, seen close", help="Against the words of the other repaints"),
)
_OTHERS = (
    Likeness(name="prompt", label="Its own prompt", help="Against the prompts of the other variants"),
    Likeness(name="identity-worst", label="Least alike part", help=""),
    Likeness(name="inside", label="What changes", help=""),
)
_CLEAN = Likeness(name="clean", label="Clean", help="What was painted: noise, specks, blocks, blur, seams")
_STYLE = "style "


def likenesses(names: Iterable[str]) -> tuple[Likeness, ...]:
    """Those measures that some variant has, as the page lists them; each style reference is one."""
    found = set(names)
    styles = tuple(
        Likeness(name=name, label=f"Style: {name.removeprefix(_STYLE)}", help="Against that reference")
        for name in sorted(found)
        if name.startswith(_STYLE)
    )
    return tuple(one for one in (*_MASTER, *_CLOSE, _CLEAN, *styles, *_OTHERS) if one.name in found)
