"""The starter models on held-out characters, palettes and flags, beside the targets and what a user would pick instead.

autoencoder         PSNR of 256 px drawings, encoded and decoded
edits               L1 to the drawing that was wanted, inside the mask, at 128 px: what the edit takes away of it
accepted            edits that the pipeline's gate keeps, all other edits leave the picture as it was
attributes          of text to image, that a classifier trained apart finds as the caption says
judge               the small CLIP; blur and noise are told by the pipeline's measure of cleanliness
512 px              a whole picture edited, on the cores that there are
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np

from benchmarks.starter import codec, edits, judge, painting
from benchmarks.table import arguments, finish, show
from models.training.classifier import load_classifier
from models.training.drawings import KINDS
from pipelines.engines.checkpoints import open_checkpoint
from pipelines.engines.clip import ClipEmbedder
from pipelines.engines.diffusion import DiffusersPainter
from pipelines.home import ROOT
from pipelines.likeness.floors import read_floors
from pipelines.profiles import load_profiles

STARTER = ROOT / "models" / "starter"
Row = tuple[str, str, float, float, float]  # the figure's name, in words, found, at least, aim


def measured(*, quick: bool) -> tuple[list[Row], dict[str, object]]:
    """Every figure of the table, and what else is told with --json."""
    painter = DiffusersPainter(open_checkpoint(STARTER, load_profiles(ROOT)["starter"]))
    embedder = ClipEmbedder(STARTER / "clip")
    told = judge.told(embedder, sets=1 if quick else 4)
    edited, more = _edits(painter, embedder, count=2 if quick else 10)
    right = painting.accuracy(stock("StableDiffusionPipeline"), load_classifier(), count=8 if quick else 48)
    psnr = codec.psnr_db(painter.model.pipe.vae, count=4 if quick else 24)
    rows: list[Row] = [
        ("vae_psnr_db", "autoencoder, 256 px, dB", psnr, 30, 34),
        *edited,
        ("attribute_accuracy", "attributes painted as told", right.painted, 0.60, 0.85),
        ("retrieval_at_1_of_64", "caption → picture among 64", told.retrieval_at_1_of_64, 0.95, 0.98),
        ("auc_same_character", "AUC same mascot", told.auc_same_character, 0.99, 0.999),
        ("auc_blur", "AUC intact, blurred by 2 px", told.auc_blur, 0.85, 0.95),
        ("auc_noise", "AUC intact, noise of σ 30", told.auc_noise, 0.85, 0.95),
        ("auc_background", "AUC intact, another backdrop", told.auc_background, 0.85, 0.95),
        ("flag_of_20", "flag named among 20", told.flag_of_20, 0.85, 0.95),
        ("seconds_512", "seconds, a flag harmonised at 512 px", painting.seconds(painter), 4, 1.5),
    ]
    more |= {"attributes_of_true_drawings": right.drawn, "attributes_by_chance": right.chance}
    return rows, more | {f"attribute_{name}": value for name, value in right.by_attribute.items()}


def _edits(painter: DiffusersPainter, embedder: ClipEmbedder, *, count: int) -> tuple[list[Row], dict[str, object]]:
    """The rows of the edits; the table of the ways is printed here."""
    wanted = edits.wanted(count)
    results = {
        "as it is": [edit.before for edit in wanted],
        "img2img": edits.img2img(stock("StableDiffusionImg2ImgPipeline"), wanted),
        "ours": edits.ours(painter, wanted),
    }
    found = {way: [edits.distance(e, r) for e, r in zip(wanted, results[way], strict=True)] for way in edits.WAYS}
    floors = read_floors(STARTER / "clip")
    accepts = edits.gate(embedder, None if floors is None else floors.gain)
    kept = [accepts(edit, result) for edit, result in zip(wanted, results["ours"], strict=True)]
    kinds = np.array([edit.pair.kind for edit in wanted])
    table: list[list[Any]] = []
    for kind in (*KINDS, "all"):
        here = np.flatnonzero((kinds == kind) | (kind == "all"))
        l1 = [_mean([found[way][i].l1 for i in here]) for way in edits.WAYS]
        colour = [_mean([found[way][i].delta_e for i in here]) for way in edits.WAYS]
        table.append([kind, *l1, *colour, _mean([kept[i] for i in here])])
    titles = (*(f"L1 {way}" for way in edits.WAYS), *(f"ΔE {way}" for way in edits.WAYS), "accepted")
    show("Edits: how far from the drawing that was wanted, inside the mask", ("kind", *titles), table)
    leave, low, mine = table[-1][1:4]
    more = {"edit_l1_as_it_is": leave, "edit_l1_img2img": low, "edit_l1": mine}
    more |= {f"edit_gain_{row[0]}": 1 - row[3] / row[1] for row in table[:-1]}
    return [
        ("edit_gain", "edits: L1 taken away", 1 - mine / leave, 0.30, 0.60),
        ("edit_gain_delta_e", "edits: ΔE taken away", 1 - table[-1][6] / table[-1][4], 0.30, 0.60),
        ("edits_accepted", "edits accepted", table[-1][7], 0.50, 0.80),
    ], more


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def stock(name: str) -> Any:
    """A stock pipeline with the starter's weights, as anybody would load it."""
    pipe = getattr(import_module("diffusers"), name).from_pretrained(str(STARTER), local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__)
    rows, more = measured(quick=given.quick)
    beside = [(words, value, least, aim, _verdict(value, least, aim)) for _, words, value, least, aim in rows]
    show("The starter on held-out drawings", ("figure", "found", "at least", "aim", ""), beside)
    flat = {name: round(value, 4) for name, _, value, _, _ in rows}
    extra = {name: round(value, 4) for name, value in more.items() if isinstance(value, float)}
    finish({**flat, **extra}, as_json=given.json)


def _verdict(value: float, least: float, aim: float) -> str:
    reached = [value >= limit if aim > least else value <= limit for limit in (least, aim)]
    return "aim reached" if reached[1] else "reached" if reached[0] else "not reached"


if __name__ == "__main__":
    main()
