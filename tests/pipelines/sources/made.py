"""Files that tests of sources share, good and bad, made byte by byte where no library would make them."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageCms

COLOUR = (200, 100, 50)


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    """The picture as a file."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def plain(kind: str = "PNG", *, width: int = 40, height: int = 30) -> bytes:
    """One colour."""
    return saved(Image.new("RGB", (width, height), COLOUR), kind)


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk of a PNG (PNG specification, 5.3)."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(size: tuple[int, int], *, depth: int, kind: int, rows: bytes, extra: bytes = b"") -> bytes:
    """A PNG with that header; `kind` is its colour type, `extra` are chunks before its pixels."""
    header = struct.pack(">IIBBBBB", *size, depth, kind, 0, 0, 0)
    body = chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def webp_bomb(side: int) -> bytes:
    """An animated WebP with a tiny frame on a huge canvas (WebP container specification)."""
    canvas = struct.pack("<I", side - 1)[:3]
    frame = (
        bytes(6)
        + struct.pack("<I", 7)[:3] * 2
        + struct.pack("<I", 100)[:3]
        + b"\0"
        + plain("WEBP", width=8, height=8)[12:]
    )
    frames = (b"ANMF" + struct.pack("<I", len(frame)) + frame) * 2
    body = (
        b"WEBPVP8X"
        + struct.pack("<IBBBB", 10, 2, 0, 0, 0)
        + canvas * 2
        + b"ANIM"
        + struct.pack("<I", 6)
        + bytes(6)
        + frames
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def srgb_profile() -> bytes:
    """sRGB, as Little CMS writes it."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def profile(space: bytes, tags: dict[bytes, bytes], *, pcs: bytes = b"XYZ ") -> bytes:
    """A display or output profile of these tags (ICC.1:2001-04, 6.1 and 6.2)."""
    description = b"our own profile\0"
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", len(description)) + description + bytes(78),
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"cprt": b"text" + bytes(4) + b"CC0\0",
        **tags,
    }
    table, body, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        padded = data + bytes(-len(data) % 4)
        table += name + struct.pack(">II", at + len(body), len(data))
        body += padded
    kind = b"prtr" if space == b"CMYK" else b"mntr"
    head = struct.pack(">I", at + len(body)) + bytes(4) + b"\x02\x40\0\0" + kind + space + pcs + bytes(12) + b"acsp"
    head += bytes(28) + struct.pack(">iii", 63190, 65536, 54061)
    return head + bytes(128 - len(head)) + struct.pack(">I", len(tags)) + table + body


def xyz(*values: float) -> bytes:
    """A tag of type XYZ."""
    return b"XYZ " + bytes(4) + struct.pack(">iii", *(round(value * 65536) for value in values))


def curve(gamma: float) -> bytes:
    """A tag of type curve."""
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)


def swapped_profile() -> bytes:
    """An RGB profile whose red and green primaries have changed places; its gamma is 2.2."""
    red, green, blue = (0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)
    tags = {b"rXYZ": xyz(*green), b"gXYZ": xyz(*red), b"bXYZ": xyz(*blue)}
    return profile(b"RGB ", tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve(2.2)))


def grey_profile() -> bytes:
    """Linear light."""
    return profile(b"GRAY", {b"kTRC": curve(1.0)})


def cmyk_profile() -> bytes:
    """A printer whose every ink only darkens: any colour is a grey (a table of type lut8 from CMYK to Lab)."""
    ramp = bytes(range(256))
    corners = [bytes((round(255 * (1 - sum(map(int, f"{i:04b}")) / 4)), 128, 128)) for i in range(16)]
    identity = struct.pack(">9i", *(65536 if i % 4 == 0 else 0 for i in range(9)))
    table = b"mft1" + bytes(4) + bytes((4, 3, 2, 0)) + identity + ramp * 4 + b"".join(corners) + ramp * 3
    return profile(b"CMYK", {b"A2B0": table}, pcs=b"Lab ")


def svg(body: str, *, attributes: str = 'viewBox="0 0 100 100"') -> bytes:
    """A drawing with that in it."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{body}</svg>'.encode()


HALVES = '<rect width="50" height="100" fill="#ff0000"/><rect x="50" width="50" height="100" fill="#0000ff"/>'
