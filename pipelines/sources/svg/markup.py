"""An SVG file's bytes → its markup as text: unpacked, decoded, and free of what would let it grow while it is read."""

from __future__ import annotations

import codecs
import re
import zlib

from pipelines.errors import SourceError

LARGEST = 32 * 2**20
_MOST_TAGS = 450_000  # twice the elements that a drawing may have, and some
_MOST_ATTRIBUTES = 2_000_000
_GZIP = b"\x1f\x8b"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"),
)  # fmt: skip
_SINGLE = re.compile(r"utf-8|ascii|iso8859-\d+|cp125\d|koi8-[ru]|shift_jis|euc_(jp|kr)|gb2312|gbk|gb18030|big5")
_DECLARED = re.compile(rb"\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*['\"]([A-Za-z0-9._:-]{1,40})['\"]")
_DECLARATION = re.compile(r"\s*<\?xml\s[^>]{0,400}\?>")
_INTERNAL = re.compile(r"<!(?:ENTITY|ATTLIST|ELEMENT|NOTATION)", re.I)


def is_packed(data: bytes) -> bool:
    """Whether the bytes are a gzip file, as svgz is."""
    return data.startswith(_GZIP)


def head(data: bytes) -> str:
    """The first part of what might be markup, for a guess at what it is; "" for what cannot be unpacked."""
    try:
        start = zlib.decompressobj(wbits=31).decompress(data, 2**16) if is_packed(data) else data[: 2**16]
    except zlib.error:
        return ""
    encoding, skip = _encoding(start) or ("utf-8", 0)
    return start[skip:].decode(encoding, "ignore").lstrip()


def markup(data: bytes, name: str) -> str:
    """The text of an SVG file, without its XML declaration.

    Raises SourceError for one in an unknown encoding, one that unpacks to more than 32 MiB, and one that declares
    entities or attributes of its own, which can grow without end.
    """
    plain = _unpacked(data, name) if is_packed(data) else data
    if len(plain) > LARGEST:
        raise SourceError("the SVG is too large", got=f"{name}, {len(plain) / 2**20:.0f} MiB",
                          fix=f"keep it below {LARGEST // 2**20} MiB: simplify its paths")  # fmt: skip
    text = _decoded(plain, name)
    _refuse_growth(text, name)
    return _DECLARATION.sub("", text, count=1)


def _unpacked(data: bytes, name: str) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(data, LARGEST + 1)
    except zlib.error as error:
        raise SourceError("the gzip file is damaged", got=f"{name}: {error}", fix="export it again, as SVG") from error
    if len(plain) <= LARGEST and not unpacker.eof:
        raise SourceError("the gzip file is truncated", got=name, fix="export it again, as SVG")
    return plain


def _encoding(data: bytes) -> tuple[str, int] | None:
    """A codec and the bytes to skip before its text; None for one that is not known."""
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return codec, len(mark) if b"<" not in mark else 0
    declared = _DECLARED.match(data)
    if declared is None:
        return "utf-8", 0
    try:
        codec = codecs.lookup(declared.group(1).decode()).name
    except LookupError:
        return None
    if codec.startswith("utf-16"):  # what says so in single bytes is not
        return "utf-8", 0
    return (codec, 0) if _SINGLE.fullmatch(codec) else None


def _decoded(data: bytes, name: str) -> str:
    found = _encoding(data)
    if found is None:
        raise SourceError("the SVG is in an unknown encoding", got=f"{name}, {data[:60]!r}", fix="save it as UTF-8")
    codec, skip = found
    try:
        return data[skip:].decode(codec)
    except UnicodeDecodeError as error:
        raise SourceError(f"the SVG is not {codec}", got=f"{name}, {error.reason} at byte {error.start + skip}",
                          fix="save it as UTF-8") from error  # fmt: skip


def _refuse_growth(text: str, name: str) -> None:
    if _INTERNAL.search(text):
        fix = "export it as plain SVG (Illustrator: without preserving its editing capabilities)"
        raise SourceError("the SVG declares entities, which can unpack without end", got=name, fix=fix)
    if "<?xml-stylesheet" in text:
        raise SourceError("the SVG takes its style from another file", got=name, fix="export it with styles inside")
    if text.count("<") > _MOST_TAGS or text.count("=") > _MOST_ATTRIBUTES:
        raise SourceError("the SVG has too many elements", got=f"{name}, {text.count('<')} tags", fix="simplify it")
