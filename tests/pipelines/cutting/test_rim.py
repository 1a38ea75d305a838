from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.cutting.region import region
from pipelines.cutting.rim import cover_of, grown
from pipelines.engines.renderer import render
from pipelines.sources import parse_svg
from tests.drawn import INK

SIZE, RADIUS = 128, 37.7
FINE = 16


def disc(*, ink: float = 0, ground: str = "#ffffff") -> NDArray[np.uint8]:
    stroke = f'stroke="{INK}" stroke-width="{ink}"' if ink else ""
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}"><rect width="{SIZE}" height="{SIZE}" '
        f'fill="{ground}"/><circle cx="64.3" cy="63.9" r="{RADIUS}" fill="#d03050" {stroke}/></svg>'
    )
    return render(parse_svg(text.encode(), "disc.svg"), SIZE, SIZE)


def covered(radius: float) -> NDArray[np.float64]:
    """How much of each pixel a disc covers, exactly enough."""
    y, x = (np.mgrid[: SIZE * FINE, : SIZE * FINE] + 0.5) / FINE
    inside = (x - 64.3) ** 2 + (y - 63.9) ** 2 < radius**2
    found: NDArray[np.float64] = inside.reshape(SIZE, FINE, SIZE, FINE).mean(axis=(1, 3))
    return found


@pytest.mark.parametrize(("ink", "ground"), [(0, "#ffffff"), (0, "none"), (4, "#ffffff"), (4, "#8fd0f0")])
def test_a_rim_is_antialiased_as_the_drawing_is(ink: float, ground: str) -> None:
    picture = disc(ink=ink, ground=ground)
    cover, truth = cover_of(picture, region(picture, [(64, 64)]).whole), covered(RADIUS - ink / 2)
    rim = (truth > 0) & (truth < 1)
    assert np.sqrt(((cover - truth)[rim] ** 2).mean()) < 0.1, "a hard edge is 0.29 off"
    assert cover.sum() == pytest.approx(truth.sum(), rel=0.005)
    assert cover[truth == 1].min() > 0.9
    assert cover[~rim & (truth == 0)].max() < 0.1


@pytest.mark.parametrize("by", [-2.5, -1.0, 0.0, 1.0, 3.5])
def test_growing_moves_the_rim_and_keeps_it_soft(by: float) -> None:
    found = grown(covered(RADIUS).astype(np.float32), by)
    assert found.sum() == pytest.approx(np.pi * (RADIUS + by) ** 2, rel=0.015)
    assert ((found > 0.05) & (found < 0.95)).sum() > 100


def test_nothing_and_everything_stay_what_they_are() -> None:
    picture = disc()
    for value in (False, True):
        whole = np.full((SIZE, SIZE), value)
        assert (cover_of(picture, whole) == value).all()
        assert (grown(whole.astype(np.float32), 2) == value).all()
