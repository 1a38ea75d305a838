"""How many variants fit, with a GPU that only counts."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from pipelines.engines.diffusion import devices
from pipelines.engines.diffusion.devices import BatchSize

pytestmark = pytest.mark.xdist_group("engines")
GIB, SHAPE = 2**30, (512, 512)


def gpu(*, total: int, held: int, each: int) -> SimpleNamespace:
    """A torch whose GPU has `total` GiB, of which weights hold `held` and every variant of four takes `each`."""
    cuda = SimpleNamespace(
        memory_allocated=lambda: held * GIB,
        max_memory_allocated=lambda: (held + 4 * each) * GIB,
        memory_reserved=lambda: (held + 4 * each) * GIB,
        mem_get_info=lambda: ((total - held - 4 * each) * GIB, total * GIB),
        reset_peak_memory_stats=lambda: None,
        empty_cache=lambda: None,
    )
    return SimpleNamespace(cuda=cuda)


@pytest.mark.parametrize(("total", "fits"), [(80, 16), (26, 8), (16, 4), (11, 2), (9, 1)])
def test_a_gpus_first_batch_tells_how_many_fit(monkeypatch: pytest.MonkeyPatch, total: int, fits: int) -> None:
    monkeypatch.setattr(devices, "library", lambda _: gpu(total=total, held=6, each=2))
    sizes = BatchSize("cuda", 16)
    assert sizes.size(SHAPE, 120) == 4
    sizes.begin()
    sizes.measured(SHAPE, 4)
    assert sizes.size(SHAPE, 120) == fits
    assert sizes.size((1024, 1024), 120) == 4


def test_a_refused_batch_is_halved_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "library", lambda _: gpu(total=80, held=6, each=2))
    sizes = BatchSize("cuda", 16)
    sizes.refused(SHAPE, 4)
    sizes.measured(SHAPE, 2)
    assert sizes.size(SHAPE, 120) == 2
    sizes.refused(SHAPE, 1)
    assert sizes.size(SHAPE, 120) == 1


@pytest.mark.parametrize(("left", "taken"), [(9, 4), (4, 4), (3, 2), (2, 2), (1, 1)])
def test_what_is_left_over_is_taken_in_usual_sizes(left: int, taken: int) -> None:
    assert BatchSize("cpu", 4).size(SHAPE, left) == taken


def test_a_batch_of_ones_own_size_is_taken() -> None:
    assert BatchSize("cpu", 6).size(SHAPE, 9) == 6
    assert BatchSize("cpu", 6).size(SHAPE, 5) == 4
