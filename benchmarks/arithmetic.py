"""How many operations full-size SD 1.5 and SDXL take to repaint, counted without running them or having their weights.

A master of 1024 x 1024 with a slot of a fifth of its area, 18 of 30 steps with guidance, as `benchmarks.repaint` paints
it on a GPU. The last column is how much quicker than the stock loop a device would be that did every operation equally
fast: what is gained beyond that must come from larger batches, compiled code and shared work.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from benchmarks.random_models import FULL, Base, unet, vae
from benchmarks.repaint import STRENGTH, slot
from benchmarks.table import arguments, finish, show
from pipelines.crop import choose
from pipelines.home import ROOT
from pipelines.profiles import executed_steps, load_profiles

SIDE, STEPS = 1024, 30
TERA = 1e12


def operations(base: Base, width: int, height: int) -> tuple[float, float, float]:
    """Tera-operations of a step (negative and prompt), of decoding and of encoding a picture of this size."""
    torch = import_module("torch")
    with torch.device("meta"), torch.inference_mode():
        denoiser, coder = unet(base, FULL[base]), vae(FULL[base])
        latents = torch.empty(2, 4, height // 8, width // 8)
        texts = torch.empty(2, 77, denoiser.config.cross_attention_dim)
        more = {"text_embeds": torch.empty(2, 1280), "time_ids": torch.empty(2, 6)} if base == "sdxl" else None
        step = counted(
            lambda: denoiser(latents, torch.tensor(1.0), encoder_hidden_states=texts, added_cond_kwargs=more)
        )
        decoding = counted(lambda: coder.decode(latents[:1]))
        encoding = counted(lambda: coder.encode(torch.empty(1, 3, height, width)))
    return step, decoding, encoding


def counted(work: Callable[[], Any]) -> float:
    """Tera-operations of some work."""
    counter = import_module("torch.utils.flop_counter").FlopCounterMode(display=False)
    with counter:
        work()
    return float(counter.get_total_flops()) / TERA


def main() -> None:
    """Count and print."""
    given = arguments(__doc__)
    rows: list[list[object]] = []
    flat: dict[str, object] = {}
    steps = executed_steps(STEPS, STRENGTH)
    for base in FULL:
        profile = load_profiles(ROOT)[base]
        bucket = choose(slot(SIDE), profile.buckets).bucket
        step, decoding, encoding = operations(base, SIDE, SIDE)
        stock = steps * step + decoding + encoding
        for job, (width, height) in (("whole", (SIDE, SIDE)), ("slot", bucket)):
            step, decoding, _ = operations(base, width, height)  # the master is encoded once for all
            ours = steps * step + decoding
            rows.append([base, job, f"{width} x {height}", step, decoding, ours, stock / ours])
            flat[f"allowed_{job}_{base}"] = round(stock / ours, 2)
    show("operations, 10^12", ("model", "job", "painted at", "a step", "decode", "a picture", "times fewer"), rows)
    finish(flat, as_json=given.json)


if __name__ == "__main__":
    main()
