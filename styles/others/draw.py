"""Draw the other characters: `python -m styles.others.draw` writes them beside this file, the same bytes each time."""

from __future__ import annotations

from pathlib import Path

from styles.others.cel import dragon, penguin, snail, wizard
from styles.others.flat import cactus, girl, owl, robot
from styles.others.inked import astronaut, frog, mushroom, octopus
from styles.others.pen import Pen, sheet

HERE = Path(__file__).parent
FLAT = (owl, robot, cactus, girl)
CLIPPED = (frog, octopus, mushroom, astronaut, penguin, dragon, wizard, snail)


def drawings() -> dict[str, str]:
    """Every character by its name, as SVG text."""
    found = {character.__name__: sheet(character(), Pen()) for character in FLAT}
    for character in CLIPPED:
        pen = Pen()
        found[character.__name__] = sheet(character(pen), pen)
    return found


if __name__ == "__main__":
    for name, text in drawings().items():
        (HERE / f"{name}.svg").write_text(text, encoding="utf-8")
