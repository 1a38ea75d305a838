"""A recipe's recolouring: the master and what is placed on it in another light."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipelines.colour import ciede2000
from pipelines.errors import PaletteError, SourceError
from pipelines.grading import Grading, grading
from pipelines.home import ROOT
from pipelines.master import MasterPicture, open_master
from pipelines.model import Recoloring, Source
from tests.drawn import disc, master_svg, placement, source

NIGHT = (ROOT / "styles" / "grades" / "night.toml").read_bytes()
AUTUMN = (ROOT / "styles" / "grades" / "autumn.toml").read_bytes()


def graded(data: bytes = NIGHT, *, backdrop: tuple[str, ...] = (), keep: tuple[str, ...] = ()) -> Grading:
    grade = Source(sha256="0" * 64, name="a.toml", kind="grade")
    return grading(Recoloring(grade=grade, backdrop=backdrop, keep=keep), lambda _: data)


def drawn() -> MasterPicture:
    data = master_svg()
    return open_master(data, source(data, "master.svg"), width=128, height=128)


def test_night_is_darker_and_keeps_every_shape() -> None:
    before, after = drawn(), graded().master(drawn())
    assert after.rgba[..., :3].mean() < before.rgba[..., :3].mean()
    assert np.array_equal(after.rgba[..., 3], before.rgba[..., 3])
    assert after.root is not None
    assert after.root.find(".//*[@id='flag-art']") is not None


def test_the_layers_behind_take_the_backdrops_curves() -> None:
    whole, apart = graded().master(drawn()).rgba, graded(backdrop=("pole",)).master(drawn()).rgba
    pole = np.s_[110:126, 36:37, :3]
    assert not np.array_equal(whole[pole], apart[pole])
    assert np.array_equal(whole[60:64, 60:64], apart[60:64, 60:64])


def test_a_flag_takes_the_light_of_autumn_but_its_green_stays_green() -> None:
    art = disc("#ffffff", "#008000")
    root = graded(AUTUMN).artwork(art, source(art))
    picture = open_master(root, source(root), width=90, height=60).rgba
    seen, green = picture[30, 45, :3] / 255, np.array([0, 128, 0]) / 255
    assert ciede2000(seen[None].astype(np.float32), green[None].astype(np.float32))[0] < 15


def test_artwork_in_pixels_is_graded_too() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (6, 4), (250, 250, 250, 200)).save(out, "PNG")
    again = graded().artwork(out.getvalue(), source(out.getvalue(), "art.png"))
    with Image.open(io.BytesIO(again)) as picture:
        red, _, _, alpha = np.asarray(picture)[0, 0]
    assert alpha == 200
    assert red < 220


def test_the_ground_under_artwork_is_in_the_same_light() -> None:
    assert graded().placement(placement(disc())).ground != "#ffffff"


def test_a_pixel_master_is_refused(tmp_path: Path) -> None:
    flat = MasterPicture(drawn().rgba, None, (0, 0), (1, 1))
    with pytest.raises(SourceError, match="pixel master"):
        graded().master(flat)


def test_a_grade_that_makes_no_sense_is_told() -> None:
    with pytest.raises(PaletteError, match="no sense"):
        graded(b"name = 3")
