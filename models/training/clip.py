"""Train the small CLIP (Radford et al. 2021): which caption is whose picture's, and which pictures show one mascot.

A batch is 32 mascots in two scenes each, with other flags and backdrops. Three symmetric InfoNCE losses: pictures ↔
their captions, crops of the flags ↔ the flags' captions, and the two pictures of a mascot against all others'. A
fourth sees foils: a drawing is nearer to itself with another flag than to the same drawing with another character or
another backdrop, which is what a judge of variants must know. In the first half of the budget the image tower sees
half of each picture's patches (Li et al. 2023, FLIP), which is nearly twice as fast.

  python -m models.training.clip --minutes 15 --threads 1
  python -m models.training.clip --minutes 40 --threads 1 --frozen-text    go on, the denoiser's text tower as it is
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPConfig, CLIPModel, CLIPTextConfig, CLIPTokenizer, CLIPVisionConfig
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from models.training.cache import SIZE, Shelf, shelf
from models.training.harness.loop import Draw, parser, run_from, train
from models.training.harness.precision import Machine
from models.training.tokenizer import CONTEXT

MASCOTS = 32
WIDTH, HEADS, VISION_LAYERS, TEXT_LAYERS, PROJECTION = 192, 6, 5, 2, 128
SAME_MASCOT = 0.3
FOILS = 16  # drawings a batch, four pictures each
FOILED = 1.0
MEAN, DEVIATION = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


def clip_model(tokenizer: CLIPTokenizer) -> CLIPModel:
    """The untrained model for 128 px pictures; plain attention, whose backward pass is faster on a CPU."""
    shared: dict[str, Any] = {"hidden_size": WIDTH, "intermediate_size": 4 * WIDTH, "num_attention_heads": HEADS}
    text = CLIPTextConfig(
        vocab_size=len(tokenizer), max_position_embeddings=CONTEXT, num_hidden_layers=TEXT_LAYERS,
        projection_dim=PROJECTION, bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id, **shared,
    )  # fmt: skip
    vision = CLIPVisionConfig(
        image_size=SIZE, patch_size=16, num_hidden_layers=VISION_LAYERS, projection_dim=PROJECTION, **shared
    )
    both = CLIPConfig(text_config=text.to_dict(), vision_config=vision.to_dict(), projection_dim=PROJECTION)
    model: CLIPModel = CLIPModel._from_config(both, attn_implementation="eager")  # type: ignore[no-untyped-call]
    return model


class ClipRecipe:
    """How CLIP learns."""

    name = "clip"
    rim: tuple[str, ...] = (
        "text_model.embeddings",
        "vision_model.embeddings",
        "text_projection",
        "visual_projection",
        "logit_scale",
    )
    pictures = 4 * MASCOTS + 4 * FOILS
    lr = 4e-3
    rim_lr = 2e-3
    average = 0.99

    def __init__(
        self,
        scenes: Shelf,
        foils: Shelf,
        tokenizer: CLIPTokenizer,
        machine: Machine,
        *,
        frozen: CLIPModel | None = None,
    ) -> None:
        """`frozen` is a model whose text tower is taken as it is, since a denoiser was trained with it."""
        self.scenes, self.foils, self.tokenizer, self.machine = scenes, foils, tokenizer, machine
        self.clip = clip_model(tokenizer)
        self.model: nn.Module = self.clip
        self.frozen = None if frozen is None else frozen.text_model.to(machine.device).requires_grad_(False)

    def loss(self, draw: Draw) -> dict[str, Tensor]:
        """The loss of one batch of mascots."""
        rows = draw.rng.integers(len(self.scenes), size=MASCOTS)
        pictures = self._images("pictures", rows, draw)
        flags = self._images("flags", rows, draw)
        images = self._seen(torch.cat([pictures, flags]), draw)
        half = len(images) // 2
        captions, flag_captions = (self.scenes.take(name, rows).reshape(-1) for name in ("captions", "flag_captions"))
        scale = self.clip.logit_scale.exp().clamp(max=100)
        whole = contrast(images[:half], self._read(captions), alike(captions), scale)
        flag = contrast(images[half:], self._read(flag_captions), alike(flag_captions), scale)
        first, second = images[:half:2], images[1:half:2]
        mascot = contrast(first, second, torch.eye(MASCOTS, device=first.device), scale)
        foil = self._foiled(draw, scale)
        loss = whole + flag + SAME_MASCOT * mascot + FOILED * foil
        return {"loss": loss, "captions": whole, "flags": flag, "mascots": mascot, "foils": foil}

    def keep(self, folder: Path) -> None:
        """As transformers saves it, with its processor and tokenizer."""
        if self.frozen is not None:
            self.clip.text_model.load_state_dict(self.frozen.state_dict())
        self.clip.save_pretrained(folder)
        processor().save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)

    def _foiled(self, draw: Draw, scale: Tensor) -> Tensor:
        """How often drawings are nearer to something else than to themselves with another flag (InfoNCE)."""
        rows = draw.rng.integers(len(self.foils), size=FOILS)
        seen = self._seen(self._images("pictures", rows, draw, self.foils), draw).view(FOILS, 4, -1)
        own, others = seen[:, 0], seen[:, 1:]
        near = scale * torch.einsum("nd,nkd->nk", own, others)
        apart = scale * own @ own.T  # the batch's other drawings, each on its own diagonal left out
        apart = apart.masked_fill(torch.eye(FOILS, dtype=torch.bool, device=apart.device), -torch.inf)
        target = torch.zeros(FOILS, dtype=torch.long, device=apart.device)
        return functional.cross_entropy(torch.cat([near, apart], 1), target)

    def _images(self, field: str, rows: NDArray[np.integer], draw: Draw, source: Shelf | None = None) -> Tensor:
        taken = (source or self.scenes).take(field, rows)
        batch = torch.from_numpy(taken.reshape(-1, *taken.shape[2:])).permute(0, 3, 1, 2).float() / 255
        return self.machine.pictures(normalised(jittered(batch, draw.noise)))

    def _seen(self, pictures: Tensor, draw: Draw) -> Tensor:
        """Unit embeddings of pictures; of half of their patches while less than half of the budget is spent."""
        tower = self.clip.vision_model
        tokens = tower.embeddings(pictures)
        if draw.spent < 0.5:
            count = tokens.shape[1] - 1
            order = torch.rand(len(tokens), count, generator=draw.noise).argsort(1)[:, : count // 2] + 1
            kept = torch.cat([torch.zeros(len(tokens), 1, dtype=order.dtype), order], 1).to(tokens.device)
            tokens = tokens.gather(1, kept[..., None].expand(-1, -1, tokens.shape[-1]))
        hidden = tower.encoder(inputs_embeds=tower.pre_layrnorm(tokens)).last_hidden_state
        return functional.normalize(self.clip.visual_projection(tower.post_layernorm(hidden[:, 0])).float(), dim=-1)

    def _read(self, captions: NDArray[np.str_]) -> Tensor:
        """Unit embeddings of captions."""
        words = self.tokenizer(
            [str(caption) for caption in captions], padding=True, truncation=True, max_length=CONTEXT,
            return_tensors="pt",
        )  # fmt: skip
        tower = self.frozen or self.clip.text_model
        pooled = tower(input_ids=words.input_ids.to(self.machine.device)).pooler_output
        return functional.normalize(self.clip.text_projection(pooled).float(), dim=-1)


def contrast(one: Tensor, other: Tensor, targets: Tensor, scale: Tensor) -> Tensor:
    """Symmetric InfoNCE of unit rows; `targets` (n, n) is 1 where two belong together."""
    logits = scale * one @ other.T
    shares = targets.to(logits.device)
    forth = functional.cross_entropy(logits, shares / shares.sum(1, keepdim=True))
    return (forth + functional.cross_entropy(logits.T, shares.T / shares.T.sum(1, keepdim=True))) / 2


def alike(captions: NDArray[np.str_]) -> Tensor:
    """1 where two captions are the same words, (n, n)."""
    return torch.from_numpy((captions[:, None] == captions[None, :]).astype(np.float32))


def normalised(pictures: Tensor) -> Tensor:
    """Pictures (n, 3, h, w) in 0…1 as CLIP's processor hands them over."""
    mean, deviation = (torch.tensor(values).view(3, 1, 1) for values in (MEAN, DEVIATION))
    return (pictures - mean) / deviation


def jittered(pictures: Tensor, noise: torch.Generator) -> Tensor:
    """Shifted and enlarged by up to a sixth, a little brighter or darker, of a little more or less contrast."""
    count = len(pictures)
    zoom = 1 - torch.rand(count, generator=noise) / 6
    shift = (torch.rand(count, 2, generator=noise) * 2 - 1) * (1 - zoom)[:, None]
    turn = torch.zeros(count, 2, 3)
    turn[:, 0, 0] = turn[:, 1, 1] = zoom
    turn[:, :, 2] = shift
    grid = functional.affine_grid(turn, list(pictures.shape), align_corners=False)
    moved = functional.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)
    light, contrast_ = (1 + (torch.rand(count, 1, 1, 1, generator=noise) - 0.5) * width for width in (0.12, 0.16))
    return ((moved - 0.5) * contrast_ + 0.5 * light).clamp(0, 1)


def processor() -> CLIPImageProcessorPil:
    """What brings any picture to the image tower's size and scale."""
    side = {"height": SIZE, "width": SIZE}
    return CLIPImageProcessorPil(size={"shortest_edge": SIZE}, crop_size=side, image_mean=MEAN, image_std=DEVIATION)


def main() -> None:
    """Train it."""
    options = parser(__doc__, minutes=15)
    options.add_argument("--frozen-text", action="store_true", help="keep the text tower of clip/model as it is")
    given = options.parse_args()
    run = run_from(given)
    kept = run.work / ClipRecipe.name / "model"
    frozen = CLIPModel.from_pretrained(kept, local_files_only=True) if given.frozen_text else None
    tokenizer = CLIPTokenizer.from_pretrained(run.work / "tokenizer", local_files_only=True)
    scenes, foils = shelf(run.work, "scenes"), shelf(run.work, "foils")
    train(ClipRecipe(scenes, foils, tokenizer, run.machine, frozen=frozen), run)


if __name__ == "__main__":
    main()
