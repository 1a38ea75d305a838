"""What was made: how far a variant has come, what was measured of it, how it was painted, and what was delivered."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipelines.model.base import Format, Hex, Name, Record, Sha256
from pipelines.model.recipe import Order

State = Literal["planned", "edited", "scored", "vectorized", "delivered", "failed"]
Outcome = Literal["accepted", "review"]


Three = tuple[float, float, float]


class Drift(Record):
    """painted = gain x true + offset, in linear light 0 to 1, red, green and blue."""

    gain: Three = (1.0, 1.0, 1.0)
    offset: Three = (0.0, 0.0, 0.0)
    pixels: int = Field(0, description="How many it was fitted to; 0: nothing is corrected.")
    before: float = Field(0.0, description="Median OKLab distance x 100 of those pixels to what they should be.")
    after: float = Field(0.0, description="The same once corrected.")


class PaintRecord(Record):
    """What is needed to paint the same pixels again, at the same shape on the same kind of machine."""

    seed: int
    seeding: int = Field(description="Revision of what a seed means.")
    profile: str
    checkpoint: str = Field(description="Digest of the weights.")
    revision: str = Field(description="Commit on the hub; empty for files from elsewhere.")
    device: str
    precision: str
    vae_precision: str
    scheduler: str
    steps_run: int
    batch: int = Field(description="Variants in the forward pass that this one was part of; replay at the same.")
    width: int
    height: int
    threads: int = Field(description="CPU threads; another number changes last bits on a CPU.")
    versions: dict[str, str]
    notes: tuple[str, ...] = ()


class Paint(Record):
    """What a repaint did: how it was painted, the drift of its colours that was undone, and whether it was kept."""

    record: PaintRecord
    drift: Drift | None = Field(None, description="Against the pixels that nobody asked to change.")
    palette_drift: Drift | None = Field(None, description="Against the recipe's palette, inside the painted part.")
    kept: bool = True


class Learned(Record):
    """What a calibrated measure says of a variant: the value, how far it speaks for the master, and that in words."""

    value: float = Field(description="A cosine, -1 to 1; of cleanliness 1 less the worst damage.")
    share: float | None = Field(description="0: like other characters, 1: like the master; None: it says nothing.")
    words: str


class Scores(Record):
    """What was measured of a variant; `None` where a measure does not apply."""

    changed_outside: int = Field(description="Pixels that no edit may change and that differ from the master's.")
    delta_e: float | None = Field(None, description="Mean CIEDE2000 of placed artwork to its reference, unshaded.")
    delta_e_p95: float | None = None
    geometry: float | None = Field(None, description="Offset of the placed artwork from its reference, pixels.")
    nearest: str | None = Field(None, description="The artwork of this batch that the variant is nearest to.")
    nearest_distance: float | None = Field(None, description="Its mean OKLab distance x 100 to that artwork.")
    runner_up: str | None = Field(None, description="The next nearest artwork.")
    runner_up_distance: float | None = None
    edges: float | None = Field(None, description="Share of the master's ink inside the slots that survives.")
    silhouette: float = Field(description="Overlap (IoU) of the outline with the master's.")
    svg_ssim: float | None = Field(None, description="Structural similarity of the SVG, drawn again, to the picture.")
    svg_delta_e: float | None = Field(None, description="Its mean CIEDE2000 to the picture.")
    svg_edge_error: float | None = Field(None, description="Mean distance of its edges from the picture's, pixels.")
    svg_holes: float | None = Field(None, description="Share of the picture's opaque pixels that show through it.")
    svg_gzip_bytes: int | None = Field(None, description="Size of the drawing alone after gzip.")
    clean: Learned | None = Field(None, description="How clean the painted parts are; None: nothing was painted.")
    learned: dict[str, Learned] = Field(default_factory=dict, description="What the judges say, by measure.")


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
    paints: tuple[Paint, ...] = Field((), description="How each repaint was painted; for replay.")
    notes: tuple[str, ...] = Field(description="What a designer should know, such as a ghost of the old artwork.")
    assets: tuple[Asset, ...]
    error: str | None
    seconds: dict[str, float] = Field(description="Stage → seconds that it took.")


class Sprite(Record):
    """One SVG with a symbol for each variant, by its name."""

    path: str = Field(description="Inside the pack.")
    bytes: int
    gzip_bytes: int
    sha256: Sha256
    single_bytes: int = Field(description="Size of the same drawings as a file each, without their recipes.")
    single_gzip_bytes: int


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
    sprite: Sprite | None = Field(None, description="Where the brief asks for one.")
    versions: dict[str, str] = Field(description="Libraries that can change pixels, with their versions.")
    warnings: tuple[str, ...]
