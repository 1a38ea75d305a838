"""Look at what a model is given, or put something else in its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


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
