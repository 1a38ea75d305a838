from __future__ import annotations

import gzip
import hashlib
import io

import numpy as np
import pytest
from lxml import etree
from numpy.typing import NDArray
from PIL import Image

from pipelines.deliver import THUMBNAIL, deliver, encode_png, thumbnail
from pipelines.engines.renderer import render
from pipelines.master import resize
from pipelines.model import Delivery, Format, Order, Recipe
from pipelines.sources import parse_svg
from tests.making import order

SIZES = (96, 64, 16)
FORMATS: tuple[Format, ...] = ("png", "webp", "avif", "svg")
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 4 64 48">'
    b'<rect x="-8" y="4" width="32" height="48" fill="#c00000"/>'
    b'<circle id="eye" cx="40" cy="28" r="12" fill="#0000c0" fill-opacity="0.5"/></svg>'
)
Pixels = NDArray[np.uint8]


def ordered(*, sizes: tuple[int, ...] = (), formats: tuple[Format, ...] = FORMATS, quality: int = 90) -> Order:
    wanted = Delivery(formats=formats, sizes=sizes, quality=quality)
    return order().model_copy(update={"deliver": wanted})


@pytest.fixture(scope="module")
def picture() -> Pixels:
    """48 x 64, with smooth colours, clear corners and half-clear parts."""
    return render(parse_svg(SVG, "drawn"), 64, 48)


def opened(data: bytes) -> Pixels:
    with Image.open(io.BytesIO(data)) as found:
        return np.asarray(found.convert("RGBA"))


def xmp_of(data: bytes, kind: str) -> bytes:
    if kind == "svg":
        return data
    with Image.open(io.BytesIO(data)) as found:
        found.load()
        kept = found.info["xmp"]
    return kept if isinstance(kept, bytes) else str(kept).encode()


def test_every_format_comes_in_every_size_and_is_listed_as_it_is(picture: Pixels) -> None:
    files = deliver(ordered(sizes=SIZES), picture, SVG)
    assert [(f.asset.format, f.asset.width, f.asset.height) for f in files] == [
        *((kind, size, size * 3 // 4) for kind in FORMATS[:3] for size in SIZES), ("svg", 64, 48),
    ]  # fmt: skip
    for file in files:
        assert file.asset.bytes == len(file.data)
        assert file.asset.sha256 == hashlib.sha256(file.data).hexdigest()
        if file.asset.format != "svg":
            assert opened(file.data).shape == (file.asset.height, file.asset.width, 4)
    assert len({file.asset.path for file in files}) == len(files)


def test_paths_name_the_size_only_where_there_are_several(picture: Pixels) -> None:
    one = deliver(ordered(sizes=(32,)), picture, SVG)
    assert [f.asset.path for f in one] == ["png/ca-on.png", "webp/ca-on.webp", "avif/ca-on.avif", "svg/ca-on.svg"]
    several = deliver(ordered(sizes=(32, 16), formats=("png", "svg")), picture, SVG)
    assert [f.asset.path for f in several] == ["png/ca-on@32.png", "png/ca-on@16.png", "svg/ca-on.svg"]


@pytest.mark.parametrize("size", [64, *SIZES])
def test_png_is_exact_in_every_size(picture: Pixels, size: int) -> None:
    (file,) = deliver(ordered(sizes=(size,), formats=("png",)), picture, None)
    assert np.array_equal(opened(file.data), resize(picture, size, size * 3 // 4))


def test_the_svg_is_the_same_drawing_with_its_view_box_and_size(picture: Pixels) -> None:
    (file,) = deliver(ordered(formats=("svg",)), picture, SVG)
    root = etree.fromstring(file.data)
    assert root.get("viewBox") == "-8 4 64 48"
    assert (root.get("width"), root.get("height")) == ("64", "48")
    assert np.array_equal(render(parse_svg(file.data, "delivered"), 64, 48), picture)
    assert root.find(".//{*}circle[@id='eye']") is not None
    assert file.asset.gzip_bytes == len(gzip.compress(file.data, 6, mtime=0))


def test_the_svg_is_named_and_described_for_people_who_cannot_see_it(picture: Pixels) -> None:
    made = ordered(formats=("svg",))
    root = etree.fromstring(deliver(made, picture, SVG)[0].data)
    assert root.get("role") == "img"
    assert root.findtext("{*}title") == "Région CA-ON"
    assert root.findtext("{*}desc") == made.prompt


@pytest.mark.parametrize(("kind", "most"), [("png", 0), ("webp", 0), ("avif", 12)])
def test_alpha_is_kept(picture: Pixels, kind: Format, most: int) -> None:
    (file,) = deliver(ordered(formats=(kind,)), picture, None)
    step = np.abs(opened(file.data)[..., 3].astype(int) - picture[..., 3])
    assert step.max() <= most
    assert opened(file.data)[0, 63, 3] == 0


@pytest.mark.parametrize("kind", ["webp", "avif"])
def test_lossy_formats_keep_brand_colours(picture: Pixels, kind: Format) -> None:
    (file,) = deliver(ordered(formats=(kind,)), picture, None)
    assert np.abs(opened(file.data)[24, 8, :3].astype(int) - (192, 0, 0)).max() <= 4


def test_webp_of_quality_100_is_exact_where_it_can_be_seen(picture: Pixels) -> None:
    (file,) = deliver(ordered(formats=("webp",), quality=100), picture, None)
    seen = picture[..., 3] > 0
    assert np.array_equal(opened(file.data)[seen], picture[seen])


@pytest.mark.parametrize("kind", FORMATS)
def test_every_file_holds_its_prompt_and_the_whole_recipe(picture: Pixels, kind: Format) -> None:
    made = ordered(formats=(kind,))
    (file,) = deliver(made, picture, SVG)
    packet = xmp_of(file.data, kind)
    start = packet.index(b"<x:xmpmeta") if b"<x:xmpmeta" in packet else packet.index(b"<")
    end = packet.rindex(b"?>") + 2 if packet.rstrip().endswith(b"?>") else len(packet)
    root = etree.fromstring(packet[start:end].split(b"<?xpacket end")[0] if kind != "svg" else packet)
    space = "{https://atelier.invalid/ns/1.0/}"
    assert root.findtext(f".//{space}prompt") == made.prompt
    assert Recipe.model_validate_json(root.findtext(f".//{space}recipe") or "") == made.recipe


def test_png_tells_its_prompt_to_simple_readers_too(picture: Pixels) -> None:
    made = ordered(formats=("png",))
    with Image.open(io.BytesIO(deliver(made, picture, None)[0].data)) as found:
        assert found.info["Description"] == made.prompt


def test_the_same_input_gives_the_same_bytes(picture: Pixels) -> None:
    first, second = (deliver(ordered(sizes=SIZES), picture.copy(), SVG) for _ in range(2))
    assert [f.data for f in first] == [f.data for f in second]


def test_words_that_xml_cannot_hold_do_not_stop_a_delivery(picture: Pixels) -> None:
    made = ordered().model_copy(update={"prompt": "a bell \x07 rings"})
    assert len(deliver(made, picture, SVG)) == 4


def test_no_svg_is_delivered_where_there_is_none(picture: Pixels) -> None:
    assert [f.asset.format for f in deliver(ordered(), picture, None)] == ["png", "webp", "avif"]


def test_thumbnails_are_small_and_small_pictures_are_not_enlarged(picture: Pixels) -> None:
    large = np.zeros((900, 450, 4), dtype=np.uint8)
    assert opened(thumbnail(large)).shape == (THUMBNAIL, THUMBNAIL // 2, 4)
    assert opened(thumbnail(picture)).shape == picture.shape


def test_a_sliver_keeps_at_least_one_pixel() -> None:
    sliver = np.full((1, 200, 4), 255, dtype=np.uint8)
    assert opened(deliver(ordered(sizes=(16,), formats=("png",)), sliver, None)[0].data).shape == (1, 16, 4)


def test_png_without_words_is_exact_too(picture: Pixels) -> None:
    assert np.array_equal(opened(encode_png(picture)), picture)
