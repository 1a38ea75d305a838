"""What every tracer promises, and how vtracer's panics are caught."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from numpy.typing import NDArray

from models.training import drawings
from pipelines.engines.renderer import render
from pipelines.engines.tracer import Tracer, VTracer
from pipelines.errors import TraceError
from pipelines.sources import parse_svg
from pipelines.tracing.better import BetterTracer
from pipelines.tracing.tracer import RegionTracer
from pipelines.vectors.path_data import format_path
from pipelines.vectors.shapes import Shape

Pixels = NDArray[np.uint8]


@pytest.fixture(params=[VTracer, RegionTracer, BetterTracer])
def tracer(request: pytest.FixtureRequest) -> Tracer:
    """One of the implementations."""
    made: Tracer = request.param()
    return made


def sheet(*fields: tuple[tuple[int, int, int, int], tuple[int, int, int, int]]) -> Pixels:
    """64 pixels a side, with (left, top, right, bottom) fields of a colour each."""
    rgba = np.zeros((64, 64, 4), dtype=np.uint8)
    for (left, top, right, bottom), colour in fields:
        rgba[top:bottom, left:right] = colour
    return rgba


def drawn(shapes: tuple[Shape, ...]) -> Pixels:
    """The shapes, drawn again where they say that they are."""
    paths = "".join(
        f'<path d="{format_path(list(s.subpaths))}" fill="{s.paint}" fill-rule="{s.rule}" fill-opacity="{s.opacity}"/>'
        for s in shapes
    )
    text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">{paths}</svg>'
    return render(parse_svg(text.encode(), "traced"), 64, 64)


SQUARES = {
    "two colours": sheet(((8, 8, 56, 56), (200, 0, 0, 255)), ((20, 20, 40, 40), (0, 0, 200, 255))),
    "far from the corner": sheet(((40, 44, 60, 62), (0, 120, 0, 255))),
    "half and whole": sheet(((4, 4, 60, 30), (200, 0, 0, 128)), ((4, 34, 60, 60), (0, 0, 200, 255))),
    "to the edges": sheet(((0, 0, 64, 64), (240, 200, 0, 255)), ((0, 30, 64, 64), (0, 60, 160, 255))),
}


@pytest.mark.parametrize("rgba", SQUARES.values(), ids=SQUARES)
def test_what_is_traced_is_drawn_again_where_it_was(tracer: Tracer, rgba: Pixels) -> None:
    again = drawn(tracer.trace(rgba)).astype(int)
    inside = np.abs(again - rgba).max(axis=2) <= 4
    assert inside.mean() > 0.94, "all but outlines, a pixel wide"


def test_tracing_twice_gives_the_same_shapes(tracer: Tracer) -> None:
    first, second = (tracer.trace(SQUARES["two colours"]) for _ in range(2))
    assert [format_path(list(s.subpaths)) for s in first] == [format_path(list(s.subpaths)) for s in second]


def test_shapes_lie_on_each_other_so_that_no_seam_shows(tracer: Tracer) -> None:
    again = drawn(tracer.trace(SQUARES["two colours"]))
    assert (again[11:53, 11:53, 3] == 255).all()


def test_each_opacity_is_traced_by_itself(tracer: Tracer) -> None:
    found = {(s.paint, round(s.opacity, 2)) for s in tracer.trace(SQUARES["half and whole"])}
    assert found == {("#c80000", 0.5), ("#0000c8", 1.0)}


def test_the_antialiased_border_of_a_shape_is_no_shape(tracer: Tracer) -> None:
    rgba = sheet(((10, 10, 50, 50), (200, 0, 0, 255)))
    rgba[9, 9:51] = rgba[50, 9:51] = rgba[9:51, 9] = rgba[9:51, 50] = (200, 0, 0, 90)
    assert len(tracer.trace(rgba)) == 1


def test_nothing_gives_no_shapes(tracer: Tracer) -> None:
    assert tracer.trace(sheet()) == ()


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (3, 2)])
def test_small_pictures_do_no_harm(tracer: Tracer, size: tuple[int, int]) -> None:
    tracer.trace(np.full((*size, 4), 255, dtype=np.uint8))


@pytest.mark.parametrize("seed", [3, 8, 21])
def test_a_drawing_whose_svg_is_known_is_traced_near_to_it(tracer: Tracer, seed: int) -> None:
    scene = drawings.sample(np.random.default_rng(seed))
    scene = dataclasses.replace(scene, finish="flat", palette="bright")
    truth = parse_svg(drawings.svg(scene).encode(), "truth")
    shapes = tracer.trace(render(truth, 512, 512))
    paths = "".join(
        f'<path d="{format_path(list(s.subpaths))}" fill="{s.paint}" fill-rule="{s.rule}" fill-opacity="{s.opacity}"/>'
        for s in shapes
    )
    again = parse_svg(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">{paths}</svg>'.encode(), "traced")
    away = np.abs(render(again, 1024, 1024).astype(int) - render(truth, 1024, 1024))[..., :3]
    assert away.mean() < 5, "against the drawing itself, twice as large as it was traced"
    assert np.quantile(away.max(axis=2), 0.9) < 20


# ── vtracer ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_panic_of_vtracer_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    import vtracer

    class PanicException(BaseException):
        pass

    def panic(*_: object, **__: object) -> str:
        raise PanicException("index out of bounds")

    monkeypatch.setattr(vtracer, "convert_raw_image_to_svg", panic)
    with pytest.raises(TraceError, match="gave up"):
        VTracer().trace(np.full((8, 8, 4), 255, dtype=np.uint8))


def test_any_other_interruption_passes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    import vtracer

    def stop(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(vtracer, "convert_raw_image_to_svg", stop)
    with pytest.raises(KeyboardInterrupt):
        VTracer().trace(np.full((8, 8, 4), 255, dtype=np.uint8))
