"""Steps of recipes in words, for contact sheets and reports."""

from __future__ import annotations

from pipelines.model import Cutting, Enlarging, Lettering, Painting, Placement, Recoloring, Step


def in_words(step: Step) -> str:
    """What a step does, in a line."""
    match step:
        case Placement():
            return f"place {step.artwork.name} for {step.code} into {step.slot} ({step.fit})"
        case Recoloring():
            return f"recolor {_colours(step)}"
        case Painting():
            return f"repaint {_where(step)} with {step.model} at strength {step.strength:g}, seed {step.seed}"
        case Lettering():
            return f"letter {step.texts[0]!r} into {step.slot} ({step.fonts[0].name}, {step.size:g} at most)"
        case Cutting():
            return f"cut out {_cut(step)}"
        case Enlarging():
            return f"enlarge {step.factor} times{'' if step.upscaler is None else ' with a model'}"


def _colours(step: Recoloring) -> str:
    parts = []
    if step.colourise:
        parts.append(f"a grey picture with {len(step.colourise)} colours")
    if changed := [(old, new) for old, new in step.swap if old.lower() != new.lower()]:
        parts.append(", ".join(f"{old} to {new}" for old, new in changed[:3]) + (" …" if len(changed) > 3 else ""))
    if step.grade is not None:
        parts.append(f"by {step.grade.name.removesuffix('.toml')}")
    return ", ".join(parts)


def _where(step: Painting) -> str:
    inside = "everywhere" if step.inside is None else step.inside.slot
    return inside + (f" but {', '.join(site.slot for site in step.keep)}" if step.keep else "")


def _cut(step: Cutting) -> str:
    if step.drop or step.keep:
        return f"without {', '.join(step.drop)}" if step.drop else f"{', '.join(step.keep)} alone"
    return "by its flat background" if step.segmenter is None else "with a segmenter"
