"""Pairs of drawings before and after an edit, and where they may differ."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.training.drawings.paper import View, rasterise, svg
from models.training.drawings.scene import Scene, sample
from models.training.drawings.words import PALETTES, SEASONS, TIMES

KINDS = ("season", "weather", "time", "palette", "cel", "harmonise")
"""What is changed: the season, the weather or the hour behind a character, all colours, flat to cel shaded, and a
flag that was pasted into one that was drawn."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A kind of KINDS, and the drawing before and after it."""

    kind: str
    before: Scene
    after: Scene


def _another(rng: np.random.Generator, values: tuple[str, ...], present: str) -> str:
    return str(rng.choice([value for value in values if value != present]))


def sample_pair(rng: np.random.Generator, *, held_out: bool = False, kind: str | None = None) -> Pair:
    """A pair at random, of one kind or of any."""
    kind = kind or str(rng.choice(KINDS, p=[0.26, 0.14, 0.2, 0.1, 0.1, 0.2]))
    scene = sample(rng, held_out=held_out)
    while kind == "harmonise" and scene.flag is None:
        scene = sample(rng, held_out=held_out)
    return Pair(kind, *_CHANGES[kind](rng, scene))


def _season(rng: np.random.Generator, scene: Scene) -> tuple[Scene, Scene]:
    """Snow and rain go with the season, so the weather is cleared where it would not fit."""
    where = dataclasses.replace(
        scene.backdrop, weather=scene.backdrop.weather if "in the" not in scene.backdrop.weather else "clear"
    )
    season = _another(rng, SEASONS, where.season)
    weather = "in the snow" if season == "winter" and rng.random() < 0.5 else where.weather
    after = dataclasses.replace(where, season=season, weather=weather)
    return dataclasses.replace(scene, backdrop=where), dataclasses.replace(scene, backdrop=after)


def _weather(rng: np.random.Generator, scene: Scene) -> tuple[Scene, Scene]:
    scene = dataclasses.replace(scene, lit=False)
    wet = "in the snow" if scene.backdrop.season == "winter" else "in the rain"
    after = _another(rng, ("clear", "cloudy", wet), scene.backdrop.weather)
    return scene, dataclasses.replace(scene, backdrop=dataclasses.replace(scene.backdrop, weather=after))


def _time(rng: np.random.Generator, scene: Scene) -> tuple[Scene, Scene]:
    after = _another(rng, TIMES, scene.backdrop.time)
    return scene, dataclasses.replace(scene, backdrop=dataclasses.replace(scene.backdrop, time=after))


def _palette(rng: np.random.Generator, scene: Scene) -> tuple[Scene, Scene]:
    return scene, dataclasses.replace(scene, palette=_another(rng, PALETTES, scene.palette))


def _cel(rng: np.random.Generator, scene: Scene) -> tuple[Scene, Scene]:
    del rng
    return dataclasses.replace(scene, finish="flat"), dataclasses.replace(scene, finish="cel shaded")


def _harmonise(rng: np.random.Generator, scene: Scene) -> tuple[Scene, Scene]:
    hang = "bent" if rng.random() < 0.7 else "flat"
    return dataclasses.replace(scene, hang=hang), scene


_CHANGES = {
    "season": _season,
    "weather": _weather,
    "time": _time,
    "palette": _palette,
    "cel": _cel,
    "harmonise": _harmonise,
}


def render_pair(
    pair: Pair, size: int, view: View | None = None
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float32]]:
    """Before and after (size, size, 3), and how far each pixel may change (size, size), 0 to 1.

    What is behind a character may change where the character is not, unless the character takes the new light too.
    A pasted flag may change within its cloth, and a finger's breadth around it. All else may change everywhere.
    """
    before, after = (rasterise(svg(scene), size, view)[..., :3] for scene in (pair.before, pair.after))
    mask = np.ones((size, size), np.float32)
    if pair.kind in ("season", "weather") or (pair.kind == "time" and not pair.before.lit):
        mask -= rasterise(svg(pair.after, "front"), size, view)[..., 3] / np.float32(255)
    elif pair.kind == "harmonise":
        mask = np.any(before != after, axis=2).astype(np.float32)
    return before, after, mask
