"""Grids as drawings write them. Apart from the surface that goes through them, so that a plan loads no SciPy."""

from __future__ import annotations

from pipelines.errors import SlotError
from pipelines.model import Grid


def parse_grid(text: str) -> Grid:
    """A `data-atelier-grid` attribute: rows split by `;`, points by spaces, `x,y`.

    Raises SlotError when it is not of that form or its rows differ in length.
    """
    try:
        rows = [[tuple(map(float, p.split(","))) for p in row.split()] for row in text.split(";") if row.strip()]
    except ValueError as error:
        raise SlotError(
            "a data-atelier-grid that is no grid of numbers", got=text[:60], fix="write x,y x,y; x,y x,y"
        ) from error
    if len({len(row) for row in rows}) != 1 or any(len(point) != 2 for row in rows for point in row):
        raise SlotError(
            "a data-atelier-grid with uneven rows", got=[len(r) for r in rows], fix="give every row as many x,y points"
        )
    return tuple(tuple((p[0], p[1]) for p in row) for row in rows)
