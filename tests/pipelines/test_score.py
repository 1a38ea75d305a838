from __future__ import annotations

import functools

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.edits.place import place
from pipelines.master import MasterPicture, open_master
from pipelines.model import Gates, Scores
from pipelines.references import reference_sheet, seen_sheet
from pipelines.score import Slotted, judge, palette, score
from pipelines.slots.view import SlotView, open_slot
from pipelines.vector_proof import Proof
from tests.drawn import disc, master_svg, placement, source, tricolour

Pixels = NDArray[np.uint8]
ARTWORKS = {
    "JP": disc(),
    "IT": tricolour(),
    "IE": tricolour("#169b62", "#ffffff", "#ff883e"),
    "FR": tricolour("#002654", "#ffffff", "#ce1126"),
    "BD": disc("#006a4e", "#f42a41"),
}
OWN = frozenset(["IT"])
PROOF = Proof(ssim=0.99, delta_e=0.1, edge_error=0.1, holes=0.0, gzip_bytes=900)


@functools.cache
def master() -> MasterPicture:
    data = master_svg()
    return open_master(data, source(data), width=512, height=512)


@functools.cache
def view() -> SlotView:
    return open_slot(master(), placement(disc()), lambda _: b"")


@functools.cache
def free() -> NDArray[np.bool_]:
    return view().mask(512, 512)


def slotted(code: str) -> Slotted:
    return Slotted(placement(ARTWORKS[code], code=code), view(), references())


@functools.cache
def references() -> dict[str, NDArray[np.float32]]:
    return {c: reference_sheet(view(), placement(a), a) for c, a in ARTWORKS.items()}


def variant(code: str) -> Pixels:
    return place(master().rgba, view(), placement(ARTWORKS[code]), ARTWORKS[code])


def scored(rgba: Pixels, code: str = "IT") -> Scores:
    return score(master().rgba, rgba, free(), [slotted(code)])


def measured(scores: Scores, name: str) -> float:
    """A figure that a placed variant has."""
    found = getattr(scores, name)
    assert isinstance(found, float)
    return found


@pytest.mark.parametrize("code", ARTWORKS)
def test_every_variant_is_accepted_and_nearest_to_its_own_artwork(code: str) -> None:
    found = scored(variant(code), code)
    assert found.nearest == code
    assert found.changed_outside == 0
    assert measured(found, "delta_e") < 2
    assert judge(found, Gates(), own=frozenset([code]), proof=PROOF).outcome == "accepted"


def test_the_wrong_artwork_goes_to_review_with_the_reason() -> None:
    verdict = judge(scored(variant("IE")), Gates(), own=OWN, proof=None)
    assert verdict.outcome == "review"
    assert any("nearer to the artwork of IE" in reason for reason in verdict.reasons)


def test_a_single_changed_pixel_outside_is_counted() -> None:
    rgba = variant("IT")
    rgba[500, 500, 0] ^= 1
    found = scored(rgba)
    assert found.changed_outside == 1
    assert judge(found, Gates(), own=OWN, proof=None).outcome == "review"


def test_a_colour_drift_is_seen() -> None:
    rgba = variant("IT")
    drift = rgba[view().rows, view().columns].astype(int)
    drift[:, 2] = np.clip(drift[:, 2] + 40, 0, 255)
    rgba[view().rows, view().columns] = drift
    assert measured(scored(rgba), "delta_e") > measured(scored(variant("IT")), "delta_e") + 4


def test_shifted_artwork_is_measured_in_pixels() -> None:
    rgba = variant("IT")
    shifted = rgba.copy()
    mask = view().mask(512, 512)
    rolled = np.roll(rgba, 8, axis=1)
    shifted[mask] = rolled[mask]
    assert measured(scored(rgba), "geometry") < 0.8
    assert 6 < measured(scored(shifted), "geometry") < 11


def test_painting_over_the_ink_is_seen() -> None:
    rgba = variant("IT")
    rgba[view().rows, view().columns, :3] = 255
    found = scored(rgba)
    assert measured(found, "edges") < 0.5
    assert judge(found, Gates(), own=OWN, proof=None).outcome == "review"


def test_a_cut_silhouette_is_seen() -> None:
    rgba = variant("IT")
    rgba[:240] = 0
    assert scored(rgba).silhouette < 0.7


def test_a_poor_svg_goes_to_review() -> None:
    verdict = judge(scored(variant("IT")), Gates(), own=OWN, proof=PROOF.model_copy(update={"ssim": 0.5}))
    assert any("SVG" in reason for reason in verdict.reasons)


def test_artwork_that_two_regions_share_counts_as_their_own() -> None:
    twins = {**references(), "ID": references()["IT"]}
    found = score(master().rgba, variant("IT"), free(), [Slotted(placement(ARTWORKS["IT"], code="ID"), view(), twins)])
    assert found.nearest == "ID"


def test_laying_the_slot_flat_undoes_bending_and_shading() -> None:
    sheet = seen_sheet(variant("FR"), view())
    assert sheet.seen.mean() > 0.75
    left, right = (sheet.light[10:38, c].mean(axis=(0, 1)) for c in (slice(12, 20), slice(52, 60)))
    assert left[2] > 2 * left[0]
    assert right[0] > 4 * right[2]


def test_the_palette_names_the_main_colours() -> None:
    rgba = np.zeros((40, 40, 4), dtype=np.uint8)
    rgba[:, :30] = (255, 0, 0, 255)
    rgba[:, 30:] = (0, 0, 255, 255)
    rgba[:5] = 0
    assert palette(rgba)[:2] == ("#ff0000", "#0000ff")
    assert palette(np.zeros((4, 4, 4), dtype=np.uint8)) == ()
