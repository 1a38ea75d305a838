from __future__ import annotations

import numpy as np
import pytest

from pipelines.engines.embedder import F32, unit
from pipelines.engines.hashed import FakeEmbedder
from pipelines.errors import EngineError
from pipelines.likeness.calibration import PROMPT, Standing
from pipelines.likeness.shown import own_calibration
from pipelines.likeness.together import Together
from tests.pipelines.likeness.drawn import mascot, other


def gathered(vectors: F32, prompts: F32 | None = None) -> Together:
    together = Together()
    for i, vector in enumerate(vectors):
        together.add(f"variant-{i}", vector, None if prompts is None else prompts[i])
    return together


def prompted(vectors: F32, prompts: F32) -> dict[str, Standing]:
    """Where each stands to its prompt."""
    return {name: one["prompt"] for name, one in gathered(vectors, prompts).told().standings.items()}


def pairs(count: int, *, apart: float, seed: int = 0) -> tuple[F32, F32]:
    """Prompts in every direction, and pictures that lie near their own, nearer for a small `apart`."""
    random = np.random.default_rng(seed)
    prompts = unit(random.normal(0, 1, (count, 64)))
    return unit(prompts + apart * unit(random.normal(0, 1, (count, 64)))), prompts


def test_intruders_are_found_and_all_others_belong() -> None:
    pictures = [mascot(i) for i in range(30)]
    pictures[4], pictures[17] = other(1), other(2)
    found = gathered(FakeEmbedder().pictures(pictures)).told()
    assert set(found.odd) == {"variant-4", "variant-17"}
    assert found.standings == {}


def test_a_variant_that_shows_anothers_prompt_is_told_by_its_share() -> None:
    vectors, prompts = pairs(20, apart=0.8)
    vectors[3] = vectors[11]
    found = prompted(vectors, prompts)
    assert found["variant-11"].share > 0.8
    assert found["variant-3"].share < 0.3
    assert "variants with each other's prompts" in found["variant-3"].words


def test_one_prompt_for_all_tells_nothing() -> None:
    vectors, prompts = pairs(12, apart=0.8)
    found = prompted(vectors, np.repeat(prompts[:1], 12, axis=0))
    assert all(one.warning is not None for one in found.values())


def test_pictures_that_know_nothing_of_prompts_are_said_to_tell_nothing() -> None:
    vectors, _ = pairs(40, apart=0.8)
    _, prompts = pairs(40, apart=0.8, seed=1)
    assert own_calibration(vectors, prompts, PROMPT).warning is not None


def test_of_very_many_prompts_some_are_enough() -> None:
    vectors, prompts = pairs(3000, apart=0.8)
    few, many = own_calibration(vectors[:200], prompts[:200], PROMPT), own_calibration(vectors, prompts, PROMPT)
    assert many.share(0.5) == pytest.approx(few.share(0.5), abs=0.1)
    assert many.separation is not None
    assert many.separation > 0.99


def test_nothing_gathered_says_nothing() -> None:
    found = Together().told()
    assert (dict(found.odd), dict(found.standings)) == ({}, {})


def test_what_is_no_unit_vector_is_refused() -> None:
    with pytest.raises(EngineError, match="no unit vector"):
        gathered(np.ones((9, 4), np.float32)).told()
