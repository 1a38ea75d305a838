"""Combinations: counted before they are made, in a stable order, with names for files."""

from __future__ import annotations

import time
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.brief.combine import Combinations, TangledError, matches, slug, variant_name
from tests.pipelines.brief.made import FLAG, GOOD, only_mistake, shelf


def crossed(sizes: list[int]) -> str:
    axes = "".join(
        f"  a{i}:\n    values: [{', '.join(f'v{n}' for n in range(size))}]\n" for i, size in enumerate(sizes)
    )
    edits = "".join(f"  a{i}:\n    - {{edit: place, slot: s{i}, artwork: x.svg}}\n" for i in range(len(sizes)))
    slots = "".join(f"  s{i}: {{polygon: [[0, 0], [9, 0], [9, 9]]}}\n" for i in range(len(sizes)))
    head = GOOD[: GOOD.index("slots:")]
    return f"{head}slots:\n{slots}axes:\n{axes}edits:\n{edits}prompt: a text\n"


def test_ten_million_combinations_are_answered_at_once() -> None:
    started = time.process_time()
    found = only_mistake(crossed([10] * 7), shelf(x__svg=FLAG))
    assert time.process_time() - started < 1
    assert found.problem == "10000000 variants are more than the limit of 10000"


def test_exclusions_are_counted_without_making_combinations() -> None:
    text = crossed([10] * 7) + "exclude:\n" + "".join(f"  - {{a0: v{n}}}\n" for n in range(9)) + "limit: 100000\n"
    started = time.process_time()
    found = only_mistake(text, shelf(x__svg=FLAG))
    assert time.process_time() - started < 1
    assert found.problem.startswith("1000000 variants")


def test_exclusions_too_tangled_to_count_are_refused_quickly() -> None:
    axes = {f"a{i}": ("x", "y") for i in range(40)}
    exclude = tuple({f"a{i}": "x", f"a{39 - i}": "y"} for i in range(20))
    started = time.process_time()
    with pytest.raises(TangledError):
        _ = Combinations(axes, exclude + tuple({f"a{i}": "y", f"a{i + 20}": "x"} for i in range(20))).count
    assert time.process_time() - started < 5


AXES = st.dictionaries(
    st.sampled_from("abcd"), st.lists(st.sampled_from("uvwxyz"), min_size=1, max_size=4, unique=True), min_size=1
)


@given(st.data(), AXES)
def test_the_count_is_the_number_of_combinations(data: st.DataObject, axes: dict[str, list[str]]) -> None:
    named = {axis: tuple(values) for axis, values in axes.items()}
    part = st.sampled_from([(axis, value) for axis, values in named.items() for value in values])
    exclude = tuple(map(dict, data.draw(st.lists(st.lists(part, min_size=1, max_size=3), max_size=5))))
    combinations = Combinations(named, exclude)
    every = [dict(zip(named, values, strict=True)) for values in product(*named.values())]
    left = [c for c in every if not any(matches(e, c) for e in exclude)]
    assert list(combinations) == left
    assert combinations.count == len(left)


def test_later_axes_vary_fastest() -> None:
    combinations = Combinations({"region": ("CA-ON", "NO"), "season": ("winter", "summer")})
    names = [variant_name(tuple(c.values())) for c in combinations]
    assert names == ["ca-on.winter", "ca-on.summer", "no.winter", "no.summer"]


@given(st.text(min_size=1, max_size=200))
@example("東京")
@example("..")
@example("É")
def test_a_slug_is_fit_for_any_file_system(value: str) -> None:
    assert set(slug(value)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 1 <= len(slug(value)) <= 48
