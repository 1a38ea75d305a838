"""The loop that every starter model trains in: budget, schedule, moving average, checkpoints and log.

A step draws its randomness from (seed, step) alone, so a run that was stopped and taken up again ends with the weights
of one that never stopped. The learning rate warms up, stays, and falls to nothing over the last quarter of the declared
budget; declaring a longer budget when a run is taken up again moves that quarter.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

import numpy as np
import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from torch import Tensor, nn

from models.training.cache import WORK
from models.training.harness import curves
from models.training.harness.muon import Muon, split
from models.training.harness.precision import PRECISIONS, Machine, machine

DECAY = 0.25
LOG_EVERY = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Draw:
    """What one step may depend on: its number, the share of the budget that is spent, and its own randomness."""

    step: int
    spent: float
    rng: np.random.Generator
    noise: torch.Generator


class Recipe(Protocol):
    """A model and how it learns.

    `rim` are the starts of the names that AdamW trains, see `muon.split`, at `rim_lr`; Muon trains the others at `lr`.
    `average` is the decay of the moving average of the weights, `pictures` how many a step sees.
    """

    name: str
    model: nn.Module
    rim: tuple[str, ...]
    pictures: int
    lr: float
    rim_lr: float
    average: float

    def loss(self, draw: Draw) -> dict[str, Tensor]:
        """Scalars by name; "loss" is the one that is minimised."""

    def keep(self, folder: Path) -> None:
        """Write the model (its averaged weights are loaded) as the folder that the next command reads."""


@dataclass(frozen=True, slots=True)
class Budget:
    """When training ends: after minutes of training, after steps, or after what comes first of both."""

    minutes: float | None
    steps: int | None

    def spent(self, step: int, seconds: float) -> float:
        """The share of the budget that is used up, 0 to 1."""
        shares = [step / self.steps] if self.steps else []
        shares += [seconds / 60 / self.minutes] if self.minutes else []
        return min(1.0, max(shares))


@dataclass(frozen=True, slots=True)
class Run:
    """One training run as the command line asked for it."""

    work: Path
    machine: Machine
    budget: Budget
    seed: int = 0
    every: float = 120.0
    warm_up: int = 40
    resume: bool = True


@dataclass(slots=True)
class State:
    """What a checkpoint holds."""

    model: nn.Module
    average: list[Tensor]
    optimizers: list[torch.optim.Optimizer]
    step: int = 0
    seconds: float = 0.0
    rates: list[float] = field(default_factory=list)


def rate(spent: float, step: int, *, warm_up: int) -> float:
    """The factor on the learning rate: warm-up by step, then constant, then linear decay over the last quarter."""
    return min(1.0, (step + 1) / max(warm_up, 1), max(0.0, (1 - spent) / DECAY))


def train(recipe: Recipe, run: Run, *, console: Console | None = None) -> Path:
    """Train until the budget is spent or the process is told to stop, then write the model; the folder it lies in.

    A SIGINT or SIGTERM ends the run after the step that is under way, with a checkpoint and the model written.
    """
    console = console or Console()
    folder = run.work / recipe.name
    folder.mkdir(parents=True, exist_ok=True)
    state = _begin(recipe, run, folder, console)
    log = _Log(folder / "log.jsonl", recipe.pictures)
    log.cut(state.step)
    with _stopping() as stopped, _bar(console, recipe.name) as show:
        saved = time.monotonic()
        while run.budget.spent(state.step, state.seconds) < 1 and not stopped():
            begun = time.monotonic()
            found = _step(recipe, run, state)
            state.seconds += time.monotonic() - begun
            if log.note(state, found, run.budget):
                show(state, run.budget, log.last)
            if time.monotonic() - saved > run.every:
                _save(state, folder, recipe.name)
                saved = time.monotonic()
    log.flush(state, run.budget)
    _save(state, folder, recipe.name)
    return _finish(recipe, state, folder, console)


def _begin(recipe: Recipe, run: Run, folder: Path, console: Console) -> State:
    recipe.model = run.machine.place(recipe.model).train()
    inner, outer = split(recipe.model, recipe.rim)
    optimizers: list[torch.optim.Optimizer] = [
        Muon(inner, lr=recipe.lr, weight_decay=0.01),
        torch.optim.AdamW(outer, lr=recipe.rim_lr, betas=(0.9, 0.98), weight_decay=0.0),
    ]
    average = [weight.detach().clone() for weight in recipe.model.parameters()]
    state = State(
        recipe.model, average, optimizers, rates=[group["lr"] for o in optimizers for group in o.param_groups]
    )
    path = folder / "checkpoint.pt"
    if run.resume and path.exists():
        _load(state, path, run.machine.device)
        console.print(f"{recipe.name}: goes on at step {state.step}, {state.seconds / 60:.1f} min trained")
    else:
        count = sum(weight.numel() for weight in recipe.model.parameters())
        console.print(f"{recipe.name}: {count / 1e6:.2f} M parameters, {run.machine.device}, {run.machine.precision}")
    return state


def _step(recipe: Recipe, run: Run, state: State) -> dict[str, float]:
    spent = run.budget.spent(state.step, state.seconds)
    factor = rate(spent, state.step, warm_up=run.warm_up)
    groups = [group for optimizer in state.optimizers for group in optimizer.param_groups]
    for group, full in zip(groups, state.rates, strict=True):
        group["lr"] = full * factor
    noise = torch.Generator().manual_seed(run.seed * 1_000_003 + state.step)
    draw = Draw(state.step, spent, np.random.default_rng([run.seed, state.step]), noise)
    with run.machine.autocast():
        losses = recipe.loss(draw)
    losses["loss"].backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(state.model.parameters(), 1.0)
    for optimizer in state.optimizers:
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    state.step += 1
    keep = min(recipe.average, (1 + state.step) / (10 + state.step))
    with torch.no_grad():
        torch._foreach_lerp_(state.average, list(state.model.parameters()), 1 - keep)
    return {name: float(value.detach()) for name, value in losses.items()} | {"rate": factor}


def _save(state: State, folder: Path, name: str) -> None:
    """Write the checkpoint whole or not at all, and draw the curve."""
    path, half = folder / "checkpoint.pt", folder / "checkpoint.pt.part"
    with half.open("wb") as file:
        torch.save(
            {
                "step": state.step,
                "seconds": state.seconds,
                "model": state.model.state_dict(),
                "average": state.average,
                "optimizers": [optimizer.state_dict() for optimizer in state.optimizers],
            },
            file,
        )
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
    curves.draw(folder / "log.jsonl", folder / "curve.png", title=name)


def _load(state: State, path: Path, device: torch.device) -> None:
    held: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
    state.model.load_state_dict(held["model"])
    for mine, kept in zip(state.average, held["average"], strict=True):
        mine.copy_(kept)
    for optimizer, kept in zip(state.optimizers, held["optimizers"], strict=True):
        optimizer.load_state_dict(kept)
    state.step, state.seconds = held["step"], held["seconds"]


def _finish(recipe: Recipe, state: State, folder: Path, console: Console) -> Path:
    with torch.no_grad():
        for weight, mean in zip(state.model.parameters(), state.average, strict=True):
            weight.copy_(mean)
    out = folder / "model"
    recipe.keep(out)
    console.print(f"{recipe.name}: {state.step} steps in {state.seconds / 60:.1f} min; wrote {out}")
    return out


class _Log:
    """A line of JSON every few seconds: means since the last line, pictures a second."""

    def __init__(self, path: Path, pictures: int) -> None:
        self.path, self.pictures = path, pictures
        self.sums: dict[str, float] = {}
        self.steps, self.since = 0, time.monotonic()
        self.last: dict[str, float] = {}

    def cut(self, step: int) -> None:
        """Drop what a stopped run logged after its checkpoint."""
        lines = [line for line in curves.read(self.path) if line["step"] <= step]
        self.path.write_text("".join(json.dumps(line) + "\n" for line in lines))

    def note(self, state: State, found: dict[str, float], budget: Budget) -> bool:
        """Take in a step; true when a line was written."""
        for name, value in found.items():
            self.sums[name] = self.sums.get(name, 0.0) + value
        self.steps += 1
        if time.monotonic() - self.since < LOG_EVERY:
            return False
        self.flush(state, budget)
        return True

    def flush(self, state: State, budget: Budget) -> None:
        """Write the line."""
        if not self.steps:
            return
        now = time.monotonic()
        self.last = {"step": state.step, "seconds": round(state.seconds, 1)}
        self.last |= {name: float(f"{total / self.steps:.5g}") for name, total in self.sums.items()}
        self.last["pictures_s"] = round(self.pictures * self.steps / max(now - self.since, 1e-6), 1)
        self.last["spent"] = round(budget.spent(state.step, state.seconds), 4)
        with self.path.open("a") as file:
            file.write(json.dumps(self.last) + "\n")
        self.sums, self.steps, self.since = {}, 0, now


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Whether a signal asked this process to stop; the first one is polite, the second acts as ever."""
    heard: list[int] = []

    def hear(number: int, _: FrameType | None) -> None:
        heard.append(number)
        for kind, handler in before.items():
            signal.signal(kind, handler)

    before = {kind: signal.getsignal(kind) for kind in (signal.SIGINT, signal.SIGTERM)}
    for kind in before:
        signal.signal(kind, hear)
    try:
        yield lambda: bool(heard)
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


@contextmanager
def _bar(console: Console, name: str) -> Iterator[Callable[[State, Budget, dict[str, float]], None]]:
    """A live bar on a terminal; elsewhere a line of text every half minute."""
    bar = Progress(TextColumn(name), BarColumn(), TextColumn("{task.fields[text]}"), console=console)
    task = bar.add_task(name, total=1.0, text="")
    told = [0.0]

    def show(state: State, budget: Budget, line: dict[str, float]) -> None:
        spent = budget.spent(state.step, state.seconds)
        left = state.seconds * (1 - spent) / max(spent, 1e-6)
        text = (
            f"step {state.step}  loss {line['loss']:.4g}  {line['pictures_s']:.0f} pictures/s  {left / 60:.1f} min left"
        )
        bar.update(task, completed=spent, text=text)
        if not console.is_terminal and time.monotonic() - told[0] > 30:
            console.print(f"{name}: {text}")
            told[0] = time.monotonic()

    if not console.is_terminal:
        yield show
        return
    with bar:
        yield show


def parser(description: str | None, *, minutes: float) -> argparse.ArgumentParser:
    """The options that every trainer has."""
    options = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument(
        "--work", type=Path, default=WORK, help="where drawings, checkpoints and logs lie (%(default)s)"
    )
    options.add_argument(
        "--minutes", type=float, help=f"train for so long in all ({minutes:g} unless --steps is given)"
    )
    options.add_argument("--steps", type=int, help="train for so many steps in all; with --minutes, what comes first")
    options.add_argument("--fresh", action="store_true", help="begin anew, though a checkpoint is there to go on from")
    options.add_argument("--save-every", type=float, default=120, metavar="SECONDS", help="checkpoint (%(default)s)")
    options.add_argument("--precision", choices=PRECISIONS, default="auto", help="auto: bf16 where it is native")
    options.add_argument("--device", default="auto", help="cpu, cuda, cuda:1 … (%(default)s)")
    options.add_argument("--threads", type=int, help="cores to compute with (all)")
    options.add_argument("--seed", type=int, default=0)
    options.set_defaults(default_minutes=minutes)
    return options


def run_from(given: argparse.Namespace) -> Run:
    """The run that the options describe."""
    if given.threads:
        torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    minutes = given.minutes if given.minutes or given.steps else given.default_minutes
    return Run(
        work=given.work,
        machine=machine(device=given.device, precision=given.precision),
        budget=Budget(minutes, given.steps),
        seed=given.seed,
        every=given.save_every,
        resume=not given.fresh,
    )
