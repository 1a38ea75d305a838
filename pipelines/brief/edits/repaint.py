"""Whether `repaint` edits fit: the model is on this machine, its rules are kept, and something is left to paint."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.brief.edits.desk import Desk, each
from pipelines.brief.flaws import Flaw, Path
from pipelines.brief.shelf import reason
from pipelines.brief.wording import template_of
from pipelines.errors import BriefError, EngineError, SourceError
from pipelines.model import Repaint
from pipelines.profiles import DEFAULT, Profile, executed_steps
from pipelines.styles import ModelChoice, Style


def is_gated(edit: Repaint, profile: Profile) -> bool:
    """Whether its paint is kept only where it is judged better than the picture before it."""
    return profile.gate is not None if edit.only_if_better is None else edit.only_if_better


def is_harmonising(edit: Repaint) -> bool:
    """Whether it says nothing of its own, and so is to bring what is there nearer to the style."""
    return edit.prompt is None and edit.before is None


def repaint_flaws(desk: Desk) -> Iterator[Flaw]:
    """Everything wrong with the `repaint` edits of a brief, and with the models of its styles where one is used."""
    found = list(each(desk.draft, Repaint))
    for path, axis, edit in found:
        yield from desk.unknown_layers(edit.keep, (*path, "keep"), but=desk.draft.slots or ())
        if edit.slot is not None and edit.slot in edit.keep:
            yield Flaw((*path, "keep"), f"the slot {edit.slot} is painted and kept", "take it out of one of the two")
        yield from _prompt_flaws(edit, path, axis, desk)
        yield from _kept_whole(edit, path, desk)
        if edit.before is not None:
            yield from desk.unknown_fields(edit.before, (*path, "before"), what="text")
        yield from _model_flaws(edit, path, desk)
    if found:
        yield from _style_flaws(desk, {edit.model for _, _, edit in found})
        yield from _part_flaws(desk)


def _kept_whole(edit: Repaint, path: Path, desk: Desk) -> Iterator[Flaw]:
    """A slot whose own layer is kept leaves nothing to paint."""
    slot = (desk.draft.slots or {}).get(edit.slot or "")
    if slot is not None and slot.layer is not None and slot.layer in edit.keep:
        yield Flaw((*path, "keep"), f"{slot.layer} is the slot that is painted", "take it out of keep")


def _unjudged(edit: Repaint, path: Path, desk: Desk, profile: Profile) -> Iterator[Flaw]:
    """A gate needs somebody who can say what is better, and something to be nearer to."""
    if not is_gated(edit, profile):
        return
    at = path if edit.only_if_better is None else (*path, "only_if_better")
    if desk.draft.judges is None:
        yield from _no_judge(at, desk, profile)
    elif is_harmonising(edit) and not any(style.references for _, style in styles_of(desk)):
        fix = "name one under styles, or give the edit a prompt"
        yield Flaw(at, "without a style's reference pictures nothing can be better", fix)


def _no_judge(at: Path, desk: Desk, profile: Profile) -> Iterator[Flaw]:
    """The brief names none: the profile's own must be here."""
    if profile.gate is None:
        yield Flaw(at, "without judges nobody can say what is better", "add judges: {embedder: clip-vit-b32}")
        return
    try:
        desk.shelf.models.judge(profile.gate)
    except EngineError as error:
        yield Flaw(at, *reason(error))


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
    name = edit.model or (choice.profile if choice is not None else DEFAULT)
    at = (*path, "model") if edit.model is not None else path
    try:
        profile = desk.shelf.models.profile(name)
    except EngineError as error:
        yield Flaw(at, *reason(error))
        return
    yield from _unjudged(edit, path, desk, profile)
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


def _style_flaws(desk: Desk, asked: set[str | None]) -> Iterator[Flaw]:
    """The models that the brief's styles name are here, and fit the profiles that are painted with."""
    choice = _choice(desk)
    usual = choice.profile if choice is not None else DEFAULT
    for index, style in styles_of(desk):
        at: Path = ("styles", index)
        try:
            _look_for(style, choice, desk)
            for name in sorted({model or usual for model in asked}):
                yield from _unfit(style, desk.shelf.models.profile(name), at)
        except (EngineError, SourceError) as error:
            yield Flaw(at, *reason(error))


def _look_for(style: Style, choice: ModelChoice | None, desk: Desk) -> None:
    """Raise EngineError for a checkpoint or LoRA of a style that is not here."""
    file, models = style.file, desk.shelf.models
    if file.model is not None and file.model is choice and file.model.checkpoint is not None:
        beside = style.folder / file.model.checkpoint
        profile = models.profile(file.model.profile)
        models.checkpoint(profile, str(beside.resolve()) if beside.exists() else file.model.checkpoint)
    for lora in file.loras:
        models.lora((style.folder / lora.file).resolve())


def _unfit(style: Style, profile: Profile, at: Path) -> Iterator[Flaw]:
    """What of a style a profile cannot follow."""
    file = style.file
    wants = {"an image prompt": file.image is not None, "LoRAs": bool(file.loras), "lines": file.control is not None}
    if not profile.has_unet:
        for what in (what for what, wanted in wants.items() if wanted):
            fix = "use a profile of SD 1.5 or SDXL, or a style without"
            yield Flaw(at, f"the style steers by {what}, which {profile.name} cannot follow", fix)
    if file.image is not None and not style.references:
        yield Flaw(at, "the style has an image prompt but no reference pictures", "put some into its refs/")


def _part_flaws(desk: Desk) -> Iterator[Flaw]:
    """Adapters and ControlNets of the brief's styles that are not on this machine."""
    choice = _choice(desk)
    models = desk.shelf.models
    for index, style in styles_of(desk):
        try:
            profile = models.profile(choice.profile if choice is not None else DEFAULT)
            if style.file.image is not None:
                own = style.file.image.adapter
                models.adapter(profile, None if own is None else str((style.folder / own).resolve()))
            if style.file.control is not None:
                net = style.file.control.checkpoint
                where = None if net is None else str((style.folder / net).resolve())
                models.control(profile, style.file.control.drawing, where)
        except (EngineError, SourceError) as error:
            yield Flaw(("styles", index), *reason(error))
