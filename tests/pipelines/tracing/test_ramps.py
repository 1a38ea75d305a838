from __future__ import annotations

import numpy as np
import pytest

from pipelines.tracing.noise import measure
from pipelines.tracing.ramp import Ramp
from pipelines.tracing.ramps import ramps
from pipelines.tracing.raster import raster
from pipelines.vectors.shapes import Gradient
from tests.pipelines.tracing.pictures import EMBLEM, Picture, degraded, error, far, picture, traced

LINEAR = (
    '<linearGradient id="a" x1="0" y1="0" x2="1" y2="1"><stop stop-color="#f80"/><stop offset="1" stop-color="#80f"/>'
    '</linearGradient><rect width="128" height="128" fill="#fff"/><circle cx="64" cy="64" r="50" fill="url(#a)"/>'
)
RADIAL = (
    '<radialGradient id="a"><stop stop-color="#ff8"/><stop offset="1" stop-color="#a30"/></radialGradient>'
    '<rect width="128" height="128" fill="#134"/><circle cx="60" cy="70" r="50" fill="url(#a)"/>'
)


def found(rgba: Picture) -> list[Ramp]:
    pixels = raster(rgba)
    return [one.ramp for one in ramps(pixels, measure(pixels))]


@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize(("body", "kind"), [(LINEAR, "linear"), (RADIAL, "radial")])
def test_a_gradient_is_one_ramp(body: str, kind: str, soft: bool) -> None:
    rgba = picture(body, scale=2)
    assert [ramp.kind for ramp in found(degraded(rgba) if soft else rgba)] == [kind]


def test_a_linear_ramp_runs_the_way_it_was_drawn_with_its_colours() -> None:
    (ramp,) = found(picture(LINEAR))
    (x0, y0), (x1, y1) = ramp.start, ramp.end
    assert abs(abs(np.degrees(np.arctan2(y1 - y0, x1 - x0))) % 180 - 45) < 1
    middle = ramp.at(np.array([64.0]), np.array([64.0]))[0]
    assert np.abs(middle - [195.5, 68, 127.5]).max() < 3


def test_a_radial_ramp_has_its_centre_where_it_was_drawn() -> None:
    (ramp,) = found(picture(RADIAL))
    assert np.hypot(ramp.start[0] - 60, ramp.start[1] - 70) < 0.5
    assert np.abs(ramp.at(np.array([60.0]), np.array([70.0]))[0] - [255, 255, 136]).max() < 6


@pytest.mark.parametrize("soft", [False, True])
def test_flat_art_has_no_ramps(soft: bool) -> None:
    rgba = picture(EMBLEM, scale=2)
    assert not found(degraded(rgba) if soft else rgba)


def test_a_gradient_has_as_few_stops_as_it_needs() -> None:
    (ramp,) = found(picture(LINEAR))
    assert len(ramp.gradient.stops) <= 3
    assert ramp.gradient.stops[0].opacity == 1


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        ("linear", '<rect x="10" y="20" width="108" height="80" fill="url(#a)"/>'),
        ("radial", '<circle cx="64" cy="64" r="54" fill="url(#a)"/>'),
    ],
)
def test_a_colour_that_fades_to_nothing_is_one_ramp_of_that_colour(kind: str, shape: str) -> None:
    stops = '<stop stop-color="#d02040" stop-opacity=".9"/><stop offset="1" stop-color="#d02040" stop-opacity="0"/>'
    rgba = picture(f'<{kind}Gradient id="a">{stops}</{kind}Gradient>{shape}')
    (only,) = traced(rgba)
    assert isinstance(only.paint, Gradient)
    assert only.paint.kind == kind
    assert max(far(stop.colour, "#d02040") for stop in only.paint.stops) < 6
    assert min(stop.opacity for stop in only.paint.stops) < 0.03
    assert error((only,), rgba) < 1
