"""What a designer may ask to be done to a variant: one record an edit, as briefs write them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipelines.model.base import Align, Direction, Factor, Fit, Hex, Point, Record, Share, Vertical

AS_DRAWN = "as-drawn"


class Wanted(Record):
    """What every edit may say."""

    values: tuple[str, ...] = Field((), description="Values of its axis that the edit is for; left out: all of them.")


class Place(Wanted):
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


class Recolor(Wanted):
    """Show the picture in other colours: a grade (another light or season), other colours for some, or for a grey one.

    Before anything is painted it changes the master and what is placed on it; after a repaint, the painted picture.
    """

    edit: Literal["recolor"]
    grade: str | None = Field(
        None, description="File in styles/grades, or {axis} for one a value; as-drawn changes nothing."
    )
    swap: dict[str, str] = Field(
        default_factory=dict,
        description="Today's colour → its new one, as #rrggbb or by name in the palette of the brief's first style.",
    )
    colourise: str | None = Field(None, description="Style whose palette colours a greyscale master.")
    backdrop: tuple[str, ...] = Field((), description="Ids of the layers behind the characters; they change more.")
    keep: tuple[Hex, ...] = Field((), description="Colours that stay recognisable, such as the mascot's fur.")


class Repaint(Wanted):
    """Paint over a part of the picture, or all of it, with Stable Diffusion under the brief's styles."""

    edit: Literal["repaint"]
    slot: str | None = Field(None, description="Paint inside this slot alone; left out: everywhere but `keep`.")
    keep: tuple[str, ...] = Field((), description="Slots, or layers of the drawing, that stay as they are.")
    prompt: str | None = Field(
        None, description="Template or text with {axis} fields, without the style's words; left out: the brief's."
    )
    model: str | None = Field(None, description="Profile in styles/profiles; left out: the first style's, or sd15.")
    checkpoint: str | None = Field(None, description="Folder, .safetensors file or hub id; left out: the profile's.")
    strength: Share | None = Field(None, description="0 leaves the picture, 1 starts from noise; left out: as usual.")
    steps: int | None = Field(None, ge=1, le=1000, description="Of the whole schedule; left out: the profile's.")
    guidance: float | None = Field(None, ge=0, le=30, description="How strongly words count; left out: the profile's.")
    seed: int = Field(0, ge=0, lt=2**32, description="The same for all variants, so that they resemble each other.")
    feather: float | None = Field(
        None,
        ge=0,
        le=256,
        description="Pixels over which the painted part fades in, inwards; left out: 0 at a drawing's layers, else 6.",
    )
    palette: tuple[Hex, ...] = Field((), description="Brand colours that painted areas near them must hit.")
    only_if_better: bool | None = Field(
        None,
        description="Keep the paint only where it is judged better than the picture before it; left out: as the "
        "model's profile does.",
    )
    before: str | None = Field(
        None, description="What is there before, in words like the prompt's: the judge sees whether it left them."
    )


class Letter(Wanted):
    """Set localized text into a slot. Lengths are in the master's units."""

    edit: Literal["letter"]
    slot: str
    text: tuple[str, ...] = Field(
        (), description="The same words, long and short, with {axis} fields; the longest that fits is set."
    )
    texts: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="Value of the axis → its texts, long and short, instead of `text`."
    )
    fonts: tuple[str, ...] = Field(
        min_length=1, description="Font files beside the brief; later ones for characters that earlier ones lack."
    )
    weight: int | None = Field(
        None, ge=1, le=1000, description="Of variable fonts, such as 700 for bold; left out: as the font comes."
    )
    size: float = Field(gt=0, description="The largest letter size (em).")
    floor: float | None = Field(None, gt=0, description="The smallest that can still be read; left out: half of size.")
    leading: float = Field(1.2, ge=0.8, le=3, description="Distance between baselines, in ems.")
    margin: float = Field(0.0, ge=0, description="Room kept free along the slot's edges.")
    align: Align = "center"
    vertical: Vertical = "middle"
    direction: Direction = "auto"
    language: str = Field("", description="BCP 47 tag such as ar or zh-Hant, or {axis}; left out: by the characters.")
    colour: Hex | None = Field(None, description="Colour of the letters; left out: the master's ink.")
    ground: Hex | None = Field(None, description="Colour that covers what the slot shows; left out: it stays.")
    outline: float = Field(0.0, ge=0, le=0.5, description="Width of a line around the letters, in ems; 0 for none.")
    outline_colour: Hex | None = Field(None, description="Left out: the master's ink.")


class Cutout(Wanted):
    """Remove the background. A drawing loses layers; flat art what hangs together with its border; else a model."""

    edit: Literal["cutout"]
    drop: tuple[str, ...] = Field((), description="Layers of the drawing that are background.")
    keep: tuple[str, ...] = Field((), description="Layers of the drawing that are the subject; all others go.")
    inside: tuple[Point, ...] = Field((), description="Points [x, y] that surely are the subject.")
    outside: tuple[Point, ...] = Field((), description="Points [x, y] that surely are background.")
    segmenter: str | None = Field(None, description="Segmentation checkpoint (transformers), for pictures not flat.")


class Upscale(Wanted):
    """Enlarge the finished picture. A drawing is drawn larger, flat art gets sharp edges, else a model does it."""

    edit: Literal["upscale"]
    factor: Factor
    upscaler: str | None = Field(None, description="Swin2SR checkpoint (transformers); left out: sharp resampling.")


Edit = Annotated[Place | Recolor | Repaint | Letter | Cutout | Upscale, Field(discriminator="edit")]
