from __future__ import annotations

import numpy as np

from pipelines.tracing.evidence import gather
from pipelines.tracing.noise import measure
from pipelines.tracing.paints import Paints
from pipelines.tracing.raster import colour_and_opacity, raster
from pipelines.tracing.regions import regions
from pipelines.tracing.stacking import FRAME, REACH, Sheet, stack
from tests.pipelines.tracing.pictures import EMBLEM, Picture, picture


def sheets(rgba: Picture) -> tuple[list[Sheet], Paints]:
    pixels = raster(rgba)
    evidence = gather(pixels, measure(pixels))
    return list(stack(regions(evidence), evidence.paints)), evidence.paints


def colours(rgba: Picture) -> list[str]:
    found, paints = sheets(rgba)
    return [colour_and_opacity(paints.flats[sheet.paint])[0] for sheet in found]


def inside(sheet: Sheet, rgba: Picture) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """A sheet's cover of each pixel of the picture."""
    high, wide = rgba.shape[:2]
    whole = np.zeros((high + 2 * FRAME, wide + 2 * FRAME))
    whole[sheet.box] = sheet.cover
    return whole[FRAME:-FRAME, FRAME:-FRAME]


def test_what_encloses_lies_below_what_it_encloses() -> None:
    found = colours(picture(EMBLEM))
    assert found[0] == "#f4efe0"
    assert found.index("#3878c7") < found.index("#f7c948")
    assert found.index("#3878c7") < found.index("#e5533d")


def test_the_ground_lies_beneath_everything() -> None:
    rgba = picture(EMBLEM)
    assert inside(sheets(rgba)[0][0], rgba).min() > 0.5


def test_every_pixel_is_covered_by_its_own_paint_or_those_above() -> None:
    rgba = picture(EMBLEM)
    total = sum(inside(sheet, rgba) for sheet in sheets(rgba)[0])
    assert np.min(total) > 0.98


def test_nothing_has_no_sheet() -> None:
    assert colours(picture('<circle cx="64" cy="64" r="40" fill="#cc3333"/>')) == ["#cc3333"]


def test_the_lower_of_two_neighbours_goes_on_beneath_the_upper() -> None:
    """Three columns: the middle one's neighbour to the right is smaller and lies on it."""
    columns = (("#ffffff", 0, 60), ("#3366cc", 60, 40), ("#cc3333", 100, 28))
    rgba = picture("".join(f'<rect x="{x}" width="{w}" height="128" fill="{c}"/>' for c, x, w in columns))
    found, paints = sheets(rgba)
    blue = next(s for s in found if colour_and_opacity(paints.flats[s.paint])[0] == "#3366cc")
    row = inside(blue, rgba)[64]
    assert row[58] == 0
    assert row[60 : 100 + REACH - 1].min() == 1
    assert row[100 + REACH + 2 :].max() == 0


def test_what_shines_through_has_nothing_beneath_it() -> None:
    rgba = picture(
        '<path d="M0 0H64V128H0Z" fill="#cc3333"/><path d="M64 0H128V128H64Z" fill="#3366cc" fill-opacity=".5"/>'
    )
    found, paints = sheets(rgba)
    red = next(s for s in found if not paints.see_through[s.paint])
    assert inside(red, rgba)[:, 66:].max() == 0
