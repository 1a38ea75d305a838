from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.edits.recolor import read_grade, recolor, recolor_drawing
from pipelines.edits.recolor.grade import Part
from pipelines.engines.renderer import render
from pipelines.errors import PaletteError
from pipelines.palettes.oklab import Array, encoded_of, lab_of, polar
from pipelines.sources import parse_svg

ROOT = Path(__file__).parents[3]
GRADES = ROOT / "styles" / "grades"
NAMES = sorted(p.stem for p in GRADES.glob("*.toml"))
INKS: dict[str, str] = tomllib.loads((ROOT / "styles/ink-flat/style.toml").read_text())["palette"]
KEEP = tuple(INKS[name] for name in ("fur", "fur-shade", "brown", "coral", "cream"))
COLOUR = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


def graded(name: str, colours: list[str], part: Part = "scene", keep: tuple[str, ...] = KEEP) -> Array:
    codes = np.array([list(bytes.fromhex(c[1:])) for c in colours], dtype=np.uint8)
    values = np.rint(read_grade(GRADES / f"{name}.toml", keep=keep, part=part)(codes) * 255).astype(int)
    return lab_of("#{:02x}{:02x}{:02x}".format(*v) for v in values.tolist())


def test_there_are_grades_for_the_day_and_the_seasons() -> None:
    assert {"day", "dusk", "night", "winter", "autumn"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_brand_colours_and_fur_stay_recognisable(name: str) -> None:
    names = ("fur", "brown", "coral", "teal", "honey")
    keep = tuple(INKS[n] for n in names)
    old, new = lab_of(keep), graded(name, list(keep), keep=keep)
    turned = np.rad2deg(np.abs(np.angle(np.exp(1j * (polar(new)[2] - polar(old)[2])))))
    assert turned.max() < 16
    assert (polar(new)[1] / polar(old)[1]).min() > 0.55
    apart = np.abs(np.angle(np.exp(1j * (polar(new)[2][:, None] - polar(old)[2]))))
    assert apart.argmin(axis=1).tolist() == list(range(len(names))), "each is nearest in hue to what it was"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("part", ["scene", "backdrop"])
@settings(max_examples=25)
@given(first=st.integers(0, 255), second=st.integers(0, 255))
def test_light_stays_lighter_than_dark(name: str, part: Part, first: int, second: int) -> None:
    lab = graded(name, [f"#{min(first, second):02x}" * 1 + f"{min(first, second):02x}" * 2,
                        f"#{max(first, second):02x}" + f"{max(first, second):02x}" * 2], part, ())  # fmt: skip
    assert lab[0, 0] <= lab[1, 0] + 0.01


@pytest.mark.parametrize("name", NAMES)
@given(COLOUR)
@settings(max_examples=15)
def test_colours_that_are_nearly_the_same_stay_so(name: str, colour: str) -> None:
    near = f"#{int(colour[1:], 16) ^ 1:06x}"
    first, second = (encoded_of(lab) for lab in graded(name, [colour, near]))
    assert np.abs(first - second).max() * 255 < 20, "no cliffs"


def test_night_is_dark_and_blue_and_day_is_light() -> None:
    paper = [INKS["paper"]]
    night, day = graded("night", paper, "backdrop", ())[0], graded("day", paper, "backdrop", ())[0]
    assert night[0] < 0.45
    assert night[2] < -0.04
    assert day[0] > 0.93


def test_autumn_turns_grass_to_ochre_and_winter_to_snow() -> None:
    autumn, winter = graded("autumn", ["#bfd8a6"], "backdrop")[0], graded("winter", ["#bfd8a6"], "backdrop")[0]
    assert 40 < np.rad2deg(polar(autumn)[2]) < 95
    assert winter[0] > 0.9
    assert polar(winter)[1] < 0.04


def test_a_graded_picture_is_like_the_graded_drawing() -> None:
    root = parse_svg((ROOT / "examples/mascot/mascot.svg").read_bytes(), "mascot.svg")
    grade = read_grade(GRADES / "night.toml", keep=KEEP)
    picture, painted = recolor(render(root, 256, 256), grade), render(recolor_drawing(root, grade), 256, 256)
    assert np.abs(picture.astype(int) - painted).mean() < 1.5


@pytest.mark.parametrize(
    ("text", "problem"),
    [("scene = 3", "makes no sense"), ("[scene", "makes no sense"),
     ('name="x"\ndescription=""\n[scene]\nlightness=[[0,0.5],[1,0.2]]\nchroma=[[0,1]]', "must rise")],
)  # fmt: skip
def test_a_grade_that_makes_no_sense_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "odd.toml"
    file.write_text(text)
    with pytest.raises(PaletteError, match=problem):
        read_grade(file)


def test_a_grade_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(PaletteError, match=r"autumn, day, dusk, night, winter"):
        read_grade(GRADES / "noon.toml")
