from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import EngineError
from pipelines.likeness.floors import Floors, least_gain, read_floors

KNOWN = {"calibration": 1, "gain": 0.04, "told": "600 held-out edits"}


@pytest.mark.parametrize("where", ["clip/calibration.json", "calibration.json"])
def test_floors_lie_in_the_embedders_folder_or_beside_it(tmp_path: Path, where: str) -> None:
    (tmp_path / "clip").mkdir()
    (tmp_path / where).write_text(json.dumps(KNOWN))
    assert read_floors(tmp_path / "clip") == Floors(calibration=1, gain=0.04, told="600 held-out edits")


def test_an_embedder_that_nobody_measured_has_none(tmp_path: Path) -> None:
    assert read_floors(tmp_path / "clip") is None


@pytest.mark.parametrize(
    ("changed", "says"),
    [({"gain": -1}, "gain: .*greater than 0"), ({"calibration": 2}, "calibration"), ({"x": 1}, "x")],
)
def test_a_wrong_file_is_told_and_not_passed_over(tmp_path: Path, changed: dict[str, object], says: str) -> None:
    (tmp_path / "calibration.json").write_text(json.dumps(KNOWN | changed))
    with pytest.raises(EngineError, match=says):
        read_floors(tmp_path)


@given(seed=st.integers(0, 999), apart=st.floats(0, 0.5), wrong=st.floats(0.01, 0.2))
def test_few_bad_repaints_reach_the_least_gain_and_it_spares_the_good_where_they_lie_apart(
    seed: int, apart: float, wrong: float
) -> None:
    random = np.random.default_rng(seed)
    bad, good = random.normal(0, 0.05, 400), random.normal(apart, 0.05, 400)
    floor = least_gain(good.tolist(), bad.tolist(), wrong=wrong)
    assert (bad >= floor).mean() <= wrong + 1 / 400
    if apart > 0.4:
        assert (good >= floor).mean() > 0.99


def test_a_floor_takes_examples_of_both_kinds() -> None:
    with pytest.raises(EngineError, match="good and bad"):
        least_gain([0.1], [])
