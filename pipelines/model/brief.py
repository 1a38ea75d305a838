"""What a designer asks for: the brief and its parts. Coordinates are the master's own units, x right, y down."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipelines.model.base import Format, Grid, Hex, Name, Point, Record, Share
from pipelines.model.edits import Edit


class Master(Record):
    """The one illustration that everything is made from."""

    file: str = Field(description="SVG, PNG, JPEG or WebP, relative to the brief.")
    size: int = Field(1024, ge=16, le=8192, description="Longest side in pixels of every variant.")


class Slot(Record):
    """A part of the master that may change. Give exactly one of `layer`, `mask`, `polygon` and `grid`, or `layer`
    with `grid`.
    """

    layer: str | None = Field(None, description="Id of the SVG layer or element that holds today's artwork.")
    mask: str | None = Field(None, description="Picture of the master's size: white where artwork may go.")
    polygon: tuple[Point, ...] | None = Field(
        None, description="Corners [x, y], clockwise from the artwork's top left; four make a surface in perspective."
    )
    grid: Grid | None = Field(
        None, description="Rows of points [x, y] that artwork is bent along; the first row is its top edge."
    )
    current: str | None = Field(
        None, description="What the slot of a pixel master shows today: a region code or an artwork file."
    )
    front: str | None = Field(None, description="Picture: white where something stands in front of the slot.")
    ground: Hex = Field("#ffffff", description="Colour of the surface where artwork is transparent or too small.")


class Axis(Record):
    """One way in which variants differ. Give `set` (regions only), `values`, or both."""

    set: str | None = Field(None, description="A named set of regions, such as canada or client-104.")
    values: tuple[str, ...] | None = Field(None, description="Explicit values.")


class Gates(Record):
    """The numbers that a variant must reach to be accepted; the others go to review."""

    delta_e: float = Field(4.0, gt=0, description="Mean CIEDE2000 of the placed artwork to its reference, at most.")
    geometry: float = Field(1.5, gt=0, description="Offset of the placed artwork from where it belongs, px, at most.")
    edges: float = Field(0.98, ge=0, le=1, description="Share of the master's ink inside the slot that survives.")
    silhouette: float = Field(0.995, ge=0, le=1, description="Overlap (IoU) of the outline with the master's.")
    svg_ssim: float = Field(0.9, ge=0, le=1, description="Similarity of the SVG, drawn again, to the picture.")
    nearest_own: bool = Field(True, description="The variant must be nearest to its own artwork among all.")
    clean: Share = Field(
        0.5, description="How clean a painted part must be, 0 (as damaged copies of the master) to 1 (as the master)."
    )
    learned: dict[str, Share] | None = Field(
        None,
        description="Learned measure (master, identity, prompt, artwork, painted, style NAME) → its least share, 0 "
        "(like other characters) to 1 (like the master); left out: master and identity 0.5 where there are judges.",
    )
    rerolls: int = Field(2, ge=0, le=16, description="How often a repaint that misses them is painted again, at most.")


class Judges(Record):
    """The models that say how alike a variant and its master are, and what they are calibrated with."""

    embedder: str = Field(description="CLIP or SigLIP: a name in styles/judges, a folder or a hub id.")
    patcher: str | None = Field(None, description="DINOv2, for identity part by part: likewise.")
    others: tuple[str, ...] = Field(
        (), description="Pictures of other characters beside the brief; those of styles/ are added."
    )


class Delivery(Record):
    """What is handed over."""

    formats: tuple[Format, ...] = Field(("png", "webp", "avif", "svg"), min_length=1)
    sizes: tuple[int, ...] = Field((), description="Longest sides in pixels; left out: the master's size.")
    quality: int = Field(90, ge=1, le=100, description="Quality of WebP and AVIF.")
    sprite: bool = Field(False, description="Also one SVG that holds all variants: what they share in it once.")
    tokens: dict[Name, Hex] | None = Field(
        None,
        description="Name → colour: paint of that colour in SVGs can be recoloured by the CSS custom property --NAME; "
        "left out: the palettes of the brief's styles; {} for none.",
    )

    @property
    def drawn(self) -> bool:
        """Whether it takes an SVG of each variant."""
        return self.sprite or "svg" in self.formats or "pdf" in self.formats


class Brief(Record):
    """One file in which a designer says what to make, and why."""

    brief: Literal[1] = Field(description="Version of this format.")
    name: Name = Field(description="Lower-case words with hyphens; names the delivered folder.")
    why: str = Field(min_length=1, description="Why these variants are being made.")
    data_used: tuple[str, ...] = Field(description="Data about people that will choose a variant; [] for none.")
    biases: tuple[str, ...] = Field(description="Biases that were considered; [] only if none could be thought of.")
    master: Master
    slots: dict[Name, Slot] = Field(default_factory=dict, description="Parts of the master that may change.")
    styles: tuple[str, ...] = Field((), description="Folders in styles/.")
    axes: dict[Name, Axis] = Field(default_factory=dict)
    rows: str | None = Field(None, description="CSV whose columns are axes and whose rows are variants; replaces axes.")
    combine: Literal["cross", "zip"] = Field("cross", description="cross: every combination; zip: side by side.")
    exclude: tuple[dict[str, str], ...] = Field((), description="Combinations to leave out; a part is enough.")
    edits: dict[str, tuple[Edit, ...]] = Field(description="Axis → what its value changes.")
    prompt: str = Field(description="Name of a template in prompts/templates, or a text with {axis} fields.")
    gates: Gates = Gates()
    judges: Judges | None = Field(None, description="Models that measure likeness; left out: pixels and colours alone.")
    deliver: Delivery = Delivery()
    limit: int = Field(10_000, ge=1, description="The most variants that this brief may make.")
