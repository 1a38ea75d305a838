"""What the painter on diffusers does that a stock loop does not, on tiny random models of the true classes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest

from pipelines.engines.checkpoints import open_checkpoint
from pipelines.engines.diffusion import DiffusersPainter
from pipelines.engines.diffusion.latents import latent_mask
from pipelines.engines.diffusion.prompts import Shelf
from pipelines.engines.painter import Control, ImagePrompt, Lora, Painted, Repainting, Style
from pipelines.errors import EngineError
from pipelines.profiles import Drawing, Number
from tests.checkpoints import lib, scheduler, text_lora, tiny_vae
from tests.pipelines.engines.conftest import PROFILES, Loader
from tests.pipelines.engines.requests import apart, error, four, picture, pictures, repainting

pytestmark = pytest.mark.xdist_group("engines")
UNETS = pytest.mark.parametrize("base", ["sd15", "sdxl"])


@contextmanager
def instead(module: Any, forward: Any) -> Iterator[None]:
    """Put another function in front of a model's own."""
    before = module.forward
    module.forward = lambda *args, **kwargs: forward(before, *args, **kwargs)
    try:
        yield
    finally:
        module.forward = before


@contextmanager
def counted(module: Any, calls: list[int]) -> Iterator[None]:
    """Write down the batch of every call."""

    def forward(own: Any, first: Any, *args: Any, **kwargs: Any) -> Any:
        calls.append(int(first.shape[0]))
        return own(first, *args, **kwargs)

    with instead(module, forward):
        yield


def styled(style: Style) -> Repainting:
    return repainting(style=style)


# ── the loop ─────────────────────────────────────────────────────────────────────────────────────────────


@UNETS
@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_a_whole_picture_is_what_the_stock_pipeline_paints(painter_of: Loader, base: str, strength: float) -> None:
    torch, painter = lib("torch"), painter_of(base)
    requests = four(strength=strength)
    with torch.inference_mode():
        latents = painter._loop.coder.encode(requests[0].picture)
        pipe = type(painter.model.pipe)(**{**painter.model.pipe.components, "scheduler": painter.model.scheduler()},
                                        **({"requires_safety_checker": False} if base == "sd15" else {}))  # fmt: skip
        pipe.set_progress_bar_config(disable=True)
        stock = pipe(
            prompt=[r.prompt for r in requests], negative_prompt=[r.negative for r in requests],
            image=latents.repeat(4, 1, 1, 1), strength=strength, num_inference_steps=4, guidance_scale=4.0,
            generator=[torch.Generator("cpu").manual_seed(r.seed) for r in requests], output_type="np",
        ).images  # fmt: skip
    expected = np.rint(stock * 255).astype(np.uint8)
    ours = pictures(painter.paint(requests))
    assert max(apart(one, other) for one, other in zip(ours, expected, strict=True)) <= 1


@pytest.mark.parametrize("base", ["sd15", "inpaint", "sdxl"])
def test_where_the_mask_is_0_latents_are_the_masters(painter_of: Loader, base: str) -> None:
    painter, nothing = painter_of(base), np.zeros((64, 64), dtype=np.float32)
    requests = [repainting(mask=nothing, seed=seed, prompt=f"prompt {seed}") for seed in (1, 2)]
    one, other = pictures(painter.paint(requests))
    torch = lib("torch")
    with torch.inference_mode():
        trip = painter._loop.coder.decode(painter._loop.coder.encode(requests[0].picture))[0][0]
    assert apart(one, trip) <= 1
    assert apart(other, trip) <= 1


def test_a_pixel_is_let_free_when_its_weight_says(painter_of: Loader) -> None:
    """With weight 0.5 the first half of the steps sees the noised master there, the second half does not."""
    painter, torch = painter_of("sdxl"), lib("torch")

    def seen(left: float) -> list[Any]:
        mask, given = np.ones((64, 64), dtype=np.float32), []
        mask[:, :32] = left

        def forward(own: Any, sample: Any, *args: Any, **kwargs: Any) -> Any:
            given.append(sample[..., :4].clone())
            return own(sample, *args, **kwargs)

        with instead(painter.model.pipe.unet, forward):
            pictures(painter.paint([repainting(mask=mask, strength=1.0, steps=8)]))
        return given

    held, half = seen(0.0), seen(0.5)
    assert [torch.equal(one, other) for one, other in zip(held, half, strict=True)] == [True] * 4 + [False] * 4


@pytest.mark.parametrize(
    "kind",
    [
        "DDIMScheduler",
        "DPMSolverMultistepScheduler",
        "EulerAncestralDiscreteScheduler",
        "HeunDiscreteScheduler",
        "LCMScheduler",
        "UniPCMultistepScheduler",
    ],
)
def test_any_scheduler_paints_soft_masks_and_batches(painter_of: Loader, kind: str) -> None:
    painter, mask = painter_of("sd15"), np.ones((64, 64), dtype=np.float32)
    mask[:, :32], mask[:, :8] = 0.5, 0
    with mock.patch.object(painter.model.pipe, "scheduler", scheduler(kind)):
        together = pictures(painter.paint(four(mask=mask)))
        again = pictures(painter.paint(four(mask=mask)))
        alone = [pictures(painter.paint([request]))[0] for request in four(mask=mask)]
    assert all(np.array_equal(a, b) for a, b in zip(together, again, strict=True))
    assert max(apart(a, b) for a, b in zip(together, alone, strict=True)) <= 1
    assert apart(together[0], together[1]) > 1


def test_a_mask_keeps_its_thin_lines_in_latents() -> None:
    mask = np.zeros((64, 64), dtype=np.float32)
    mask[:, 9] = 0.7
    small = latent_mask(mask, 8)
    assert small.shape == (8, 8)
    assert (small[:, 1] == np.float32(0.7)).all()
    assert small.sum() == pytest.approx(8 * 0.7)


def test_an_inpainting_unet_reads_the_mask(painter_of: Loader) -> None:
    half = np.zeros((64, 64), dtype=np.float32)
    half[:, 32:] = 1
    painter, given = painter_of("inpaint"), []

    def forward(own: Any, sample: Any, *args: Any, **kwargs: Any) -> Any:
        given.append(sample)
        return own(sample, *args, **kwargs)

    with instead(painter.model.pipe.unet, forward):
        pictures(painter.paint([repainting(mask=half)]))
    assert given[0].shape[1] == 9
    assert given[0][0, 4].tolist() == [[0.0] * 4 + [1.0] * 4] * 8


# ── shared work ──────────────────────────────────────────────────────────────────────────────────────────


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


def test_no_more_is_kept_than_there_is_room_for() -> None:
    made: list[int] = []
    shelf: Shelf[int] = Shelf(2)
    for key in (1, 2, 1, 3, 1, 2):
        shelf.get(key, lambda key=key: made.append(key) or key)  # type: ignore[func-returns-value,misc]
    assert made == [1, 2, 3, 2]


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


# ── precision, memory and numbers that are not ───────────────────────────────────────────────────────────


def test_bf16_alone_is_within_two_steps_of_itself_in_a_batch(painter_of: Loader) -> None:
    painter = painter_of("sd15", number="bf16")
    together = pictures(painter.paint(four()))
    alone = [pictures(painter.paint([request]))[0] for request in four()]
    assert max(apart(one, other) for one, other in zip(together, alone, strict=True)) <= 2


def test_a_stock_family_runs_in_bf16_too(painter_of: Loader) -> None:
    painter = painter_of("sd35", number="bf16")
    together = pictures(painter.paint(four()))
    alone = [pictures(painter.paint([request]))[0] for request in four()]
    assert max(apart(one, other) for one, other in zip(together, alone, strict=True)) <= 2


@pytest.mark.parametrize("number", ["fp32", "bf16"])
def test_an_instructing_model_edits_by_words_alone(painter_of: Loader, number: Number) -> None:
    painter = painter_of("flux2", number=number)
    asked = [repainting(prompt=words, strength=1.0, guidance=1.0, steps=2) for words in ("winter", "summer")]
    one, other = pictures(painter.paint(asked))
    assert one.shape == (64, 64, 3)
    assert not np.array_equal(one, other)
    assert np.array_equal(pictures(painter.paint(asked))[1], other)
    assert "works from 1.0 to 1.0" in error(painter.paint([replace(asked[0], strength=0.5)])[0])


def test_too_little_memory_halves_the_batch_and_goes_on(shelf: Path) -> None:
    painter = DiffusersPainter(open_checkpoint(shelf / "sd15", PROFILES["sd15"]), device="cpu", batch=8)
    torch, rows = lib("torch"), 2 * 2

    def forward(own: Any, sample: Any, *args: Any, **kwargs: Any) -> Any:
        if sample.shape[0] > rows:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return own(sample, *args, **kwargs)

    requests = [*four(), *four(strength=0.5)]
    with instead(painter.model.pipe.unet, forward):
        outcomes = painter.paint(requests)
    assert [o.record.batch for o in outcomes if isinstance(o, Painted)] == [2] * 8
    rows = 0
    with instead(painter.model.pipe.unet, forward):
        assert "too little memory for a single picture. got '64 x 64'" in error(painter.paint(requests)[7])


def broken(dtypes: tuple[str, ...], *, row: int = -1) -> Any:
    """A UNet whose last row overflows in these numbers."""

    def forward(own: Any, sample: Any, *args: Any, **kwargs: Any) -> Any:
        found = own(sample, *args, **kwargs)
        if str(sample.dtype) in dtypes:
            found[0][row] = float("nan")
        return found

    return forward


def test_a_variant_that_overflows_is_painted_again_in_fp32(painter_of: Loader) -> None:
    painter = painter_of("sd15", number="bf16")
    whole = pictures(painter.paint(four()))
    with instead(painter.model.pipe.unet, broken(("torch.bfloat16",))):
        outcomes = painter.paint(four())
    last = outcomes[3]
    assert isinstance(last, Painted)
    assert last.record.precision == "fp32"
    assert "painted again in fp32" in last.record.notes[0]
    assert all(np.array_equal(a, b) for a, b in zip(pictures(outcomes[:3]), whole[:3], strict=True))
    assert apart(last.picture, whole[3]) < 100
    assert str(painter.model.pipe.unet.dtype) == "torch.bfloat16"


def test_a_variant_that_overflows_in_fp32_too_fails_alone(painter_of: Loader) -> None:
    for number in ("bf16", "fp32"):
        painter = painter_of("sd15", number=number)
        with instead(painter.model.pipe.unet, broken(("torch.bfloat16", "torch.float32"))):
            outcomes = painter.paint(four())
        assert "not finite, in fp32 too. got 'seed 3'. try another seed" in error(outcomes[3])
        assert len(pictures(outcomes[:3])) == 3


def test_a_device_that_is_not_there_is_named(shelf: Path) -> None:
    checkpoint = open_checkpoint(shelf / "sd15", PROFILES["sd15"])
    if not lib("torch").cuda.is_available():
        with pytest.raises(EngineError, match=r"no such device.*use "):
            DiffusersPainter(checkpoint, device="cuda")
    with pytest.raises(EngineError, match="fp16 on a CPU"):
        DiffusersPainter(checkpoint, device="cpu", number="fp16")


def test_a_preview_is_decoded_by_a_tiny_vae_and_says_so(shelf: Path, tmp_path: Path) -> None:
    checkpoint = open_checkpoint(shelf / "sd15", PROFILES["sd15"])
    with pytest.raises(EngineError, match="a tiny VAE without"):
        DiffusersPainter(checkpoint, device="cpu", preview=tmp_path)
    painter = DiffusersPainter(checkpoint, device="cpu", preview=tiny_vae(tmp_path / "tiny"))
    calls: list[int] = []
    with counted(painter.model.pipe.vae.decoder, calls):
        outcome = painter.paint([repainting()])[0]
    assert isinstance(outcome, Painted)
    assert outcome.picture.shape == (64, 64, 3)
    assert "not for delivery" in outcome.record.notes[0]
    assert calls == []


# ── styles ───────────────────────────────────────────────────────────────────────────────────────────────


def image(shelf: Path, base: str, **changes: Any) -> ImagePrompt:
    return replace(ImagePrompt((picture(seed=5),), shelf / f"{base}-ip/models/tiny.safetensors"), **changes)


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


def test_style_pictures_are_embedded_once(painter_of: Loader, shelf: Path) -> None:
    painter = painter_of("sd15")
    calls: list[int] = []
    style = Style(image=image(shelf, "sd15", pictures=(picture(seed=99),)))
    pictures(painter.paint([repainting(style=style)]))
    with counted(painter.model.pipe.image_encoder, calls):
        pictures(painter.paint([repainting(style=style, seed=seed) for seed in range(8)]))
    assert calls == []


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


@UNETS
@pytest.mark.parametrize("drawing", ["canny", "lineart"])
def test_a_control_drawing_steers(painter_of: Loader, shelf: Path, base: str, drawing: Drawing) -> None:
    def controlled(scale: float) -> Repainting:
        return styled(Style(control=Control(drawing, shelf / f"{base}-control", scale)))

    plain, off, on = pictures(painter_of(base).paint([repainting(), controlled(0.0), controlled(1.0)]))
    assert apart(off, plain) <= 1
    assert apart(on, plain) > 1


def test_a_controlnet_for_another_base_names_both(painter_of: Loader, shelf: Path) -> None:
    style = Style(control=Control("canny", shelf / "sdxl-control"))
    assert "ControlNet for another base" in error(painter_of("sd15").paint([styled(style)])[0])


def test_families_without_an_adapter_refuse_one(painter_of: Loader, shelf: Path) -> None:
    failed = painter_of("sd35").paint([styled(Style(image=image(shelf, "sd15")))])[0]
    assert "an IP-Adapter does not work with this profile. got 'sd35'" in error(failed)
