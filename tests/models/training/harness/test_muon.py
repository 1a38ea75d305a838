"""Muon: orthogonal updates, for matrices and convolutions."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from models.training.harness.muon import Muon, orthogonal, split


@pytest.mark.parametrize("shape", [(32, 32), (16, 64), (64, 16), (3, 8, 24)])
def test_singular_values_come_near_one(shape: tuple[int, ...]) -> None:
    found = torch.linalg.svdvals(orthogonal(torch.randn(shape, generator=torch.Generator().manual_seed(0))))
    assert found.min() > 0.5
    assert found.max() < 1.3


def test_directions_are_kept() -> None:
    q, _ = torch.linalg.qr(torch.randn(16, 16, generator=torch.Generator().manual_seed(1)))
    assert (orthogonal(q * 7) * q).sum() / 16 > 0.6


def test_a_convolution_moves_by_the_learning_rate_and_not_by_the_size_of_its_gradient() -> None:
    moves = []
    for scale in (1e-3, 1e3):
        torch.manual_seed(0)
        weight = nn.Parameter(torch.zeros(8, 4, 3, 3))
        weight.grad = torch.randn(8, 4, 3, 3) * scale
        Muon([weight], lr=0.1).step()
        moves.append(weight.detach().clone())
    assert torch.allclose(moves[0], moves[1], atol=1e-3)
    assert 0.7 < moves[0].square().mean().sqrt() / (0.2 * 0.1) < 1.3


def test_weights_without_a_gradient_stay() -> None:
    weight = nn.Parameter(torch.ones(2, 2))
    Muon([weight], lr=1.0, weight_decay=1.0).step()
    assert torch.equal(weight, torch.ones(2, 2))


def test_the_rim_and_what_is_no_matrix_are_left_to_another_optimizer() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.GroupNorm(2, 4), nn.Conv2d(4, 4, 3), nn.Linear(4, 2))
    inner, outer = split(model, ("0.", "3."))
    assert [tuple(weight.shape) for weight in inner] == [(4, 4, 3, 3)]
    assert len(outer) == len(list(model.parameters())) - 1
