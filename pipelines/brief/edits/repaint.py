"""Whether `repaint` edits fit: the model is on this machine, its rules are kept, and something is left to paint."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.brief.edits.desk import Desk, each
from pipelines.brief.flaws import Flaw, Path
from pipelines.brief.shelf import reason
from pipelines.brief.wording import template_of
from pipelines.errors import BriefError, EngineError, SourceError
from pipelines.model import Repaint
from pipelines.profiles import Profile, executed_steps
from pipelines.styles import ModelChoice, Style

DEFAULT_PROFILE = "sd15"


def repaint_flaws(desk: Desk) -> Iterator[Flaw]:
    """Everything wrong with the `repaint` edits of a brief, and with the models of its styles where one is used."""
    found = list(each(desk.draft, Repaint))
    for path, axis, edit in found:
        yield from desk.unknown_layers(edit.keep, (*path, "keep"), but=desk.draft.slots or ())
        if edit.slot is not None and edit.slot in edit.keep:
            yield Flaw((*path, "keep"), f"the slot {edit.slot} is painted and kept", "take it out of one of the two")
        yield from _prompt_flaws(edit, path, axis, desk)
        yield from _model_flaws(edit, path, desk)
    if found:
        yield from _style_flaws(desk)


def styles_of(desk: Desk) -> list[tuple[int, Style]]:
    """The styles of a brief that are there, with their places in it."""
    named = enumerate(desk.draft.styles or ())
    return [(index, desk.shelf.styles[name]) for index, name in named if name in desk.shelf.styles]


def _choice(desk: Desk) -> ModelChoice | None:
    return next((style.file.model for _, style in styles_of(desk) if style.file.model is not None), None)


def _prompt_flaws(edit: Repaint, path: Path, axis: str, desk: Desk) -> Iterator[Flaw]:
    if edit.prompt is None:
        if axis not in desk.prompt_fields and len((desk.axes.values or {}).get(axis) or ()) > 1:
            problem = f"the brief's prompt does not name {{{axis}}}, so every value of it is painted alike"
            yield Flaw(path, problem, f"name {{{axis}}} in the prompt, or give the edit a prompt", warning=True)
        return
    try:
        text = template_of(edit.prompt, desk.shelf.prompts).text
    except BriefError as error:
        yield Flaw((*path, "prompt"), *reason(error))
        return
    yield from desk.unknown_fields(text, (*path, "prompt"), what="prompt")


def _model_flaws(edit: Repaint, path: Path, desk: Desk) -> Iterator[Flaw]:
    choice = _choice(desk)
    name = edit.model or (choice.profile if choice is not None else DEFAULT_PROFILE)
    at = (*path, "model") if edit.model is not None else path
    try:
        profile = desk.shelf.models.profile(name)
    except EngineError as error:
        yield Flaw(at, *reason(error))
        return
    own = choice if choice is not None and choice.profile == name else None
    where = edit.checkpoint and desk.shelf.locate(edit.checkpoint)
    if where is not None or own is None or own.checkpoint is None:  # a style's own is looked at once, with the style
        try:
            desk.shelf.models.checkpoint(profile, where)
        except EngineError as error:
            yield Flaw((*path, "checkpoint") if edit.checkpoint is not None else at, *reason(error))
    yield from _number_flaws(edit, path, profile, own)


def _number_flaws(edit: Repaint, path: Path, profile: Profile, own: ModelChoice | None) -> Iterator[Flaw]:
    given = own.strength if own is not None and own.strength is not None else profile.strength.usual
    strength = edit.strength if edit.strength is not None else given
    steps = edit.steps or (own.steps if own is not None and own.steps is not None else profile.steps)
    rule, at = profile.strength, (*path, "strength")
    if strength == 0:
        yield Flaw(
            at, "strength 0 paints nothing", f"{profile.name} works from {rule.least} to {rule.most}", warning=True
        )
    elif not rule.least <= strength <= rule.most:
        fix = f"{profile.name} works from {rule.least} to {rule.most}, usually at {rule.usual}"
        yield Flaw(at, f"the model has no strength {strength:g}", fix)
    elif executed_steps(steps, strength) < 1:
        fix = f"raise strength to {1 / steps:.3g}, or steps to {int(1 / strength) + 1}"
        yield Flaw(at, f"a strength of {strength:g} runs none of {steps} steps", fix)


def _style_flaws(desk: Desk) -> Iterator[Flaw]:
    """The models that the brief's styles name are here and fit their profile."""
    choice, models = _choice(desk), desk.shelf.models
    for index, style in styles_of(desk):
        at: Path = ("styles", index)
        file = style.file
        try:
            profile = models.profile(choice.profile if choice is not None else DEFAULT_PROFILE)
            if file.model is choice and file.model is not None and file.model.checkpoint is not None:
                beside = style.folder / file.model.checkpoint
                models.checkpoint(profile, str(beside) if beside.exists() else file.model.checkpoint)
            for lora in file.loras:
                models.lora(style.folder / lora.file)
            if file.image is not None:
                own = file.image.adapter
                models.adapter(profile, None if own is None else str(style.folder / own))
            if file.control is not None:
                net = file.control.checkpoint
                models.control(profile, file.control.drawing, None if net is None else str(style.folder / net))
        except (EngineError, SourceError) as error:
            yield Flaw(at, *reason(error))
