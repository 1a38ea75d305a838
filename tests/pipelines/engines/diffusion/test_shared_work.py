"""What a batch makes once, and what is kept for the next."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from pipelines.engines.checkpoints import open_checkpoint
from pipelines.engines.diffusion import DiffusersPainter
from tests.pipelines.engines.conftest import PROFILES, Loader
from tests.pipelines.engines.requests import four, pictures
from tests.pipelines.engines.watched import counted

pytestmark = pytest.mark.xdist_group("engines")


def test_a_batch_encodes_its_master_and_every_text_once(shelf: Path) -> None:
    painter = DiffusersPainter(open_checkpoint(shelf / "sd15", PROFILES["sd15"]), device="cpu", batch=4)
    pipe = painter.model.pipe
    passes: list[int] = []
    texts: list[int] = []
    masters: list[int] = []
    with (
        counted(pipe.unet, passes),
        counted(pipe.vae.encoder, masters),
        counted(pipe.text_encoder, texts),
    ):
        pictures(painter.paint([*four(), *four()]))
        pictures(painter.paint(four(strength=1.0)))
    assert masters == [1]
    assert len(texts) == 5
    assert passes == [8] * (2 * 3 + 5)  # PNDM runs one more than it says


def test_two_threads_paint_as_one_would(painter_of: Loader) -> None:
    painter, found = painter_of("sd15"), {}
    expected = pictures(painter.paint(four()))

    def work(index: int) -> None:
        found[index] = pictures(painter.paint(four()))

    threads = [threading.Thread(target=work, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(a, b) for index in found for a, b in zip(found[index], expected, strict=True))
    assert len(found) == 2
