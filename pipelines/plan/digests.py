"""What a recipe, an order and a plan are, in one number each: SHA-256 over canonical JSON.

Raise a revision when the same inputs come to give other pixels, or other files from the same pixels.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import JsonValue

from pipelines.model import Brief, Delivery, Gates, Judging, Order, Preparing, Recipe, Source, Step
from pipelines.places import without_places

PIXEL_REVISION = 2
DELIVERY_REVISION = 2
_COLOUR = re.compile("#[0-9a-fA-F]{6}")
_WORDS = ("texts", "prompt", "negative")  # in which letters are letters, also where they look like a colour
_UNSEEN: dict[str, Any] = {
    "place": {"code"},
    "repaint": {
        "checkpoint": True,
        "loras": {"__all__": {"file"}},
        "image": {"adapter"},
        "control": {"checkpoint"},
        "better": {"embedder"},
    },
    "cutout": {"segmenter"},
    "upscale": {"upscaler"},
}


def digest_of(value: object) -> str:
    """SHA-256 of plain data, whatever the order of its keys."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def recipe_digest(
    *, master: Source, width: int, height: int, preparation: Iterable[Preparing], edits: Iterable[Step]
) -> str:
    """Everything that can change the pixels, and nothing else: no name, no prompt that is not painted, no label."""
    return digest_of(
        {
            "revision": PIXEL_REVISION,
            "master": _content(master),
            "size": [width, height],
            "preparation": [_pixels(step) for step in preparation],
            "edits": [_pixels(step) for step in edits],
        }
    )


def _pixels(step: Step) -> object:
    """A step without what only people read: names of files and slots, codes; of models their weights, not places."""
    return _content_of(step.model_dump(mode="json", exclude=_UNSEEN.get(step.edit)))


def _content_of(value: JsonValue) -> JsonValue:
    """The same with every source as its kind and digest, every colour in lower case."""
    if isinstance(value, dict):
        if value.keys() == Source.model_fields.keys():
            return [value["kind"], value["sha256"]]
        return {k: item if k in _WORDS else _content_of(item) for k, item in value.items() if k != "slot"}
    if isinstance(value, list):
        return [_content_of(item) for item in value]
    return value.lower() if isinstance(value, str) and _COLOUR.fullmatch(value) else value


def _content(source: Source) -> tuple[str, str]:
    return (source.kind, source.sha256)


def order_of(
    recipe: Recipe,
    *,
    prompt: str,
    negative: str,
    styles: tuple[str, ...],
    palette: dict[str, str],
    gates: Gates,
    judging: Judging | None,
    deliver: Delivery,
) -> Order:
    """An order with its digest, which covers everything that can change the delivered files or their verdict.

    The whole recipe is in it, names and labels too, since it travels inside each file.
    """
    blank = Order(
        recipe=recipe,
        prompt=prompt,
        negative=negative,
        styles=styles,
        palette=palette,
        gates=gates,
        judging=judging,
        deliver=deliver,
        digest="0" * 64,
    )
    covered = blank.model_dump(mode="json", exclude={"digest"})
    told = without_places({"revision": DELIVERY_REVISION, **covered})
    return blank.model_copy(update={"digest": digest_of(told)})


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
