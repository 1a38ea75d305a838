"""PNG, JPEG and WebP → 8-bit sRGB with straight alpha; anything that would be silently misread is refused or noted."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from pipelines.errors import SourceError

MOST_PIXELS = 100_000_000
LONGEST = 16_384
_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_FORMATS = ("PNG", "JPEG", "WEBP")
_DEPTH_AT = 24  # of the bit depth in a PNG's header (PNG specification, 11.2.2)


@dataclass(frozen=True, eq=False)
class Picture:
    """`rgba`: (height, width, 4) uint8, straight alpha, sRGB. `notes`: conversions that a designer should know of."""

    rgba: NDArray[np.uint8]
    notes: tuple[str, ...]


def is_picture(data: bytes) -> bool:
    """Whether the bytes start like a PNG, JPEG or WebP."""
    return data.startswith(_MAGIC) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def decode_raster(data: bytes, name: str) -> Picture:
    """Decode a picture.

    Raises SourceError for one that is truncated, animated, CMYK, of no size, or larger than 100 megapixels or 16,384
    pixels on a side (told from the header, before anything is unpacked).
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limit is checked right below
            with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
                _check(picture, name)
                picture.load()
                return _converted(picture, data, name)
    except SourceError:
        raise
    except UnidentifiedImageError as error:
        raise SourceError("that is no PNG, JPEG or WebP", got=name, fix="export it as PNG") from error
    except Image.DecompressionBombError as error:
        raise _too_large(name, str(error)) from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, OverflowError, MemoryError) as error:
        raise SourceError("the picture is truncated or damaged", got=f"{name}: {error}", fix="export it again") from error


def _check(picture: Image.Image, name: str) -> None:
    width, height = picture.size
    if width < 1 or height < 1:
        raise SourceError("the picture has no size", got=f"{name}, {width} x {height}", fix="export it again")
    if width * height > MOST_PIXELS or max(width, height) > LONGEST:
        raise _too_large(name, f"{width} x {height}")
    if (frames := getattr(picture, "n_frames", 1)) > 1:
        raise SourceError("the picture is animated", got=f"{name}, {frames} frames", fix="export one frame as PNG")
    if picture.mode in ("CMYK", "YCCK"):
        raise SourceError("the picture is CMYK", got=name,
                          fix="export it as sRGB: converting without your printer's profile would change brand colours")  # fmt: skip


def _too_large(name: str, size: str) -> SourceError:
    return SourceError("the picture is too large", got=f"{name}, {size}",
                       fix=f"keep it below {MOST_PIXELS // 10**6} megapixels and {LONGEST} pixels a side")  # fmt: skip


def _converted(picture: Image.Image, data: bytes, name: str) -> Picture:
    notes: list[str] = []
    turned = ImageOps.exif_transpose(picture)
    if turned.size != picture.size or picture.getexif().get(0x0112, 1) != 1:
        notes.append("turned as its EXIF orientation says")
    depth = data[_DEPTH_AT] if data.startswith(_MAGIC[0]) and len(data) > _DEPTH_AT else 8
    if depth == 16:
        notes.append("16 bits a channel were rounded to 8")
    profile = picture.info.get("icc_profile")
    rgba = _eight_bits(turned)
    if isinstance(profile, bytes) and profile:
        rgba, note = _to_srgb(rgba, profile, name)
        notes += note
    return Picture(np.asarray(rgba, dtype=np.uint8).copy(), tuple(notes))


def _eight_bits(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        values = np.asarray(picture).astype(np.float64)
        return Image.fromarray(np.rint(np.clip(values, 0, 65535) / 257).astype(np.uint8)).convert("RGBA")
    return picture.convert("RGBA")


def _to_srgb(rgba: Image.Image, profile: bytes, name: str) -> tuple[Image.Image, list[str]]:
    """Colours through the embedded profile; alpha stays. A grey profile on a picture is passed over, and noted."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        label = ImageCms.getProfileDescription(source).strip()
        if "srgb" in label.lower():
            return rgba, []
        colours = ImageCms.profileToProfile(rgba.convert("RGB"), source, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError, ValueError) as error:
        return rgba, [f"its colour profile could not be used ({error}); taken as sRGB"]
    if colours is None:
        raise SourceError("its colour profile cannot be used", got=name, fix="export it as sRGB")
    colours.putalpha(rgba.getchannel("A"))
    return colours, [f"converted from {label or 'its embedded profile'} to sRGB"]
