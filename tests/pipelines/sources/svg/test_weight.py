from __future__ import annotations

import time

import pytest

from pipelines.errors import SourceError
from pipelines.sources import read_bytes
from pipelines.sources.svg import weight
from tests.pipelines.sources.made import HALVES, svg


def use(number: int) -> str:
    return f'<use href="#u{number}"/>'


def test_a_hundred_thousand_levels_are_refused() -> None:
    with pytest.raises(SourceError, match="nested too deeply"):
        read_bytes(svg("<g>" * 100_000 + "</g>" * 100_000), "deep.svg")


def test_too_many_elements_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weight, "MOST_ELEMENTS", 1000)
    with pytest.raises(SourceError, match="too many elements"):
        read_bytes(svg("<g/>" * 1001), "many.svg")


@pytest.mark.parametrize(
    "body",
    [
        '<g id="a"><use href="#a"/></g>',
        '<use id="a" href="#a"/>',
        '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g><use href="#a"/>',
        "".join(f'<g id="u{i}">{use(i + 1)}</g>' for i in range(500)) + use(0),
    ],
    ids=["inside itself", "itself", "each other", "a chain without end"],
)
def test_a_use_that_draws_itself_is_refused(body: str) -> None:
    with pytest.raises(SourceError, match="draws itself"):
        read_bytes(svg(body), "loop.svg")


@pytest.mark.parametrize(
    "body",
    [
        "".join(f'<g id="u{i}">{use(i + 1) * 10}</g>' for i in range(30)),
        f'<g id="a">{"<path/>" * 1000}</g>' + '<use href="#a"/>' * 1000,
    ],
    ids=["ten to the thirtieth", "a thousand copies of a thousand"],
)
def test_uses_that_unpack_without_end_are_refused_at_once(body: str) -> None:
    begun = time.monotonic()
    with pytest.raises(SourceError, match="unpack without end"):
        read_bytes(svg(body), "bomb.svg")
    assert time.monotonic() - begun < 5


def test_a_drawing_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weight, "_PATIENCE", 1)
    rects = [f'<rect width="50" height="50" fill="url(#p{i + 1})"/>' * 8 for i in range(9)]
    patterns = "".join(f'<pattern id="p{i}" width="1" height="1">{rects[i]}</pattern>' for i in range(9))
    with pytest.raises(SourceError, match=r"longer than .* s to draw"):
        read_bytes(svg(patterns + '<rect width="100" height="100" fill="url(#p0)"/>'), "slow.svg")


def test_a_drawing_that_wants_all_the_memory_is_refused() -> None:
    pattern = (
        '<pattern id="p" width="1e6" height="1e6" patternUnits="userSpaceOnUse"><rect width="1" height="1"/></pattern>'
    )
    with pytest.raises(SourceError, match=r"cannot be drawn.*memory"):
        read_bytes(svg(pattern + '<rect width="100" height="100" fill="url(#p)"/>'), "large.svg")


def test_filters_and_patterns_of_a_usual_size_are_accepted() -> None:
    body = '<filter id="f"><feGaussianBlur stdDeviation="2"/></filter><g filter="url(#f)">' + HALVES + "</g>"
    assert read_bytes(svg(body), "soft.svg").kind == "svg"
