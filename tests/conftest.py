from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

os.environ.setdefault("HF_HUB_OFFLINE", "1")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started in the background: Ctrl-C tests need it all the same
    signal.signal(signal.SIGINT, signal.default_int_handler)
hypothesis_settings.register_profile("atelier", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("atelier")


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for state and outputs, through the environment as a user would set it."""
    monkeypatch.setenv("ATELIER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ATELIER_OUTPUTS", str(tmp_path / "outputs"))
    monkeypatch.setenv("ATELIER_PROCESSES", "2")
    monkeypatch.delenv("ATELIER_BROKER", raising=False)
    return tmp_path
