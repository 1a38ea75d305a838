from __future__ import annotations

import numpy as np

from pipelines.tracing.raster import colour_and_opacity, colours_of, raster
from tests.pipelines.tracing.pictures import picture


def test_an_opaque_picture_needs_no_opacity() -> None:
    assert raster(picture('<rect width="128" height="128" fill="#123456"/>')).shape == (128, 128, 3)


def test_the_edge_of_a_shape_on_nothing_is_a_plain_mixture_of_its_colour_and_nothing() -> None:
    pixels = raster(picture('<circle cx="64" cy="64" r="40" fill="#c83232"/>'))
    alpha = pixels[..., 3:] / 255
    assert np.abs(pixels[..., :3] - alpha * np.array([200, 50, 50])).max() < 1


def test_a_hairline_of_ground_between_shapes_that_abut_is_closed() -> None:
    rgba = picture('<path d="M0 0H64.5V128H0Z" fill="#c33"/><path d="M64.5 0H128V128H64.5Z" fill="#36c"/>')
    assert rgba[..., 3].min() < 255
    assert raster(rgba).shape[2] == 3


def test_the_border_of_a_picture_on_nothing_stays_soft() -> None:
    rgba = picture('<circle cx="64" cy="64" r="40" fill="#c33"/>')
    assert np.array_equal(raster(rgba)[..., 3], rgba[..., 3])


def test_a_half_transparent_colour_comes_back_as_it_was_mixed() -> None:
    assert colour_and_opacity(np.array([100.0, 50.0, 0.0, 127.5])) == ("#c86400", 0.5)
    assert colour_and_opacity(np.array([200.0, 100.0, 0.0])) == ("#c86400", 1.0)


def test_a_palette_is_opaque() -> None:
    assert colours_of(["#010203", "ffffff"], 4).tolist() == [[1, 2, 3, 255], [255, 255, 255, 255]]
    assert colours_of(["#010203"], 3).tolist() == [[1, 2, 3]]
