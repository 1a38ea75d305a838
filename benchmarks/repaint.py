"""Repainting variants of one master, beside what a user of diffusers would write.

  stock, one by one   AutoPipelineForImage2Image on the whole master, batch 1
  stock, batched      the same, as many prompts a call as ours takes
  ours                the slot's crop alone (or the whole master), shared work, one forward pass for a batch
  ours, compiled      the same with the UNet's repeated blocks compiled, on CUDA

Models are randomly initialised: full-size SD 1.5 and SDXL on CUDA, small ones of the same classes elsewhere. Their
timings are true, their pictures mean nothing. On a CPU one thread works and its own time counts, as other processes
would disturb any other measure. The stock loops run a few of the variants; rates are per picture. On CUDA
every way runs in the profile's precision; the ceiling is a large bf16 matrix product measured in the same run, and the
share is of all arithmetic that a picture takes, texts and VAE included.

  overhead            time of ours over a bare call of the pipeline, one picture at a time, nothing shared
  changed outside     pixels outside the slot that differ from the master's, over all variants, after stitching
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from benchmarks.random_models import FULL, SMALL, Base, checkpoint
from benchmarks.table import arguments, finish, show
from pipelines.crop import choose, cut, cut_mask, stitch
from pipelines.engines.checkpoints import open_checkpoint
from pipelines.engines.diffusion import DiffusersPainter
from pipelines.engines.painter import Painted, Repainting
from pipelines.home import ROOT
from pipelines.profiles import Profile, load_profiles

Pixels = NDArray[np.uint8]
STRENGTH, GUIDANCE = 0.6, 6.0
SLOT = 0.20  # of the master's area
WAYS = ("stock, one by one", "stock, batched", "ours", "ours, compiled")
Rates = dict[str, float]  # pictures a second, by way


@dataclass(frozen=True, slots=True)
class Size:
    """How much is run: variants by ours, pictures by the stock loops, the master's side, steps, crop sizes."""

    variants: int
    stock: int
    side: int
    steps: int
    batch: int
    buckets: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Bench:
    """One base, loaded both ways."""

    base: Base
    size: Size
    painter: DiffusersPainter
    pipe: Any
    cuda: bool

    def compiled(self) -> Bench:
        """The same with a painter that compiles."""
        checkpoint = self.painter.model.checkpoint
        return replace(self, painter=DiffusersPainter(checkpoint, batch=self.size.batch, compiled=True))

    def briefly(self) -> Bench:
        """The same with as many variants as warm up every batch size."""
        return replace(self, size=replace(self.size, variants=min(self.size.variants, 2 * self.size.batch)))


def torch() -> Any:
    """The library, imported when it is used."""
    return import_module("torch")


def prepare(base: Base, size: Size, folder: Path, *, cuda: bool) -> Bench:
    """Make a checkpoint and load it through our path and through the Auto class."""
    profile = load_profiles(ROOT)[base]
    where = checkpoint(folder / base, base, (FULL if cuda else SMALL)[base], half=cuda)
    painter = DiffusersPainter(open_checkpoint(where, profile), batch=size.batch)
    own = {"safety_checker": None} if base == "sd15" else {"add_watermarker": False}
    pipe = import_module("diffusers").AutoPipelineForImage2Image.from_pretrained(
        str(where), dtype=painter.model.placed.dtype, local_files_only=True, **own
    )
    pipe.set_progress_bar_config(disable=True)
    return Bench(base, size, painter, pipe.to(painter.model.placed.device), cuda)


def master(side: int) -> Pixels:
    """A picture (side, side, 4) with large and small shapes."""
    y, x = np.mgrid[:side, :side] / side
    rgb = np.stack([x, y, (np.sin(40 * x) * np.cos(30 * y) + 1) / 2], axis=2)
    return np.dstack([np.rint(rgb * 255), np.full((side, side), 255)]).astype(np.uint8)


def slot(side: int) -> NDArray[np.bool_]:
    """A square of SLOT of the master's area."""
    mask, edge = np.zeros((side, side), dtype=bool), round(side * SLOT**0.5)
    start = (side - edge) // 3
    mask[start : start + edge, start : start + edge] = True
    return mask


def requests(bench: Bench, picture: Pixels, mask: NDArray[np.float32], count: int) -> list[Repainting]:
    """Variants of one picture: every one has its prompt and seed."""
    first = Repainting(picture, mask, "", 0, STRENGTH, bench.size.steps, GUIDANCE, "blurry")
    return [replace(first, prompt=f"variant {i} of a dog", seed=i) for i in range(count)]


def ours_slot(bench: Bench) -> int:
    """Crop, paint, stitch every variant; returns pixels outside the slot that differ."""
    rgba, mask = master(bench.size.side), slot(bench.size.side)
    crop = choose(mask, bench.size.buckets)
    asked = requests(bench, cut(rgba, crop), cut_mask(mask, crop), bench.size.variants)
    changed = 0
    for outcome in bench.painter.paint(asked):
        result = stitch(rgba, _picture(outcome), crop, mask, feather=8)
        changed += int((result != rgba).any(axis=2)[~mask].sum())
    return changed


def ours_whole(bench: Bench) -> None:
    """Paint the whole master, every variant."""
    rgb, count = master(bench.size.side)[..., :3], bench.size.variants
    for outcome in bench.painter.paint(requests(bench, rgb, np.ones(rgb.shape[:2], dtype=np.float32), count)):
        _picture(outcome)


def _picture(outcome: object) -> Pixels:
    if not isinstance(outcome, Painted):
        raise TypeError(f"a variant failed: {outcome}")
    return outcome.picture


def stock(bench: Bench, batch: int) -> int:
    """The stock loop over the whole master; returns the pictures painted."""
    from PIL import Image

    picture, count = Image.fromarray(master(bench.size.side)[..., :3]), max(bench.size.stock, batch)
    for start in range(0, count, batch):
        seeds = range(start, start + batch)
        bench.pipe(
            prompt=[f"variant {i} of a dog" for i in seeds],
            negative_prompt=["blurry"] * batch,
            image=[picture] * batch,
            strength=STRENGTH,
            num_inference_steps=bench.size.steps,
            guidance_scale=GUIDANCE,
            generator=[torch().Generator("cpu").manual_seed(i) for i in seeds],
        )
    return -(-count // batch) * batch


def seconds(work: Callable[[], object], *, cuda: bool) -> float:
    """Wall time of one run on CUDA, its queue included; elsewhere the time of the one CPU thread that works."""
    if not cuda:
        begun = time.process_time()
        work()
        return time.process_time() - begun
    torch().cuda.synchronize()
    begun = time.perf_counter()
    work()
    torch().cuda.synchronize()
    return time.perf_counter() - begun


def stock_rates(bench: Bench) -> Rates:
    """Pictures a second of the stock loops, which always paint the whole master."""
    stock(bench, 1)  # warms up
    found = {}
    for way, batch in zip(WAYS, (1, min(bench.size.batch, 8)), strict=False):
        count: list[int] = []
        took = seconds(lambda: count.append(stock(bench, batch)), cuda=bench.cuda)  # noqa: B023 (called at once)
        found[way] = count[0] / took
    return found


def our_rates(bench: Bench) -> tuple[float, float, int]:
    """Pictures a second for the slot and for the whole master; pixels changed outside the slot."""
    changed = [ours_slot(bench.briefly())]  # warms up
    in_slot = bench.size.variants / seconds(lambda: changed.append(ours_slot(bench)), cuda=bench.cuda)
    ours_whole(bench.briefly())
    in_whole = bench.size.variants / seconds(lambda: ours_whole(bench), cuda=bench.cuda)
    return in_slot, in_whole, sum(changed)


def arithmetic(bench: Bench) -> float:
    """Floating-point operations for one whole picture by ours, its share of what is shared not taken off."""
    counter = import_module("torch.utils.flop_counter").FlopCounterMode(display=False)
    rgb = master(bench.size.side)[..., :3]
    one = requests(bench, rgb, np.ones(rgb.shape[:2], dtype=np.float32), 1)
    with counter:
        bench.painter.paint(one)
    return float(counter.get_total_flops())


def ceiling(*, cuda: bool) -> float:
    """Operations a second of a large matrix product: bf16 on CUDA, fp32 elsewhere."""
    side, kind = (8192, torch().bfloat16) if cuda else (768, torch().float32)
    one = torch().randn(side, side, dtype=kind, device="cuda" if cuda else "cpu")
    runs = [seconds(lambda: one @ one, cuda=cuda) for _ in range(10)]
    return float(2 * side**3 / min(runs))


def overhead(bench: Bench, rounds: int) -> float:
    """Percent of a bare call of the pipeline that one picture by ours takes longer, nothing shared.

    Medians, taking turns, of the time around the model's parts: what the parts take is the same for both, and swings
    more from run to run than all that is around them. On CUDA, where parts return before they are done, of everything.
    """
    alone = replace(bench, size=replace(bench.size, stock=1, side=bench.size.side // 2))
    rgb = master(alone.size.side)[..., :3]
    mask = np.ones(rgb.shape[:2], dtype=np.float32)
    bare, own, whole = [], [], []
    for turn in range(rounds):
        fresh = requests(bench, np.roll(rgb, turn + 1, axis=0), mask, 1)[0]  # not on any shelf
        asked = replace(fresh, prompt=f"variant {turn} of a fox", negative=f"blurry {turn}")
        total, inside = around(lambda: stock(alone, 1), bench.pipe, cuda=bench.cuda)
        bare.append(total - inside)
        whole.append(total)
        paint = partial(bench.painter.paint, [asked])
        total, inside = around(paint, bench.painter.model.pipe, cuda=bench.cuda)
        own.append(total - inside)
    return 100 * (statistics.median(own) - statistics.median(bare)) / statistics.median(whole)


def around(work: Callable[[], object], pipe: Any, *, cuda: bool) -> tuple[float, float]:
    """Seconds of some work, and how many of them were spent in the UNet, the VAE and the text encoder."""
    spent = [0.0]

    def timed(own: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            begun = time.process_time()
            found = own(*args, **kwargs)
            spent[0] += 0 if cuda else time.process_time() - begun
            return found

        return call

    parts = ((pipe.unet, "forward"), (pipe.vae, "encode"), (pipe.vae, "decode"), (pipe.text_encoder, "forward"))
    with ExitStack() as stack:
        for part, name in parts:
            stack.enter_context(mock.patch.object(part, name, timed(getattr(part, name))))
        return seconds(work, cuda=cuda), spent[0]


def growth(bench: Bench, recipes: int) -> float:
    """MiB that the process, its GPU's memory included, grows by over this many recipes, each with its own prompt.

    Their pictures are 64 different ones, more than are kept.
    """
    rgb = master(64)[..., :3]
    mask, before = np.ones(rgb.shape[:2], dtype=np.float32), 0
    for index in range(recipes):
        if index == recipes // 4:  # what is kept is full by then
            before = held(cuda=bench.cuda)
        request = requests(bench, np.roll(rgb, index, axis=1), mask, 1)[0]
        bench.painter.paint([replace(request, prompt=f"recipe {index}", steps=2)])
    return (held(cuda=bench.cuda) - before) / 2**20


def held(*, cuda: bool) -> int:
    """Bytes of this process and of its tensors on the GPU."""
    import psutil

    return int(psutil.Process().memory_info().rss + (torch().cuda.memory_allocated() if cuda else 0))


def sizes(profile: Profile, *, quick: bool, cuda: bool) -> Size:
    """What this machine can do in the time."""
    if cuda:
        return Size(32 if quick else 120, 3 if quick else 8, 1024, 30, 16, profile.buckets)
    buckets = ((128, 128), (192, 128), (128, 192), (192, 192))
    return Size(4, 2, 256, 4, 2, buckets) if quick else Size(24, 8, 256, 8, 4, buckets)


def measured(base: Base, folder: Path, *, quick: bool, cuda: bool) -> tuple[list[list[object]], dict[str, float]]:
    """The table's rows for one base, and its figures."""
    bench = prepare(base, sizes(load_profiles(ROOT)[base], quick=quick, cuda=cuda), folder, cuda=cuda)
    stocks = stock_rates(bench)
    slots, wholes, changed, figures = {**stocks}, {**stocks}, 0, {}
    for way, own in ((WAYS[2], bench), *(((WAYS[3], bench.compiled()),) if cuda else ())):
        slots[way], wholes[way], more = our_rates(own)
        changed += more
        mark = "" if own is bench else "_compiled"
        figures[f"speedup_slot{mark}"] = slots[way] / stocks[WAYS[0]]
        figures[f"speedup_whole{mark}"] = wholes[way] / stocks[WAYS[0]]
    work, top = arithmetic(bench), ceiling(cuda=cuda)
    rows: list[list[object]] = [
        [base, job, way, rate, rate / stocks[WAYS[0]], f"{rate * work / top:.1%}" if job == "whole" else ""]
        for job, found in (("slot", slots), ("whole", wholes))
        for way, rate in found.items()
    ]
    figures |= {
        "share_of_ceiling": wholes["ours"] * work / top,
        "overhead_percent": overhead(bench, 8 if quick else 30),
        "memory_growth_mib": growth(bench, 16 if quick else 1000),
        "pixels_changed_outside": changed,
    }
    return rows, figures


def main(bases: Sequence[Base] = ("sd15", "sdxl")) -> None:
    """Measure and print; the flat figures are SD 1.5's."""
    given = arguments(__doc__)
    cuda = bool(torch().cuda.is_available())
    if not cuda:
        torch().set_num_threads(1)
    rows: list[list[object]] = []
    flat: dict[str, object] = {"device": torch().cuda.get_device_name() if cuda else "cpu, small models"}
    with tempfile.TemporaryDirectory() as folder:
        for base in bases if cuda or not given.quick else bases[:1]:
            more, figures = measured(base, Path(folder), quick=given.quick, cuda=cuda)
            rows += more
            mark = "" if base == "sd15" else f"_{base}"
            flat |= {f"{name}{mark}": round(value, 3) for name, value in figures.items()}
    show(str(flat["device"]), ("model", "job", "way", "pictures/s", "times stock", "of ceiling"), rows)
    show("figures", ("figure", "value"), [[name, value] for name, value in flat.items()])
    finish(flat, as_json=given.json)


if __name__ == "__main__":
    main()
