from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from typer.testing import CliRunner

from pipelines.errors import CutoutError, SourceError
from pipelines.home import ROOT
from pipelines.slots.outline import read_mask
from studio.cli import app
from tests.briefs import BRIEF, write_brief
from tests.drawn import master_svg, wave

MASCOT = ROOT / "examples" / "mascot" / "mascot.svg"
FLAG = "100,70"  # a point in the flag of the drawn master, 256 px


@pytest.fixture
def master(tmp_path: Path) -> Path:
    (tmp_path / "master.svg").write_bytes(master_svg())
    return tmp_path / "master.svg"


def mask(*words: object, code: int = 0) -> str:
    """Run the command in this process; its standard output, or the error's words."""
    done = CliRunner().invoke(app, ["mask", *map(str, words)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.output if code else done.stdout


def told(*words: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(mask(*words, "--json").splitlines()[-1])
    return found


def pixels(path: Path) -> NDArray[np.uint8]:
    return np.asarray(Image.open(path))


# ── the mask ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_point_in_the_flag_becomes_a_mask_that_a_brief_reads(master: Path, tmp_path: Path) -> None:
    found = told(master, "--size", 256, "--at", FLAG, "--out", tmp_path / "flag.png")
    cover = read_mask((tmp_path / "flag.png").read_bytes(), "flag.png", 256, 256)
    for u, v in ((0.1, 0.2), (0.57, 0.5), (0.9, 0.8)):
        x, y = wave(u, v)
        assert cover[int(y), int(x)] == 1
    assert cover[150:].max() == 0
    assert ((cover > 0.05) & (cover < 0.95)).sum() > 60, "its rim is antialiased"
    assert (found["width"], found["height"]) == (256, 256)
    assert found["share"] == pytest.approx(cover.mean(), abs=0.001)
    left, _, right, _ = found["box"]
    assert 70 < left < 85
    assert 170 < right < 185
    assert found["slot"] == {"mask": "flag.png"}


def test_the_words_say_what_to_write_in_the_brief_and_it_is_sound(tmp_path: Path) -> None:
    brief = write_brief(tmp_path / "brief", text=BRIEF)
    master = next(brief.parent.glob("*.svg"))
    text = mask(master, "--size", 256, "--at", FLAG, "--out", brief.parent / "flag.png")
    assert text == "slots:\n  flag:\n    mask: flag.png\n"
    brief.write_text(BRIEF.replace("layer: flag-art", "mask: flag.png"))
    checked = CliRunner().invoke(app, ["check", str(brief), "--json"])
    assert checked.exit_code == 0, checked.output
    assert json.loads(checked.stdout)["sound"] is True


def test_a_picture_s_mask_has_its_own_size_and_points_may_be_shares(tmp_path: Path) -> None:
    Image.new("RGB", (90, 60), "#fff9ef").save(tmp_path / "flat.png")
    picture = Image.open(tmp_path / "flat.png")
    picture.paste((52, 147, 154), (30, 15, 75, 45))
    picture.save(tmp_path / "flat.png")
    told(tmp_path / "flat.png", "--at", "50%, 50%", "--out", tmp_path / "m.png")
    white = pixels(tmp_path / "m.png") > 127
    assert white.shape == (60, 90)
    assert np.array_equal(white, np.pad(np.ones((30, 45), dtype=bool), ((15, 15), (30, 15))))


def test_growing_widens_the_mask_by_so_many_pixels(master: Path, tmp_path: Path) -> None:
    plain, wide = (
        told(master, "--size", 256, "--at", FLAG, "--grow", by, "--out", tmp_path / "m.png")["box"] for by in (0, 3)
    )
    assert [wide[0] - plain[0], wide[2] - plain[2]] == [-3, 3]


def test_a_whole_flag_of_many_colours_is_found_across_them(tmp_path: Path) -> None:
    one = told(MASCOT, "--size", 512, "--at", "400,105", "--out", tmp_path / "m.png")
    whole = told(MASCOT, "--size", 512, "--at", "400,105", "--across", "--out", tmp_path / "m.png")
    assert whole["share"] > 4 * one["share"]
    assert whole["bent"] is True


# ── the preview ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_preview_shows_the_mask_in_colour_and_the_rest_grey(master: Path, tmp_path: Path) -> None:
    mask(master, "--size", 256, "--at", FLAG, "--preview", tmp_path / "p.png")
    shown = pixels(tmp_path / "p.png").astype(int)
    chroma = shown.max(axis=2) - shown.min(axis=2)
    ruler = shown.shape[0] - 256
    x, y = wave(0.9, 0.8)
    assert chroma[int(y) + ruler, int(x) + ruler] > 60
    assert chroma[ruler + 200, ruler + 73] < 12, "the pole, brown in the drawing"


def test_without_a_point_the_preview_is_the_picture_with_rulers(master: Path, tmp_path: Path) -> None:
    mask(master, "--size", 256, "--preview", tmp_path / "p.png")
    shown = pixels(tmp_path / "p.png")
    assert shown.shape[0] > 256
    ruler = shown.shape[0] - 256
    assert (shown[:ruler, ruler:].min(axis=2) < 90).any(), "ticks"
    assert tuple(shown[ruler + 200, ruler + 73]) == (0x7A, 0x52, 0x33)


def test_a_large_picture_s_preview_stays_handy(tmp_path: Path) -> None:
    told(MASCOT, "--size", 1800, "--at", "30%,62%", "--preview", tmp_path / "p.png")
    assert max(pixels(tmp_path / "p.png").shape) < 1500


LEAKY = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#fff"/>'
    b'<g stroke="#221a22" stroke-width="3"><path d="M6 6H58V58H6Z" fill="#8fd0f0"/><path d="M32 6V31M32 31.7V58"/></g>'
    b"</svg>"
)


def test_a_leak_is_refused_with_the_options_that_settle_it_and_the_preview_shows_it(tmp_path: Path) -> None:
    (tmp_path / "leaky.svg").write_bytes(LEAKY)
    words = (tmp_path / "leaky.svg", "--size", 256, "--at", "60,128", "--out", tmp_path / "m.png")
    with pytest.raises(CutoutError, match="narrow gap") as refused:
        mask(*words, "--preview", tmp_path / "p.png")
    assert not (tmp_path / "m.png").exists()
    assert (tmp_path / "p.png").exists()
    cut, _, rest = refused.value.fix.partition(" to cut it off there, or ")
    for option in (cut.removeprefix("add "), rest.removesuffix(" if it belongs to it")):
        mask(*words, *option.split())
    assert "--not" in cut
    assert "--at" in rest


def test_a_point_on_a_line_is_refused_and_a_near_one_named(master: Path, tmp_path: Path) -> None:
    with pytest.raises(CutoutError, match=r"on ink.*nearest place between the lines is \d+,\d+"):
        mask(master, "--size", 256, "--at", "75,41", "--out", tmp_path / "m.png")


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["100", "a,b", "100;70", "100,70,3", ""])
def test_what_is_no_point_is_refused(master: Path, tmp_path: Path, text: str) -> None:
    with pytest.raises(CutoutError, match=r"no point.*620,560"):
        mask(master, "--at", text, "--out", tmp_path / "m.png")


def test_options_that_cannot_be_are_refused(master: Path, tmp_path: Path) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "flat.png")
    with pytest.raises(CutoutError, match="--size is for drawings"):
        mask(tmp_path / "flat.png", "--size", 64, "--at", "1,1", "--out", tmp_path / "m.png")
    with pytest.raises(SourceError, match="no such file"):
        mask(tmp_path / "nowhere.png", "--at", "1,1", "--out", tmp_path / "m.png")
    with pytest.raises(CutoutError, match="cannot be written"):
        mask(master, "--at", "40%,27%", "--out", tmp_path / "no" / "m.png")
    assert "--preview alone" in mask(master, "--out", tmp_path / "m.png", code=2)
    assert "where to write" in mask(master, "--at", FLAG, code=2)


# ── a segmenter ──────────────────────────────────────────────────────────────────────────────────────────

has_torch = all(importlib.util.find_spec(name) for name in ("torch", "transformers"))


@pytest.mark.skipif(not has_torch, reason='torch and transformers are not here: pip install "atelier[gpu]"')
def test_a_segmenter_s_subject_becomes_a_mask(master: Path, tmp_path: Path) -> None:
    import torch
    from transformers import SegformerConfig, SegformerForSemanticSegmentation

    config = SegformerConfig(
        num_encoder_blocks=1, depths=[1], sr_ratios=[2], hidden_sizes=[8], patch_sizes=[7], strides=[4],
        num_attention_heads=[1], mlp_ratios=[2], decoder_hidden_size=16, id2label={0: "background", 1: "subject"},
        label2id={"background": 0, "subject": 1},
    )  # fmt: skip
    model = SegformerForSemanticSegmentation(config)
    torch.nn.init.zeros_(model.decode_head.classifier.weight)
    model.decode_head.classifier.bias = torch.nn.Parameter(torch.tensor([-3.0, 3.0]))  # everything is the subject
    model.save_pretrained(tmp_path / "model")
    found = told(master, "--size", 64, "--segmenter", tmp_path / "model", "--out", tmp_path / "m.png")
    assert found["share"] == 1
