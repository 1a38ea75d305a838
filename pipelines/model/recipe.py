"""What will be made: recipes, each a master and a list of steps with everything resolved, and orders around them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from pipelines.model.base import (
    Align,
    Direction,
    Drawing,
    Factor,
    Fit,
    Grid,
    Hex,
    Name,
    Point,
    Record,
    Sha256,
    Share,
    Vertical,
)
from pipelines.model.brief import Delivery, Gates


class Source(Record):
    """A file taken into the store: its digest, and the name it came under."""

    sha256: Sha256
    name: str
    kind: Literal["svg", "raster", "grade", "font"]


class Site(Record):
    """A slot with its files taken in and its grid found: where on the master something goes."""

    slot: str
    layer: str | None = None
    mask: Source | None = None
    polygon: tuple[Point, ...] | None = None
    grid: Grid | None = None
    current: Source | None = None
    front: Source | None = None
    ground: Hex = "#ffffff"

    def files(self) -> tuple[Source, ...]:
        """What it reads."""
        return tuple(source for source in (self.mask, self.current, self.front) if source is not None)


class Placement(Site):
    """A place edit with everything resolved: which artwork goes on which surface, and how."""

    edit: Literal["place"]
    code: str = Field(description="The axis value that the artwork stands for, such as CA-ON.")
    artwork: Source
    fit: Fit

    def files(self) -> tuple[Source, ...]:
        """What it reads."""
        return (self.artwork, *super().files())


class Recoloring(Record):
    """A recolor edit with everything resolved."""

    edit: Literal["recolor"] = "recolor"
    grade: Source | None
    swap: tuple[tuple[Hex, Hex], ...] = Field((), description="Today's colour and its new one.")
    colourise: tuple[Hex, ...] = Field((), description="Colours for a greyscale picture.")
    backdrop: tuple[str, ...]
    keep: tuple[Hex, ...]

    def files(self) -> tuple[Source, ...]:
        """What it reads."""
        return () if self.grade is None else (self.grade,)


class LoraUse(Record):
    """A LoRA file of the worker's machine, and how strongly it counts; 1 is as it was trained."""

    file: str
    digest: Sha256 = Field(description="Fingerprint of its weights.")
    weight: float = 1.0


class ImageGuide(Record):
    """Style references that an IP-Adapter carries over.

    `scale` is one number for all layers or diffusers' nested form; `masked` keeps it inside the mask.
    """

    references: tuple[Source, ...] = Field(min_length=1)
    adapter: str = Field(description="Its weights file on the worker's machine.")
    digest: Sha256 = Field(description="Fingerprint of its weights.")
    scale: JsonValue = 0.6
    masked: bool = False


class ControlUse(Record):
    """A drawing of the master that the paint must follow (ControlNet)."""

    drawing: Drawing
    checkpoint: str
    digest: Sha256 = Field(description="Fingerprint of its weights.")
    scale: float = 0.8


class BetterGate(Record):
    """When a repaint is better than leaving the picture alone: see `pipelines.likeness.better`.

    By words where there are some, and else, over placed artwork, by the style's references.
    """

    embedder: str | None
    weights: Sha256 | None = Field(None, description="Fingerprint of the embedder.")
    styles: tuple[Source, ...]
    words: str | None = Field(None, description="What the painted picture should say; None: nothing is asked.")
    present: str = Field("", description="The same for the picture before it is painted; empty: no words.")
    gain: float | None = Field(
        None, description="How much nearer to its words it must come, in cosine; None: as usual."
    )


class Painting(Record):
    """A repaint edit with everything resolved, the words too: they change its pixels."""

    edit: Literal["repaint"]
    model: Name = Field(description="Profile in styles/profiles.")
    checkpoint: str = Field(description="Folder, file or hub id.")
    weights: Sha256 = Field(description="Fingerprint of the checkpoint's weights.")
    prompt: str
    negative: str
    inside: Site | None = Field(description="Where it paints; None: everywhere.")
    keep: tuple[Site, ...] = Field(description="Where it never paints.")
    strength: Share
    steps: int
    guidance: float
    image_guidance: float = Field(1.0, description="Of a model that edits: how strongly the picture itself counts.")
    seed: int
    feather: float
    image: ImageGuide | None = None
    loras: tuple[LoraUse, ...] = ()
    control: ControlUse | None = None
    palette: tuple[Hex, ...] = ()
    better: BetterGate | None = Field(None, description="Keep the paint only where this finds it better.")

    def files(self) -> tuple[Source, ...]:
        """What it reads, beside the models."""
        sites = (*self.keep, *(() if self.inside is None else (self.inside,)))
        references = self.image.references if self.image is not None else ()
        references += self.better.styles if self.better is not None else ()
        return (*references, *(source for site in sites for source in site.files()))


class Lettering(Site):
    """A letter edit with everything resolved. Lengths are in the master's units."""

    edit: Literal["letter"] = "letter"
    texts: tuple[str, ...] = Field(min_length=1, description="The same words, long and short; the longest that fits.")
    fonts: tuple[Source, ...] = Field(min_length=1, description="Font files; later ones for what earlier ones lack.")
    weight: int | None = Field(None, ge=1, le=1000, description="Of variable fonts; left out: as the font comes.")
    size: float = Field(gt=0, description="The largest letter size (em).")
    floor: float = Field(gt=0, description="The smallest letter size that can still be read.")
    leading: float = Field(1.2, ge=0.8, le=3, description="Distance between baselines, in ems.")
    margin: float = Field(0.0, ge=0, description="Room kept free along the slot's edges.")
    align: Align = "center"
    vertical: Vertical = "middle"
    direction: Direction = "auto"
    language: str = Field("", description="BCP 47 tag, such as ar or zh-Hant: some fonts draw letters by language.")
    colour: Hex | None = Field(None, description="Colour of the letters; left out: the master's ink.")
    cover: Hex | None = Field(None, description="Colour that covers what the slot shows; left out: it stays.")
    outline: float = Field(0.0, ge=0, le=0.5, description="Width of a line around the letters, in ems; 0 for none.")
    outline_colour: Hex | None = Field(None, description="Left out: the master's ink.")

    @model_validator(mode="after")
    def _floor_below_size(self) -> Lettering:
        if self.floor > self.size:
            raise ValueError(f"floor ({self.floor:g}) is above size ({self.size:g})")
        return self

    def files(self) -> tuple[Source, ...]:
        """What it reads."""
        return (*self.fonts, *super().files())


class Cutting(Record):
    """A cutout edit with everything resolved."""

    edit: Literal["cutout"]
    drop: tuple[str, ...]
    keep: tuple[str, ...]
    inside: tuple[Point, ...]
    outside: tuple[Point, ...]
    segmenter: str | None
    weights: Sha256 | None = Field(description="Fingerprint of the segmenter.")

    def files(self) -> tuple[Source, ...]:
        """What it reads, beside the model."""
        return ()


class Enlarging(Record):
    """An upscale edit with everything resolved."""

    edit: Literal["upscale"]
    factor: Factor
    upscaler: str | None
    weights: Sha256 | None = Field(description="Fingerprint of the upscaler.")

    def files(self) -> tuple[Source, ...]:
        """What it reads, beside the model."""
        return ()


Step = Annotated[Placement | Recoloring | Painting | Lettering | Cutting | Enlarging, Field(discriminator="edit")]
Preparing = Recoloring | Cutting


class Recipe(Record):
    """How one variant is made. `digest` covers everything that can change its pixels, and nothing else.

    `preparation` changes the master itself, before anything is put on it: its colours, its background. `edits` follow
    in their order. `width` and `height` are those of the master; an upscale makes the variant larger than that.
    """

    name: str = Field(description="Unique in its batch and fit for a file name: ca-on, or ca-on.winter.")
    values: dict[str, str]
    labels: dict[str, str] = Field(description="The values in words, for people: region → Ontario.")
    master: Source
    width: int
    height: int
    preparation: tuple[Annotated[Preparing, Field(discriminator="edit")], ...] = ()
    edits: tuple[Step, ...]
    digest: Sha256

    @property
    def placements(self) -> tuple[Placement, ...]:
        """The edits that place artwork."""
        return tuple(edit for edit in self.edits if isinstance(edit, Placement))

    @property
    def paintings(self) -> tuple[Painting, ...]:
        """The edits that paint."""
        return tuple(edit for edit in self.edits if isinstance(edit, Painting))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the finished variant in pixels."""
        factor = 1
        for edit in self.edits:
            factor *= edit.factor if isinstance(edit, Enlarging) else 1
        return self.width * factor, self.height * factor

    @property
    def models(self) -> bool:
        """Whether its pixels take a model."""
        return any(_takes_a_model(step) for step in (*self.preparation, *self.edits))

    def sources(self) -> tuple[Source, ...]:
        """Every file that this recipe reads."""
        return (self.master, *(source for step in (*self.preparation, *self.edits) for source in step.files()))


class Judging(Record):
    """The judges of an order with everything resolved. `styles` and `others` are pictures, by name."""

    embedder: str
    patcher: str | None
    weights: tuple[Sha256, ...] = Field(description="Fingerprints of the judges' weights.")
    styles: dict[str, Source]
    others: tuple[Source, ...]

    def files(self) -> tuple[Source, ...]:
        """What it reads, beside the models."""
        return (*self.styles.values(), *self.others)


class Order(Record):
    """A recipe with what goes beside its pixels: the prompt, the gates, the judges, the delivery."""

    recipe: Recipe
    prompt: str
    negative: str
    styles: tuple[str, ...]
    palette: dict[str, Hex] = Field(default_factory=dict, description="The styles' colours by name.")
    gates: Gates
    judging: Judging | None = None
    deliver: Delivery
    digest: Sha256 = Field(description="Over everything that can change the delivered files.")

    @property
    def models(self) -> bool:
        """Whether making it takes a model: such work goes to the workers that hold one."""
        return self.judging is not None or self.recipe.models

    def sources(self) -> tuple[Source, ...]:
        """Every file that the recipe and the judges read."""
        return (*self.recipe.sources(), *(() if self.judging is None else self.judging.files()))


def _takes_a_model(step: Step) -> bool:
    return (
        isinstance(step, Painting)
        or (isinstance(step, Cutting) and step.segmenter is not None)
        or (isinstance(step, Enlarging) and step.upscaler is not None)
    )


class Plan(Record):
    """A brief, expanded. `sources` are all the files that its orders read."""

    brief: Name
    why: str
    data_used: tuple[str, ...]
    biases: tuple[str, ...]
    orders: tuple[Order, ...]
    warnings: tuple[str, ...]
    digest: Sha256

    def sources(self) -> tuple[Source, ...]:
        """Every file that the orders read, each once, in a stable order."""
        found: dict[str, Source] = {}
        for order in self.orders:
            for source in order.sources():
                found.setdefault(source.sha256, source)
        return tuple(found.values())
