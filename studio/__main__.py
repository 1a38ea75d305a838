"""`python -m studio` is the `atelier` command."""

from __future__ import annotations

from studio.cli import main

main()
