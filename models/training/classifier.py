"""Train the classifier that says what a picture shows: the judge of text to image, which shares nothing with CLIP.

A small residual network over 128 px pictures with a head for each attribute of the drawings (species, coat, season …),
for measuring alone: the pipeline never asks it.

  python -m models.training.classifier --minutes 5 --threads 1
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from models.training.cache import Shelf, shelf
from models.training.drawings import ATTRIBUTES
from models.training.harness.loop import Draw, parser, run_from, train
from models.training.harness.precision import Machine

BATCH = 48
WIDTHS = (24, 48, 96, 192)
SHIPPED = Path(__file__).parents[1] / "classifier"


class Classifier(nn.Module):
    """Pictures (n, 3, h, w) in −1…1 → logits of every attribute."""

    def __init__(self, attributes: dict[str, tuple[str, ...]]) -> None:
        super().__init__()
        self.attributes = attributes
        stages: list[nn.Module] = []
        for before, width in zip((3, *WIDTHS), WIDTHS, strict=False):
            stages += [nn.Conv2d(before, width, 3, stride=2, padding=1), nn.GroupNorm(8, width), nn.ReLU()]
            stages += [_Block(width)] if width > WIDTHS[0] else []
        self.body = nn.Sequential(*stages)
        self.heads = nn.ModuleDict({name: nn.Linear(2 * WIDTHS[-1], len(v)) for name, v in attributes.items()})

    def forward(self, pictures: Tensor) -> dict[str, Tensor]:
        """The logits by attribute, (n, values)."""
        seen = self.body(pictures)
        pooled = torch.cat([seen.mean((2, 3)), seen.amax((2, 3))], 1)
        return {name: head(pooled) for name, head in self.heads.items()}


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1), nn.GroupNorm(8, width), nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1), nn.GroupNorm(8, width),
        )  # fmt: skip

    def forward(self, seen: Tensor) -> Tensor:
        return functional.relu(seen + self.inner(seen))


class ClassifierRecipe:
    """How the classifier learns."""

    name = "classifier"
    rim: tuple[str, ...] = ("body.0.", "heads")
    pictures = BATCH
    lr = 3e-3
    rim_lr = 2e-3
    average = 0.98

    def __init__(self, scenes: Shelf, machine: Machine) -> None:
        self.scenes, self.machine = scenes, machine
        self.classifier = Classifier(ATTRIBUTES)
        self.model: nn.Module = self.classifier

    def loss(self, draw: Draw) -> dict[str, Tensor]:
        """The mean cross entropy of all attributes over a batch of whole pictures."""
        rows = draw.rng.integers(len(self.scenes), size=BATCH)
        which = draw.rng.integers(2, size=BATCH)
        drawn = self.scenes.take("pictures", rows)[range(BATCH), which]
        labels = torch.from_numpy(self.scenes.take("labels", rows)[range(BATCH), which]).long()
        pictures = torch.from_numpy(drawn).permute(0, 3, 1, 2).float() / 127.5 - 1
        found = self.classifier(self.machine.pictures(softened(pictures, draw.noise)))
        wanted = labels.to(self.machine.device).unbind(1)
        pairs = list(zip(found.values(), wanted, strict=True))
        losses = [functional.cross_entropy(logits, label) for logits, label in pairs]
        right = [(logits.argmax(1) == label).float().mean() for logits, label in pairs]
        return {"loss": torch.stack(losses).mean(), "right": torch.stack(right).mean()}

    def keep(self, folder: Path) -> None:
        """Weights and the names of what they tell apart."""
        folder.mkdir(parents=True, exist_ok=True)
        state = {name: weight.half().contiguous().cpu() for name, weight in self.classifier.state_dict().items()}
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
        (folder / "attributes.json").write_text(json.dumps(self.classifier.attributes, indent=1) + "\n")


def softened(pictures: Tensor, noise: torch.Generator) -> Tensor:
    """Half of the pictures a little blurred and noisy: what a person forgives a painter, the classifier must."""
    soft = functional.avg_pool2d(pictures, 3, stride=1, padding=1, count_include_pad=False)
    share = torch.rand(len(pictures), 1, 1, 1, generator=noise).mul(2).sub(1).clamp(min=0)
    grain = torch.randn(pictures.shape, generator=noise) * 0.1 * share
    return pictures.lerp(soft, share) + grain


def load_classifier(folder: Path = SHIPPED) -> Classifier:
    """The trained classifier, to be asked."""
    attributes = {name: tuple(values) for name, values in json.loads((folder / "attributes.json").read_text()).items()}
    classifier = Classifier(attributes)
    classifier.load_state_dict({name: w.float() for name, w in load_file(folder / "model.safetensors").items()})
    return classifier.eval()


def main() -> None:
    """Train it."""
    run = run_from(parser(__doc__, minutes=5).parse_args())
    train(ClassifierRecipe(shelf(run.work, "scenes"), run.machine), run)


if __name__ == "__main__":
    main()
