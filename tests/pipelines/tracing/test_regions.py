from __future__ import annotations

import numpy as np
from scipy.ndimage import label

from pipelines.tracing.evidence import gather
from pipelines.tracing.mixtures import Mixture
from pipelines.tracing.noise import measure
from pipelines.tracing.raster import raster
from pipelines.tracing.regions import regions
from tests.pipelines.tracing.pictures import EMBLEM, Picture, degraded, picture

STRIPES = "".join(f'<rect width="128" height="32" y="{32 * k}" fill="{c}"/>' for k, c in enumerate(
    ["#cc3333", "#808080", "#3366cc", "#ffffff"]
))  # fmt: skip


def mixture(rgba: Picture) -> Mixture:
    pixels = raster(rgba)
    return regions(gather(pixels, measure(pixels)))


def areas(found: Mixture) -> int:
    return sum(int(label(found.hard == paint)[1]) for paint in np.unique(found.hard))


def test_each_area_of_a_drawing_is_one_area() -> None:
    assert areas(mixture(picture(EMBLEM))) == areas(mixture(picture(EMBLEM, scale=2)))


def test_noise_makes_no_specks() -> None:
    assert areas(mixture(degraded(picture(EMBLEM, scale=2)))) <= areas(mixture(picture(EMBLEM))) + 1


def test_no_sliver_of_grey_appears_between_black_and_white() -> None:
    body = '<rect width="128" height="128" fill="#fff"/><circle cx="50" cy="60" r="40" fill="#000"/>'
    grey = '<rect x="100" y="100" width="20" height="20" fill="#808080"/>'
    for rgba in (picture(body + grey), degraded(picture(body + grey, scale=2))):
        found = mixture(rgba)
        assert len(np.unique(found.hard)) == 3
        assert areas(found) == 3


def test_a_speck_that_nobody_sees_goes_to_its_neighbour() -> None:
    rgba = picture('<rect width="128" height="128" fill="#3366cc"/>').copy()
    rgba[60, 60:62, :3] = 40, 106, 208
    assert areas(mixture(rgba)) == 1


def test_every_pixel_belongs_to_somebody() -> None:
    for rgba in (picture(STRIPES), degraded(picture(STRIPES))):
        found = mixture(rgba)
        assert found.first.min() >= 0
        assert found.second.min() >= 0
        assert 0 <= found.share.min() <= found.share.max() <= 1


def test_wild_noise_has_no_more_than_a_few_thousand_areas() -> None:
    chance = np.random.default_rng(0)
    wild = np.concatenate([chance.integers(0, 256, (160, 160, 3)), np.full((160, 160, 1), 255)], axis=2)
    assert areas(mixture(wild.astype(np.uint8))) <= 4000
