"""The families that follow an instruction: FLUX.2 Klein and Qwen-Image-Edit, through diffusers' own pipelines."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest import mock

import numpy as np
import pytest

from pipelines.engines.painter import Painted, Repainting
from pipelines.profiles import Number
from tests.checkpoints import lib
from tests.pipelines.engines.conftest import Loader
from tests.pipelines.engines.requests import error, pictures, repainting
from tests.pipelines.engines.watched import instead

pytestmark = pytest.mark.xdist_group("engines")
FAMILIES = pytest.mark.parametrize("name", ["flux2", "qwen"])
QWEN = "diffusers.pipelines.qwenimage.pipeline_qwenimage_edit"


@pytest.fixture(autouse=True)
def small(one_thread: None) -> Iterator[None]:
    """Qwen's pipeline enlarges what it reads to a megapixel, which takes a tiny model six seconds: 64 x 64 here."""
    real = lib(QWEN).calculate_dimensions
    with mock.patch(f"{QWEN}.calculate_dimensions", lambda _, ratio: real(64 * 64, ratio)):
        yield


def asked(*prompts: str, **changes: Any) -> list[Repainting]:
    return [repainting(prompt=words, **{"strength": 1.0, "steps": 2, **changes}) for words in prompts]


@pytest.mark.parametrize("number", ["fp32", "bf16"])
@FAMILIES
def test_an_instructing_model_edits_by_words_alone(painter_of: Loader, name: str, number: Number) -> None:
    painter, requests = painter_of(name, number=number), asked("winter", "summer")
    one, other = pictures(painter.paint(requests))
    assert one.shape == (64, 64, 3)
    assert not np.array_equal(one, other)
    assert np.array_equal(pictures(painter.paint(requests))[1], other)


@FAMILIES
def test_what_an_instruction_has_none_of_is_refused(painter_of: Loader, name: str) -> None:
    painter, half = painter_of(name), np.zeros((72, 64, 3), dtype=np.uint8)
    mask = np.ones((72, 64), dtype=np.float32)
    some, size = painter.paint([*asked("winter", strength=0.5), *asked("winter", picture=half, mask=mask)])
    assert "works from 1.0 to 1.0" in error(some)
    assert "a size that is no multiple of 16. got '64 x 72'" in error(size)


@FAMILIES
def test_they_take_one_picture_a_pass_and_record_it(painter_of: Loader, name: str) -> None:
    together = painter_of(name).paint(asked("winter", "summer"))
    assert [o.record.batch for o in together if isinstance(o, Painted)] == [1, 1]
    alone = pictures(painter_of(name).paint(asked("summer"), batch=4))
    assert np.array_equal(alone[0], pictures(together)[1])


@FAMILIES
def test_the_picture_counts_as_well_as_the_words(painter_of: Loader, name: str) -> None:
    dark = repainting().picture // 2
    one, other = pictures(painter_of(name).paint([*asked("winter"), *asked("winter", picture=dark)]))
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(("name", "limit"), [("flux2", 512 - 6), ("qwen", 1024)])
def test_a_prompt_over_the_limit_is_cut_where_the_note_says(painter_of: Loader, name: str, limit: int) -> None:
    painter = painter_of(name)
    long, kept = painter.paint(asked("a" * limit + "bcd", "a" * limit))
    assert isinstance(long, Painted)
    assert long.record.notes == (f"the prompt has {limit + 3} tokens, {limit} are read: cut from 'bcd'",)
    assert isinstance(kept, Painted)
    assert kept.record.notes == ()
    if name == "qwen":  # FLUX.2's chat template closes what it was given, and that is cut too
        assert np.array_equal(long.picture, kept.picture)


def test_qwen_weighs_its_negative_prompt(painter_of: Loader) -> None:
    painter, request = painter_of("qwen"), asked("winter")[0]
    usual, other, without = pictures(
        painter.paint([request, replace(request, negative="crowd"), replace(request, guidance=1.0)])
    )
    assert not np.array_equal(usual, other)
    assert not np.array_equal(usual, without)


def test_qwen_reads_pictures_without_torchvision(painter_of: Loader) -> None:
    pictures(painter_of("qwen").paint(asked("winter")))
    assert "torchvision" not in sys.modules


def test_qwens_encoder_is_told_where_the_picture_lies_in_the_plane(painter_of: Loader) -> None:
    """As a line of text its tokens would get one position after another (huggingface/diffusers#14194)."""
    painter, seen = painter_of("qwen"), []
    inner = painter.model.pipe.text_encoder.model.language_model

    def forward(own: Any, *args: Any, **kwargs: Any) -> Any:
        seen.append(kwargs["position_ids"])
        return own(*args, **kwargs)

    with instead(inner, forward):
        pictures(painter.paint(asked("winter", guidance=1.0)))
    rows, columns = seen[0][-2, 0], seen[0][-1, 0]
    assert (rows != columns).any()
