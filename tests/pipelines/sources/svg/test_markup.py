from __future__ import annotations

import codecs
import gzip

import pytest

from pipelines.errors import SourceError
from pipelines.sources import read_bytes
from pipelines.sources.svg import markup as markup_module
from tests.pipelines.sources.made import HALVES, svg

PLAIN = read_bytes(svg(HALVES), "plain.svg").data
TEXT = svg(HALVES).decode()
DOCTYPE = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        ('<?xml version="1.0" encoding="UTF-16"?>' + TEXT).encode("utf-16"),
        TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        ('<?xml version="1.0" encoding="utf-16"?>' + TEXT).encode(),
        ('<?xml version="1.0" encoding="ISO-8859-1"?>' + TEXT).encode("latin-1"),
        ('\n  <?xml version="1.0"?>\n' + DOCTYPE + TEXT).encode(),
        gzip.compress(TEXT.encode(), mtime=0),
    ],
    ids=["BOM", "UTF-16", "UTF-16 that says so", "UTF-16 without BOM", "UTF-16 big-endian", "UTF-32",
         "UTF-8 that says UTF-16", "Latin-1", "space and doctype", "svgz"],
)  # fmt: skip
def test_every_way_of_writing_it_down_gives_the_same_drawing(data: bytes) -> None:
    assert read_bytes(data, "drawing.svg").data == PLAIN


def test_letters_beyond_ascii_survive_their_encoding() -> None:
    named = TEXT.replace("<rect", '<rect id="größe"', 1)
    for data in (named.encode("utf-16"), ('<?xml version="1.0" encoding="windows-1252"?>' + named).encode("cp1252")):
        assert "größe" in read_bytes(data, "drawing.svg").data.decode()


def test_svgz_is_unpacked_and_noted() -> None:
    assert "gzip" in read_bytes(gzip.compress(svg(HALVES)), "drawing.svgz").notes[0]


def test_a_gzip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup_module, "LARGEST", 2**20)
    bomb = gzip.compress(svg(" " * 2**24))
    with pytest.raises(SourceError, match="too large"):
        read_bytes(bomb, "bomb.svgz")


@pytest.mark.parametrize("cut", [30, 60, -9])
def test_a_truncated_gzip_is_refused(cut: int) -> None:
    with pytest.raises(SourceError):
        read_bytes(gzip.compress(svg(HALVES))[:cut], "cut.svgz")


@pytest.mark.parametrize("encoding", ["nonsense", "punycode", "hex", "utf-7", "unicode_escape"])
def test_an_unknown_encoding_is_refused(encoding: str) -> None:
    with pytest.raises(SourceError, match="encoding"):
        read_bytes(f'<?xml version="1.0" encoding="{encoding}"?>{TEXT}'.encode(), "drawing.svg")


@pytest.mark.parametrize(
    "data", [b"\xff" + TEXT.encode(), TEXT.replace("red", "r").encode() + b"\xe9<", TEXT.encode("utf-16")[:-1]]
)
def test_bytes_that_are_not_what_they_say_are_refused(data: bytes) -> None:
    with pytest.raises(SourceError):
        read_bytes(data, "drawing.svg")


LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))


@pytest.mark.parametrize(
    "subset",
    [
        f'<!ENTITY l0 "ha">{LAUGHS}',
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY % x SYSTEM "http://example.com/x.dtd"> %x;',
        '<!ATTLIST rect onclick CDATA "alert(1)">',
        '<!entity x "lower case">',
    ],
    ids=["a billion laughs", "a file", "an external subset", "attributes by default", "lower case"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_declared_entities_are_refused_in_every_encoding(subset: str, encoding: str) -> None:
    text = f"<!DOCTYPE svg [{subset}]>" + TEXT.replace("<rect", "<rect id='&l9;'", 1)
    with pytest.raises(SourceError, match="entities"):
        read_bytes(text.encode(encoding), "bomb.svg")


def test_an_external_dtd_is_not_fetched() -> None:
    doctype = '<!DOCTYPE svg SYSTEM "file:///etc/passwd">'
    assert read_bytes((doctype + TEXT).encode(), "drawing.svg").data == PLAIN


def test_an_undeclared_entity_is_refused() -> None:
    with pytest.raises(SourceError, match="well-formed"):
        read_bytes(svg("<text>&nbsp;</text>"), "drawing.svg")


def test_a_style_sheet_outside_the_file_is_refused() -> None:
    with pytest.raises(SourceError, match="another file"):
        read_bytes(f'<?xml-stylesheet href="http://example.com/a.css"?>{TEXT}'.encode(), "drawing.svg")


@pytest.mark.parametrize("part", ["<g/>", "<g a='' b='' c='' d='' e='' f=''/>"])
def test_a_file_with_millions_of_parts_is_refused_before_it_is_parsed(part: str) -> None:
    with pytest.raises(SourceError, match="too many elements"):
        read_bytes(svg(part * 460_000), "bomb.svg")
