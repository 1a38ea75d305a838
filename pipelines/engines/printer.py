"""SVG → PDF for print, through CairoSVG: shapes stay shapes, gradients gradients, and half-transparent paint so.

CairoSVG is LGPL and needs the cairo library of the system: `pip install "atelier[print]"` and, on Debian,
`apt-get install libcairo2`.
"""

from __future__ import annotations

import io

from lxml import etree

from pipelines.errors import EngineError
from pipelines.vectors.outline import nonzero
from pipelines.vectors.path_data import format_path
from pipelines.vectors.paths import parse_path
from pipelines.vectors.style import local

_FIX = 'pip install "atelier[print]", and the cairo library: apt-get install libcairo2, or brew install cairo'
_MADE = "2020-01-01T00:00:00Z"  # the same drawing makes the same file


def lacking() -> EngineError | None:
    """What keeps this machine from writing PDF, if anything does."""
    try:
        import cairosvg  # noqa: F401
    except (ImportError, OSError) as error:  # cairocffi raises OSError where there is no cairo
        return EngineError("PDF cannot be written here", got=f"{type(error).__name__}: {str(error)[:80]}", fix=_FIX)
    return None


def print_pdf(root: etree._Element, *, title: str, subject: str, keywords: str) -> bytes:
    """A sanitised SVG as one page of its own size, 96 pixels an inch. Raises EngineError where CairoSVG is missing."""
    if (error := lacking()) is not None:
        raise error
    from cairocffi import constants
    from cairosvg.parser import Tree
    from cairosvg.surface import PDFSurface

    class Page(PDFSurface):  # type: ignore[misc]  # CairoSVG has no types
        """A page that says what it is, and no clock."""

        def _create_surface(self, width: float, height: float) -> tuple[object, float, float]:
            surface, wide, high = super()._create_surface(width, height)
            for key, text in (
                (constants.PDF_METADATA_TITLE, title),
                (constants.PDF_METADATA_SUBJECT, subject),
                (constants.PDF_METADATA_KEYWORDS, keywords),
                (constants.PDF_METADATA_CREATOR, "Atelier"),
                (constants.PDF_METADATA_CREATE_DATE, _MADE),
            ):
                surface.set_metadata(key, text)
            return surface, wide, high

    out = io.BytesIO()
    Page(Tree(bytestring=_readable(root)), out, dpi=96).finish()
    return out.getvalue()


def _readable(root: etree._Element) -> bytes:
    """With clip paths that mean the same without `clip-rule`, which CairoSVG does not know."""
    other = etree.fromstring(etree.tostring(root))
    for clip in [element for element in other.iter() if local(element) == "clipPath"]:
        for path in clip.iter("{*}path"):
            if path.get("clip-rule") == "evenodd":
                path.set("d", format_path(nonzero(parse_path(path.get("d") or "")), decimals=2))
                del path.attrib["clip-rule"]
    return etree.tostring(other)
