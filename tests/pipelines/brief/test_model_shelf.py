"""Models as a brief names them."""

from __future__ import annotations

import pytest

from pipelines.brief.model_shelf import MachineModels
from pipelines.errors import EngineError
from pipelines.home import ROOT


def test_a_misspelt_judge_is_told_the_near_one() -> None:
    with pytest.raises(EngineError, match="clip-vit-b32"):
        MachineModels(ROOT).judge("clip-vit-b23")


def test_a_folder_that_is_not_there_is_told_as_such() -> None:
    with pytest.raises(EngineError, match="no such model"):
        MachineModels(ROOT).judge("./models/clip")
