"""A brief's repaints → paintings: which checkpoint, how strongly, under which style, where, and with which words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path

from pydantic import JsonValue

from pipelines.brief.edits.repaint import is_gated, is_harmonising
from pipelines.brief.shelf import Shelf
from pipelines.home import ROOT
from pipelines.likeness.floors import read_floors
from pipelines.model import (
    BetterGate,
    Brief,
    ControlUse,
    ImageGuide,
    LoraUse,
    Painting,
    Repaint,
    Site,
    Source,
)
from pipelines.plan.intake import Intake
from pipelines.profiles import DEFAULT, Profile
from pipelines.prompts import Prompt
from pipelines.styles import ModelChoice, Style

FADE = 6.0  # pixels
Words = Callable[[str | None, Mapping[str, str]], Prompt]


class Paints:
    """Resolves the repaints of one brief. Models are looked up once each."""

    def __init__(self, brief: Brief, shelf: Shelf, intake: Intake, site: Callable[[str], Site], words: Words) -> None:
        """`site` gives a slot or layer by name, `words` composes the prompt for an edit's own prompt and values."""
        self._brief, self._shelf, self._intake, self._site, self._words = brief, shelf, intake, site, words
        self._found: dict[tuple[str, str | None], tuple[Profile, str, str]] = {}
        self._judges: dict[str, tuple[str, str, float | None]] = {}

    def painting(self, edit: Repaint, values: Mapping[str, str]) -> Painting:
        """The painting of one recipe. Raises EngineError for a model that is not on this machine."""
        chosen = self._choice
        profile, place, weights = self._model(edit)
        own = chosen if chosen is not None and chosen.profile == profile.name else None
        prompt = self._words(edit.prompt, values)
        strength = _first(edit.strength, own.strength if own else None, profile.strength.usual)
        return Painting(
            edit="repaint",
            model=profile.name,
            checkpoint=place,
            weights=weights,
            prompt=prompt.text,
            negative=prompt.negative,
            inside=None if edit.slot is None else self._site(edit.slot),
            keep=tuple(map(self._site, edit.keep)),
            strength=strength,
            steps=int(_first(edit.steps, own.steps if own else None, profile.steps)),
            guidance=_first(edit.guidance, own.guidance if own else None, profile.guidance),
            image_guidance=profile.image_guidance,
            seed=edit.seed,
            feather=self._feather(edit),
            image=self._image(profile),
            loras=self._loras(),
            control=self._control(profile),
            palette=edit.palette or tuple(c for s in self._styles for c in s.file.palette.values()),
            better=self._better(edit, profile, prompt.text, values),
        )

    def _feather(self, edit: Repaint) -> float:
        """Layers have edges of their own, along which nothing need fade; a mask or polygon cuts through the picture."""
        if edit.feather is not None:
            return edit.feather
        sites = [self._site(name) for name in (*edit.keep, *(() if edit.slot is None else (edit.slot,)))]
        return FADE if any(site.layer is None for site in sites) else 0.0

    @cached_property
    def _styles(self) -> list[Style]:
        return [self._shelf.styles[name] for name in self._brief.styles]

    @cached_property
    def _choice(self) -> ModelChoice | None:
        """The first style's model; with it go its references, LoRAs and ControlNet."""
        return next((style.file.model for style in self._styles if style.file.model is not None), None)

    def _model(self, edit: Repaint) -> tuple[Profile, str, str]:
        chosen = self._choice
        name = edit.model or (chosen.profile if chosen is not None else DEFAULT)
        where = self._shelf.locate(edit.checkpoint) if edit.checkpoint is not None else None
        if where is None and chosen is not None and name == chosen.profile and chosen.checkpoint is not None:
            where = self._beside_style(chosen.checkpoint)
        if (name, where) not in self._found:
            profile = self._shelf.models.profile(name)
            self._found[name, where] = (profile, *self._shelf.models.checkpoint(profile, where))
        return self._found[name, where]

    def _beside_style(self, name: str) -> str:
        """A path relative to the folder of the style that chose it; a hub id stays."""
        folder = next(style.folder for style in self._styles if style.file.model is self._choice)
        beside = folder / name
        return str(beside.resolve()) if beside.exists() else name

    def _image(self, profile: Profile) -> ImageGuide | None:
        style = next((s for s in self._styles if s.file.image is not None), None)
        if style is None or style.file.image is None:
            return None
        chosen = style.file.image
        where = None if chosen.adapter is None else str((style.folder / chosen.adapter).resolve())
        adapter, digest = self._shelf.models.adapter(profile, where)
        scale: JsonValue = chosen.layers or (0.6 if chosen.scale is None else chosen.scale)
        return ImageGuide(
            references=self.references(style), adapter=adapter, digest=digest, scale=scale, masked=chosen.masked
        )

    def references(self, style: Style) -> tuple[Source, ...]:
        """A style's reference pictures, taken in."""
        return tuple(self._intake.reference(path) for path in style.references)

    def _loras(self) -> tuple[LoraUse, ...]:
        return tuple(
            LoraUse(file=place, digest=digest, weight=lora.weight)
            for style in self._styles
            for lora in style.file.loras
            for place, digest in (self._shelf.models.lora(Path(style.folder / lora.file).resolve()),)
        )

    def _control(self, profile: Profile) -> ControlUse | None:
        style = next((s for s in self._styles if s.file.control is not None), None)
        if style is None or style.file.control is None:
            return None
        chosen = style.file.control
        where = None if chosen.checkpoint is None else str((style.folder / chosen.checkpoint).resolve())
        place, digest = self._shelf.models.control(profile, chosen.drawing, where)
        return ControlUse(drawing=chosen.drawing, checkpoint=place, digest=digest, scale=chosen.scale)

    def _better(self, edit: Repaint, profile: Profile, words: str, values: Mapping[str, str]) -> BetterGate | None:
        """The gate of an edit: by its words if it has some of its own, else by the references of the styles."""
        if not is_gated(edit, profile):
            return None
        embedder, weights, gain = self._judge(profile)
        styles = tuple(r for s in self._styles for r in self.references(s))
        if is_harmonising(edit) and (styles or embedder is None):
            return BetterGate(embedder=embedder, weights=weights, styles=styles, gain=gain)
        present = "" if edit.before is None else self._words(edit.before, values).text
        return BetterGate(embedder=embedder, weights=weights, styles=(), words=words, present=present, gain=gain)

    def _judge(self, profile: Profile) -> tuple[str | None, str | None, float | None]:
        """The embedder of the brief, else the profile's own: where it is, its fingerprint, the gain that it takes."""
        judges = self._brief.judges
        name = profile.gate if judges is None else self._shelf.locate(judges.embedder)
        if name is None:
            return None, None, None
        if name not in self._judges:
            where, weights = self._shelf.models.judge(name)
            floors = read_floors(ROOT / where)
            self._judges[name] = (where, weights, None if floors is None else floors.gain)
        return self._judges[name]


def _first(*given: float | None) -> float:
    """The first that is given; 0 counts as given."""
    return next(value for value in given if value is not None)
