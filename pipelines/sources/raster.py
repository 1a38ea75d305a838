"""PNG, JPEG and WebP → 8-bit sRGB with straight alpha; anything that would be silently misread is refused or noted."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from pipelines.errors import SourceError
from pipelines.sources.profiles import as_mode, to_srgb

MOST_PIXELS = 100_000_000
LONGEST = 16_384
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_FORMATS = ("PNG", "JPEG", "WEBP")
_DEPTH_AT = 24  # of the bit depth in a PNG's header (PNG specification, 11.2.2)
_ORIENTATION = 0x0112  # (Exif 2.3, 4.6.4)
_SCAN = b"\xff\xda"
_MOST_SCANS = 500  # each goes over all the pixels again, however short it is (libjpeg-turbo, djpeg -maxscans)


@dataclass(frozen=True, eq=False)
class Picture:
    """`rgba`: (height, width, 4) uint8, straight alpha, sRGB. `notes`: conversions that a designer should know of."""

    rgba: NDArray[np.uint8]
    notes: tuple[str, ...]


def is_picture(data: bytes) -> bool:
    """Whether the bytes start like a PNG, JPEG or WebP."""
    return data.startswith((_PNG, _JPEG)) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def decode_raster(data: bytes, name: str) -> Picture:
    """Decode a picture.

    Raises SourceError for one that is truncated, damaged, animated, of no size, or larger than 100 megapixels or 16,384
    pixels on a side (told from the header, before anything is unpacked).
    """
    if not is_picture(data):
        raise SourceError("that is no PNG, JPEG or WebP", got=name, fix="export it as PNG")
    if data.startswith(_JPEG) and data.count(_SCAN) > _MOST_SCANS:
        raise SourceError("the JPEG has too many scans", got=f"{name}, {data.count(_SCAN)}", fix="export it as PNG")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limit is checked right below
            with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
                _check(picture, name, _depth(data))
                picture.load()
                return _converted(picture, _depth(data))
    except SourceError:
        raise
    except UnidentifiedImageError as error:
        raise SourceError("the picture is damaged or has no size", got=name, fix="export it again") from error
    except Image.DecompressionBombError as error:
        raise _too_large(name, str(error)) from error
    except Exception as error:  # every decoder stumbles over damage in its own way
        raise SourceError(
            "the picture is truncated or damaged", got=f"{name}: {error}", fix="export it again"
        ) from error


def _check(picture: Image.Image, name: str, depth: int) -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST:
        raise _too_large(name, f"{width} x {height}")
    frames = getattr(picture, "n_frames", 1)
    if frames > 1 and picture.format != "MPO":
        raise SourceError("the picture is animated", got=f"{name}, {frames} frames", fix="export one frame as PNG")
    if depth == 16 and isinstance(key := picture.info.get("transparency"), tuple):  # Pillow has only 8 bits to compare
        raise SourceError("the PNG marks one 16-bit colour as transparent", got=f"{name}, {key}",
                          fix="export it with an alpha channel")  # fmt: skip


def _too_large(name: str, size: str) -> SourceError:
    return SourceError("the picture is too large", got=f"{name}, {size}",
                       fix=f"keep it below {MOST_PIXELS // 10**6} megapixels and {LONGEST} pixels a side")  # fmt: skip


def _depth(data: bytes) -> int:
    """Bits a sample."""
    return data[_DEPTH_AT] if data.startswith(_PNG) else 8


def _converted(picture: Image.Image, depth: int) -> Picture:
    notes = ["it holds several pictures; the first was taken"] if picture.format == "MPO" else []
    if depth == 16:
        notes.append("16 bits a channel were cut to 8")
    if picture.getexif().get(_ORIENTATION, 1) != 1:
        notes.append("turned as its EXIF orientation says")
    profile = picture.info.get("icc_profile")
    ImageOps.exif_transpose(picture, in_place=True)
    colours, alpha = _split(picture, depth)
    rgb, more = to_srgb(colours, profile if isinstance(profile, bytes) else None)
    rgba = np.empty((*alpha.shape, 4), dtype=np.uint8)
    for i in range(3):  # one after another: all at once would be the whole picture a second and third time
        rgba[..., i] = np.asarray(rgb.getchannel(i))
    rgba[..., 3] = alpha
    return Picture(rgba, (*notes, *more))


def _split(picture: Image.Image, depth: int) -> tuple[Image.Image, NDArray[np.uint8]]:
    """Colours as 8-bit L, RGB or CMYK, and alpha."""
    if picture.mode == "CMYK":
        return picture, _opaque(picture)
    if picture.mode.startswith("I"):
        return _wide_grey(picture)
    grey = picture.mode in ("1", "L", "LA")
    key = picture.info.get("transparency")
    if picture.mode == "L" and isinstance(key, int):  # of the file's own samples, which may have had fewer bits
        picture.info["transparency"] = key * 255 // (2**depth - 1)
    if not picture.has_transparency_data:
        return as_mode(picture, "L" if grey else "RGB"), _opaque(picture)
    full = picture.convert("RGBA")
    return full.getchannel("R") if grey else full.convert("RGB"), np.asarray(full.getchannel("A"))


def _wide_grey(picture: Image.Image) -> tuple[Image.Image, NDArray[np.uint8]]:
    """16-bit grey, whose one transparent grey Pillow leaves to us."""
    values = np.clip(np.asarray(picture), 0, 65535).astype(np.uint16)
    key = picture.info.get("transparency")
    alpha = np.where(values == key, 0, 255).astype(np.uint8) if isinstance(key, int) else _opaque(picture)
    return Image.fromarray((values >> 8).astype(np.uint8)), alpha


def _opaque(picture: Image.Image) -> NDArray[np.uint8]:
    return np.full((picture.height, picture.width), 255, dtype=np.uint8)
