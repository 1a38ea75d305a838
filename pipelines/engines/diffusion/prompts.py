"""Prompts → embeddings, each text once; and what of a text is read at all."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pipelines.engines.diffusion.devices import library
from pipelines.engines.diffusion.loading import Model

Kept = TypeVar("Kept")


class Shelf(Generic[Kept]):
    """The last `room` things that were made, by key: memory stays flat however many recipes run."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """The thing of this key; made now if it is not there."""
        if key not in self._kept:
            self._kept[key] = make()
            while len(self._kept) > self._room:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]


@dataclass(frozen=True, slots=True)
class Words:
    """A text as the denoiser reads it: (1, tokens, width), and SDXL's summary (1, width) or None."""

    embeds: Any
    pooled: Any


@dataclass(slots=True)
class Reader:
    """Encodes each text once, alone, so that its embedding does not depend on its batch."""

    model: Model
    _shelf: Shelf[Words]

    @classmethod
    def of(cls, model: Model) -> Reader:
        """A reader with room for a batch's prompts many times over."""
        return cls(model, Shelf(256))

    def read(self, text: str, *, voice: Hashable = (), negative: bool = False) -> Words:
        """The embedding of a prompt. An empty negative one is what the checkpoint says that it is: zeros in SDXL.

        `voice` tells apart states of the text encoders, which LoRAs may change.
        """
        empty = negative and not text and bool(self.model.pipe.config.get("force_zeros_for_empty_prompt"))
        return self._shelf.get((text, empty, voice), lambda: self._encode(text, zeros=empty))

    def _encode(self, text: str, *, zeros: bool) -> Words:
        torch = library("torch")
        found = self.model.pipe.encode_prompt(
            prompt=text, device=self.model.placed.device, num_images_per_prompt=1, do_classifier_free_guidance=False
        )
        embeds, pooled = found[0], found[2] if len(found) == 4 else None
        if not zeros:
            return Words(embeds, pooled)
        return Words(torch.zeros_like(embeds), None if pooled is None else torch.zeros_like(pooled))

    def note(self, text: str, what: str = "prompt") -> str | None:
        """What of a text is not read, in words; None if all of it is."""
        tokenizer = getattr(self.model.pipe, "tokenizer", None)
        if tokenizer is None:
            return None
        limit = min(int(tokenizer.model_max_length), self.model.checkpoint.profile.tokens)
        tokens = tokenizer(text, truncation=False, verbose=False).input_ids
        if len(tokens) <= limit:
            return None
        cut = tokenizer.decode(tokens[limit - 1 : -1]).strip()
        return f"the {what} has {len(tokens)} tokens, {limit} are read: cut from {cut[:80]!r}"
