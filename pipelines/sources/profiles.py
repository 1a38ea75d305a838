"""Colour profiles (ICC.1) that come inside pictures: their colours → sRGB, through Little CMS."""

from __future__ import annotations

import io

from PIL import Image, ImageCms

_SPACES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}  # a profile's colour space → the mode of pictures it is for
_STEPS = (0, 16, 32, 64, 96, 128, 160, 192, 224, 240, 255)
_SAME = 2  # codes that a table's rounding may cost
_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION
UNPROFILED = "converted from CMYK without a colour profile: its colours are a guess, better export it as sRGB"


def to_srgb(picture: Image.Image, profile: bytes | None) -> tuple[Image.Image, list[str]]:
    """Colours as sRGB, without alpha (RGB), and notes. A profile that is sRGB already changes no pixel.

    `picture` is L, RGB or CMYK. A damaged profile, or one for pictures of another kind, is passed over and noted.
    """
    if not profile:
        return _plain(picture)
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = source.profile.xcolor_space.strip()
        label = (ImageCms.getProfileDescription(source) or "").strip() or "its embedded profile"
        converted = _through(picture, source, space)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
        return _passed_over(picture, f"could not be used ({error})")
    if converted is None:
        return _passed_over(picture, f"is for {space} pictures")
    return converted, [] if space == "RGB" and _is_srgb(source) else [f"converted from {label} to sRGB"]


def as_mode(picture: Image.Image, mode: str) -> Image.Image:
    """The picture in that mode; itself, not a copy, if it is already."""
    return picture if picture.mode == mode else picture.convert(mode)


def _plain(picture: Image.Image) -> tuple[Image.Image, list[str]]:
    return as_mode(picture, "RGB"), [UNPROFILED] if picture.mode == "CMYK" else []


def _passed_over(picture: Image.Image, why: str) -> tuple[Image.Image, list[str]]:
    plain, notes = _plain(picture)
    return plain, [f"its colour profile {why} and was passed over", *notes]


def _through(picture: Image.Image, source: ImageCms.ImageCmsProfile, space: str) -> Image.Image | None:
    """The picture through its profile; None where they do not fit each other. Grey pictures may carry RGB profiles."""
    mode = _SPACES.get(space)
    if mode == "RGB" and picture.mode in ("L", "RGB"):
        colours = as_mode(picture, "RGB")
        return colours if _is_srgb(source) else _converted(colours, source)
    return _converted(picture, source) if mode == picture.mode else None


def _is_srgb(source: ImageCms.ImageCmsProfile) -> bool:
    """Whether the profile does what sRGB does, whatever it is called: tried on a lattice of colours."""
    lattice = Image.new("RGB", (len(_STEPS) ** 3, 1))
    lattice.putdata([(r, g, b) for r in _STEPS for g in _STEPS for b in _STEPS])
    pairs = zip(lattice.tobytes(), _converted(lattice, source).tobytes(), strict=True)
    return all(abs(before - after) <= _SAME for before, after in pairs)


def _converted(picture: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    target = ImageCms.createProfile("sRGB")
    done = ImageCms.profileToProfile(picture, source, target, renderingIntent=_INTENT, outputMode="RGB", flags=_FLAGS)
    if done is None:
        raise ValueError("it converts nothing")
    return done
