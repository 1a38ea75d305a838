"""Muon (Jordan et al. 2024): momentum whose update is the nearest orthogonal matrix, for the weights of hidden layers.

Convolutions are flattened to (out, in × kernel) matrices. What is no matrix, or stands at the rim of a network, trains
with AdamW: see `split`. The update's size follows Liu et al. 2025 ("Muon is scalable for LLM training"), 0.2 ×
√max(rows, columns), so that one learning rate fits every shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

QUINTIC = (3.4445, -4.7750, 2.0315)


def orthogonal(matrix: Tensor, *, rounds: int = 5) -> Tensor:
    """The matrix (…, rows, columns) with its singular values near 1, by Newton–Schulz with Jordan's quintic."""
    tall = matrix.shape[-2] > matrix.shape[-1]
    x: Tensor = matrix.mT if tall else matrix
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    a, b, c = QUINTIC
    for _ in range(rounds):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.mT if tall else x


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, made orthogonal, for parameters of two dimensions and up."""

    def __init__(
        self, parameters: Iterable[Tensor], *, lr: float, momentum: float = 0.95, weight_decay: float = 0.0
    ) -> None:
        super().__init__(list(parameters), {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]  # noqa: ARG002
        """Move every parameter that has a gradient; a closure is not called."""
        for group in self.param_groups:
            alike: dict[tuple[int, int], list[Tensor]] = {}
            for weight in group["params"]:
                if weight.grad is not None:
                    alike.setdefault((weight.shape[0], weight[0].numel()), []).append(weight)
            for shape, weights in alike.items():
                self._move(group, shape, weights)

    def _move(self, group: dict[str, Any], shape: tuple[int, int], weights: list[Tensor]) -> None:
        """Matrices of one shape are made orthogonal together, which is faster than one by one."""
        pushes = torch.stack([self._push(weight, group["momentum"]).reshape(shape) for weight in weights])
        size = 0.2 * max(shape) ** 0.5 * group["lr"]
        for weight, step in zip(weights, orthogonal(pushes), strict=True):
            weight.mul_(1 - group["lr"] * group["weight_decay"])
            weight.add_(step.reshape(weight.shape), alpha=-size)

    def _push(self, weight: Tensor, momentum: float) -> Tensor:
        grad = weight.grad
        assert grad is not None  # noqa: S101  # asked before
        state = self.state[weight]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(weight)
        held: Tensor = state["momentum"]
        held.lerp_(grad, 1 - momentum)
        return grad.lerp(held, momentum)


def split(model: nn.Module, rim: tuple[str, ...]) -> tuple[list[Tensor], list[Tensor]]:
    """The trained parameters for Muon and those for AdamW.

    `rim` are starts of names that go to AdamW whatever their shape: embeddings, first and last layers.
    """
    inner: list[Tensor] = []
    outer: list[Tensor] = []
    for name, weight in model.named_parameters():
        if weight.requires_grad:
            (inner if weight.ndim >= 2 and not name.startswith(rim) else outer).append(weight)
    return inner, outer
