"""IP-Adapters (Ye et al. 2023): the style of pictures, read by an image encoder and given to the UNet beside the text.

Three layouts are known by their tensors: the first one, which reads the encoder's embedding of a picture; Plus, which
reads its last hidden layer but one; and Full Face, which does too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from pipelines.engines.checkpoints import Header, read_header
from pipelines.engines.checkpoints.parts import check_adapter
from pipelines.engines.checkpoints.weights import fingerprint
from pipelines.engines.diffusion.devices import library, versions
from pipelines.engines.diffusion.latents import latent_mask
from pipelines.engines.diffusion.loading import Model, explained
from pipelines.engines.diffusion.lora import named
from pipelines.engines.diffusion.styles.embeds import Embeds, Pair
from pipelines.engines.painter import ImagePrompt, Layers, Pixels, Repainting, digest_of
from pipelines.errors import EngineError


class ImagePrompts:
    """The IP-Adapter of a model, at most one at a time. Its image encoder is loaded when a picture is new to it."""

    def __init__(self, model: Model, stored: MutableMapping[str, bytes] | None) -> None:
        self._model = model
        self._applied: ImagePrompt | None = None
        self._encoder: Encoder | None = None
        self._embeds = Embeds(stored)

    def apply(self, image: ImagePrompt | None) -> None:
        """Put this one on and take the last one off. Raises EngineError for files that do not fit."""
        if image is None or self._applied is None or image.adapter != self._applied.adapter:
            self.strip()
        if image is None:
            return
        if self._encoder is None:
            self._encoder = self._loaded(image.adapter)
        self._scale(image.scale)
        self._applied = image

    def _scale(self, scale: float | Layers) -> None:
        """Say how strongly it counts where. Of a block that is not there the library would say nothing."""
        there, given = _blocks(self._model), scale if isinstance(scale, dict) else {}
        fix = f"it has {', '.join(there)}; give each of their layers a number"
        if any(f"{part} {block}" not in there for part, blocks in given.items() for block in blocks):
            raise EngineError("a scale for blocks that the UNet does not have", got=scale, fix=fix)
        with explained("a scale that the UNet's layers cannot have", repr(scale), fix):
            self._model.pipe.set_ip_adapter_scale(scale)

    def strip(self) -> None:
        """Take it off."""
        if self._model.pipe.unet.encoder_hid_proj is not None:
            self._model.pipe.unload_ip_adapter()
        self._applied, self._encoder = None, None

    def _loaded(self, file: Path) -> Encoder:
        """Put the adapter on the UNet; its encoder is checked, not loaded."""
        pipe, folder = self._model.pipe, file.parent
        encoder = Encoder(self._model, file, _checked(file, self._model))
        pipe.register_modules(feature_extractor=encoder.processor)  # or the library makes one that wants torchvision
        with explained("an IP-Adapter that could not be loaded", file.name, "fetch it again"):
            pipe.load_ip_adapter(
                str(folder.parent),
                subfolder=folder.name,
                weight_name=file.name,
                image_encoder_folder=None,
                local_files_only=True,
            )
        return encoder

    def embeds(self, size: int, passes: int) -> list[Any] | None:
        """The applied pictures for `size` variants, what stands for none in all `passes` but the last."""
        image, encoder = self._applied, self._encoder
        if image is None or encoder is None:
            return None
        pair = self._embeds.get(encoder.key(image.pictures), lambda: encoder.read(image.pictures))
        unet = self._model.pipe.unet
        negative, positive = (part.to(unet.device, unet.dtype) for part in pair)
        return [library("torch").cat([negative] * size * (passes - 1) + [positive] * size)]

    def masks(self, request: Repainting) -> dict[str, Any] | None:
        """Cross-attention settings that keep the image prompt inside the mask; None to let it act everywhere."""
        image = self._applied
        if image is None or not image.masked:
            return None
        torch, unet = library("torch"), self._model.pipe.unet
        small = torch.from_numpy(latent_mask(request.mask, self._model.factor)).to(
            self._model.placed.device, unet.dtype
        )
        return {"ip_adapter_masks": [small[None, None].repeat(1, len(image.pictures), 1, 1)]}


class Encoder:
    """The image encoder of an adapter, loaded when it is first asked to read."""

    def __init__(self, model: Model, adapter: Path, settings: dict[str, Any]) -> None:
        """`settings` is the encoder's config.json."""
        side, kind = int(settings.get("image_size", 224)), "transformers.models.clip.image_processing_pil_clip"
        size = {"size": {"shortest_edge": side}, "crop_size": {"height": side, "width": side}}
        self.processor = library(kind).CLIPImageProcessorPil(**size)
        self._model, self._folder, self._net = model, adapter.parent / "image_encoder", None
        self._files = [adapter, *sorted(self._folder.glob("*.safetensors"))]
        self._made_of = f"{fingerprint(self._files)} {json.dumps(settings, sort_keys=True)}"

    def key(self, pictures: tuple[Pixels, ...]) -> str:
        """A digest of all that what it reads depends on: files, pictures, numbers, device and libraries."""
        placed = self._model.placed
        parts = (self._made_of, placed.number, placed.named(), versions(), *map(digest_of, pictures))
        return hashlib.sha256(repr(("style embeds 1", *parts)).encode()).hexdigest()

    def read(self, pictures: tuple[Pixels, ...]) -> Pair:
        """What the adapter is given for no picture and for these: (1, pictures, width), or (.., tokens, width)."""
        from PIL import Image

        torch, placed, net = library("torch"), self._model.placed, self._loaded()
        shown = [Image.fromarray(picture) for picture in pictures]
        values = self.processor(shown, return_tensors="pt").pixel_values.to(placed.device, placed.dtype)
        layers = self._model.pipe.unet.encoder_hid_proj.image_projection_layers
        if isinstance(layers[0], library("diffusers.models.embeddings").ImageProjection):
            found = net(values).image_embeds
            return torch.zeros_like(found)[None], found[None]
        hidden = [net(seen, output_hidden_states=True).hidden_states[-2] for seen in (torch.zeros_like(values), values)]
        return hidden[0][None], hidden[1][None]

    def _loaded(self) -> Any:
        if self._net is None:
            with explained("an image encoder that could not be loaded", str(self._folder), "fetch it again"):
                net = library("transformers").CLIPVisionModelWithProjection.from_pretrained(
                    str(self._folder), dtype=self._model.placed.dtype, use_safetensors=True, local_files_only=True
                )
                self._net = net.to(self._model.placed.device).eval().requires_grad_(requires_grad=False)
        return self._net


def _blocks(model: Model) -> list[str]:
    """The blocks that read texts, as scales name them."""
    names = (name.split(".") for name in model.pipe.unet.attn_processors if not name.startswith("mid"))
    return sorted({f"{part.removesuffix('_blocks')} block_{index}" for part, index, *_ in names})


def _checked(file: Path, model: Model) -> dict[str, Any]:
    """Check an IP-Adapter against its encoder and its base, before any is loaded; the encoder's settings.

    Raises EngineError for those of another base, those for faces, and as `check_adapter` does.
    """
    header, width = read_header(file), model.text_width
    if _is_for_faces(header):
        fix = "use ip-adapter, ip-adapter-plus or ip-adapter-full-face of this base"
        raise EngineError("an IP-Adapter for FaceID, which wants a face recognition model", got=file.name, fix=fix)
    check_adapter(file)
    keys = header.shape("ip_adapter.1.to_k_ip.weight")
    layers = sum(name.endswith("to_k_ip.weight") for name in header.tensors)
    own = sum("attn2" in name for name in model.pipe.unet.attn_processors)
    if not keys or keys[1] != width or layers != own:
        base = named(keys[1]) if keys else "nothing that we know"
        raise EngineError(
            f"an IP-Adapter for another base: it is for {base}, this checkpoint is {named(width)}",
            got=f"{file.name} with {layers} layers for {own}",
            fix="choose the adapter that the profile names",
        )
    settings: dict[str, Any] = json.loads((file.parent / "image_encoder/config.json").read_text(encoding="utf-8"))
    return settings


def _is_for_faces(header: Header) -> bool:
    """Whether it reads a face recogniser's embedding: FaceID, its Plus kinds, and those that bring a LoRA along."""
    bare = header.has("image_proj.proj.2.weight") and not header.has("image_proj.proj.3.weight")
    return bare or header.has("image_proj.perceiver_resampler.") or header.has("to_q_lora.")
