"""A batch's pack: every file, manifest, contact sheet and zip in one folder that appears whole or not at all.

`outputs/NAME` is a link to a folder under `outputs/.packs/`. The folder is written under a temporary name, synced and
renamed, and the link is swapped in one step: whoever looks sees the old pack or the new one, never half of either.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

from lxml import etree

from pipelines import __version__
from pipelines.catalogue import Batch
from pipelines.contact_sheet import render_contact_sheet
from pipelines.deliver import encode_png, gzipped, thumbnail
from pipelines.errors import StoreError, TraceError
from pipelines.model import Asset, Manifest, Order, Source, Sprite, Variant
from pipelines.provenance import title
from pipelines.sources import parse_svg
from pipelines.sprite import sprite
from pipelines.stages import delivered
from pipelines.tokens import theme, tokens_of
from pipelines.workshop import Workshop

_LIBRARIES = ("numpy", "pillow", "resvg-py", "scikit-image", "scipy", "skia-pathops", "vtracer")
_STAMP = (2020, 1, 1, 0, 0, 0)  # the same files make the same zip


def publish(
    shop: Workshop, batch: Batch, outputs: Path, *, record: Callable[[Path, str], object] | None = None
) -> tuple[Path, str]:
    """Write the pack of a finished batch; its folder and the digest of its manifest. Publishing twice changes nothing.

    One process publishes at a time, and tells `record` before the next may begin; what the catalogue calls delivered by
    then is not written again. The pack before this one stays until the next, for those who are reading it.
    Raises StoreError when the folder cannot be written or the disk is full; the pack that was there is there still.
    """
    link = outputs / batch.brief
    with _reported(outputs), _packs(outputs) as packs:
        known = shop.catalogue.batch(batch.id).manifest_sha256
        if known and _target(link) == _folder(packs, batch, known):
            return link, known
        digest = _replace(shop, batch, packs, link)
        if record is not None:
            record(link, digest)
    return link, digest


def _replace(shop: Workshop, batch: Batch, packs: Path, link: Path) -> str:
    before = _target(link)
    scratch = Path(tempfile.mkdtemp(prefix=f".{batch.brief}-", dir=packs))
    try:
        digest = _write(shop, batch, scratch)
        folder = _folder(packs, batch, digest)
        _settle(scratch, folder)
        _link(link, folder)
    finally:
        _sweep(packs, batch, {before, _target(link)})
    return digest


def _folder(packs: Path, batch: Batch, digest: str) -> Path:
    return packs / f"{batch.id}-{digest[:8]}"


@contextmanager
def _packs(outputs: Path) -> Iterator[Path]:
    """The folder of packs, for one process alone."""
    packs = outputs / ".packs"
    packs.mkdir(parents=True, exist_ok=True)
    handle = os.open(packs, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield packs
    finally:
        os.close(handle)


def _target(link: Path) -> Path | None:
    return link.parent / link.readlink() if link.is_symlink() else None


@contextmanager
def _reported(outputs: Path) -> Iterator[None]:
    """Errors of the file system in words."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        fix = (
            "free some room, then `atelier resume`"
            if full
            else "choose another folder with --outputs, then `atelier resume`"
        )
        problem = "the disk is full" if full else "the output folder cannot be written"
        raise StoreError(problem, got=f"{outputs}: {error.strerror or error}", fix=fix) from error


def _write(shop: Workshop, batch: Batch, folder: Path) -> str:
    variants = tuple(shop.catalogue.variants(batch.id))
    thumbnails = _copy_files(shop, variants, folder)
    order = variants[0].order
    master, thumbnails["master"] = _copy_master(shop, order, folder)
    sources = {s.sha256: _copy_source(shop, s, folder) for s in _sources(variants)}
    manifest = Manifest(
        atelier=__version__, manifest=1, batch=batch.id, brief=batch.brief, why=batch.why, data_used=batch.data_used,
        biases=batch.biases, created=batch.created.isoformat(timespec="seconds"), master=master, sources=sources,
        variants=variants, versions={name: metadata.version(name) for name in _LIBRARIES}, warnings=batch.warnings,
    )  # fmt: skip
    manifest = _with_sprite(shop, manifest, folder)
    text = manifest.model_dump_json(indent=1).encode()
    _put(folder / "contact-sheet.html", render_contact_sheet(manifest, thumbnails).encode())
    _put(folder / "brief.yaml", batch.brief_text.encode())
    _put(folder / "manifest.json", text)
    _zip(folder, folder / f"{batch.brief}.zip")
    return hashlib.sha256(text).hexdigest()


def _with_sprite(shop: Workshop, manifest: Manifest, folder: Path) -> Manifest:
    """The manifest with the sprite, if the brief asks for one, or with why there is none."""
    order = manifest.variants[0].order
    kept = ((v, delivered(shop, v)) for v in manifest.variants if v.assets)
    drawings = {
        v.order.recipe.name: (v, shop.store.get(str(k["svg"]))) for v, k in kept if k is not None and "svg" in k
    }
    if not order.deliver.sprite or not drawings:
        return manifest
    try:
        roots = {name: parse_svg(svg, name) for name, (_, svg) in drawings.items()}
        titles = {name: title(variant.order) for name, (variant, _) in drawings.items()}
        root = sprite(roots, title=manifest.brief, titles=titles)
    except TraceError as error:
        return manifest.model_copy(update={"warnings": (*manifest.warnings, f"there is no sprite: {error}")})
    theme(root, tokens_of(order))
    data = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    _put(folder / f"{manifest.brief}-sprite.svg", data)
    singles = [svg for _, svg in drawings.values()]
    made = Sprite(
        path=f"{manifest.brief}-sprite.svg", bytes=len(data), gzip_bytes=gzipped(data),
        sha256=hashlib.sha256(data).hexdigest(), single_bytes=sum(map(len, singles)),
        single_gzip_bytes=sum(map(gzipped, singles)),
    )  # fmt: skip
    return manifest.model_copy(update={"sprite": made})


def _copy_files(shop: Workshop, variants: tuple[Variant, ...], folder: Path) -> dict[str, str]:
    """Every asset and small picture; the paths of the small pictures by variant."""
    thumbnails = {}
    for variant in variants:
        for asset in variant.assets:
            _put(folder / asset.path, shop.store.get(asset.sha256))
        kept = delivered(shop, variant)
        if variant.assets and kept is not None:
            path = f"thumbs/{variant.order.recipe.name}.webp"
            _put(folder / path, shop.store.get(str(kept["thumbnail"])))
            thumbnails[variant.order.recipe.name] = path
    return thumbnails


def _copy_master(shop: Workshop, order: Order, folder: Path) -> tuple[Asset, str]:
    rgba = shop.bench.original(order.recipe).rgba
    data = encode_png(rgba)
    _put(folder / "master" / "master.png", data)
    _put(folder / "thumbs" / "master.webp", thumbnail(rgba))
    height, width = rgba.shape[:2]
    digest = hashlib.sha256(data).hexdigest()
    asset = Asset(format="png", width=width, height=height, bytes=len(data), sha256=digest, path="master/master.png")
    return asset, "thumbs/master.webp"


def _sources(variants: tuple[Variant, ...]) -> list[Source]:
    found: dict[str, Source] = {}
    for variant in variants:
        for source in variant.order.sources():
            found.setdefault(source.sha256, source)
    return list(found.values())


def _copy_source(shop: Workshop, source: Source, folder: Path) -> str:
    safe = "".join(c if c.isalnum() or c in ".-" else "-" for c in Path(source.name).name)[-60:]
    path = f"sources/{source.sha256[:12]}-{safe}"
    _put(folder / path, shop.read(source))
    return path


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _zip(folder: Path, target: Path) -> None:
    """All that is there, in the order of names; pictures are stored, text is squeezed."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    with target.open("wb") as out:
        with zipfile.ZipFile(out, "w") as archive:
            for file in files:
                info = zipfile.ZipInfo(f"{target.stem}/{file.relative_to(folder).as_posix()}", _STAMP)
                packed = file.suffix in (".png", ".webp", ".avif")
                info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                archive.writestr(info, file.read_bytes())
        out.flush()
        os.fsync(out.fileno())


def _settle(scratch: Path, folder: Path) -> None:
    """Give the pack its own name; a pack of that name that was tampered with makes room for it."""
    if _listing(folder) == _listing(scratch):
        return
    if folder.exists():
        folder.rename(scratch.with_name(f"{scratch.name}.old"))
    scratch.chmod(0o755)
    scratch.rename(folder)


def _listing(folder: Path) -> dict[str, int]:
    return {str(p.relative_to(folder)): p.stat().st_size for p in folder.rglob("*") if p.is_file()}


def _link(link: Path, folder: Path) -> None:
    if link.exists() and not link.is_symlink():
        raise StoreError("a folder of that name is in the way", got=str(link), fix="rename it, then `atelier resume`")
    fresh = link.with_name(f".{link.name}.new")
    try:
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(folder.relative_to(link.parent), target_is_directory=True)
        fresh.replace(link)
    finally:
        fresh.unlink(missing_ok=True)


def _sweep(packs: Path, batch: Batch, keep: Collection[Path | None]) -> None:
    """Earlier packs of the same brief are in the store still; what a killed process left is of no use to anybody."""
    for folder in packs.iterdir():
        brief = folder.name.removeprefix(".").rsplit("-", 1 if folder.name.startswith(".") else 2)[0]
        if folder not in keep and brief == batch.brief:
            shutil.rmtree(folder, ignore_errors=True)
