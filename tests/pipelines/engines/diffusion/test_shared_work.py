"""What a batch makes once, and what is kept for the next."""

from __future__ import annotations

import threading
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipelines.engines.checkpoints import open_checkpoint
from pipelines.engines.diffusion import DiffusersPainter
from pipelines.engines.painter import Lora, Repainting, Style
from tests.pipelines.engines.conftest import PROFILES, Loader
from tests.pipelines.engines.requests import four, picture, pictures, repainting
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
        pictures(painter.paint([*four(), *(replace(request, seed=request.seed + 9) for request in four())]))
        pictures(painter.paint(four(strength=1.0)))
    assert masters == [1]
    assert len(texts) == 5
    assert passes == [8] * (2 * 3 + 5)  # PNDM runs one more than it says


def test_what_is_asked_for_twice_is_painted_once(painter_of: Loader) -> None:
    painter, passes = painter_of("starter"), list[int]()
    asked = [request for request in four(strength=1.0, guidance=1.0) for _ in range(3)]
    with counted(painter.model.pipe.unet, passes):
        found = pictures(painter.paint(asked))
    assert passes == [4] * 4
    once = pictures(painter.paint(asked[::3]))
    assert all(np.array_equal(picture, once[index // 3]) for index, picture in enumerate(found))


def test_requests_that_differ_in_anything_are_not_taken_for_the_same() -> None:
    usual = repainting()
    changes: list[dict[str, Any]] = [
        {"prompt": "a cat"}, {"negative": "dull"}, {"seed": 2}, {"strength": 0.75}, {"steps": 6}, {"guidance": 3.0},
        {"image_guidance": 2.0}, {"picture": picture(seed=9)}, {"mask": np.full((64, 64), 0.5, dtype=np.float32)},
        {"style": Style(loras=(Lora(Path("a.safetensors")),))},
    ]  # fmt: skip
    assert {change for made in changes for change in made} == {field.name for field in fields(Repainting)}
    assert len({usual.digest(), *(replace(usual, **made).digest() for made in changes)}) == len(changes) + 1
    assert repainting().digest() == usual.digest()


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
