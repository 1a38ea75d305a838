from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.vectors.paths import parse_path
from pipelines.vectors.shorten import shorten


@pytest.mark.parametrize(
    ("given", "shorter"),
    [
        ("M 10.50 20.00 L 30.50 20.00 L 30.50 40.25 Z", "m10.5 20h20v20.25z"),
        ("M0,0 L-0.5,-0.25 L0.25,0.75", "m0 0-.5-.25.75 1"),
        ("M100 100C101 102 103 104 105 106C107 108 109 110 111 112", "m100 100c1 2 3 4 5 6 2 2 4 4 6 6"),
        ("M1000 1000l-999-999", "m1000 1000L1 1"),
        ("M 5 5 A 2 2 0 0 1 9 5 a 2 2 0 01 -4 0 z", "m5 5a2 2 0 0 1 4 0 2 2 0 0 1-4 0z"),
        ("m1 1 2 0 0 2zm5 5 1 1", "m1 1h2v2zm5 5 1 1"),
    ],
)
def test_a_path_is_said_in_fewer_characters(given: str, shorter: str) -> None:
    assert shorten(given) == shorter


@pytest.mark.parametrize("odd", ["", "none", "L5 5", "M1e3 5L6 6", "M1.12345678 5 L 6.5 7.5", "M0 0L5", "M0 0z5"])
def test_what_is_no_plain_path_stays_as_it_is(odd: str) -> None:
    assert shorten(odd) == odd


_NUMBERS = st.decimals(-999, 999, places=2, allow_nan=False, allow_infinity=False).map(str)
_SETS = st.one_of(
    *(
        st.tuples(st.sampled_from(letters), st.lists(_NUMBERS, min_size=n, max_size=n))
        for letters, n in (
            ("Mm", 2),
            ("Ll", 2),
            ("Hh", 1),
            ("Vv", 1),
            ("Cc", 6),
            ("Ss", 4),
            ("Qq", 4),
            ("Tt", 2),
            ("Zz", 0),
        )
    )
)


@given(st.lists(_SETS, max_size=8))
def test_nothing_moves(sets: list[tuple[str, list[str]]]) -> None:
    data = "M 1.25 2 " + " ".join(letter + " ".join(numbers) for letter, numbers in sets)
    before, after = parse_path(data), parse_path(shorten(data))
    assert len(shorten(data)) <= len(data)
    assert [s.shape for s in before] == [s.shape for s in after]
    assert all(np.allclose(b, a, atol=1e-6) for b, a in zip(before, after, strict=True))
