from __future__ import annotations

import numpy as np
import pytest

from pipelines.tracing.contours import HIDDEN, Contour, contours, sharpness
from pipelines.tracing.evidence import gather
from pipelines.tracing.noise import measure
from pipelines.tracing.raster import raster
from pipelines.tracing.regions import regions
from pipelines.tracing.stacking import stack
from tests.pipelines.tracing.pictures import Picture, degraded, picture

PAGE = '<rect width="128" height="128" fill="#ffffff"/>'
DISC = PAGE + '<circle cx="61.3" cy="66.8" r="40" fill="#3878c7"/>'


def found(rgba: Picture) -> tuple[float, list[list[Contour]]]:
    """How soft the picture is, and the outlines of each sheet."""
    pixels = raster(rgba)
    noise = measure(pixels)
    evidence = gather(pixels, noise)
    mixture = regions(evidence)
    sharp = sharpness(mixture, evidence.paints, noise)
    size = rgba.shape[1], rgba.shape[0]
    return sharp.blur, [contours(sheet, size, sharp) for sheet in stack(mixture, evidence.paints)]


@pytest.mark.parametrize(("soft", "off"), [(False, 0.05), (True, 0.35)])
def test_an_outline_lies_where_it_was_drawn_to_a_fraction_of_a_pixel(soft: bool, off: float) -> None:
    _, (_, (line,)) = found(degraded(picture(DISC)) if soft else picture(DISC))
    away = np.hypot(*(line.points - [61.3, 66.8]).T) - 40
    assert abs(away.mean()) < 0.05
    assert away.std() < off


def test_an_edge_between_pixels_centres_is_where_its_area_says() -> None:
    _, (_, (line,)) = found(picture(PAGE + '<rect x="20.25" y="30.75" width="70" height="40" fill="#3878c7"/>'))
    assert np.abs(line.points.min(axis=0) - [20.25, 30.75]).max() < 0.02
    assert np.abs(line.points.max(axis=0) - [90.25, 70.75]).max() < 0.02


def test_how_soft_a_picture_is_shows_at_its_edges() -> None:
    assert found(picture(DISC))[0] < 0.15
    assert found(degraded(picture(DISC), blur=0.8, noise=1))[0] == pytest.approx(0.8, abs=0.2)


def test_the_ground_goes_on_beyond_the_frame() -> None:
    (line,) = found(picture(DISC))[1][0]
    assert (line.points.min(axis=0) < -1).all()
    assert (line.points.max(axis=0) > 129).all()
    assert (line.sigma == HIDDEN).all()


def test_what_touches_the_frame_goes_on_beyond_it() -> None:
    (line,) = found(picture(PAGE + '<circle cx="0" cy="64" r="30" fill="#3878c7"/>'))[1][1]
    assert line.points[:, 0].min() < -1
    away = np.hypot(line.points[:, 0], line.points[:, 1] - 64) - 30
    assert np.abs(away[line.points[:, 0] > 1]).max() < 0.25


def test_noise_makes_outlines_of_little_contrast_less_certain() -> None:
    def sigma(colour: str) -> float:
        body = f'<rect width="128" height="128" fill="#777"/><circle cx="64" cy="64" r="40" fill="{colour}"/>'
        return float(np.median(found(degraded(picture(body)))[1][1][0].sigma))

    assert sigma("#999999") > 1.3 * sigma("#ffffff")


def test_a_faint_line_is_one_outline_and_not_many_dashes() -> None:
    rgba = degraded(picture(PAGE + '<path d="M12 20L116 97" stroke="#222222" stroke-width="1.5"/>'))
    sheets = found(rgba)[1]
    longest = max(np.ptp(line.points, axis=0).max() for lines in sheets[1:] for line in lines)
    assert longest > 95
