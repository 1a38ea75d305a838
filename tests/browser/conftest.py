from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.browser.packs import write_pack
from tests.browser.stepped import stepped_manifest
from tests.services import missing

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path(os.environ.get("ATELIER_CHROMIUM", "/usr/bin/chromium"))
ARGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


class OpenSheet(Protocol):
    """Opens a contact sheet in a window of its own; whatever it requests or complains of is checked in the end."""

    def __call__(
        self, link: str = "", *, sheet: Path | None = None, width: int = 1200, height: int = 800,
        dark: bool = False, calm: bool = False,
    ) -> Page: ...  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium without a window."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed")
    if not CHROMIUM.exists():
        missing(f"there is no Chromium at {CHROMIUM}; set ATELIER_CHROMIUM")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def small_sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The contact sheet of the small pack."""
    return write_pack(tmp_path_factory.mktemp("pack"))


@pytest.fixture(scope="session")
def stepped_sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The contact sheet of the pack that has every kind of step."""
    return write_pack(tmp_path_factory.mktemp("stepped"), stepped_manifest())


@pytest.fixture
def open_sheet(browser: Browser, small_sheet: Path) -> Iterator[OpenSheet]:
    complaints: list[str] = []
    requests: list[str] = []
    contexts = []

    def open_it(
        link: str = "", *, sheet: Path | None = None, width: int = 1200, height: int = 800,
        dark: bool = False, calm: bool = False,
    ) -> Page:  # fmt: skip
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce" if calm else "no-preference",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5_000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        page.on("request", lambda request: requests.append(request.url))
        page.goto((sheet or small_sheet).as_uri() + link)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert complaints == []
    assert [url for url in requests if not url.startswith("file:///")] == []
