"""What the scores mean, in words: the literal table that the page's scores and their limits are drawn from."""

from __future__ import annotations

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
)  # fmt: skip
"""In the order in which the page lists them. The nearest artwork and learned measures have rows of their own."""
