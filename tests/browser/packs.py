"""A small pack with real pictures: six regions in two seasons, one variant to review and one that failed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PIL import Image, ImageDraw

from pipelines.contact_sheet import render_contact_sheet
from pipelines.likeness.gates import ODD
from pipelines.model import Asset, Format, Learned, Manifest, Order, Scores, Variant, Verdict
from tests.making import digest, order

SIZE = (96, 72)
SLOT = (48, 12, 84, 36)
REGIONS = {
    "CA-ON": "Ontario",
    "CA-QC": "Québec",
    "AU": "Australia",
    "NZ": "New Zealand",
    "HK": "Hong Kong",
    "GB": "Wales",
}
SEASONS = {"summer": "Summer", "winter": "Winter"}
REVIEWED, FAILED = "au.winter", "hk.winter"
UNLIKE = "master is 0.663, 18% like the master: no nearer than other characters (0.534 to 0.812) (at least 50%)"
ODD_ONE = (
    f"{ODD}: it lies 3.4 times as far from its nearest variants as they lie from each other: cosine 0.741, where 0.966 "
    "is usual in this set"
)


def small_manifest(*, files: dict[str, tuple[Asset, ...]] | None = None) -> Manifest:
    """Twelve variants; without `files` each has the assets that a pack of it would have."""
    names = [(region, season) for region in REGIONS for season in SEASONS]
    return Manifest(
        atelier="0.1.0", manifest=1, batch="flags-0123456789ab", brief="flags", why="to greet people where they live",
        data_used=("region",), biases=("a flag is not a home",), created="2026-01-02T03:04:05+00:00",
        master=asset("png", "master/master.png"), sources={}, versions={}, warnings=("GB has many flags",),
        variants=tuple(variant(region, season, files=files) for region, season in names),
    )  # fmt: skip


def variant(region: str, season: str, *, files: dict[str, tuple[Asset, ...]] | None = None) -> Variant:
    """One variant; its name says whether it is accepted, to review or failed."""
    made = _order(region, season)
    name = made.recipe.name
    if name == FAILED:
        return Variant(order=made, state="failed", verdict=None, scores=None, palette=(), notes=(), assets=(),
                       error="the artwork file is damaged", seconds={})  # fmt: skip
    reviewed = name == REVIEWED
    reasons = ("the artwork lies 2.25 px from where it belongs (at most 1.5)", ODD_ONE, UNLIKE) if reviewed else ()
    alike = 0.18 if reviewed else 0.93 - len(region) / 40 - len(season) / 100
    assets = files[name] if files else (asset("png", f"png/{name}.png"), asset("webp", f"webp/{name}.webp"))
    measured = scores(region, delta_e=len(name) / 5, geometry=2.25 if reviewed else 0.4, alike=alike)
    return Variant(
        order=made, state="delivered", verdict=Verdict(outcome="review" if reviewed else "accepted", reasons=reasons),
        scores=measured, palette=("#236f7a", "#ffffff"),
        notes=("the emblem is small",), assets=assets, error=None, seconds={"edit": 1.25, "score": 0.5},
    )  # fmt: skip


def scores(own: str, *, delta_e: float, geometry: float, alike: float = 0.9) -> Scores:
    """Scores that pass the default gates unless `delta_e` or `geometry` are large."""
    return Scores(
        changed_outside=0, delta_e=delta_e, delta_e_p95=6.5, geometry=geometry, nearest=own, nearest_distance=0.75,
        runner_up="FJ", runner_up_distance=9.5, edges=0.991, silhouette=1.0, svg_ssim=0.95, svg_delta_e=0.6,
        svg_edge_error=0.12, svg_holes=0.0, svg_gzip_bytes=2345,
        learned=learned(alike), clean=Learned(value=0.61, share=0.7, words="0.610, 70% like the clean master"),
    )  # fmt: skip


def learned(alike: float) -> dict[str, Learned]:
    """What judges say of a variant that is `alike` the master, 0 to 1."""
    cosine = 0.6 + alike * 0.35
    where = "between other characters (up to 0.812) and the master's own copies (from 0.958)"
    if alike < 0.4:
        where = "no nearer than other characters (0.534 to 0.812)"
    style = "between other characters (up to 0.701) and the master's own copies (from 0.764)"
    return {
        "master": Learned(value=cosine, share=alike, words=f"{cosine:.3f}, {alike:.0%} like the master: {where}"),
        "identity": Learned(value=0.875, share=0.93, words="0.875, 93% like the master"),
        "artwork": Learned(
            value=0.812, share=0.84, words="0.812, 84% like its own artwork; nearest of 6 artworks, by 0.041 before FJ"
        ),
        "style ink-flat cat-kite": Learned(value=0.74, share=0.61, words=f"0.740, 61% like the style: {style}"),
        "prompt": Learned(value=0.29, share=None, words="0.290, which says nothing here: one prompt for all"),
        "identity-worst": Learned(value=0.702, share=None, words="0.702, the least alike part of what had to stay"),
        "inside": Learned(value=0.416, share=None, words="0.416, of the part that changes"),
    }


def asset(kind: Format, path: str, data: bytes = b"") -> Asset:
    """An asset of the pack's size."""
    sha256 = hashlib.sha256(data).hexdigest()
    return Asset(format=kind, width=SIZE[0], height=SIZE[1], bytes=len(data) or 1234, sha256=sha256, path=path)


def _order(region: str, season: str) -> Order:
    made, name = order(region.lower()), f"{region.lower()}.{season}"
    recipe = made.recipe.model_copy(
        update={
            "name": name,
            "values": {"region": region, "season": season},
            "labels": {"region": REGIONS[region], "season": SEASONS[season]},
            "digest": digest(name),
        }
    )
    return made.model_copy(update={"recipe": recipe, "prompt": f"a dog with the flag of {REGIONS[region]} in {season}"})


# ── the pack on disk ─────────────────────────────────────────────────────────────────────────────────────


def write_pack(folder: Path, manifest: Manifest | None = None) -> Path:
    """The pack of `manifest`, by default the small one, with every picture; the path of its contact sheet."""
    manifest = manifest or small_manifest()
    for place, each in enumerate(manifest.variants):
        for made in each.assets:
            _save(_picture((40 + 17 * place, 200 - 13 * place, 60)), folder / made.path)
    _save(_picture((34, 68, 170)), folder / manifest.master.path)
    names = [each.order.recipe.name for each in manifest.variants if each.assets]
    thumbnails = {name: f"thumbs/{digest(name)[:8]}.webp" for name in (*names, "master")}
    for place, path in enumerate(thumbnails.values()):
        _save(_picture((40 + 17 * place, 200 - 13 * place, 60)), folder / path)
    sheet = folder / "contact-sheet.html"
    sheet.write_text(render_contact_sheet(manifest, thumbnails), encoding="utf-8")
    return sheet


def _picture(colour: tuple[int, int, int]) -> Image.Image:
    """A round body on nothing, and a slot in `colour`."""
    image = Image.new("RGBA", SIZE)
    draw = ImageDraw.Draw(image)
    draw.ellipse((6, 18, 54, 66), fill=(226, 160, 90, 255), outline=(40, 30, 40, 255), width=2)
    draw.rectangle(SLOT, fill=(*colour, 255), outline=(40, 30, 40, 255))
    return image


def _save(image: Image.Image, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, lossless=True)
