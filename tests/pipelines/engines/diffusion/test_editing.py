"""UNets that read the picture which they edit, beside diffusers' own pipeline for them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.engines.checkpoints import open_checkpoint
from pipelines.engines.diffusion import DiffusersPainter
from pipelines.errors import EngineError
from tests.checkpoints import lib, scheduler
from tests.pipelines.engines.conftest import PROFILES, Loader
from tests.pipelines.engines.requests import apart, error, four, picture, pictures, repainting
from tests.pipelines.engines.watched import counted, instead

pytestmark = pytest.mark.xdist_group("engines")
EDITING = pytest.mark.parametrize("base", ["pix2pix", "starter"])


def stock(painter: Any, requests: list[Any], *, image_guidance: float) -> list[Any]:
    """The same variants by StableDiffusionInstructPix2PixPipeline, from the pictures themselves."""
    torch, image = lib("torch"), lib("PIL.Image")
    parts = {**painter.model.pipe.components, "scheduler": painter.model.scheduler()}
    pipe = lib("diffusers").StableDiffusionInstructPix2PixPipeline(**parts, requires_safety_checker=False)
    pipe.set_progress_bar_config(disable=True)
    with torch.inference_mode():
        found = pipe(
            prompt=[r.prompt for r in requests], negative_prompt=[r.negative for r in requests],
            image=[image.fromarray(r.picture) for r in requests], num_inference_steps=requests[0].steps,
            guidance_scale=requests[0].guidance, image_guidance_scale=image_guidance, output_type="np",
            generator=[torch.Generator("cpu").manual_seed(r.seed) for r in requests],
        ).images  # fmt: skip
    return list(np.rint(found * 255).astype(np.uint8))


@EDITING
@pytest.mark.parametrize("guidance", [1.0, 4.0])
@pytest.mark.parametrize("image_guidance", [1.0, 1.6])
def test_a_whole_picture_is_what_the_stock_pipeline_edits(
    painter_of: Loader, base: str, guidance: float, image_guidance: float
) -> None:
    painter = painter_of(base)
    requests = four(strength=1.0, guidance=guidance, image_guidance=image_guidance)
    ours, theirs = pictures(painter.paint(requests)), stock(painter, requests, image_guidance=image_guidance)
    assert max(apart(one, other) for one, other in zip(ours, theirs, strict=True)) <= 1
    assert apart(ours[0], ours[1]) > 1


@EDITING
@pytest.mark.parametrize("kind", ["EulerDiscreteScheduler", "UniPCMultistepScheduler", "DPMSolverMultistepScheduler"])
def test_any_scheduler_steps_as_it_does_in_the_stock_pipeline(painter_of: Loader, base: str, kind: str) -> None:
    painter, requests = painter_of(base), four(strength=1.0, image_guidance=1.3)
    with mock.patch.object(painter.model.pipe, "scheduler", scheduler(kind)):
        ours, theirs = pictures(painter.paint(requests)), stock(painter, requests, image_guidance=1.3)
    assert max(apart(one, other) for one, other in zip(ours, theirs, strict=True)) <= 1


@EDITING
@pytest.mark.parametrize(
    ("guidance", "image_guidance", "rows"), [(1.0, 1.0, 1), (1.0, 2.0, 1), (1.5, 1.0, 2), (1.5, 1.2, 3)]
)
def test_each_step_runs_no_more_passes_than_its_guidance_needs(
    painter_of: Loader, base: str, guidance: float, image_guidance: float, rows: int
) -> None:
    painter, calls = painter_of(base), list[int]()
    request = repainting(strength=1.0, steps=6, guidance=guidance, image_guidance=image_guidance)
    with counted(painter.model.pipe.unet, calls):
        pictures(painter.paint([request]))
    assert calls == [rows] * 6


@EDITING
def test_the_picture_that_is_edited_is_read_in_every_step(painter_of: Loader, base: str) -> None:
    painter, given = painter_of(base), list[Any]()

    def forward(own: Any, sample: Any, *args: Any, **kwargs: Any) -> Any:
        given.append(sample)
        return own(sample, *args, **kwargs)

    request = repainting(strength=0.5, guidance=1.0)
    with instead(painter.model.pipe.unet, forward), lib("torch").inference_mode():
        pictures(painter.paint([request]))
        plain = painter._loop.coder.plain(request.picture)
    assert len(given) == 2
    for sample in given:
        assert sample.shape[1] == 8
        assert lib("torch").equal(sample[:, 4:], plain)


@EDITING
def test_from_pure_noise_the_edited_picture_still_counts(painter_of: Loader, base: str) -> None:
    painter = painter_of(base)
    one, other = (repainting(picture=picture(seed=seed), strength=1.0, guidance=1.0) for seed in (1, 2))
    ours = pictures(painter.paint([one, other]))
    assert apart(ours[0], ours[1]) > 1


@EDITING
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    size=st.tuples(st.integers(1, 6), st.integers(1, 6)), steps=st.integers(1, 6), left=st.floats(0, 1, width=32),
    strength=st.sampled_from([0.5, 0.75, 1.0]), guidance=st.sampled_from([1.0, 1.5]), seed=st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_pictures_of_any_size_are_edited_and_kept_where_the_mask_is_0(
    painter_of: Loader, base: str, size: tuple[int, int], steps: int, left: float, strength: float, guidance: float,
    seed: int,
) -> None:  # fmt: skip
    painter, (wide, high) = painter_of(base), size
    shown = picture(32 * wide, 32 * high, seed=3)
    mask = np.full(shown.shape[:2], left, dtype=np.float32)
    mask[:, : 16 * wide] = 0
    request = repainting(
        picture=shown, mask=mask, steps=2 * steps, strength=strength, guidance=guidance, seed=seed, negative="bare"
    )
    (painted,) = pictures(painter.paint([request]))
    (again,) = pictures(painter.paint([replace(request, mask=np.zeros_like(mask), seed=0)]))
    assert painted.shape == shown.shape
    assert np.array_equal(again, pictures(painter.paint([replace(request, mask=np.zeros_like(mask), seed=1)]))[0])
    if left == 0:
        assert np.array_equal(painted, again)


def test_the_starters_plain_model_loads_in_stock_pipelines(shelf: Path, painter_of: Loader) -> None:
    """Its index names nothing of `edits`: diffusers loads four channels, and the latents of our coder are its own."""
    torch, image = lib("torch"), lib("PIL.Image")
    pipe = lib("diffusers").StableDiffusionImg2ImgPipeline.from_pretrained(
        str(shelf / "starter"), dtype=torch.float32, local_files_only=True
    )
    assert pipe.unet.config.in_channels == 4
    painter = painter_of("starter")
    own = painter.model.pipe.unet.conv_in.weight
    assert own.shape[1] == 8
    assert torch.equal(own[:, :4], pipe.unet.conv_in.weight)
    assert torch.equal(painter.model.pipe.unet.conv_in.bias, pipe.unet.conv_in.bias)
    with torch.inference_mode():
        seen = pipe.image_processor.preprocess(image.fromarray(picture()))
        assert torch.equal(pipe.vae.encode(seen).latents, painter._loop.coder.encode(picture()))


def test_a_plain_checkpoint_over_a_tiny_vae_paints_as_the_stock_pipeline(shelf: Path, tmp_path: Path) -> None:
    torch, image = lib("torch"), lib("PIL.Image")
    copy = Path(shutil.copytree(shelf / "starter", tmp_path / "plain"))
    shutil.rmtree(copy / "edits")
    painter, requests = DiffusersPainter(open_checkpoint(copy, PROFILES["starter"]), device="cpu"), four(strength=0.75)
    pipe = lib("diffusers").StableDiffusionImg2ImgPipeline(
        **painter.model.pipe.components | {"scheduler": painter.model.scheduler()}, requires_safety_checker=False
    )
    pipe.set_progress_bar_config(disable=True)
    with torch.inference_mode():
        found = pipe(
            prompt=[r.prompt for r in requests], negative_prompt=[r.negative for r in requests], strength=0.75,
            image=[image.fromarray(r.picture) for r in requests], num_inference_steps=4, guidance_scale=4.0,
            generator=[torch.Generator("cpu").manual_seed(r.seed) for r in requests], output_type="np",
        ).images  # fmt: skip
    ours = pictures(painter.paint(requests))
    assert max(apart(a, np.rint(b * 255).astype(np.uint8)) for a, b in zip(ours, found, strict=True)) <= 1


def test_the_convolution_for_editing_is_part_of_what_a_checkpoint_is(shelf: Path, tmp_path: Path) -> None:
    copy, file = Path(shutil.copytree(shelf / "starter", tmp_path / "mine")), Path("edits/conv_in.safetensors")
    whole = open_checkpoint(copy, PROFILES["starter"])
    assert whole.digest == open_checkpoint(shelf / "starter", PROFILES["starter"]).digest
    weights = lib("safetensors.torch").load_file(copy / file)
    lib("safetensors.torch").save_file({"conv_in.weight": weights["conv_in.weight"] * 2}, copy / file)
    changed = open_checkpoint(copy, PROFILES["starter"])
    (copy / file).unlink()
    plain = open_checkpoint(copy, PROFILES["starter"])
    assert len({whole.digest, changed.digest, plain.digest}) == 3
    assert (changed.edits, plain.edits) == (copy / file, None)


def test_what_lies_beside_a_checkpoint_is_no_part_of_it(shelf: Path, tmp_path: Path) -> None:
    """Such as the starter's CLIP, which is a judge."""
    copy = Path(shutil.copytree(shelf / "starter", tmp_path / "mine"))
    (copy / "clip").mkdir()
    (copy / "clip/config.json").write_text("{}")
    one, other = (open_checkpoint(folder, PROFILES["starter"]) for folder in (copy, shelf / "starter"))
    assert one.digest == other.digest


@pytest.mark.parametrize(
    ("shape", "says"),
    [((16, 4, 3, 3), "must read twice its channels"), ((8, 8, 3, 3), r"\(8, 8, 3, 3\) beside \(16, 4, 3, 3\)")],
)
def test_another_unets_convolution_is_refused(shelf: Path, tmp_path: Path, shape: tuple[int, ...], says: str) -> None:
    copy = Path(shutil.copytree(shelf / "starter", tmp_path / "mine"))
    target = copy / "edits/conv_in.safetensors"
    lib("safetensors.torch").save_file({"conv_in.weight": lib("torch").zeros(shape)}, target)
    with pytest.raises(EngineError, match=says):
        open_checkpoint(copy, PROFILES["starter"])
    target.write_bytes(target.read_bytes()[:-9])
    with pytest.raises(EngineError, match="truncated"):
        open_checkpoint(copy, PROFILES["starter"])


def test_numbers_that_no_edit_has_are_refused(painter_of: Loader) -> None:
    (refused,) = painter_of("pix2pix").paint([repainting(image_guidance=0.5)])
    assert "an image guidance outside 1 to 30" in error(refused)
