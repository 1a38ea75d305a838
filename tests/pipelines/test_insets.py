from __future__ import annotations

import numpy as np
import pytest
from lxml import etree
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, binary_erosion

from pipelines.engines.renderer import render
from pipelines.insets import Change, continued, insets, lay_over
from pipelines.tracing.better import BetterTracer
from pipelines.vectorize import trace
from pipelines.vectors.layers import SVG

Pixels = NDArray[np.uint8]
Bools = NDArray[np.bool_]
HERE = np.eye(3)[:2]


def drawn(inside: str, *, ground: str = "#f4e8d0", side: int = 160, scale: int = 1) -> Pixels:
    sheet = f'<path fill="{ground}" d="M0 0h160v160H0z"/>' if ground else ""
    text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 160">{sheet}{inside}</svg>'
    return render(etree.fromstring(text), side * scale, side * scale)


SHAPES = '<circle cx="70" cy="70" r="52" fill="#3060a0" stroke="#201820" stroke-width="5"/>'
BAR = '<path d="M0 90h160v14H0z" fill="#b04030"/>'


def square(left: int, top: int, right: int, bottom: int) -> Bools:
    mask = np.zeros((160, 160), dtype=bool)
    mask[top:bottom, left:right] = True
    return mask


def changed(base: Pixels, other: Pixels, mask: Bools) -> Pixels:
    return np.where(mask[..., None], other, base)


def shown(base: Pixels, rgba: Pixels, *changes: Change) -> etree._Element:
    found = insets(base, rgba, changes)
    assert found is not None
    root = trace(base, BetterTracer(), ident="master")
    lay_over(root, rgba, found, tracer=BetterTracer(), units=HERE)
    return root


def rim(mask: Bools, width: int = 5) -> Bools:
    """Pixels along the border of a mask, on both sides."""
    found: Bools = binary_dilation(mask, iterations=width) & ~binary_erosion(mask, iterations=width)
    return found


def apart(first: Pixels, second: Pixels, where: Bools) -> float:
    white = [p[..., :3] * (p[..., 3:] / 255) + 255.0 - p[..., 3:] for p in (first, second)]
    return float(np.abs(white[0] - white[1])[where].mean())


MASK = square(40, 52, 104, 128)


@pytest.mark.parametrize("ground", ["#f4e8d0", ""])
def test_no_seam_shows_along_the_border_of_a_change(ground: str) -> None:
    """At twice the size it is as near to the variant there as a tracing of the whole variant is."""
    base = drawn(SHAPES + BAR, ground=ground)
    rgba = changed(base, drawn(SHAPES.replace("#3060a0", "#e0c040") + BAR, ground=ground), MASK)
    twice = rgba.repeat(2, axis=0).repeat(2, axis=1)
    along = rim(MASK).repeat(2, axis=0).repeat(2, axis=1)
    laid = render(shown(base, rgba, Change("slot-flag", MASK)), 320, 320)
    whole = render(trace(rgba, BetterTracer()), 320, 320)
    assert apart(laid, twice, along) < apart(whole, twice, along) + 1.0
    assert np.abs(laid[..., 3].astype(int) - whole[..., 3])[along].mean() < 2, "no hole, and no rim laid on itself"


def test_the_bases_shapes_stay_to_the_letter() -> None:
    base = drawn(SHAPES + BAR)
    masters = set()
    for colour in ("#e0c040", "#40a060"):
        rgba = changed(base, drawn(SHAPES.replace("#3060a0", colour) + BAR), MASK)
        root = shown(base, rgba, Change("slot-flag", MASK))
        assert [group.get("id") for group in root] == ["master", "slot-flag"]
        masters.add(etree.tostring(root[0]))
    assert len(masters) == 1


def test_what_becomes_transparent_is_left_out_below() -> None:
    base = drawn(SHAPES, ground="")
    rgba = base.copy()
    rgba[MASK] = 0
    root = shown(base, rgba, Change("edit-1", MASK))
    alpha = render(root, 160, 160)[..., 3]
    assert alpha[binary_erosion(MASK, iterations=2)].max() == 0
    outside = ~binary_dilation(MASK, iterations=3)
    assert np.abs(alpha.astype(int) - base[..., 3])[outside].mean() < 2
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))


def test_half_transparent_paint_across_the_border_is_not_laid_on_itself() -> None:
    base = drawn('<path fill="#808080" fill-opacity=".5" d="M0 0h160v160H0z"/>', ground="")
    rgba = changed(base, drawn('<path fill="#c02020" fill-opacity=".5" d="M0 0h160v160H0z"/>', ground=""), MASK)
    assert insets(base, rgba, [Change("slot-flag", MASK)]) is None


def test_a_change_of_most_of_the_picture_is_none_of_a_part() -> None:
    base, other = drawn(SHAPES), drawn(BAR)
    wide = square(0, 0, 160, 120)
    assert insets(base, changed(base, other, wide), [Change("edit-1", wide)]) is None


def test_a_change_that_changes_nothing_is_not_traced() -> None:
    base = drawn(SHAPES)
    assert insets(base, base.copy(), [Change("slot-flag", MASK)]) == ()


def test_a_drawing_in_other_units_gets_its_insets_in_place() -> None:
    base = drawn(SHAPES)
    rgba = changed(base, drawn(SHAPES.replace("#3060a0", "#e0c040")), MASK)
    root = etree.fromstring('<svg xmlns="http://www.w3.org/2000/svg" viewBox="10 10 40 40"/>')
    found = insets(base, rgba, [Change("slot-flag", MASK)])
    assert found is not None
    lay_over(root, rgba, found, tracer=BetterTracer(), units=np.array([[0.25, 0, 10], [0, 0.25, 10]]))
    laid = render(root, 160, 160)
    assert apart(laid, rgba, MASK) < 4
    assert laid[~binary_dilation(MASK, iterations=8)][:, 3].max() == 0


def test_at_the_pictures_border_an_inset_goes_on_to_its_end() -> None:
    base = drawn(SHAPES)
    corner = square(0, 0, 60, 60)
    rgba = changed(base, drawn("", ground="#205020"), corner)
    laid = render(shown(base, rgba, Change("slot-flag", corner)), 160, 160)
    assert (np.abs(laid[:50, :50].astype(int) - rgba[:50, :50]) < 3).all()


def test_several_changes_have_groups_of_their_own() -> None:
    base = drawn(SHAPES + BAR)
    other = drawn("", ground="#205020")
    one, two = square(10, 10, 40, 40), square(110, 110, 150, 150)
    root = shown(base, changed(base, other, one | two), Change("slot-a", one), Change("slot-b", two))
    assert [e.get("id") for e in root] == ["master", "slot-a", "slot-b"]
    assert len(list(root.iter(SVG + "clipPath"))) == 2


def test_what_nobody_sees_goes_on_a_little_and_is_not_traced_beyond() -> None:
    picture = drawn(SHAPES)
    found = continued(picture, MASK)
    assert np.array_equal(found[MASK], picture[MASK])
    assert np.array_equal(found[60:120, 104:110], np.repeat(picture[60:120, 103:104], 6, axis=1))
    assert not found[~binary_dilation(MASK, iterations=14)].any()
