"""What Qwen-Image-Edit reads: a text and a picture in one sequence of tokens, made without torchvision.

transformers' own processor wants a video processor too, and that one wants torchvision. And since transformers 5 the
encoder knows where a picture's tokens lie in the plane only if it is told which they are; diffusers 0.42 does not tell
it (huggingface/diffusers#14194), so it took them for a line of text.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.engines.diffusion.devices import library

_MARK = "<|image_pad|>"  # stands once in a text for each picture, and once a token in what is read


@dataclass(frozen=True, slots=True)
class PictureReader:
    """Texts and pictures, a picture a text → what the Qwen2.5-VL encoder takes."""

    pictures: Any
    tokenizer: Any

    @classmethod
    def of(cls, folder: Path, pipe: Any) -> PictureReader:
        """The reader with the settings of the checkpoint's `processor/`, its encoder told where pictures are."""
        kind = library("transformers.models.qwen2_vl.image_processing_pil_qwen2_vl").Qwen2VLImageProcessorPil
        pipe.text_encoder.register_forward_pre_hook(_pointed_out, with_kwargs=True)
        return cls(kind.from_pretrained(str(folder), local_files_only=True), pipe.tokenizer)

    def __call__(self, *, text: list[str], images: Any, padding: bool, return_tensors: str) -> Any:
        """Called as diffusers calls the stock processor."""
        seen = self.pictures(images, return_tensors=return_tensors)
        cells = [int(grid.prod()) // self.pictures.merge_size**2 for grid in seen["image_grid_thw"]]
        wide = [line.replace(_MARK, _MARK * count) for line, count in zip(text, cells, strict=True)]
        words = self.tokenizer(wide, padding=padding, return_tensors=return_tensors)
        return library("transformers").BatchFeature({**words, **seen})


def _pointed_out(encoder: Any, args: tuple[Any, ...], given: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Say of each token whether it is a picture's."""
    if given.get("mm_token_type_ids") is None and given.get("image_grid_thw") is not None:
        given = {**given, "mm_token_type_ids": (given["input_ids"] == encoder.config.image_token_id).int()}
    return args, given
