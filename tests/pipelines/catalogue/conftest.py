from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.catalogue import Catalogue
from tests.pipelines.catalogue.made import Clock, fresh_postgres, sqlite_url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
    else:
        yield from fresh_postgres()


@pytest.fixture
def catalogue(url: str) -> Iterator[Catalogue]:
    with Catalogue.open(url, clock=Clock()) as opened:
        yield opened
