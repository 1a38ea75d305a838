from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pipelines.errors import SlotError
from pipelines.slots.outline import fill, read_mask, surface_of_mask, surface_of_polygon


def drawn(points: list[tuple[float, float]], size: int = 120) -> np.ndarray:
    picture = Image.new("L", (size, size))
    ImageDraw.Draw(picture).polygon(points, fill=255)
    return np.asarray(picture) > 127


def test_four_points_are_a_surface_in_perspective() -> None:
    corners = np.array([[20.0, 20], [100, 35], [95, 90], [25, 100]])
    surface, _ = surface_of_polygon(corners, 120, 120)
    assert np.allclose(surface.points(np.array([[0, 0], [1, 0], [1, 1], [0, 1.0]])), corners)
    crossing = surface.points(np.array([[0.5, 0.5]]))[0]
    d1, d2 = corners[2] - corners[0], corners[3] - corners[1]
    t = np.linalg.solve(np.stack([d1, -d2], axis=1), corners[1] - corners[0])
    assert np.allclose(crossing, corners[0] + t[0] * d1, atol=0.05), "diagonals meet where the artwork's centre lies"


def test_coverage_is_antialiased_and_sums_to_the_area() -> None:
    cover = fill(np.array([[10.5, 10.5], [50.25, 10.5], [50.25, 40.75], [10.5, 40.75]]), 64, 64)
    assert cover.sum() == pytest.approx(39.75 * 30.25, rel=0.01)
    assert 0 < cover[10, 20] < 1


def test_a_bent_silhouette_bends_the_sheet_along_its_sides() -> None:
    t = np.linspace(0, 1, 40)
    top = [(20 + 80 * x, 40 + 8 * np.sin(6 * x)) for x in t]
    bottom = [(20 + 80 * x, 90 + 8 * np.sin(6 * x)) for x in t[::-1]]
    surface = surface_of_mask(drawn([*top, *bottom]))
    crest = surface.points(np.array([[0.26, 0.0]]))[0]
    assert crest[1] == pytest.approx(48, abs=2.5)


def test_a_shape_without_corners_carries_the_artwork_upright_in_its_box() -> None:
    picture = Image.new("L", (100, 100))
    ImageDraw.Draw(picture).ellipse((20, 30, 80, 70), fill=255)
    surface = surface_of_mask(np.asarray(picture) > 127)
    assert surface.box == pytest.approx((20, 30, 81, 71), abs=1)


def test_an_empty_mask_is_refused() -> None:
    with pytest.raises(SlotError, match="empty"):
        surface_of_mask(np.zeros((10, 10), dtype=bool))


def test_three_corners_in_one_line_are_no_surface() -> None:
    with pytest.raises(SlotError):
        surface_of_polygon(np.array([[0.0, 0], [10, 0], [20, 0], [30, 0]]), 50, 50)


def test_a_mask_of_another_shape_than_the_master_is_refused() -> None:
    out = io.BytesIO()
    Image.new("L", (40, 20), 255).save(out, "PNG")
    with pytest.raises(SlotError, match="another shape"):
        read_mask(out.getvalue(), "mask.png", 100, 100)
