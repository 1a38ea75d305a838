"""What a recipe, an order and a plan are, in one number each: SHA-256 over canonical JSON.

Raise a revision when the same inputs come to give other pixels, or other files from the same pixels.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from pipelines.model import Brief, Delivery, Gates, Order, Placement, Recipe, Recoloring, Source

PIXEL_REVISION = 1
DELIVERY_REVISION = 1


def digest_of(value: object) -> str:
    """SHA-256 of plain data, whatever the order of its keys."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def recipe_digest(
    *, master: Source, width: int, height: int, recolor: Recoloring | None, edits: Iterable[Placement]
) -> str:
    """Everything that can change the pixels, and nothing else: no name, no prompt, no label."""
    return digest_of(
        {
            "revision": PIXEL_REVISION,
            "master": _content(master),
            "size": [width, height],
            "recolor": None if recolor is None else [_content(recolor.grade), recolor.backdrop, recolor.keep],
            "edits": [_pixels(edit) for edit in edits],
        }
    )


def _pixels(edit: Placement) -> dict[str, object]:
    return {
        "edit": edit.edit,
        "artwork": _content(edit.artwork),
        "fit": edit.fit,
        "layer": edit.layer,
        "mask": _content(edit.mask),
        "polygon": edit.polygon,
        "grid": edit.grid,
        "current": _content(edit.current),
        "front": _content(edit.front),
        "ground": edit.ground.lower(),
    }


def _content(source: Source | None) -> tuple[str, str] | None:
    return None if source is None else (source.kind, source.sha256)


def order_of(
    recipe: Recipe, *, prompt: str, negative: str, styles: tuple[str, ...], gates: Gates, deliver: Delivery
) -> Order:
    """An order with its digest, which covers everything that can change the delivered files or their verdict.

    The whole recipe is in it, names and labels too, since it travels inside each file.
    """
    blank = Order(
        recipe=recipe,
        prompt=prompt,
        negative=negative,
        styles=styles,
        gates=gates,
        deliver=deliver,
        digest="0" * 64,
    )
    covered = blank.model_dump(mode="json", exclude={"digest"})
    return blank.model_copy(update={"digest": digest_of({"revision": DELIVERY_REVISION, **covered})})


def plan_digest(brief: Brief, orders: Iterable[Order]) -> str:
    """What is made, and why."""
    made: Mapping[str, object] = {
        "brief": brief.name,
        "why": brief.why,
        "data_used": brief.data_used,
        "biases": brief.biases,
        "orders": [(order.recipe.name, order.digest) for order in orders],
    }
    return digest_of(made)
