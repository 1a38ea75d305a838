"""The loss curve of a training run as a picture."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SIZE = (960, 480)
PLOT = (72, 40, 936, 436)  # left, top, right, bottom
INK, FAINT, RAW, SMOOTH = "#222222", "#dddddd", "#a9c4e4", "#1d4f91"


def read(log: Path) -> list[dict[str, float]]:
    """The lines of a run's log; a half-written last line is left out."""
    lines = []
    for line in log.read_text().splitlines() if log.exists() else ():
        try:
            lines.append(json.loads(line))
        except ValueError:
            break
    return lines


def draw(log: Path, out: Path, *, title: str, key: str = "loss") -> None:
    """Draw one key of a log, on a logarithmic scale, raw and smoothed; nothing is drawn of fewer than two lines."""
    points = [(line["step"], line[key]) for line in read(log) if line.get(key, 0) > 0]
    if len(points) < 2:
        return
    picture = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(picture)
    pen.text((PLOT[0], 12), f"{title}: {key} by step", fill=INK, font=ImageFont.load_default(15))
    values = [value for _, value in points]
    low, high = math.log(min(values)), math.log(max(values))
    low, high = (low, high) if high > low else (low - 0.1, high + 0.1)
    last = points[-1][0]
    _axes(pen, low=low, high=high, last=last)
    for line, colour, width in ((values, RAW, 1), (smoothed(values), SMOOTH, 2)):
        at = [_at(step / last, (math.log(v) - low) / (high - low)) for (step, _), v in zip(points, line, strict=True)]
        pen.line(at, fill=colour, width=width)
    picture.save(out)


def smoothed(values: Sequence[float], keep: float = 0.9) -> list[float]:
    """An exponential average that starts unbiased."""
    out: list[float] = []
    total = weight = 0.0
    for value in values:
        total, weight = keep * total + value, keep * weight + 1
        out.append(total / weight)
    return out


def _axes(pen: ImageDraw.ImageDraw, *, low: float, high: float, last: float) -> None:
    font = ImageFont.load_default(12)
    for part in range(5):
        share = part / 4
        x, y = _at(share, share)
        pen.line([(PLOT[0], y), (PLOT[2], y)], fill=FAINT)
        pen.text((8, y - 7), f"{math.exp(low + share * (high - low)):.3g}", fill=INK, font=font)
        pen.text((x - 12, PLOT[3] + 8), f"{share * last:.0f}", fill=INK, font=font)


def _at(along: float, up: float) -> tuple[float, float]:
    left, top, right, bottom = PLOT
    return left + along * (right - left), bottom - up * (bottom - top)
