"""What every painter promises, over the fake and over diffusers with every family and form of checkpoint."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pipelines.crop import choose, cut, cut_mask, stitch
from pipelines.drift import correct, measure
from pipelines.engines.fakes import FakePainter
from pipelines.engines.painter import Painted, Painter, Repainting, refusal
from pipelines.model import PaintRecord
from pipelines.profiles import StrengthRule, executed_steps
from tests.pipelines.engines.conftest import PROFILES
from tests.pipelines.engines.requests import apart, error, four, picture, pictures, repainting

pytestmark = pytest.mark.xdist_group("engines")


def record_of(painter: Painter, request: Repainting) -> PaintRecord:
    outcome = painter.paint([request])[0]
    assert isinstance(outcome, Painted)
    return outcome.record


def test_a_batch_comes_back_in_order_at_its_own_size(painter: Painter) -> None:
    sizes = [(64, 64), (96, 64), (64, 64), (64, 128)]
    requests = [repainting(picture=picture(*size), seed=index) for index, size in enumerate(sizes)]
    outcomes = painter.paint(requests)
    assert [p.shape for p in pictures(outcomes)] == [(height, width, 3) for width, height in sizes]
    assert [o.record.seed for o in outcomes if isinstance(o, Painted)] == [0, 1, 2, 3]
    assert all(p.dtype == np.uint8 for p in pictures(outcomes))


def test_the_same_batch_gives_the_same_pixels(painter: Painter) -> None:
    first, second = pictures(painter.paint(four())), pictures(painter.paint(four()))
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


def test_a_variant_replays_exactly_at_its_recorded_batch_size(painter: Painter) -> None:
    outcome = painter.paint(four())[2]
    assert isinstance(outcome, Painted)
    again = painter.paint(four()[2:3], batch=outcome.record.batch)
    assert np.array_equal(pictures(again)[0], outcome.picture)


def test_a_variant_alone_is_within_one_step_of_itself_in_a_batch(painter: Painter) -> None:
    together = pictures(painter.paint(four()))
    alone = [pictures(painter.paint([request]))[0] for request in four()]
    assert max(apart(one, other) for one, other in zip(together, alone, strict=True)) <= 1


def test_seeds_and_prompts_matter(painter: Painter) -> None:
    usual, seed, prompt = pictures(
        painter.paint([repainting(), repainting(seed=2), repainting(prompt="a heron at dusk")])
    )
    assert not np.array_equal(usual, seed)
    assert not np.array_equal(usual, prompt)


def test_strength_0_gives_the_picture_back_untouched(painter: Painter) -> None:
    request = repainting(strength=0.0)
    assert np.array_equal(pictures(painter.paint([request]))[0], request.picture)


def test_strength_1_paints(painter: Painter) -> None:
    request = repainting(strength=1.0)
    assert not np.array_equal(pictures(painter.paint([request]))[0], request.picture)


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "four channels": ({"picture": np.zeros((64, 64, 4), dtype=np.uint8)}, "four are taken for latents"),
    "floats": ({"picture": np.zeros((64, 64, 3), dtype=np.float32)}, r"not \(h, w, 3\)"),
    "a size of 60": ({"picture": np.zeros((60, 64, 3), dtype=np.uint8)}, "64 x 60.*crop to one"),
    "another mask": ({"mask": np.ones((32, 64), dtype=np.float32)}, "does not fit the picture"),
    "a mask above 1": ({"mask": np.full((64, 64), 2, dtype=np.float32)}, "float32 in 0 to 1"),
    "a mask of NaN": ({"mask": np.full((64, 64), np.nan, dtype=np.float32)}, "float32 in 0 to 1"),
    "no steps": ({"steps": 0}, "got 0"),
    "a wild guidance": ({"guidance": 99.0}, "outside 0 to 30"),
    "a strength of 2": ({"strength": 2.0}, "and 0 leaves the picture as it is"),
    "not one step": ({"strength": 0.4, "steps": 2}, "raise strength to 0.5, or steps to 3"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_request_fails_alone_and_says_what_to_do(painter: Painter, name: str) -> None:
    changes, says = BAD[name]
    good, bad, more = painter.paint([repainting(), repainting(**changes), repainting(seed=3)])
    assert re.search(says, error(bad))
    assert len(pictures([good, more])) == 2


@pytest.mark.parametrize("steps", [3, 6, 7, 12, 30, 999])
def test_the_strength_that_is_advised_runs_a_step(steps: int) -> None:
    profile = PROFILES["sd15"].model_copy(update={"strength": StrengthRule(least=0.0001, most=1, usual=1)})
    refused = refusal(repainting(steps=steps, strength=0.9 / steps), profile)
    assert refused is not None
    advised = re.findall(r"[\d.]+", refused.fix)
    assert executed_steps(steps, float(advised[0])) == 1
    assert executed_steps(int(advised[1]), 0.9 / steps) == 1


def test_transformers_take_sizes_of_sixteen() -> None:
    """They read latents two by two, and would give a smaller picture back."""
    odd = repainting(picture=picture(64, 72))
    assert refusal(odd, PROFILES["sd15"]) is None
    assert "a size that is no multiple of 16. got '64 x 72'" in str(refusal(odd, PROFILES["sd35"]))


def test_requests_are_left_as_they_were(painter: Painter) -> None:
    request = repainting()
    copies = request.picture.copy(), request.mask.copy()
    painter.paint([request])
    assert np.array_equal(request.picture, copies[0])
    assert np.array_equal(request.mask, copies[1])


def test_the_record_holds_what_replay_needs(painter: Painter) -> None:
    outcomes = painter.paint([*four(), repainting(seed=77, strength=0.75)])
    records = [o.record for o in outcomes if isinstance(o, Painted)]
    assert [r.batch for r in records[:4]] == [4] * 4
    last = records[-1]
    assert (last.seed, last.width, last.height, last.profile) == (77, 64, 64, painter.profile.name)
    assert last.steps_run == executed_steps(4, 0.75) == 3
    assert len(last.checkpoint) == 64
    assert last.versions["numpy"] == np.__version__
    assert PaintRecord.model_validate_json(last.model_dump_json()) == last


def test_a_prompt_over_the_limit_says_what_is_cut(painter: Painter) -> None:
    long = " ".join(["dog"] * 90)
    notes = record_of(painter, repainting(prompt=long)).notes
    assert len(notes) == 1
    assert f"tokens, {painter.profile.tokens} are read" in notes[0]
    assert record_of(painter, repainting()).notes == ()


def test_an_empty_batch_is_nothing(painter: Painter) -> None:
    assert painter.paint([]) == ()


def test_a_narrow_mask_is_painted(painter: Painter) -> None:
    mask = np.zeros((64, 64), dtype=np.float32)
    mask[31, :] = 1
    requests = [replace(repainting(mask=mask), seed=seed) for seed in (1, 2)]
    one, other = pictures(painter.paint(requests))
    assert not np.array_equal(one, other)


def test_a_painted_slot_changes_nothing_outside(painter: Painter) -> None:
    rgba = np.dstack([picture(160, 128), np.full((128, 160), 255, dtype=np.uint8)])
    rgba[:40, :, 3] = 0
    mask = np.zeros((128, 160), dtype=bool)
    mask[30:70, 90:150] = True
    crop = choose(mask, [(64, 64), (128, 64), (128, 128)])
    before = cut(rgba, crop)
    painted = pictures(painter.paint([repainting(picture=before, mask=cut_mask(mask, crop))]))[0]
    drift = measure(before, painted, cut_mask(mask, crop) == 0)
    result = stitch(rgba, correct(painted, drift), crop, mask, feather=4)
    assert np.array_equal(result[~mask], rgba[~mask])
    assert np.array_equal(result[..., 3], rgba[..., 3])
    assert not np.array_equal(result, rgba)


def test_the_fakes_drift_is_found_outside_and_undone() -> None:
    before, mask = picture(128, 128), np.zeros((128, 128), dtype=np.float32)
    mask[:, :64] = 1
    painted = pictures(FakePainter(PROFILES["sd15"]).paint([repainting(picture=before, mask=mask)]))[0]
    drift = measure(before, painted, mask == 0)
    assert drift.pixels > 0
    assert drift.after < drift.before / 2
    assert apart(correct(painted, drift)[:, 64:], before[:, 64:]) <= 2
