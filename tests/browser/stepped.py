"""A pack whose recipes hold every kind of step, with the records of their paint."""

from __future__ import annotations

from typing import Literal

from pipelines.model import (
    BetterGate,
    Cutting,
    Drift,
    Enlarging,
    ImageGuide,
    Lettering,
    LoraUse,
    Manifest,
    Paint,
    Painting,
    PaintRecord,
    Placement,
    Recoloring,
    Site,
    Source,
    Step,
    Variant,
)
from tests.browser.packs import small_manifest
from tests.making import digest, order


def stepped_manifest() -> Manifest:
    """Three variants of every kind of step: as its recipe says, without placed artwork, and without judges."""
    base = small_manifest()
    first, second, third = base.variants[:3]
    edits = (placing(), RECOLORED, REPAINTED, HARMONISED, LETTERED, ENLARGED)
    variants = (
        _with(first, (CUT, RECOLORED), edits, paints=(painted(8), painted(40, kept=False))),
        _with(second, (), (REPAINTED, LETTERED), paints=(painted(7),)),
        third.model_copy(update={"scores": third.scores and third.scores.model_copy(update={"learned": {}})}),
    )
    return base.model_copy(update={"variants": variants})


def _with(
    variant: Variant, preparation: tuple[Step, ...], edits: tuple[Step, ...], *, paints: tuple[Paint, ...]
) -> Variant:
    """The same variant with these steps."""
    placed = any(isinstance(step, Placement) for step in edits)
    made = variant.scores
    if made is not None and not placed:
        gone = dict.fromkeys(("delta_e", "delta_e_p95", "geometry", "nearest", "nearest_distance", "runner_up"))
        made = made.model_copy(update={**gone, "runner_up_distance": None, "edges": None, "silhouette": None})
    recipe = variant.order.recipe.model_copy(update={"preparation": preparation, "edits": edits})
    order = variant.order.model_copy(update={"recipe": recipe})
    notes = (*variant.notes, "the repaint was left out: it came no nearer to the style (cosine -0.004)")
    return variant.model_copy(update={"order": order, "scores": made, "paints": paints, "notes": notes})


def source(name: str, kind: Literal["svg", "raster", "grade", "font"]) -> Source:
    """A file that is nowhere."""
    return Source(sha256=digest(name), name=name, kind=kind)


def placing() -> Placement:
    """The one step that every variant of the small pack has."""
    return order("ca-on").recipe.placements[0]


def painted(seed: int, *, kept: bool = True) -> Paint:
    """How a repaint was painted on some GPU."""
    record = PaintRecord(
        seed=seed, seeding=1, profile="sd15", checkpoint=digest("weights"), revision="5c1e0f2b7a", device="cuda",
        precision="bf16", vae_precision="fp32", scheduler="DPM++ 2M", steps_run=18, batch=4, width=512, height=512,
        threads=16, versions={"torch": "2.13.0"},
    )  # fmt: skip
    return Paint(record=record, drift=Drift(pixels=4000, before=2.41, after=0.32), kept=kept)


_SITE = Site(slot="stick", layer="pole")
CUT = Cutting(
    edit="cutout",
    drop=(),
    keep=(),
    inside=((3.5, 4.25),),
    outside=(),
    segmenter="birefnet",
    weights=digest("segmenter"),
)
RECOLORED = Recoloring(
    edit="recolor",
    grade=source("winter.toml", "grade"),
    swap=(("#ffffff", "#eeeeff"),),
    backdrop=("sky",),
    keep=("#101010",),
)
REPAINTED = Painting(
    edit="repaint", model="sd15", checkpoint="models/sd15", weights=digest("weights"), prompt="snow on the pole",
    negative="text", inside=_SITE, keep=(Site(slot="hand", layer="hand"),), strength=0.6, steps=30, guidance=7.5,
    seed=7, feather=6.0, palette=("#223344",),
    loras=(LoraUse(file="ink.safetensors", digest=digest("lora"), weight=0.8),),
    image=ImageGuide(
        references=(source("cat.png", "raster"),), adapter="ip.safetensors", digest=digest("ip"),
        scale={"up": {"block_0": [0, 1, 0.5]}},
    ),
)  # fmt: skip
HARMONISED = REPAINTED.model_copy(
    update={
        "seed": 40, "strength": 0.15, "inside": None, "image": None, "loras": (),
        "better": BetterGate(embedder="clip", weights=digest("clip"), styles=(source("cat.png", "raster"),)),
    }
)  # fmt: skip
LETTERED = Lettering(
    edit="letter", slot="sign", layer="sign", texts=("Bienvenue au Québec <3", "Bienvenue"),
    fonts=(source("face.ttf", "font"),), size=24, floor=12, colour="#112233",
)  # fmt: skip
ENLARGED = Enlarging(edit="upscale", factor=2, upscaler="swin2sr", weights=digest("upscaler"))
