from __future__ import annotations

import numpy as np
import pytest

from pipelines.tracing.evidence import Evidence, gather
from pipelines.tracing.mixtures import NOBODY
from pipelines.tracing.noise import measure
from pipelines.tracing.raster import colour_and_opacity, raster
from tests.pipelines.tracing.pictures import EMBLEM, EMBLEM_COLOURS, Picture, degraded, far, picture, shows


def evidence(rgba: Picture, palette: tuple[str, ...] = ()) -> Evidence:
    pixels = raster(rgba)
    return gather(pixels, measure(pixels), palette)


def colours(found: Evidence) -> list[str]:
    return [colour_and_opacity(flat)[0] for flat in found.paints.flats]


def test_drawn_art_is_painted_with_just_its_colours() -> None:
    assert set(colours(evidence(picture(EMBLEM)))) == EMBLEM_COLOURS


def test_through_noise_the_colours_are_still_found_and_no_others() -> None:
    found = colours(evidence(degraded(picture(EMBLEM, scale=2))))
    assert all(shows(colour, found, within=5) for colour in EMBLEM_COLOURS)
    assert len(found) <= len(EMBLEM_COLOURS) + 1


def test_pixels_that_an_edge_runs_through_say_nothing() -> None:
    found = evidence(picture('<rect width="128" height="128" fill="#fff"/><path d="M0 0L128 60V128H0Z" fill="#36c"/>'))
    soft = found.seen[..., 0]
    assert (found.labels[(soft > 60) & (soft < 245)] == NOBODY).mean() > 0.9
    assert len(found.paints.flats) == 2


@pytest.mark.parametrize("soft", [False, True])
def test_an_eye_of_three_pixels_has_a_paint_of_its_own(soft: bool) -> None:
    rgba = picture('<rect width="128" height="128" fill="#f7c948"/><circle cx="70" cy="50" r="2.5" fill="#101018"/>')
    found = colours(evidence(degraded(rgba) if soft else rgba))
    assert any(far(colour, "#101018") < 80 for colour in found)


@pytest.mark.parametrize("soft", [False, True])
def test_two_greys_twelve_levels_apart_stay_two(soft: bool) -> None:
    rgba = picture('<rect width="128" height="128" fill="#707070"/><rect width="64" height="128" fill="#7c7c7c"/>')
    found = evidence(degraded(rgba) if soft else rgba)
    assert len(found.paints) == 2
    assert abs(found.paints.flats[0, 0] - found.paints.flats[1, 0]) == pytest.approx(12, abs=1.5)


def test_with_a_palette_its_colours_are_the_only_paints() -> None:
    palette = ("#ffffff", "#0000ff", "#ff0000")
    assert colours(evidence(degraded(picture(EMBLEM)), palette)) == list(palette)


def test_on_nothing_a_palette_leaves_nothing_be() -> None:
    found = evidence(picture('<circle cx="64" cy="64" r="40" fill="#c33"/>'), ("#cc3333",))
    assert found.paints.clear.tolist() == [False, True]
    assert found.labels[2, 2] == 1


def test_a_photograph_has_eighty_paints_at_most() -> None:
    chance = np.random.default_rng(0)
    wild = np.concatenate([chance.integers(0, 256, (96, 96, 3)), np.full((96, 96, 1), 255)], axis=2).astype(np.uint8)
    assert len(evidence(wild).paints) <= 80
