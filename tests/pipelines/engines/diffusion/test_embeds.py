"""Style pictures are embedded once a style, and not again by another process that has what was stored."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest

from pipelines.engines.checkpoints import open_checkpoint
from pipelines.engines.diffusion import DiffusersPainter
from pipelines.engines.painter import ImagePrompt, Style
from pipelines.profiles import Number
from tests.checkpoints import ip_adapter, lib
from tests.pipelines.engines.conftest import PROFILES
from tests.pipelines.engines.requests import picture, pictures, repainting

pytestmark = pytest.mark.xdist_group("engines")


@contextmanager
def encoded() -> Iterator[list[int]]:
    """How many pictures image encoders were shown, call by call."""
    kind, calls = lib("transformers").CLIPVisionModelWithProjection, []
    own = kind.forward

    def forward(self: Any, pixel_values: Any, **given: Any) -> Any:
        calls.append(int(pixel_values.shape[0]))
        return own(self, pixel_values, **given)

    with mock.patch.object(kind, "forward", forward):
        yield calls


def process(shelf: Path, stored: MutableMapping[str, bytes] | None, number: Number = "fp32") -> DiffusersPainter:
    """A painter that has nothing in memory, as in a process that has just begun."""
    checkpoint = open_checkpoint(shelf / "sd15", PROFILES["sd15"])
    return DiffusersPainter(checkpoint, device="cpu", number=number, batch=4, embeds=stored)


def prompted(adapter: Path, *seeds: int) -> ImagePrompt:
    return ImagePrompt(tuple(picture(seed=seed) for seed in seeds), adapter, 1.0)


@pytest.fixture
def adapter(shelf: Path) -> Path:
    return shelf / "sd15-ip/models/tiny.safetensors"


def painted(painter: DiffusersPainter, image: ImagePrompt) -> Any:
    return pictures(painter.paint([repainting(style=Style(image=image))]))[0]


def test_a_process_embeds_a_styles_pictures_once(shelf: Path, adapter: Path) -> None:
    painter, style = process(shelf, None), Style(image=prompted(adapter, 5, 6))
    with encoded() as calls:
        for _ in range(2):
            pictures(painter.paint([repainting(style=style, seed=seed) for seed in range(8)]))
            pictures(painter.paint([repainting()]))  # takes the style off
    assert calls == [2]


@pytest.mark.parametrize("number", ["fp32", "bf16"])
@pytest.mark.parametrize("kind", ["", "plus"])
def test_another_process_paints_the_same_pixels_without_the_encoder(
    shelf: Path, tmp_path: Path, kind: str, number: Number
) -> None:
    image, stored = prompted(ip_adapter(shelf / "sd15", tmp_path / "ip", kind), 5, 6), dict[str, bytes]()
    without = painted(process(shelf, None, number), image)
    first = painted(process(shelf, stored, number), image)
    assert len(stored) == 1
    with encoded() as calls:
        second = painted(process(shelf, stored, number), image)
    assert calls == []
    assert np.array_equal(first, without)
    assert np.array_equal(second, without)


@pytest.mark.parametrize("where", ["nothing", "cut", "header", "data", "other"])
def test_a_damaged_blob_is_ignored_and_made_again(shelf: Path, adapter: Path, where: str) -> None:
    image, stored = prompted(adapter, 5), dict[str, bytes]()
    whole = painted(process(shelf, stored), image)
    ((key, blob),) = stored.items()
    flipped = bytearray(blob)
    flipped[9 if where == "header" else -1] ^= 1
    other = lib("safetensors.torch").save({"something": lib("torch").zeros(3)})
    stored[key] = {"nothing": b"", "cut": blob[:-5], "other": other}.get(where, bytes(flipped))
    assert np.array_equal(painted(process(shelf, stored), image), whole)
    assert stored == {key: blob}


def test_whatever_changes_an_embedding_has_a_key_of_its_own(shelf: Path, tmp_path: Path, adapter: Path) -> None:
    """Pictures and their order, numbers, and the files of the adapter and of its encoder."""
    stored = dict[str, bytes]()
    painter = process(shelf, stored)
    for seeds in ((5, 6), (6, 5), (5,)):
        painted(painter, prompted(adapter, *seeds))
    painted(process(shelf, stored, "bf16"), prompted(adapter, 5))
    assert len(stored) == 4
    painted(painter, prompted(ip_adapter(shelf / "sd15", tmp_path / "same"), 5))
    assert len(stored) == 4
    for part in ("tiny.safetensors", "image_encoder/model.safetensors"):
        copy = ip_adapter(shelf / "sd15", tmp_path / f"with another {part[:4]}")
        data = bytearray((copy.parent / part).read_bytes())
        data[-2] ^= 0x40
        (copy.parent / part).write_bytes(data)
        painted(painter, prompted(copy, 5))
    assert len(stored) == 6
