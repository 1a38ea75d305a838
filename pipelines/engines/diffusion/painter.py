"""The painter: sorts requests into batches that can share a forward pass, and gives each its picture or its error."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pipelines.engines.checkpoints import Checkpoint
from pipelines.engines.diffusion.devices import BatchSize, hush, is_out_of_memory, library, place, threads, versions
from pipelines.engines.diffusion.loading import Model, load
from pipelines.engines.diffusion.stock import StockLoop
from pipelines.engines.diffusion.styles import Adapters
from pipelines.engines.diffusion.unet import UNetLoop
from pipelines.engines.painter import (
    SEEDING,
    Outcome,
    Painted,
    Pixels,
    Repainting,
    digest_of,
    refusal,
)
from pipelines.errors import EngineError
from pipelines.model import PaintRecord
from pipelines.profiles import Device, Number, Profile, executed_steps

Turn = tuple[int, Repainting]
Loop = UNetLoop | StockLoop
_MOST = {"cuda": 16, "mps": 4, "cpu": 4}


class DiffusersPainter:
    """Paints with a checkpoint of any profile. One call paints at a time; other threads wait."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        device: Device | None = None,
        number: Number | None = None,
        batch: int | None = None,
        compiled: bool = False,
        preview: Path | None = None,
        embeds: MutableMapping[str, bytes] | None = None,
    ) -> None:
        """Load a checkpoint. `batch` is the most variants in a forward pass; on CUDA memory is measured besides.

        `compiled` compiles the UNet's repeated blocks: it pays from some dozens of pictures on a GPU. `preview` is the
        folder of a tiny VAE that decodes quickly and inexactly; only UNet families take one. `embeds` keeps what image
        encoders made of style pictures beyond this process; the pixels are the same without. Raises EngineError.
        """
        hush()
        placed = place(checkpoint.profile, device=device, number=number)
        self.model = load(checkpoint, placed, preview=preview)
        self._loop: Loop = (
            UNetLoop.of(self.model, Adapters(self.model, embeds)) if self.model.is_unet else StockLoop.of(self.model)
        )
        self._sizes = BatchSize(placed.device, batch or _MOST[placed.device])
        self._compiled = compiled and self.model.is_unet
        self._lock = threading.Lock()
        if self._compiled:
            self.model.pipe.unet.compile_repeated_blocks()  # not fullgraph: a style may break it, or one size too many

    @property
    def profile(self) -> Profile:
        """The rules of its checkpoint."""
        return self.model.checkpoint.profile

    def paint(self, requests: Sequence[Repainting], *, batch: int | None = None) -> tuple[Outcome, ...]:
        """See Painter.paint. What is asked for twice, as where regions share a season, is painted once."""
        outcomes: dict[int, Outcome] = {}
        batch = 1 if self.profile.instructs else batch  # their pipelines take one picture a call
        same = [request.digest() for request in requests]
        first = {digest: index for index, digest in reversed(list(enumerate(same)))}
        with self._lock:
            for group in self._groups({index: requests[index] for index in sorted(first.values())}, outcomes):
                try:
                    self._loop.apply(group[0][1].style)
                    self._paint_group(group, outcomes, batch)
                except EngineError as error:
                    outcomes |= {index: error for index, _ in group if index not in outcomes}
        return tuple(outcomes[first[digest]] for digest in same)

    def _groups(self, requests: Mapping[int, Repainting], outcomes: dict[int, Outcome]) -> list[list[Turn]]:
        """The requests that need the model, by what a forward pass must share; the others get their outcome here."""
        groups: dict[tuple[object, ...], list[Turn]] = {}
        for index, request in requests.items():
            refused = refusal(request, self.profile) or _uneven(request, self.model)
            if refused is not None:
                outcomes[index] = refused
            elif request.strength == 0:
                outcomes[index] = Painted(request.picture.copy(), self._record(request, 1, ("strength 0: untouched",)))
            else:
                groups.setdefault(_shared(request), []).append((index, request))
        return list(groups.values())

    def _paint_group(self, group: list[Turn], outcomes: dict[int, Outcome], batch: int | None) -> None:
        """Paint a group in as few passes as memory allows."""
        left, shape = group, group[0][1].size
        while left:
            wanted = self._sizes.most if self._compiled else len(left)  # another shape would compile again
            size = batch or self._sizes.size(shape, wanted)
            found = self._attempt([request for _, request in left[:size]], size, filled=batch is not None)
            if found is not None:
                outcomes |= {index: outcome for (index, _), outcome in zip(left[:size], found, strict=True)}
                left = left[size:]
            elif size == 1:
                outcomes[left[0][0]] = _too_large(left[0][1])
                left = left[1:]
            else:
                self._sizes.refused(shape, size)
                batch = size // 2 if batch else None

    def _attempt(self, requests: list[Repainting], size: int, *, filled: bool) -> list[Outcome] | None:
        """One forward pass; None if the device had too little memory for it."""
        fill = size - len(requests) if filled or self._compiled else 0
        self._sizes.begin()
        try:
            pictures, finite = self._loop.run([*requests, *[requests[-1]] * fill])
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            return None
        self._sizes.measured(requests[0].size, len(finite))
        together = len(finite)
        return [
            self._painted(request, picture, together) if good else self._again(request)
            for request, picture, good in zip(requests, pictures, finite, strict=False)
        ]

    def _again(self, request: Repainting) -> Outcome:
        """A variant whose numbers overflowed: once more, alone, in fp32."""
        placed = self.model.placed
        if (placed.number, placed.vae_number) == ("fp32", "fp32"):
            return _not_finite(request)
        try:
            with _in_fp32(self.model) as model:
                own = self._loop
                loop = UNetLoop.of(model, own.adapters) if isinstance(own, UNetLoop) else StockLoop.of(model)
                pictures, finite = loop.run([request])
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            return _too_large(request)
        if not finite[0]:
            return _not_finite(request)
        note = f"{placed.number} gave numbers that are not finite; painted again in fp32"
        record = self._record(request, 1, (note, *self._notes(request)))
        return Painted(pictures[0], record.model_copy(update={"precision": "fp32", "vae_precision": "fp32"}))

    def _painted(self, request: Repainting, picture: Pixels, together: int) -> Outcome:
        if picture.shape != request.picture.shape:
            return EngineError(
                "the model gave a picture of another size",
                got=f"{picture.shape} for {request.picture.shape}",
                fix="crop to one of the profile's buckets",
            )
        return Painted(picture, self._record(request, together, self._notes(request)))

    def _notes(self, request: Repainting) -> tuple[str, ...]:
        """What a designer should know of how it was painted."""
        notes = (
            self._loop.reader.note(request.prompt),
            self._loop.reader.note(request.negative, "negative prompt") if request.guidance > 1 else None,
            "a preview, decoded by a tiny VAE: not for delivery" if self.model.tiny else None,
        )
        return tuple(note for note in notes if note)

    def _record(self, request: Repainting, together: int, notes: tuple[str, ...]) -> PaintRecord:
        placed, checkpoint = self.model.placed, self.model.checkpoint
        width, height = request.size
        return PaintRecord(
            seed=request.seed,
            seeding=SEEDING,
            profile=self.profile.name,
            checkpoint=checkpoint.digest,
            revision=checkpoint.revision,
            device=f"{placed.named()}, compiled" if self._compiled else placed.named(),
            precision=placed.number,
            vae_precision=placed.vae_number,
            scheduler=type(self.model.pipe.scheduler).__name__,
            steps_run=executed_steps(request.steps, request.strength),
            batch=together,
            width=width,
            height=height,
            threads=threads(),
            versions=versions(),
            notes=notes,
        )


def _shared(request: Repainting) -> tuple[object, ...]:
    """What requests of one forward pass have in common."""
    image = request.style.image
    area = digest_of(request.mask) if image is not None and image.masked else ""
    numbers = (request.steps, request.strength, request.guidance, request.image_guidance)
    return (request.size, numbers, request.style.digest(), area)


def _uneven(request: Repainting, model: Model) -> EngineError | None:
    """A size that this checkpoint's own VAE would cut off, though its family's does not."""
    if not model.is_unet or not any(side % model.factor for side in request.size):
        return None
    got, fix = "{} x {}".format(*request.size), "crop to one of the profile's buckets"
    return EngineError(f"a size that is no multiple of {model.factor}, as this VAE wants", got=got, fix=fix)


def _too_large(request: Repainting) -> EngineError:
    size = "{} x {}".format(*request.size)
    return EngineError("too little memory for a single picture", got=size, fix="use a smaller bucket or another device")


def _not_finite(request: Repainting) -> EngineError:
    return EngineError(
        "the model gave numbers that are not finite, in fp32 too",
        got=f"seed {request.seed}",
        fix="try another seed or less guidance; if all seeds fail, the checkpoint is damaged",
    )


@contextmanager
def _in_fp32(model: Model) -> Iterator[Model]:
    """The model in fp32 for a while; what was narrower loses nothing on its way there and back."""
    torch, parts = library("torch"), model.modules()
    before = {name: part.dtype for name, part in parts.items()}
    try:
        for part in parts.values():
            part.to(torch.float32)
        yield replace(model, placed=replace(model.placed, number="fp32", vae_number="fp32"))
    finally:
        for name, part in parts.items():
            part.to(before[name])
