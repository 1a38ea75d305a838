"""Style pictures through IP-Adapters: which layouts work, what is refused, and what is computed once."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipelines.engines.painter import ImagePrompt, Style
from tests.checkpoints import ip_adapter
from tests.pipelines.engines.conftest import Loader
from tests.pipelines.engines.requests import apart, error, picture, pictures, repainting, styled

pytestmark = pytest.mark.xdist_group("engines")
UNETS = pytest.mark.parametrize("base", ["sd15", "sdxl"])


def image(shelf: Path, base: str, **changes: Any) -> ImagePrompt:
    return replace(ImagePrompt((picture(seed=5),), shelf / f"{base}-ip/models/tiny.safetensors"), **changes)


@UNETS
def test_a_style_picture_at_scale_0_changes_nothing(painter_of: Loader, shelf: Path, base: str) -> None:
    painter = painter_of(base)
    plain, off, on, other = pictures(
        painter.paint(
            [
                repainting(),
                styled(Style(image=image(shelf, base, scale=0.0))),
                styled(Style(image=image(shelf, base, scale=1.0))),
                styled(Style(image=image(shelf, base, scale=1.0, pictures=(picture(seed=6), picture(seed=7))))),
            ]
        )
    )
    assert np.array_equal(plain, off)
    assert apart(on, plain) > 1
    assert apart(on, other) > 1
    assert np.array_equal(pictures(painter.paint([repainting()]))[0], plain)


def test_a_style_picture_can_be_kept_to_some_layers_and_to_the_mask(painter_of: Loader, shelf: Path) -> None:
    painter, half = painter_of("sd15"), np.ones((64, 64), dtype=np.float32)
    half[:, :32] = 0.5
    half[:, :16] = 0
    everywhere = image(shelf, "sd15", scale=1.0)
    requests = [
        repainting(mask=half, style=Style(image=prompt))
        for prompt in (
            everywhere,
            replace(everywhere, masked=True),
            replace(everywhere, scale={"up": {"block_0": [0.0, 1.0]}}),
        )
    ]
    one, masked, layers = pictures(painter.paint(requests))
    assert apart(one, masked) > 0
    assert apart(one, layers) > 0


def test_two_style_pictures_are_both_kept_to_the_mask(painter_of: Loader, shelf: Path) -> None:
    mask = np.ones((64, 64), dtype=np.float32)
    mask[:, :32] = 0
    two = image(shelf, "sd15", scale=1.0, pictures=(picture(seed=6), picture(seed=7)))
    masked, everywhere = pictures(
        painter_of("sd15").paint(
            [repainting(mask=mask, style=Style(image=prompt)) for prompt in (replace(two, masked=True), two)]
        )
    )
    assert apart(masked, everywhere) > 0


def test_a_scale_for_layers_that_are_not_there_says_which_there_are(painter_of: Loader, shelf: Path) -> None:
    """The library would turn the style off in silence."""
    scales = [{"up": {"block_9": [1.0]}}, {"up": {"block_0": [1.0] * 3}}]
    strange, short, fine = painter_of("sd15").paint(
        [*(styled(Style(image=image(shelf, "sd15", scale=scale))) for scale in scales), repainting()]
    )
    assert "blocks that the UNet does not have" in error(strange)
    assert "it has down block_1, up block_0" in error(strange)
    assert "a scale that the UNet's layers cannot have" in error(short)
    assert len(pictures([fine])) == 1


@UNETS
@pytest.mark.parametrize("kind", ["plus", "full-face"])
def test_adapters_that_read_hidden_layers_paint_too(
    painter_of: Loader, shelf: Path, tmp_path: Path, base: str, kind: str
) -> None:
    painter, file = painter_of(base), ip_adapter(shelf / base, tmp_path / kind, kind)
    plain, off, on = pictures(
        painter.paint(
            [repainting(), *(styled(Style(image=image(shelf, base, adapter=file, scale=s))) for s in (0.0, 1.0))]
        )
    )
    assert np.array_equal(plain, off)
    assert apart(on, plain) > 0


def test_an_adapter_for_faces_is_refused_by_name(painter_of: Loader, shelf: Path, tmp_path: Path) -> None:
    file = ip_adapter(shelf / "sd15", tmp_path / "face", "faceid")
    failed = painter_of("sd15").paint([styled(Style(image=image(shelf, "sd15", adapter=file)))])[0]
    assert "an IP-Adapter for FaceID, which wants a face recognition model" in error(failed)


def test_an_adapter_beside_another_ones_encoder_is_refused(painter_of: Loader, shelf: Path, tmp_path: Path) -> None:
    """The adapters of SDXL that were trained with ViT-H are published in the folder of ViT-bigG."""
    file = ip_adapter(shelf / "sd15", tmp_path / "ip")
    settings = file.parent / "image_encoder/config.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"projection_dim": 40}))
    failed = painter_of("sd15").paint([styled(Style(image=image(shelf, "sd15", adapter=file)))])[0]
    assert "the image encoder is another one than the IP-Adapter's: 24 numbers are read, 40 given" in error(failed)


def test_an_adapter_without_its_image_encoder_says_so(painter_of: Loader, shelf: Path, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    lone = tmp_path / "models/tiny.safetensors"
    lone.write_bytes((shelf / "sd15-ip/models/tiny.safetensors").read_bytes())
    failed, fine = painter_of("sd15").paint([styled(Style(image=image(shelf, "sd15", adapter=lone))), repainting()])
    assert "image encoder is missing" in error(failed)
    assert len(pictures([fine])) == 1


def test_an_adapter_for_another_base_names_both(painter_of: Loader, shelf: Path) -> None:
    failed = painter_of("sd15").paint([styled(Style(image=image(shelf, "sdxl")))])[0]
    assert "IP-Adapter for another base: it is for a model that reads texts of width 64" in error(failed)


def test_families_without_an_adapter_refuse_one(painter_of: Loader, shelf: Path) -> None:
    failed = painter_of("sd35").paint([styled(Style(image=image(shelf, "sd15")))])[0]
    assert "an IP-Adapter does not work with this profile. got 'sd35'" in error(failed)
