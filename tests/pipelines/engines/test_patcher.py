"""What every patcher promises."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.engines.dino import DinoEmbedder
from pipelines.engines.embedder import Pixels
from pipelines.engines.patcher import FakePatcher, Patcher, grid_of
from pipelines.errors import EngineError
from tests.pipelines.engines.tiny_dino import write_tiny_dino

has_torch = all(importlib.util.find_spec(name) for name in ("torch", "transformers"))
needs_torch = pytest.mark.skipif(
    not has_torch, reason='torch and transformers are not here: pip install "atelier[gpu]"'
)
dino = [needs_torch, pytest.mark.xdist_group("torch")]
CLOSE = 1e-5


@pytest.fixture(
    scope="module", params=["fake", pytest.param("dino", marks=dino), pytest.param("registers", marks=dino)]
)
def patcher(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Patcher:
    """One of the implementations, all with 4 patches along the longer side."""
    if request.param == "fake":
        return FakePatcher(4)
    request.getfixturevalue("one_thread")
    folder: Path = tmp_path_factory.mktemp("models") / "tiny-dino"
    return DinoEmbedder(write_tiny_dino(folder, registers=3 if request.param == "registers" else 0))


def picture(seed: int = 0, *, height: int = 56, width: int = 56) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


def test_every_patch_is_a_unit_vector_at_its_place(patcher: Patcher) -> None:
    found = patcher.patches([picture(i) for i in range(3)])
    assert found.shape[:3] == (3, 4, 4)
    assert found.dtype == np.float32
    assert np.linalg.norm(found, axis=3) == pytest.approx(1, abs=CLOSE)


def test_the_grid_keeps_the_pictures_proportions(patcher: Patcher) -> None:
    assert patcher.patches([picture(height=28)]).shape[1:3] == (2, 4)
    assert patcher.patches([picture(width=14)]).shape[1:3] == (4, 1)
    assert patcher.patches([picture(height=1, width=50)]).shape[1:3] == (1, 4)


def test_what_changed_in_a_corner_changed_most_in_that_corners_patch(patcher: Patcher) -> None:
    master, changed = picture(), picture()
    changed[42:, :14] = 255 - changed[42:, :14]
    before, after = patcher.patches([master, changed])
    cosines = np.einsum("rcd,rcd->rc", before, after)
    assert np.unravel_index(cosines.argmin(), cosines.shape) == (3, 0)


def test_a_batch_gives_what_its_members_give_alone(patcher: Patcher) -> None:
    pictures = [picture(i) for i in range(35)]
    together = patcher.patches(pictures)
    assert together[33:34] == pytest.approx(patcher.patches(pictures[33:34]), abs=CLOSE)


def test_the_same_picture_gives_the_same_bits(patcher: Patcher) -> None:
    assert np.array_equal(patcher.patches([picture()]), patcher.patches([picture()]))


def test_nothing_gives_no_patches(patcher: Patcher) -> None:
    size = patcher.patches([picture()]).shape[3]
    assert patcher.patches([]).shape == (0, 0, 0, size)


def test_transparent_parts_are_white_whatever_hides_in_them(patcher: Patcher) -> None:
    hidden = np.dstack([picture(), np.full((56, 56), 255, dtype=np.uint8)])
    hidden[:20, :, 3] = 0
    white = picture()
    white[:20] = 255
    assert np.array_equal(patcher.patches([hidden]), patcher.patches([white]))


def test_pictures_of_two_sizes_are_refused(patcher: Patcher) -> None:
    with pytest.raises(EngineError, match=r"one size.*56 x 28, 56 x 56"):
        patcher.patches([picture(), picture(height=28)])


@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 40))
def test_the_longer_side_always_has_the_patches_asked_for(height: int, width: int, across: int) -> None:
    rows, columns = grid_of([np.zeros((height, width, 3), dtype=np.uint8)], across)
    assert max(rows, columns) == across
    assert min(rows, columns) >= 1


def test_the_fake_loads_no_model_library() -> None:
    import subprocess
    import sys

    code = "import sys, pipelines.engines.patcher, pipelines.engines.siglip, pipelines.learned; "
    code += "print([m for m in ('torch', 'transformers') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
