"""A recipe's recolouring: the master and what is placed on it in another light."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from pipelines.colour import ciede2000
from pipelines.errors import PaletteError
from pipelines.home import ROOT
from pipelines.master import MasterPicture, open_master
from pipelines.model import Recoloring, Source
from pipelines.preparation import Colouring, colouring
from tests.drawn import disc, master_svg, placement, source

NIGHT = (ROOT / "styles" / "grades" / "night.toml").read_bytes()
AUTUMN = (ROOT / "styles" / "grades" / "autumn.toml").read_bytes()


def graded(data: bytes = NIGHT, *, backdrop: tuple[str, ...] = (), keep: tuple[str, ...] = ()) -> Colouring:
    grade = Source(sha256="0" * 64, name="a.toml", kind="grade")
    return colouring(Recoloring(grade=grade, backdrop=backdrop, keep=keep), lambda _: data)


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


def test_a_pixel_master_is_recoloured_as_its_drawing_would_be() -> None:
    flat = MasterPicture(drawn().rgba, None, (0, 0), (1, 1))
    pixels, drawing = graded().master(flat).rgba, graded().master(drawn()).rgba
    apart = np.abs(pixels.astype(int) - drawing.astype(int)).max(axis=2)
    assert (apart <= 2).mean() > 0.98
    assert np.array_equal(pixels[..., 3], flat.rgba[..., 3])


def test_other_colours_come_first_and_the_grade_after() -> None:
    told = Recoloring(grade=None, swap=(("#e8a860", "#3070c0"),), backdrop=(), keep=())
    green = colouring(told, lambda _: b"").master(drawn())
    assert not np.array_equal(green.rgba, drawn().rgba)
    night = colouring(
        told.model_copy(update={"grade": Source(sha256="0" * 64, name="n", kind="grade")}), lambda _: NIGHT
    )
    assert night.master(drawn()).rgba[..., :3].mean() < green.rgba[..., :3].mean()


def test_a_swap_leaves_artwork_alone_since_a_flag_is_not_the_clients_to_recolour() -> None:
    told = Recoloring(grade=None, swap=(("#008000", "#800080"),), backdrop=(), keep=())
    art = disc("#ffffff", "#008000")
    assert colouring(told, lambda _: b"").artwork(art, source(art)) == art


def test_a_grey_picture_gets_a_palette_and_keeps_its_lightness() -> None:
    grey = np.full((40, 40, 4), 255, np.uint8)
    grey[:20, :, :3], grey[20:, :, :3] = 60, 200
    told = Recoloring(grade=None, colourise=("#203060", "#f0c040"), backdrop=(), keep=())
    coloured = colouring(told, lambda _: b"").master(MasterPicture(grey, None, (0, 0), (1, 1))).rgba
    assert np.ptp(coloured[10, 10, :3].astype(int)) > 20
    assert coloured[10, 10, :3].mean() < coloured[30, 30, :3].mean()


def test_a_grade_that_makes_no_sense_is_told() -> None:
    with pytest.raises(PaletteError, match="no sense"):
        graded(b"name = 3")
