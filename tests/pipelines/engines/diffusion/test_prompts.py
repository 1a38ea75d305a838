"""What of a text is read, and what the record says of the rest."""

from __future__ import annotations

import pytest

from pipelines.engines.diffusion import DiffusersPainter
from pipelines.engines.painter import Painted
from tests.checkpoints import lib
from tests.pipelines.engines.conftest import Loader
from tests.pipelines.engines.requests import apart, pictures, repainting

pytestmark = pytest.mark.xdist_group("engines")
LONG = "a" * 75 + "bcd"  # tiny tokenizers know single letters alone; 77 with begin and end


def notes(painter: DiffusersPainter, **changes: object) -> tuple[str, ...]:
    outcome = painter.paint([repainting(**changes)])[0]
    assert isinstance(outcome, Painted)
    return outcome.record.notes


@pytest.mark.parametrize("name", ["sd15", "sdxl", "sd35"])
def test_a_note_says_which_words_are_cut(painter_of: Loader, name: str) -> None:
    painter = painter_of(name)
    assert notes(painter, prompt=LONG) == ("the prompt has 80 tokens, 77 are read: cut from 'bcd'",)
    assert notes(painter, negative=LONG)[0].startswith("the negative prompt has 80 tokens")
    assert notes(painter, negative=LONG, guidance=1.0) == ()
    assert notes(painter, prompt="a" * 75) == ()


@pytest.mark.parametrize("name", ["sd15", "sdxl", "sd35"])
def test_words_that_are_cut_change_nothing(painter_of: Loader, name: str) -> None:
    whole, cut, other = pictures(
        painter_of(name).paint([repainting(prompt=words) for words in (LONG, "a" * 75 + "xyz", "b" + "a" * 74)])
    )
    assert apart(whole, cut) == 0
    assert apart(whole, other) > 0


def test_t5_beside_clip_reads_on_and_the_note_says_so(painter_of: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    painter = painter_of("sd35")
    monkeypatch.setattr(painter.model.pipe, "text_encoder_3", object())
    assert painter._loop.reader.note(LONG) == (
        "the prompt has 80 tokens, 77 are read by CLIP, while T5 reads on: cut from 'bcd'"
    )


def test_sdxl_reads_no_negative_prompt_as_zeros_as_it_was_trained(painter_of: Loader) -> None:
    read = painter_of("sdxl")._loop.reader.read
    torch = lib("torch")
    assert not torch.any(read("", negative=True).embeds)
    assert torch.any(read("").embeds)
    assert torch.any(read("blurry", negative=True).embeds)
