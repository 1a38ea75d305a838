"""A finished variant → the files that are handed over: formats and sizes, each with its recipe inside."""

from __future__ import annotations

import gzip
import hashlib
import io
from dataclasses import dataclass

import numpy as np
from lxml import etree
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pipelines.engines.printer import print_pdf
from pipelines.master import resize
from pipelines.model import Asset, Format, Order
from pipelines.provenance import legible, packet, packet_bytes, title
from pipelines.sources import parse_svg
from pipelines.tokens import theme, tokens_of
from pipelines.vectorize import finish
from pipelines.vectors.layers import SVG

Pixels = NDArray[np.uint8]
THUMBNAIL = 360
VECTORS: tuple[Format, ...] = ("svg", "pdf")  # the formats that hold shapes, at one size


@dataclass(frozen=True, slots=True)
class File:
    """An asset with its bytes."""

    asset: Asset
    data: bytes


def deliver(order: Order, rgba: Pixels, svg: bytes | None) -> tuple[File, ...]:
    """Every file that the brief asks for, in the order of its formats and sizes."""
    return tuple(
        _file(order, kind, size, rgba, svg)
        for kind in order.deliver.formats
        for size in (_sizes(order) if kind not in VECTORS else (max(order.recipe.size),))
        if kind not in VECTORS or svg is not None
    )


def _sizes(order: Order) -> tuple[int, ...]:
    return order.deliver.sizes or (max(order.recipe.size),)


def _file(order: Order, kind: Format, size: int, rgba: Pixels, svg: bytes | None) -> File:
    high, wide = rgba.shape[:2]
    width, height = max(1, round(wide * size / max(wide, high))), max(1, round(high * size / max(wide, high)))
    many = len(_sizes(order)) > 1 and kind not in VECTORS
    path = f"{kind}/{order.recipe.name}{f'@{size}' if many else ''}.{kind}"
    if kind in VECTORS:
        assert svg is not None  # noqa: S101 (deliver() asks for no SVG that is not there)
        data = write_svg(order, svg) if kind == "svg" else write_pdf(order, svg)
    else:
        data = encode(order, kind, resize(rgba, width, height))
    return File(_asset(kind, width, height, path, data), data)


def _asset(kind: Format, width: int, height: int, path: str, data: bytes) -> Asset:
    zipped = gzipped(data) if kind == "svg" else None
    digest = hashlib.sha256(data).hexdigest()
    return Asset(format=kind, width=width, height=height, bytes=len(data), gzip_bytes=zipped, sha256=digest, path=path)


def gzipped(data: bytes) -> int:
    """Size after gzip, as servers send it."""
    return len(gzip.compress(data, 6, mtime=0))


def encode(order: Order, kind: Format, rgba: Pixels) -> bytes:
    """Pixels → PNG (exact), WebP or AVIF (sharp chroma, so that brand colours do not bleed), with the XMP packet."""
    out = io.BytesIO()
    picture, xmp, quality = Image.fromarray(rgba), packet_bytes(order), order.deliver.quality
    if kind == "png":
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", xmp.decode(), zip=True)
        info.add_itxt("Description", legible(order.prompt))
        return encode_png(rgba, info)
    if kind == "webp":
        picture.save(out, "WEBP", quality=quality, method=4, use_sharp_yuv=True, xmp=xmp, lossless=quality == 100)
    else:
        picture.save(out, "AVIF", quality=quality, speed=8, subsampling="4:4:4", xmp=xmp, max_threads=1)
    return out.getvalue()


def encode_png(rgba: Pixels, info: PngInfo | None = None) -> bytes:
    """Pixels → PNG, exactly."""
    out = io.BytesIO()
    Image.fromarray(rgba).save(out, "PNG", pnginfo=info, compress_level=7)
    return out.getvalue()


def write_svg(order: Order, svg: bytes) -> bytes:
    """The drawing with its title, its prompt as description, and its recipe as metadata."""
    width, height = order.recipe.size
    done = finish(parse_svg(svg, "the vectorized variant"), title=title(order), description=legible(order.prompt),
                  width=width, height=height)  # fmt: skip
    root = etree.fromstring(done)
    theme(root, tokens_of(order))
    metadata = etree.SubElement(root, SVG + "metadata")
    metadata.append(packet(order))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def write_pdf(order: Order, svg: bytes) -> bytes:
    """The drawing as a page with its title, its prompt and its recipe's digest; EngineError without CairoSVG."""
    words = {"title": title(order), "subject": legible(order.prompt), "keywords": f"atelier {order.recipe.digest}"}
    return print_pdf(parse_svg(svg, "the vectorized variant"), **words)


def thumbnail(rgba: Pixels) -> bytes:
    """A small WebP for contact sheets."""
    high, wide = rgba.shape[:2]
    scale = min(1.0, THUMBNAIL / max(wide, high))
    small = resize(rgba, max(1, round(wide * scale)), max(1, round(high * scale)))
    out = io.BytesIO()
    Image.fromarray(small).save(out, "WEBP", quality=82, method=4, use_sharp_yuv=True)
    return out.getvalue()
