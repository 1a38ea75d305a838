"""LoRAs: put on, taken off without a trace, and refused where they do not fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipelines.engines.painter import Lora, Style
from tests.checkpoints import kohya_lora, lib, text_lora
from tests.pipelines.engines.conftest import Loader
from tests.pipelines.engines.requests import apart, error, pictures, repainting, styled

pytestmark = pytest.mark.xdist_group("engines")
UNETS = pytest.mark.parametrize("base", ["sd15", "sdxl"])


@UNETS
def test_a_lora_paints_differently_and_leaves_no_trace(painter_of: Loader, shelf: Path, base: str) -> None:
    painter, file = painter_of(base), shelf / f"{base}-lora.safetensors"
    plain = pictures(painter.paint([repainting()]))[0]
    full = pictures(painter.paint([styled(Style(loras=(Lora(file, 1.0),)))]))[0]
    off = pictures(painter.paint([styled(Style(loras=(Lora(file, 0.0),)))]))[0]
    assert apart(full, plain) > 1
    assert apart(off, plain) <= 1
    assert np.array_equal(pictures(painter.paint([repainting()]))[0], plain)


def test_a_lora_of_the_text_encoder_is_forgotten_even_after_a_failure(painter_of: Loader, tmp_path: Path) -> None:
    painter, file = painter_of("sd15"), text_lora(tmp_path / "words.safetensors")
    plain = pictures(painter.paint([repainting()]))[0]
    read = pictures(painter.paint([styled(Style(loras=(Lora(file),)))]))[0]
    assert apart(read, plain) > 1
    missing = styled(Style(loras=(Lora(tmp_path / "none.safetensors"),)))
    assert "there is no such file" in error(painter.paint([missing])[0])
    assert np.array_equal(pictures(painter.paint([repainting()]))[0], plain)


@UNETS
def test_a_lora_for_another_base_names_both(painter_of: Loader, shelf: Path, base: str) -> None:
    other, widths = {"sd15": ("sdxl", (64, 32)), "sdxl": ("sd15", (32, 64))}[base]
    wrong = styled(Style(loras=(Lora(shelf / f"{other}-lora.safetensors"),)))
    failed, fine = painter_of(base).paint([wrong, repainting()])
    text = "trained on a model that reads texts of width {}, this checkpoint is a model that reads texts of width {}"
    assert text.format(*widths) in error(failed)
    assert len(pictures([fine])) == 1


@UNETS
def test_a_lora_of_kohyas_layout_paints_what_the_same_one_of_diffusers_does(
    painter_of: Loader, shelf: Path, tmp_path: Path, base: str
) -> None:
    """Its alphas are twice its rank, so that it counts double."""
    file = shelf / f"{base}-lora.safetensors"
    kohya = kohya_lora(file, tmp_path / "kohya.safetensors")
    plain, one, double = pictures(
        painter_of(base).paint(
            [repainting(), *(styled(Style(loras=(lora,))) for lora in (Lora(kohya), Lora(file, 2.0)))]
        )
    )
    assert apart(one, double) <= 1
    assert apart(one, plain) > 1


def test_two_loras_add_up(painter_of: Loader, shelf: Path, tmp_path: Path) -> None:
    file = shelf / "sd15-lora.safetensors"
    twin = tmp_path / "twin.safetensors"
    twin.write_bytes(file.read_bytes())
    both, double = pictures(
        painter_of("sd15").paint(
            [styled(Style(loras=(Lora(file, 0.5), Lora(twin, 0.5)))), styled(Style(loras=(Lora(file, 1.0),)))]
        )
    )
    assert apart(both, double) <= 1


def test_a_lora_of_which_nothing_fits_is_not_ignored_in_silence(painter_of: Loader, tmp_path: Path) -> None:
    """The library only logs it."""
    stem, torch = "diffusion_model.blocks.0.self_attn.q", lib("torch")
    tensors = {f"{stem}.lora_A.weight": torch.ones(2, 8), f"{stem}.lora_B.weight": torch.ones(8, 2)}
    lib("safetensors.torch").save_file(tensors, tmp_path / "video.safetensors")
    failed, fine = painter_of("sd15").paint(
        [styled(Style(loras=(Lora(tmp_path / "video.safetensors"),))), repainting()]
    )
    assert "a LoRA of which nothing fits" in error(failed)
    assert len(pictures([fine])) == 1
