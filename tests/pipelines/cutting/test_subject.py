from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.cutting.subject import subject_cover
from pipelines.errors import CutoutError


def likely() -> NDArray[np.float32]:
    """What a segmenter says of two blobs, 64 px, with soft rims."""
    y, x = np.mgrid[:64, :64].astype(np.float32)
    blobs = [14 - np.hypot(x - 18, y - 20), 9 - np.hypot(x - 48, y - 46)]
    found: NDArray[np.float32] = (1 / (1 + np.exp(-np.maximum(*blobs)))).astype(np.float32)
    return found


def test_without_points_it_is_the_whole_subject() -> None:
    cover = subject_cover(likely(), [])
    assert cover[20, 18] == cover[46, 48] == 1
    assert cover[60, 4] == 0
    assert 0 < ((cover > 0) & (cover < 1)).sum() < 200, "a soft rim, narrower than the model's"


def test_points_choose_among_its_parts() -> None:
    assert subject_cover(likely(), [(48, 46)])[20, 18] == 0
    assert subject_cover(likely(), [], outside=[(48, 46)])[46, 48] == 0
    background = subject_cover(likely(), [(2, 60)])
    assert background[60, 2] == 1
    assert background[20, 18] == background[46, 48] == 0


def test_what_it_cannot_tell_is_refused() -> None:
    with pytest.raises(CutoutError, match="no border"):
        subject_cover(likely(), [(18, 20)], outside=[(20, 22)])
    with pytest.raises(CutoutError, match="next to nothing"):
        subject_cover(np.zeros((64, 64), dtype=np.float32), [])
    with pytest.raises(CutoutError, match="outside the picture"):
        subject_cover(likely(), [(64, 3)])
