"""Cut the poster's fonts down to what its languages need.

    npm install --prefix FOLDER $(python -m examples.poster.fonts)
    python -m examples.poster.fonts FOLDER

The packages hold whole families of up to 60 MB. What is kept of them is committed, so that the example runs on a fresh
machine without network. All are under the SIL Open Font License 1.1, which allows that: see fonts/OFL.txt.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]  # it has no stubs
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it has no stubs

HERE = Path(__file__).parent
Characters = tuple[range | tuple[int, ...], ...]
_SHARED: Characters = (range(0x20, 0x7F), range(0xA0, 0x100), range(0x2010, 0x2027), (0x200B, 0x200C, 0x200D, 0x20AC))
_LATIN: Characters = (*_SHARED, range(0x100, 0x180))
_CYRILLIC: Characters = (range(0x400, 0x460), (0x490, 0x491))
_EAST_ASIAN: Characters = (range(0x3000, 0x3020), range(0xFF01, 0xFF60))
_NAMES = [0, 1, 2, 3, 4, 5, 6, 13, 14]  # of the font, its makers and its licence


@dataclass(frozen=True, slots=True)
class Cut:
    """A font of a package, and the characters that are kept. `used`: of ideographs, syllables and conjuncts, which take
    thousands of shapes, those that the briefs here need.
    """

    name: str
    package: str
    file: str
    kept: Characters
    used: bool = False


CUTS = (
    Cut("Rubik-ExtraBold.ttf", "@expo-google-fonts/rubik@0.4.2", "800ExtraBold/Rubik_800ExtraBold.ttf",
        (*_LATIN, *_CYRILLIC, range(0x591, 0x5F5), range(0x600, 0x6FF))),
    Cut("Baloo2-ExtraBold.ttf", "@expo-google-fonts/baloo-2@0.4.2", "800ExtraBold/Baloo2_800ExtraBold.ttf",
        _SHARED, used=True),
    Cut("Mitr-Bold.ttf", "@expo-google-fonts/mitr@0.4.1", "700Bold/Mitr_700Bold.ttf",
        (*_SHARED, range(0xE00, 0xE60))),
    Cut("MPLUSRounded1c-ExtraBold.ttf", "@expo-google-fonts/m-plus-rounded-1c@0.4.4",
        "800ExtraBold/MPLUSRounded1c_800ExtraBold.ttf", (*_EAST_ASIAN, range(0x3040, 0x3100)), used=True),
    Cut("NotoSansTC-Black.ttf", "@expo-google-fonts/noto-sans-tc@0.4.3", "900Black/NotoSansTC_900Black.ttf",
        _EAST_ASIAN, used=True),
    Cut("Jua-Regular.ttf", "@expo-google-fonts/jua@0.4.1", "400Regular/Jua_400Regular.ttf", _EAST_ASIAN, used=True),
)  # fmt: skip


def reduced(font: TTFont, characters: set[int]) -> TTFont:
    """What is left of a font that keeps these characters, and how they join, stack and kern."""
    options = Options(hinting=False, notdef_outline=True, name_IDs=_NAMES, drop_tables=["DSIG", "vhea", "vmtx", "VORG"])
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    return font


def main(folder: Path) -> None:
    """Write every font into fonts/."""
    written = {ord(c) for brief in HERE.glob("*.yaml") for c in brief.read_text(encoding="utf-8")}
    for cut in CUTS:
        kept = {code for part in cut.kept for code in part} | (written if cut.used else set())
        package = cut.package.rpartition("@")[0]
        font = TTFont(folder / "node_modules" / package / cut.file, recalcTimestamp=False)
        target = HERE / "fonts" / cut.name
        reduced(font, kept).save(target)
        sys.stdout.write(f"{target.name}: {target.stat().st_size / 1000:.0f} kB\n")


if __name__ == "__main__":
    if sys.argv[1:]:
        main(Path(sys.argv[1]))
    else:
        sys.stdout.write(" ".join(cut.package for cut in CUTS) + "\n")
