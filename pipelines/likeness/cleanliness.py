"""Whether painted parts are as clean as the master: no noise, no specks, no blur, no seams. No model is asked.

CLIP hardly sees such damage, as it was trained to see what a picture shows. Here the marks of a variant's painted part
(`marks.py`) are compared with the master's own, whose style they measure too: grain is no noise where the master has
it. What a difference means is calibrated on the master, as likeness is: by copies that are as good as it, and by copies
that were damaged.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from scipy.ndimage import minimum_filter

from pipelines.engines.embedder import Pixels, on_white
from pipelines.errors import EngineError
from pipelines.likeness.calibration import Calibration, Kinds, Standing, calibrate
from pipelines.likeness.marks import REACH, Marks, busiest, marks
from pipelines.likeness.positives import positives

Bools = NDArray[np.bool_]
CLEAN = Kinds("the clean master", "slight changes of it", "its damaged copies")
_NOISE, _BLUR = 30.0, 2.0  # standard deviations, codes and pixels: as bad as it gets on the scale of damage
_SPECKS = 0.05  # of all pixels, likewise
_SEAM = 48.0  # codes, likewise
_GRID = 2.0  # times as strong, likewise
_TOLD = 0.3  # damage from which it is told
_SIDE = 256  # pixels of the square of the master that the calibration is made with
_OUTLINE = 4  # pixels that the ink along a border is wide at the most
_SMOOTH = 4.0  # codes across a border at most where the master had none
_APART = 0.2  # of its worst, that a mark must be from the master's own to say anything
_FEWEST = 32  # pixels of a border, or of a part


@dataclass(frozen=True, slots=True)
class Damage:
    """How far each mark is from the master's: 0 as good or better, 1 as bad as its copy with noise of σ 30, with a blur
    of 2 pixels, with a speck on every twentieth pixel, with a grid twice as strong, or with a seam of 48 codes. The
    worst of them counts.
    """

    noise: float = 0.0
    specks: float = 0.0
    grid: float = 0.0
    blur: float = 0.0
    seam: float = 0.0

    @property
    def worst(self) -> float:
        """The largest."""
        return max(self.noise, self.specks, self.grid, self.blur, self.seam)

    def words(self) -> str:
        """What is seen of it: "noisy, with specks"; empty for what is slight."""
        told = {
            "noisy": self.noise, "specked": self.specks, "blocky": self.grid, "blurred": self.blur, "seamed": self.seam,
        }  # fmt: skip
        return ", ".join(word for word, found in told.items() if found >= _TOLD)


class Cleanliness:
    """Measures pictures of one master in the part that may be painted; calibrated when it is made."""

    def __init__(self, master: Pixels, area: Bools) -> None:
        """`master` (h, w, 3 or 4) uint8, `area` (h, w): where recipes may paint. Raises EngineError for two sizes."""
        if area.shape != master.shape[:2]:
            fix = "bring it to the master's size"
            raise EngineError("a mask of another size than the master", got=area.shape, fix=fix)
        self._master = on_white(master)
        self._border = _border(self._master, area)
        seen = on_white(master[busiest(self._master, _SIDE)])
        inner = minimum_filter(area, 2 * REACH + 1, mode="nearest")  # whose marks depend on nothing outside
        self._area = inner if int(inner.sum()) >= _FEWEST else area
        self._own = _everywhere(seen)
        if self._area.any():
            self._own = _worse(self._own, marks(self._master, self._area))
        self._worst = _everywhere(_noisy(seen, _NOISE)), _everywhere(_blurred(seen, _BLUR))
        copies = [1 - self._against(_everywhere(one.picture)).worst for one in positives(seen)]
        spoilt = [1 - self._against(_everywhere(one)).worst for one in damaged(seen)]
        self.calibration: Calibration = calibrate(copies, spoilt, CLEAN)

    def damage(self, picture: Pixels) -> Damage:
        """What is wrong with the painted part of a picture of the master's size; nothing where nothing is painted."""
        if not self._area.any():
            return Damage()
        rgb = on_white(picture)
        found = self._against(marks(rgb, self._area))
        return replace(found, seam=self._seam(rgb))

    def standing(self, picture: Pixels) -> Standing:
        """How clean it is: 1 - damage, the share of "as clean as the master", and in words."""
        damage = self.damage(picture)
        found = self.calibration.standing(max(1 - damage.worst, -1.0))
        told = damage.words()
        return found if not told else Standing(
            found.value, found.share, f"{found.words}; it is {told}", found.warning, found.near
        )  # fmt: skip

    def _against(self, seen: Marks) -> Damage:
        noisy, blurred = self._worst
        edges = (seen.edge, self._own.edge, blurred.edge)
        known = [width for width in edges if width is not None]
        return Damage(
            noise=_share(np.sqrt(seen.noise), np.sqrt(self._own.noise), np.sqrt(noisy.noise)),
            specks=_share(np.sqrt(seen.specks), np.sqrt(self._own.specks), np.sqrt(self._own.specks + _SPECKS)),
            grid=_share(np.log(seen.grid), np.log(self._own.grid), np.log(self._own.grid * _GRID)),
            blur=_share(*known) if len(known) == len(edges) else 0.0,
        )

    def _seam(self, rgb: Pixels) -> float:
        """Mean step across the border of the painted part, where the master runs on over it. What is inked along the
        border is an outline, and no seam.
        """
        if len(self._border) < _FEWEST:
            return 0.0
        deeper, inner, outer = np.moveaxis(rgb.reshape(-1, 3).astype(np.float32)[self._border], 1, 0)
        even = np.abs(deeper - inner).max(axis=1) <= _SMOOTH
        return float((np.abs(inner - outer).max(axis=1) * even).mean()) / _SEAM


def _share(seen: float, own: float, worst: float) -> float:
    """Where a mark lies from the master's own, 0, to its worst, 1; 0 where the two are hardly apart."""
    return float(max(seen - own, 0) / (worst - own)) if worst - own > _APART * worst else 0.0


def _everywhere(rgb: Pixels) -> Marks:
    return marks(rgb, np.ones(rgb.shape[:2], bool))


def _worse(first: Marks, second: Marks) -> Marks:
    """The worse marks of two parts of the master: neither part is damaged."""
    edges = [edge for edge in (first.edge, second.edge) if edge is not None]
    return Marks(
        noise=max(first.noise, second.noise),
        specks=max(first.specks, second.specks),
        grid=max(first.grid, second.grid),
        edge=max(edges, default=None),
    )


def _border(rgb: Pixels, area: Bools) -> NDArray[np.intp]:
    """(n, 3) flat places in a row: some pixels inside, at the border, and just beyond it; only where the master has no
    edge across the border.
    """
    found = []
    places = np.arange(area.size).reshape(area.shape)
    for turns in range(4):
        place, inside = np.rot90(places, turns), np.rot90(area, turns)
        codes = np.rot90(rgb, turns).astype(np.float32)
        step = np.abs(codes[_OUTLINE:-1] - codes[_OUTLINE + 1 :]).max(axis=2) <= _SMOOTH
        rows = place[: -_OUTLINE - 1], place[_OUTLINE:-1], place[_OUTLINE + 1 :]
        at = inside[: -_OUTLINE - 1] & inside[_OUTLINE:-1] & ~inside[_OUTLINE + 1 :] & step
        found.append(np.stack([row[at] for row in rows], axis=1))
    return np.concatenate(found)


# ── damage ───────────────────────────────────────────────────────────────────────────────────────────────


def damaged(rgb: Pixels) -> Iterator[Pixels]:
    """Copies of a picture (h, w, 3) that nobody would take: blurred, noisy, crushed, painted too small."""
    for sigma in (1.5, _BLUR, 3.0):
        yield _blurred(rgb, sigma)
    for sigma in (15.0, 20.0, _NOISE):
        yield _noisy(rgb, sigma)
    for quality in (3, 6, 10):
        yield _crushed(rgb, quality)
    for factor in (3, 4, 6):
        yield _coarse(rgb, factor)


def _blurred(rgb: Pixels, sigma: float) -> Pixels:
    return np.asarray(Image.fromarray(rgb).filter(ImageFilter.GaussianBlur(sigma)))


def _noisy(rgb: Pixels, sigma: float) -> Pixels:
    noise = np.random.default_rng(round(10 * sigma)).normal(0, sigma, rgb.shape)
    return np.clip(np.rint(rgb + noise), 0, 255).astype(np.uint8)


def _crushed(rgb: Pixels, quality: int) -> Pixels:
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file), dtype=np.uint8)


def _coarse(rgb: Pixels, factor: int) -> Pixels:
    height, width = rgb.shape[:2]
    small = Image.fromarray(rgb).resize((max(1, width // factor), max(1, height // factor)), Image.Resampling.BOX)
    return np.asarray(small.resize((width, height), Image.Resampling.BICUBIC), dtype=np.uint8)
