"""The picture of a loss curve."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from models.training.harness import curves


def log(folder: Path, losses: list[float]) -> Path:
    path = folder / "log.jsonl"
    path.write_text("".join(json.dumps({"step": 10 * (i + 1), "loss": loss}) + "\n" for i, loss in enumerate(losses)))
    return path


def height(picture: np.ndarray, column: int) -> float:
    """Where the smoothed curve lies in a column of the picture, in pixels from the top."""
    dark = np.abs(picture[:, column, :3].astype(int) - (0x1D, 0x4F, 0x91)).sum(1) < 60
    return float(np.flatnonzero(dark).mean())


def test_a_falling_loss_is_drawn_as_a_falling_line(tmp_path: Path) -> None:
    curves.draw(log(tmp_path, [1.0 * 0.97**i for i in range(100)]), tmp_path / "curve.png", title="vae")
    picture = np.asarray(Image.open(tmp_path / "curve.png"))
    assert height(picture, 200) < height(picture, 500) < height(picture, 900)


def test_nothing_is_drawn_of_a_single_line(tmp_path: Path) -> None:
    curves.draw(log(tmp_path, [1.0]), tmp_path / "curve.png", title="vae")
    assert not (tmp_path / "curve.png").exists()


def test_a_constant_loss_can_be_drawn(tmp_path: Path) -> None:
    curves.draw(log(tmp_path, [0.5] * 4), tmp_path / "curve.png", title="vae")
    assert Image.open(tmp_path / "curve.png").size == curves.SIZE


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    path = log(tmp_path, [1.0, 0.5])
    path.write_text(path.read_text() + '{"step": 30, "lo')
    assert [line["step"] for line in curves.read(path)] == [10, 20]


def test_smoothing_starts_unbiased() -> None:
    assert curves.smoothed([2.0, 2.0, 2.0]) == [2.0, 2.0, 2.0]
