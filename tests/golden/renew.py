"""Make the golden pictures anew, say which changed and by how much, and keep their hashes: look at them first.

python -m tests.golden.renew FOLDER   writes the pictures into FOLDER, to be looked at
python -m tests.golden.renew          keeps the hashes
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from tests.golden.pictures import HASHES, golden, hashes, keep, pictures


def main(arguments: list[str]) -> None:
    """Write the pictures, or keep their hashes."""
    found = {name: hashes(picture.rgba, picture.view) for name, picture in pictures().items()}
    kept = golden() if HASHES.is_file() else {}
    for name, entry in found.items():
        print(name, entry.distances(kept[name]) if name in kept else "is new")  # noqa: T201
    if not arguments:
        keep(found)
        return
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures().items():
        Image.fromarray(picture.rgba).save(folder / f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1:])
