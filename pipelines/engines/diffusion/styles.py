"""What steers a UNet besides words: IP-Adapter, LoRA and ControlNet, put on and taken off a loaded model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.engines.checkpoints import read_header
from pipelines.engines.diffusion.denoise import ControlGuide
from pipelines.engines.diffusion.devices import library
from pipelines.engines.diffusion.latents import latent_mask
from pipelines.engines.diffusion.loading import Model
from pipelines.engines.diffusion.lora import check_lora, named
from pipelines.engines.diffusion.prompts import Shelf
from pipelines.engines.painter import PLAIN, Control, ImagePrompt, Lora, Pixels, Repainting, Style, digest_of
from pipelines.errors import EngineError
from pipelines.lineart import drawn
from pipelines.model import Drawing


@contextmanager
def _told(problem: str, path: Path) -> Iterator[None]:
    """Say what the library said, with the file that it said it of."""
    try:
        yield
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        fix = "fetch it again, or choose another for this base"
        raise EngineError(problem, got=f"{path.name}: {str(error)[:200]}", fix=fix) from error


class Adapters:
    """Keeps one style on the model at a time, and each style's embeddings once they are computed."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._applied = PLAIN
        self._net: Any = None
        self._embeds: Shelf[Any] = Shelf(64)
        self._drawings: Shelf[Pixels] = Shelf(32)

    @property
    def loras(self) -> tuple[Lora, ...]:
        """The LoRAs that are on; they may change how texts read."""
        return self._applied.loras

    def apply(self, style: Style) -> None:
        """Put on this style and take off the last one.

        Raises EngineError for files that do not fit the checkpoint, and leaves the model bare then.
        """
        try:
            self._apply_loras(style.loras)
            self._apply_image(style.image)
            self._apply_control(style.control)
        except EngineError:
            self._strip()
            raise
        self._applied = style

    def _strip(self) -> None:
        pipe = self._model.pipe
        pipe.unload_lora_weights()
        if pipe.unet.encoder_hid_proj is not None:
            pipe.unload_ip_adapter()
        self._applied, self._net = PLAIN, None

    @property
    def _width(self) -> int:
        return int(self._model.pipe.unet.config.cross_attention_dim)

    # ── LoRA ─────────────────────────────────────────────────────────────────────────────────────────────

    def _apply_loras(self, loras: tuple[Lora, ...]) -> None:
        if loras == self._applied.loras:
            return
        pipe, names = self._model.pipe, [f"lora{i}" for i, _ in enumerate(loras)]
        pipe.unload_lora_weights()
        for name, lora in zip(names, loras, strict=True):
            file = lora.file
            check_lora(file, self._width)
            with _told(f"a LoRA that does not fit {named(self._width)}", file):
                pipe.load_lora_weights(
                    str(file.parent), weight_name=file.name, adapter_name=name, local_files_only=True
                )
        if names:
            pipe.set_adapters(names, [lora.weight for lora in loras])

    # ── IP-Adapter ───────────────────────────────────────────────────────────────────────────────────────

    def _apply_image(self, image: ImagePrompt | None) -> None:
        pipe, applied = self._model.pipe, self._applied.image
        if applied is not None and (image is None or image.adapter != applied.adapter):
            pipe.unload_ip_adapter()
            applied = None
        if image is None:
            return
        if applied is None:
            self._load_adapter(image)
        pipe.set_ip_adapter_scale(image.scale)

    def _load_adapter(self, image: ImagePrompt) -> None:
        file, pipe = image.adapter, self._model.pipe
        encoder = self._checked_encoder(image)
        processor = library("transformers.models.clip.image_processing_pil_clip").CLIPImageProcessorPil
        side = int(encoder["image_size"])
        pipe.register_modules(
            feature_extractor=processor(
                size={"shortest_edge": side}, crop_size={"height": side, "width": side}
            )  # the default one wants torchvision
        )
        with _told("an IP-Adapter that could not be loaded", file):
            pipe.load_ip_adapter(
                str(file.parent.parent), subfolder=file.parent.name, weight_name=file.name, local_files_only=True
            )

    def _checked_encoder(self, image: ImagePrompt) -> dict[str, Any]:
        """The settings of the adapter's image encoder, after both were checked against the checkpoint."""
        header = read_header(image.adapter)
        keys = header.shape("ip_adapter.1.to_k_ip.weight")
        layers = sum(name.endswith("to_k_ip.weight") for name in header.tensors)
        own = sum("attn2" in name for name in self._model.pipe.unet.attn_processors)
        if not keys or keys[1] != self._width or layers != own:
            base = named(keys[1]) if keys else "nothing that we know"
            raise EngineError(
                f"an IP-Adapter for another base: it is for {base}, this checkpoint is {named(self._width)}",
                got=f"{image.adapter.name} with {layers} layers for {own}",
                fix="choose the adapter that the profile names",
            )
        folder = image.adapter.parent / "image_encoder"
        weights = sorted(folder.glob("*.safetensors"))
        if not weights or not (folder / "config.json").is_file():
            raise EngineError(
                "the IP-Adapter's image encoder is missing", got=str(folder), fix="put config.json and weights there"
            )
        for path in weights:
            read_header(path)
        settings: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return settings

    def image_embeds(self, size: int, *, doubled: bool) -> list[Any] | None:
        """The applied style's pictures for `size` variants, zeros first if `doubled`; None without an image prompt."""
        image = self._applied.image
        if image is None:
            return None
        key = (str(image.adapter), *map(digest_of, image.pictures))
        negative, positive = self._embeds.get(key, lambda: self._embedded(image.pictures))
        dtype = self._model.pipe.unet.dtype
        rows = [negative] * size + [positive] * size if doubled else [positive] * size
        return [library("torch").cat(rows).to(dtype)]

    def _embedded(self, pictures: Sequence[Pixels]) -> tuple[Any, Any]:
        from PIL import Image

        shown = [Image.fromarray(picture) for picture in pictures]
        device = self._model.placed.device
        found = self._model.pipe.prepare_ip_adapter_image_embeds([shown], None, device, 1, True)[0]
        negative, positive = found.chunk(2)
        return negative, positive

    def image_masks(self, request: Repainting) -> dict[str, Any] | None:
        """Cross-attention settings that keep the image prompt inside the mask; None to let it act everywhere."""
        image = self._applied.image
        if image is None or not image.masked:
            return None
        torch, unet = library("torch"), self._model.pipe.unet
        small = torch.from_numpy(latent_mask(request.mask, 8)).to(self._model.placed.device, unet.dtype)
        return {"ip_adapter_masks": [small[None, None].repeat(1, len(image.pictures), 1, 1)]}

    # ── ControlNet ───────────────────────────────────────────────────────────────────────────────────────

    def _apply_control(self, control: Control | None) -> None:
        applied = self._applied.control
        if control is None:
            self._net = None
        elif applied is None or applied.checkpoint != control.checkpoint:
            self._net = self._load_net(control)

    def _load_net(self, control: Control) -> Any:
        folder, placed = control.checkpoint, self._model.placed
        files = sorted(folder.glob("*.safetensors"))
        if not files:
            raise EngineError("a ControlNet without .safetensors weights", got=str(folder), fix="fetch it again")
        for path in files:
            read_header(path)
        with _told("a ControlNet that could not be loaded", folder):
            net = library("diffusers").ControlNetModel.from_pretrained(
                str(folder), dtype=placed.dtype, use_safetensors=True, local_files_only=True
            )
        if net.config.cross_attention_dim != self._width:
            raise EngineError(
                f"a ControlNet for another base: it is for {named(net.config.cross_attention_dim)}, "
                f"this checkpoint is {named(self._width)}",
                got=folder.name,
                fix="choose the ControlNet that the profile names",
            )
        return net.to(placed.device).eval().requires_grad_(requires_grad=False)

    def control(self, requests: Sequence[Repainting], *, doubled: bool) -> ControlGuide | None:
        """The applied style's ControlNet with the drawings of these requests, each picture drawn once."""
        control = self._applied.control
        if control is None:
            return None
        torch, unet = library("torch"), self._model.pipe.unet
        net = self._net.to(unet.dtype)
        rows = [self._drawn(request.picture, control.drawing) for request in requests]
        lines = torch.from_numpy(np.stack(rows)).to(self._model.placed.device, unet.dtype) / 255
        lines = lines[:, None].repeat(2 if doubled else 1, 3, 1, 1)
        return ControlGuide(net, lines, control.scale)

    def _drawn(self, picture: Pixels, drawing: Drawing) -> Pixels:
        return self._drawings.get((drawing, digest_of(picture)), lambda: drawn(picture, drawing))
