"""Where the data that ships with Atelier lies: prompts, styles and artwork."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
