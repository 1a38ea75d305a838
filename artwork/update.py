"""Write allow-list.json anew from the installed packages and artwork/drawn: `python artwork/update.py`.

Run it after an update of a package, then look at every drawing that changed (`git diff artwork/allow-list.json` names
them): a package may have changed a flag, or have been changed. What is not on the list is never read.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pycountry

from pipelines.sources import parse_svg, svg_size

HERE = Path(__file__).resolve().parent
RETIRED = {"US-MN", "US-MS", "US-UT"}  # region-flags holds their old flags
UK_NATIONS = ("GB-ENG", "GB-NIR", "GB-SCT", "GB-WLS")
AUSTRALIA = ("AU-ACT", "AU-NSW", "AU-NT", "AU-QLD", "AU-SA", "AU-TAS", "AU-VIC", "AU-WA")


def candidates() -> dict[str, tuple[str, str]]:
    """Code → package and file, the best source last."""
    found: dict[str, tuple[str, str]] = {}
    for country in pycountry.countries:
        found[country.alpha_2] = ("flag-icons", f"flags/4x3/{country.alpha_2.lower()}.svg")
    for code in UK_NATIONS:
        found[code] = ("flag-icons", f"flags/4x3/{code.lower()}.svg")
    for code in AUSTRALIA:
        found[code] = ("circle-flags", f"flags/{code.lower()}.svg")
    for folder in ("US", "CA"):
        for file in sorted((HERE / "node_modules/region-flags/svg").glob(f"{folder}-*.svg")):
            found[file.stem] = ("region-flags", f"svg/{file.name}")
    for file in sorted((HERE / "drawn").glob("*.svg")):
        found[file.stem] = ("drawn", file.name)
    return found


def entry(package: str, name: str) -> dict[str, object] | None:
    """What the list says of one file, or None where it is not there."""
    folder = HERE / "drawn" if package == "drawn" else HERE / "node_modules" / package
    path = folder / name
    if not path.is_file():
        return None
    data = path.read_bytes()
    _, _, width, height = svg_size(parse_svg(data, name))
    return {
        "package": package,
        "file": name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "ratio": round(width / height, 4),
        "unmask": package == "circle-flags",
    }


def main() -> None:
    """Write the list, one line a code."""
    lines = []
    for code, (package, name) in sorted(candidates().items()):
        found = entry(package, name)
        if found is None:
            print(f"{code}: {package} has no {name}")  # noqa: T201
        elif code in RETIRED and package != "drawn":
            raise SystemExit(f"{code}: the package's flag is retired; draw the current one")
        else:
            lines.append(f"  {json.dumps(code)}: {json.dumps(found)}")
    (HERE / "allow-list.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
