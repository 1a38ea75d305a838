"""Prompts → embeddings, each text once; and what of a text is read at all."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from pipelines.engines.diffusion.devices import library
from pipelines.engines.diffusion.loading import Model
from pipelines.recent import Recent


@dataclass(frozen=True, slots=True)
class Words:
    """A text as the denoiser reads it: (1, tokens, width), and SDXL's summary (1, width) or None."""

    embeds: Any
    pooled: Any


@dataclass(slots=True)
class Reader:
    """Encodes each text once, alone, so that its embedding does not depend on its batch."""

    model: Model
    _shelf: Recent[Words]

    @classmethod
    def of(cls, model: Model) -> Reader:
        """A reader with room for a batch's prompts many times over."""
        return cls(model, Recent(256))

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
        tokens, limit, ends = self._tokens(text)
        if len(tokens) <= limit:
            return None
        cut = self.model.pipe.tokenizer.decode(tokens[limit - ends : len(tokens) - ends]).strip()
        by = " by CLIP, while T5 reads on" if getattr(self.model.pipe, "text_encoder_3", None) is not None else ""
        return f"the {what} has {len(tokens)} tokens, {limit} are read{by}: cut from {cut[:80]!r}"

    def cut(self, text: str) -> str:
        """As much of a text as is read, for pipelines that would read on."""
        tokens, limit, ends = self._tokens(text)
        if len(tokens) <= limit:
            return text
        return str(self.model.pipe.tokenizer.decode(tokens[: limit - ends]))

    def _tokens(self, text: str) -> tuple[list[int], int, int]:
        """A text's tokens, how many are read, and how many of its own the tokenizer puts behind them."""
        tokenizer, profile = self.model.pipe.tokenizer, self.model.checkpoint.profile
        limit = min(int(tokenizer.model_max_length), profile.tokens)
        if profile.family == "flux2":  # counts what its chat template puts before
            limit -= len(tokenizer(_opening(tokenizer)).input_ids)
        tokens = tokenizer(text, truncation=False, verbose=False).input_ids
        return tokens, limit, int(tokenizer.num_special_tokens_to_add() > 0)


def _opening(tokenizer: Any) -> str:
    """What a chat template says before a user's first word."""
    said = tokenizer.apply_chat_template([{"role": "user", "content": "@"}], tokenize=False, add_generation_prompt=True)
    return str(said).partition("@")[0]
