"""Scenes: all that a drawing shows, in words and small numbers, and the sentence that says it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from models.training.drawings.characters import Character, Dress
from models.training.drawings.flags import Flag, sample_flag
from models.training.drawings.scenery import Backdrop
from models.training.drawings.words import (
    ATTRIBUTES,
    CLOTH,
    COATS,
    FINISHES,
    HATS,
    LIT_TIMES,
    MARKINGS,
    OUTLINES,
    PALETTES,
    PLACES,
    POSES,
    PROPS,
    SCARVES,
    SEASONS,
    SPECIES,
    TIMES,
)

_INKS = ("#2a2230", "#1d2238", "#3a2420", "#20302c")


@dataclass(frozen=True, slots=True)
class Scene:
    """One drawing. `lit` says whether the character takes the backdrop's light; `view` is x, y and side in units."""

    character: Character
    dress: Dress
    pose: str
    flag: Flag | None
    prop: str
    prop_colour: str
    backdrop: Backdrop
    lit: bool
    finish: str
    outline: str
    palette: str
    ink: str
    turn: float
    level: float
    at: float
    size: float
    wave: tuple[float, float, float, float]
    hang: str = "drawn"  # or "bent" along the cloth without light, or "flat" as a rectangle pasted on it


def _one(rng: np.random.Generator, values: object, usual: float = 0.0) -> str:
    """One of the values; the first with a likelihood of its own where `usual` is given."""
    names = list(values)  # type: ignore[call-overload]
    if usual and rng.random() < usual:
        return str(names[0])
    return str(names[int(rng.integers(len(names)))])


def sample_character(rng: np.random.Generator, *, held_out: bool = False) -> Character:
    """A character; those that are held out share no species, coat and marking with training's."""
    while True:
        found = Character(_one(rng, SPECIES), _one(rng, COATS), _one(rng, MARKINGS, 0.3), int(rng.integers(1 << 30)))
        if found.held_out == held_out:
            return found


def sample_backdrop(rng: np.random.Generator) -> Backdrop:
    """A place at some time. Snow falls in winter alone, and rain does not then."""
    season, time = _one(rng, SEASONS), _one(rng, TIMES, 0.3)
    wet = "in the snow" if season == "winter" else "in the rain"
    weather = str(rng.choice(["clear", "cloudy", wet], p=[0.5, 0.2, 0.3]))
    return Backdrop(_one(rng, PLACES), season, time, weather, int(rng.integers(1 << 30)))


def sample(rng: np.random.Generator, *, held_out: bool = False) -> Scene:
    """A drawing at random. Held-out ones show characters, flags and tints of colour that training never sees."""
    flag = sample_flag(rng, held_out=held_out) if rng.random() < 0.8 else None
    turn = rng.uniform(0.012, 0.022) if held_out else rng.uniform(-0.012, 0.012)
    return Scene(
        character=sample_character(rng, held_out=held_out),
        dress=Dress(_one(rng, HATS, 0.5), _one(rng, CLOTH), _one(rng, SCARVES, 0.4)),
        pose=_one(rng, POSES),
        flag=flag,
        prop=_one(rng, PROPS, 0.5) if flag is None else "no prop",
        prop_colour=_one(rng, CLOTH),
        backdrop=sample_backdrop(rng),
        lit=bool(rng.random() < 0.35),
        finish=_one(rng, FINISHES),
        outline=_one(rng, OUTLINES),
        palette=_one(rng, PALETTES, 0.4),
        ink=_one(rng, _INKS),
        turn=float(turn),
        level=float(rng.uniform(-0.03, 0.03)),
        at=float(rng.uniform(-16, 16)),
        size=float(rng.uniform(0.92, 1.12)),
        wave=(
            float(rng.uniform(6, 16)),
            float(rng.uniform(0, 6.28)),
            float(rng.uniform(0.8, 1.5)),
            float(rng.uniform(-6, 14)),
        ),
    )


def caption(scene: Scene) -> str:
    """The drawing in the words of `words`, at most 46 of them."""
    who = scene.character
    marking = "" if who.marking == "plain" else who.marking + " "
    said = f"a {marking}{who.coat} {who.species}"
    wears = [] if scene.dress.scarf == "no scarf" else [f"a {scene.dress.scarf} scarf"]
    if scene.dress.hat != "no hat":
        wears.append(f"a {scene.dress.hat_colour} {scene.dress.hat}")
    if wears:
        said += " with " + " and ".join(wears)
    if scene.flag is not None:
        said += f" holding {scene.flag.words}"
    elif scene.prop != "no prop":
        article = "an" if scene.prop[0] in "aeiou" else "a"
        said += f" holding {article} {scene.prop}"
    return f"{said}, {backdrop_words(scene)}, {scene.palette}, {scene.finish} {scene.outline}"


def backdrop_words(scene: Scene) -> str:
    """The part of a caption that says where, when and in what weather."""
    where = scene.backdrop
    time = LIT_TIMES.get(where.time, where.time) if scene.lit else where.time
    weather = "" if where.weather == "clear" else f", {where.weather}"
    return f"{where.place}, in {where.season}, {time}{weather}"


def flag_caption(scene: Scene) -> str:
    """The words of its flag: 'a flag with a white cross on blue'. Empty without one."""
    return "" if scene.flag is None else scene.flag.words


def labels(scene: Scene) -> dict[str, int]:
    """Attribute → the index of its value in ATTRIBUTES."""
    values = {
        "species": scene.character.species,
        "coat": scene.character.coat,
        "marking": scene.character.marking,
        "hat": scene.dress.hat,
        "scarf": scene.dress.scarf,
        "prop": scene.prop,
        "pattern": "no flag" if scene.flag is None else scene.flag.pattern,
        "place": scene.backdrop.place,
        "season": scene.backdrop.season,
        "time": scene.backdrop.time,
        "weather": scene.backdrop.weather,
        "palette": scene.palette,
        "finish": scene.finish,
        "outline": scene.outline,
    }
    return {name: ATTRIBUTES[name].index(value) for name, value in values.items()}


def other_flag(scene: Scene, rng: np.random.Generator) -> Scene:
    """The same drawing with another flag of the same kind of set, held out or not."""
    while (flag := sample_flag(rng, held_out=scene.character.held_out)) == scene.flag:
        pass
    return dataclasses.replace(scene, flag=flag, prop="no prop")


def other_character(scene: Scene, rng: np.random.Generator) -> Scene:
    """The same drawing with somebody else in it."""
    held = scene.character.held_out
    while (who := sample_character(rng, held_out=held)).species == scene.character.species:
        pass
    return dataclasses.replace(scene, character=who)


def other_backdrop(scene: Scene, rng: np.random.Generator) -> Scene:
    """The same character somewhere else."""
    while (where := sample_backdrop(rng)).place == scene.backdrop.place:
        pass
    return dataclasses.replace(scene, backdrop=where)
