"""What tests need of the machine beside Python: where it is missing they skip on a laptop and fail in CI."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip the test, or fail it where ATELIER_REQUIRE_SERVICES is set."""
    if os.environ.get("ATELIER_REQUIRE_SERVICES"):
        pytest.fail(f"{what}, and ATELIER_REQUIRE_SERVICES is set")
    pytest.skip(what)
