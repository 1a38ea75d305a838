from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from pipelines.bench import Bench
from pipelines.engines.fakes import FakeModels
from pipelines.home import ROOT
from pipelines.model import Placement, Recipe, Recoloring, Source
from pipelines.palette_lock import LockedTracer, base_palette, fills_of, known_palette, locked
from pipelines.profiles import load_profiles
from pipelines.tracing.better import BetterTracer
from pipelines.vectors.paths import polygon
from pipelines.vectors.shapes import Gradient, Shape, Stop
from tests.drawn import disc, master_svg, placement, source, tricolour

CORNERS = np.array([[0.0, 0], [4, 0], [4, 4]])
STYLE = ("#EDA24B", "#2d2130")


def shape(paint: str | Gradient) -> Shape:
    return Shape((polygon(CORNERS),), "nonzero", paint)


def test_a_fill_near_a_known_colour_becomes_it() -> None:
    found = locked([shape("#c9112f"), shape("#0a7a3c")], ["#c8102e", "#ffffff"])
    assert [s.paint for s in found] == ["#c8102e", "#0a7a3c"], "green is near none of them"


def test_the_nearest_of_several_is_taken_and_written_in_lower_case() -> None:
    (found,) = locked([shape("#404142")], ["#3F4041", "#404142", "#FFFFFF"])
    assert found.paint == "#404142"


def test_the_stops_of_a_gradient_are_locked_too() -> None:
    ramp = Gradient("linear", (0, 0), (1, 0), (Stop(0, "#c9112f", 1), Stop(1, "#0a7a3c", 0.5)))
    (found,) = locked([shape(ramp)], ["#c8102e"])
    assert isinstance(found.paint, Gradient)
    assert [(s.colour, s.opacity) for s in found.paint.stops] == [("#c8102e", 1), ("#0a7a3c", 0.5)]


def test_without_a_palette_all_stays() -> None:
    shapes = (shape("#c9112f"),)
    assert locked(shapes, ()) == shapes
    assert locked((), STYLE) == ()


@given(st.lists(st.integers(0, 0xFFFFFF), min_size=1, max_size=6))
def test_locking_twice_changes_nothing_more(colours: list[int]) -> None:
    palette = ["#eda24b", "#2d2130", "#ffffff"]
    once = locked([shape(f"#{c:06x}") for c in colours], palette)
    assert [s.paint for s in locked(once, palette)] == [s.paint for s in once]


def test_a_traced_picture_has_no_colours_but_its_palettes() -> None:
    rgba = np.full((48, 48, 4), 255, np.uint8)
    rgba[:, 24:, :3] = (0xEC, 0xA3, 0x4A)
    fills = {s.paint for s in LockedTracer(BetterTracer(), ("#eda24b", "#fffffe")).trace(rgba)}
    assert fills == {"#eda24b", "#fffffe"}


SHEET = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><style>.a{fill:#ABC}</style>
<linearGradient id="g"><stop offset="0" stop-color="#010203"/><stop offset="1" style="stop-color:rgb(4,5,6)"/>
</linearGradient>
<g fill="red"><path d="M0 0h1v1z"/><path class="a" d="M0 0h1v1z"/><path fill="none" stroke="#0F0F0F" d="M0 0h1"/></g>
<path fill="url(#g)" d="M0 0h1v1z"/><path d="M0 0h1v1z"/><g fill="#123456"/></svg>"""


def test_the_colours_of_a_drawing_are_those_that_it_paints_with() -> None:
    found = fills_of(etree.fromstring(SHEET))
    assert found == ("#010203", "#040506", "#ff0000", "#aabbcc", "#0f0f0f", "#000000")


def bench(files: dict[str, bytes]) -> Bench:
    return Bench(lambda s: files[s.sha256], FakeModels(load_profiles(ROOT)))


def recipe(master: Source, *edits: Placement | Recoloring, first: tuple[Recoloring, ...] = ()) -> Recipe:
    return Recipe(name="on", values={}, labels={}, master=master, width=64, height=64, preparation=first, edits=edits,
                  digest="0" * 64)  # fmt: skip


SWAP = Recoloring(grade=None, swap=(("#2244aa", "#aa4422"),), backdrop=(), keep=())


def test_a_recipe_knows_the_colours_of_its_style_its_master_and_its_artwork() -> None:
    art, data = tricolour(), master_svg()
    files = {source(d).sha256: d for d in (art, data)}
    made = recipe(source(data), placement(art))
    found = known_palette(bench(files), made, STYLE)
    assert found[:2] == ("#eda24b", "#2d2130")
    assert {"#7a5233", "#221a22", "#2244aa", "#1a7a3c", "#d0021b"} <= set(found)
    base = base_palette(bench(files), made, STYLE)
    assert "#2244aa" in base
    assert "#d0021b" not in base


def test_pixels_tell_no_colours() -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "#aabbcc").save(out, "PNG")
    files = {source(d).sha256: d for d in (out.getvalue(), disc())}
    made = recipe(source(out.getvalue()), placement(disc(), layer=None, polygon=((0, 0), (9, 0), (9, 9), (0, 9))))
    assert known_palette(bench(files), made, ()) == ("#ffffff", "#bc002d")


@pytest.mark.parametrize("late", [False, True])
def test_other_colours_for_the_master_are_its_colours_then_and_for_the_picture_nobodys(late: bool) -> None:
    data = master_svg()
    made = recipe(source(data), *([SWAP] if late else []), first=() if late else (SWAP,))
    found = base_palette(bench({source(data).sha256: data}), made, STYLE)
    if late:
        assert found == ()
    else:
        assert "#aa4422" in found
        assert not set(STYLE) & set(found)
