"""Training that is stopped, taken up again and told when to end."""

from __future__ import annotations

import itertools
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from rich.console import Console
from torch import Tensor, nn

from models.training.harness import curves
from models.training.harness.loop import Budget, Draw, Run, rate, train
from models.training.harness.precision import machine

QUIET = Console(quiet=True)


class Line:
    """Learns a linear map from noisy examples; at `stops` it is told to stop, at `breaks` it dies."""

    name = "line"
    rim: tuple[str, ...] = ("2.",)
    pictures = 16
    lr = 0.02
    rim_lr = 0.02
    average = 0.9

    def __init__(self, *, stops: int = -1, breaks: int = -1) -> None:
        torch.manual_seed(0)
        self.model: nn.Module = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2))
        self.stops, self.breaks = stops, breaks
        self.seen: list[float] = []

    def loss(self, draw: Draw) -> dict[str, Tensor]:
        if draw.step == self.stops:
            os.kill(os.getpid(), signal.SIGTERM)
        if draw.step == self.breaks:
            raise RuntimeError("the power went")
        self.seen.append(draw.spent)
        given = torch.randn(16, 4, generator=draw.noise)
        wanted = given[:, :2] * 2 + torch.from_numpy(draw.rng.normal(0, 0.01, (16, 2))).float()
        return {"loss": (self.model(given) - wanted).square().mean()}

    def keep(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        torch.save(self.model.state_dict(), folder / "line.pt")


def run(work: Path, *, steps: int, every: float = 1e9) -> Run:
    return Run(work, machine(device="cpu", precision="fp32"), Budget(None, steps), every=every, warm_up=3)


def trained(folder: Path) -> dict[str, Tensor]:
    found: dict[str, Tensor] = torch.load(folder / "line" / "model" / "line.pt", weights_only=True)
    return found


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return all(torch.equal(one[name], other[name]) for name in one)


def test_a_stopped_run_that_goes_on_ends_with_the_weights_of_one_that_never_stopped(tmp_path: Path) -> None:
    train(Line(), run(tmp_path / "whole", steps=12), console=QUIET)
    train(Line(stops=5), run(tmp_path / "halves", steps=12), console=QUIET)
    assert not same(trained(tmp_path / "whole"), trained(tmp_path / "halves"))
    second = Line()
    train(second, run(tmp_path / "halves", steps=12), console=QUIET)
    assert len(second.seen) == 6
    assert same(trained(tmp_path / "whole"), trained(tmp_path / "halves"))


def test_a_killed_run_goes_on_from_its_last_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="the power went"):
        train(Line(breaks=7), run(tmp_path, steps=12, every=0), console=QUIET)
    (tmp_path / "line" / "checkpoint.pt.part").write_bytes(b"half a checkpo")
    second = Line()
    train(second, run(tmp_path, steps=12), console=QUIET)
    assert len(second.seen) == 5
    assert [line["step"] for line in curves.read(tmp_path / "line" / "log.jsonl")][-1] == 12


def test_a_longer_budget_goes_on_and_a_fresh_run_begins_anew(tmp_path: Path) -> None:
    train(Line(), run(tmp_path, steps=8), console=QUIET)
    longer, anew = Line(), Line()
    train(longer, run(tmp_path, steps=16), console=QUIET)
    train(anew, replace(run(tmp_path, steps=4), resume=False), console=QUIET)
    assert len(longer.seen) == 8
    assert longer.seen[0] == 0.5
    assert len(anew.seen) == 4


def test_training_brings_the_loss_down_and_draws_its_curve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.training.harness.loop.LOG_EVERY", 0.0)
    train(Line(), run(tmp_path, steps=150), console=QUIET)
    losses = [line["loss"] for line in curves.read(tmp_path / "line" / "log.jsonl")]
    assert losses[-1] < losses[0] / 4
    assert (tmp_path / "line" / "curve.png").read_bytes().startswith(b"\x89PNG")


def test_the_learning_rate_warms_up_and_ends_at_nothing() -> None:
    factors = [rate(step / 100, step, warm_up=10) for step in range(101)]
    assert factors[0] == 0.1
    assert factors[10:75] == [1.0] * 65
    assert factors[-1] == 0
    assert all(before >= after for before, after in itertools.pairwise(factors[10:]))


def test_a_budget_of_both_ends_with_what_comes_first() -> None:
    both = Budget(minutes=1, steps=100)
    assert both.spent(50, 6) == 0.5
    assert both.spent(10, 45) == 0.75
    assert both.spent(100, 1) == 1
