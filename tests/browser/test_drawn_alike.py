"""The same delivered SVG looks the same in Chromium, in resvg and in CairoSVG: in a page, on a server, in print."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest
from lxml import etree
from numpy.typing import NDArray
from PIL import Image

from pipelines.colour import ciede2000
from pipelines.engines.printer import lacking
from pipelines.engines.renderer import render
from pipelines.sources import parse_svg
from pipelines.sprite import sprite
from tests.drawn import disc, master_svg, tricolour, wave
from tests.flows import deliver, picture
from tests.services import missing

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Floats = NDArray[np.float64]
SIZE = 512
GRID = json.dumps([[wave(u, v) for u in np.linspace(0, 1, 9)] for v in np.linspace(0, 1, 5)])
RAMP = (
    b'<linearGradient id="sky" x2="0" y2="1"><stop offset="0" stop-color="#36457c"/><stop offset="1" '
    b'stop-color="#ffd08f"/></linearGradient><path id="ground" d="M0 0h256v256H0z" fill="url(#sky)"/>'
)
SOFT = b'<path id="glow" d="M20 170h90v60h-90z" fill="#fff9e0" fill-opacity=".5" stroke="#2b2450" stroke-opacity=".4"/>'
DRAWING = master_svg().replace(b"<rect", RAMP + SOFT + b"<rect", 1)
FLAT = master_svg().replace(b"<rect", b'<path d="M0 0h256v256H0z" fill="#ffd08f"/><rect', 1)
GLOWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 60"><radialGradient id="r"><stop offset="0" '
    b'stop-color="#fff"/><stop offset="1" stop-color="#bc002d"/></radialGradient><clipPath id="c"><path '
    b'd="M10 5h70v50h-70z"/></clipPath><path d="M0 0h90v60h-90z" fill="#224"/><g clip-path="url(#c)">'
    b'<circle cx="45" cy="30" r="40" fill="url(#r)" opacity=".8"/></g></svg>'
)
BRIEF = """\
brief: 1
name: {name}
why: to see that readers agree
data_used: []
biases: []
master: {{file: {master}, size: 256}}
styles: [golden-hour]
slots:
  flag: {slot}
axes:
  team: {{values: [red, green, glow]}}
edits:
  team:
    - {{edit: place, slot: flag, artwork: "art/{{team}}.svg"}}
prompt: the same, for team {{team}}
deliver: {{formats: [png, svg]}}
"""
FILES = {
    "drawing.svg": DRAWING,
    "picture.png": picture(FLAT, 256, 256),
    "cut.png": picture(master_svg(), 256, 256),
    "art/red.svg": tricolour("#c00000", "#ffffff", "#d9472f"),
    "art/green.svg": disc("#ffffff", "#008000"),
    "art/glow.svg": GLOWING,
}
KINDS = {
    "drawing": ("drawing.svg", "{layer: flag-art}"),
    "picture": ("picture.png", f"{{grid: {GRID}}}"),
    "cut": ("cut.png", "{polygon: [[75, 40], [120, 38], [120, 100], [75, 105]]}"),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Delivered SVGs: a drawing with its slot filled, a picture with an inset, and one whose inset leaves out below."""
    found: dict[str, bytes] = {}
    for kind, (master, slot) in KINDS.items():
        done = deliver(tmp_path_factory.mktemp(kind), BRIEF.format(name=kind, master=master, slot=slot), files=FILES)
        assert done.failed == {}
        found |= {f"{kind} {name}": (done.pack / "svg" / f"{name}.svg").read_bytes() for name in done.variants}
    return found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": SIZE, "height": SIZE})
    yield context.new_page()
    context.close()


def white(data: bytes) -> Floats:
    with Image.open(io.BytesIO(data)) as opened:
        rgba = np.asarray(opened.convert("RGBA")) / 255
    return rgba[..., :3] * rgba[..., 3:] + 1 - rgba[..., 3:]


def in_resvg(svg: bytes) -> Floats:
    out = io.BytesIO()
    Image.fromarray(render(etree.fromstring(svg), SIZE, SIZE)).save(out, "PNG")
    return white(out.getvalue())


def in_cairo(svg: bytes) -> Floats:
    if (error := lacking()) is not None:
        missing(str(error))
    import cairosvg

    return white(cairosvg.svg2png(bytestring=svg, output_width=SIZE, output_height=SIZE))


def in_chromium(page: Page, svg: bytes, *, style: str = "") -> Floats:
    """In a page of its own, at twice the size that it says."""
    text = svg.decode().partition("?>")[2]
    body = "margin:0;background:#fff"
    page.set_content(f"<style>{style} body{{{body}}} svg{{width:{SIZE}px;height:{SIZE}px;display:block}}</style>{text}")
    return white(page.screenshot())


def unthemed(svg: bytes) -> etree._Element:
    """A delivered drawing as it was before custom properties, which a sprite gets of its own."""
    root = parse_svg(svg, "delivered")
    for style in list(root.iter("{*}style")):
        root.remove(style)
    return root


def apart(first: Floats, second: Floats) -> float:
    return float(ciede2000(first, second).mean())


def test_readers_agree_on_every_delivered_drawing(files: dict[str, bytes], page: Page) -> None:
    worst = {}
    for name, svg in files.items():
        shown = in_resvg(svg)
        worst[name] = max(apart(shown, in_cairo(svg)), apart(shown, in_chromium(page, svg)))
    assert max(worst.values()) < 0.35, worst


def test_a_theme_recolours_a_drawing_in_a_page_and_nothing_else(files: dict[str, bytes], page: Page) -> None:
    svg = files["picture red"]
    plain, themed = in_chromium(page, svg), in_chromium(page, svg, style=":root{--gold:#00ff00}")
    green = np.abs(themed - (0, 1, 0)).max(axis=2) < 0.02
    gold = np.abs(plain - np.array([0xFF, 0xD0, 0x8F]) / 255).max(axis=2) < 0.02
    assert gold.mean() > 0.3, "the ground"
    assert (green == gold).mean() > 0.99
    assert np.abs(plain - themed)[~(green | gold)].mean() < 0.02


def test_a_sprite_shows_each_variant_as_its_own_file_does(files: dict[str, bytes], page: Page) -> None:
    """From another file and from within the page."""
    names = {name.replace(" ", "-"): svg for name, svg in files.items()}
    whole = etree.tostring(sprite({name: unthemed(svg) for name, svg in names.items()}, title="all", titles={}))
    page.route("**/all.svg", lambda route: route.fulfill(body=whole, content_type="image/svg+xml"))
    page.route("**/page.html", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto("http://atelier.invalid/page.html")
    sized = f'<svg width="{SIZE}" height="{SIZE}" viewBox="0 0 256 256" style="display:block">'
    for name, svg in names.items():
        own = in_chromium(page, svg)
        for source, beside in (("all.svg", b""), ("", whole)):
            hidden = f'<div style="position:absolute;width:0;height:0;overflow:hidden">{beside.decode()}</div>'
            page.set_content(f'<body style="margin:0">{hidden}{sized}<use href="{source}#{name}"/></svg></body>')
            page.wait_for_timeout(100 if source else 0)
            assert apart(own, white(page.screenshot())) < 0.05, f"{name} from {source or 'the page'}"
