"""Frozen records that cross modules: what a designer asks for, what will be made, what was made.

    Brief ─plan─▶ Recipe ─edit─▶ picture ─score─▶ Scores, Verdict ─deliver─▶ Asset ─▶ Manifest

Coordinates are the master's own units (SVG user units or pixels), x to the right, y down. Sizes are pixels.
Digests are lower-case hexadecimal SHA-256.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$")]
Hex = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Point = tuple[float, float]
Grid = tuple[tuple[Point, ...], ...]
Format = Literal["png", "webp", "avif", "svg"]
Fit = Literal["flag", "cover", "contain", "stretch"]


class Record(BaseModel):
    """A frozen record that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# ── what a designer asks for ─────────────────────────────────────────────────────────────────────────────


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


class Place(Record):
    """Bend the axis value's own artwork into a slot."""

    edit: Literal["place"]
    slot: str
    artwork: str | None = Field(
        None, description="Artwork file with {axis} fields, relative to the brief; left out: the region's own flag."
    )
    overrides: dict[str, str] = Field(
        default_factory=dict, description="Value → artwork file that it gets instead, such as JP: our-japan.svg."
    )
    fit: Fit = Field("flag", description="flag: fill the slot and spare the emblem; cover; contain; stretch.")


class Recolor(Record):
    """Show the master in another light or season, and what is placed on it too."""

    edit: Literal["recolor"]
    grade: str = Field(description="File in styles/grades, or {axis} for one a value; as-drawn changes nothing.")
    backdrop: tuple[str, ...] = Field((), description="Ids of the layers behind the characters; they change more.")
    keep: tuple[Hex, ...] = Field((), description="Colours that stay recognisable, such as the mascot's fur.")


Edit = Annotated[Place | Recolor, Field(discriminator="edit")]
AS_DRAWN = "as-drawn"


class Gates(Record):
    """The numbers that a variant must reach to be accepted; the others go to review."""

    delta_e: float = Field(4.0, gt=0, description="Mean CIEDE2000 of the placed artwork to its reference, at most.")
    geometry: float = Field(1.5, gt=0, description="Offset of the placed artwork from where it belongs, px, at most.")
    edges: float = Field(0.98, ge=0, le=1, description="Share of the master's ink inside the slot that survives.")
    silhouette: float = Field(0.995, ge=0, le=1, description="Overlap (IoU) of the outline with the master's.")
    svg_ssim: float = Field(0.9, ge=0, le=1, description="Similarity of the SVG, drawn again, to the picture.")
    nearest_own: bool = Field(True, description="The variant must be nearest to its own artwork among all.")


class Delivery(Record):
    """What is handed over."""

    formats: tuple[Format, ...] = Field(("png", "webp", "avif", "svg"), min_length=1)
    sizes: tuple[int, ...] = Field((), description="Longest sides in pixels; left out: the master's size.")
    quality: int = Field(90, ge=1, le=100, description="Quality of WebP and AVIF.")


class Brief(Record):
    """One file in which a designer says what to make, and why."""

    brief: Literal[1] = Field(description="Version of this format.")
    name: Name = Field(description="Lower-case words with hyphens; names the delivered folder.")
    why: str = Field(min_length=1, description="Why these variants are being made.")
    data_used: tuple[str, ...] = Field(description="Data about people that will choose a variant; [] for none.")
    biases: tuple[str, ...] = Field(description="Biases that were considered; [] only if none could be thought of.")
    master: Master
    slots: dict[Name, Slot]
    styles: tuple[str, ...] = Field((), description="Folders in styles/.")
    axes: dict[Name, Axis] = Field(default_factory=dict)
    rows: str | None = Field(None, description="CSV whose columns are axes and whose rows are variants; replaces axes.")
    combine: Literal["cross", "zip"] = Field("cross", description="cross: every combination; zip: side by side.")
    exclude: tuple[dict[str, str], ...] = Field((), description="Combinations to leave out; a part is enough.")
    edits: dict[str, tuple[Edit, ...]] = Field(description="Axis → what its value changes.")
    prompt: str = Field(description="Name of a template in prompts/templates, or a text with {axis} fields.")
    gates: Gates = Gates()
    deliver: Delivery = Delivery()
    limit: int = Field(10_000, ge=1, description="The most variants that this brief may make.")


# ── what will be made ────────────────────────────────────────────────────────────────────────────────────


class Source(Record):
    """A file taken into the store: its digest, and the name it came under."""

    sha256: Sha256
    name: str
    kind: Literal["svg", "raster", "grade"]


class Placement(Record):
    """A place edit with everything resolved: which artwork goes on which surface, and how."""

    edit: Literal["place"]
    slot: str
    code: str = Field(description="The axis value that the artwork stands for, such as CA-ON.")
    artwork: Source
    fit: Fit
    layer: str | None
    mask: Source | None
    polygon: tuple[Point, ...] | None
    grid: Grid | None
    current: Source | None
    front: Source | None
    ground: Hex


class Recoloring(Record):
    """A recolor edit with everything resolved. It comes before any artwork is placed."""

    grade: Source
    backdrop: tuple[str, ...]
    keep: tuple[Hex, ...]


class Recipe(Record):
    """How one variant is made. `digest` covers everything that can change its pixels, and nothing else."""

    name: str = Field(description="Unique in its batch and fit for a file name: ca-on, or ca-on.winter.")
    values: dict[str, str]
    labels: dict[str, str] = Field(description="The values in words, for people: region → Ontario.")
    master: Source
    width: int
    height: int
    recolor: Recoloring | None = None
    edits: tuple[Placement, ...]
    digest: Sha256

    def sources(self) -> tuple[Source, ...]:
        """Every file that this recipe reads."""
        grade = self.recolor.grade if self.recolor is not None else None
        files = (self.master, grade, *(s for e in self.edits for s in (e.artwork, e.mask, e.current, e.front)))
        return tuple(source for source in files if source is not None)


class Order(Record):
    """A recipe with what goes beside its pixels: the prompt, the gates, the delivery."""

    recipe: Recipe
    prompt: str
    negative: str
    styles: tuple[str, ...]
    gates: Gates
    deliver: Delivery
    digest: Sha256 = Field(description="Over everything that can change the delivered files.")


class Plan(Record):
    """A brief, expanded. `sources` are all the files that its recipes read."""

    brief: Name
    why: str
    data_used: tuple[str, ...]
    biases: tuple[str, ...]
    orders: tuple[Order, ...]
    warnings: tuple[str, ...]
    digest: Sha256

    def sources(self) -> tuple[Source, ...]:
        """Every file that the recipes read, each once, in a stable order."""
        found: dict[str, Source] = {}
        for order in self.orders:
            for source in order.recipe.sources():
                found.setdefault(source.sha256, source)
        return tuple(found.values())


# ── what was made ────────────────────────────────────────────────────────────────────────────────────────

State = Literal["planned", "edited", "scored", "vectorized", "delivered", "failed"]
Outcome = Literal["accepted", "review"]


class Scores(Record):
    """What was measured of a variant; `None` where a measure does not apply."""

    changed_outside: int = Field(description="Pixels outside the slots that differ from the master's.")
    delta_e: float = Field(description="Mean CIEDE2000 of the placed artwork to its reference, shading undone.")
    delta_e_p95: float
    geometry: float = Field(description="Offset of the placed artwork from its reference, pixels.")
    nearest: str = Field(description="The artwork of this batch that the variant is nearest to.")
    nearest_distance: float = Field(description="Its mean OKLab distance x 100 to that artwork.")
    runner_up: str | None = Field(description="The next nearest artwork.")
    runner_up_distance: float | None
    edges: float = Field(description="Share of the master's ink inside the slots that survives.")
    silhouette: float = Field(description="Overlap (IoU) of the outline with the master's.")
    svg_ssim: float | None = None
    svg_delta_e: float | None = None
    learned: dict[str, float] = Field(default_factory=dict, description="Measures of learned models, by name.")


class Verdict(Record):
    """What the gates say, with the reason in words."""

    outcome: Outcome
    reasons: tuple[str, ...]


class Asset(Record):
    """One delivered file."""

    format: Format
    width: int
    height: int
    bytes: int
    gzip_bytes: int | None = Field(None, description="Size after gzip, for SVG.")
    sha256: Sha256
    path: str = Field(description="Inside the pack.")


class Variant(Record):
    """One variant as the catalogue and the manifest know it."""

    order: Order
    state: State
    verdict: Verdict | None
    scores: Scores | None
    palette: tuple[Hex, ...]
    notes: tuple[str, ...] = Field(description="What a designer should know, such as a ghost of the old artwork.")
    assets: tuple[Asset, ...]
    error: str | None
    seconds: dict[str, float] = Field(description="Stage → seconds that it took.")


class Manifest(Record):
    """The pack's table of contents, and all that is needed to make any of it again."""

    atelier: str = Field(description="Version of Atelier.")
    manifest: Literal[1]
    batch: str
    brief: Name
    why: str
    data_used: tuple[str, ...]
    biases: tuple[str, ...]
    created: str = Field(description="ISO 8601, UTC.")
    master: Asset
    sources: dict[Sha256, str] = Field(description="Digest → path inside the pack.")
    variants: tuple[Variant, ...]
    versions: dict[str, str] = Field(description="Libraries that can change pixels, with their versions.")
    warnings: tuple[str, ...]
