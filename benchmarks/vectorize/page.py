"""One page that shows the hard pictures and those that we lost, ours beside the baseline's."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from lxml import etree
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import uniform_filter

from benchmarks.vectorize.inputs import CONDITIONS, Condition, on_white
from benchmarks.vectorize.summary import Row
from benchmarks.vectorize.trials import Trial, Tried
from pipelines.engines.renderer import render
from pipelines.sources import parse_svg, svg_size

F32 = NDArray[np.float32]
Edges = tuple[float, float, float, float]
LOST = 8  # of each condition
SIDE = 256  # pixels of a picture on the page
DETAIL = 96  # pixels at the size of comparison
TITLES = ("the drawing", "what was traced", "vtracer + svgo", "ours")
_STYLE = """
:root{--ink:#1d2433;--soft:#667085;--line:#e4e7ec;--card:#fff;--page:#f6f7f9;--good:#0a7d55;--bad:#b42318}
@media(prefers-color-scheme:dark){:root{--ink:#eceff4;--soft:#98a2b3;--line:#2c3444;--card:#171c26;--page:#0f131a;
--good:#4cc38a;--bad:#f97066}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1180px;margin:0 auto;padding:40px 24px 80px}h1{font-size:28px;margin:0 0 4px}h2{margin:48px 0 12px}
p{margin:0 0 16px;color:var(--soft);max-width:75ch}section,.table{background:var(--card);border:1px solid var(--line);
border-radius:12px;padding:20px;margin:16px 0;overflow-x:auto}h3{margin:0;font-size:17px}h3 small{color:var(--soft);
font-weight:400;margin-left:8px}section p{margin:2px 0 14px}.row{display:grid;grid-template-columns:repeat(4,
minmax(150px,1fr));gap:12px}figure{margin:0}img{display:block;width:100%;border:1px solid var(--line);border-radius:6px;
background:#fff}img+img{margin-top:8px}figcaption{font-size:13px;color:var(--soft);
margin-bottom:6px}dl{display:grid;grid-template-columns:auto 1fr;gap:0 10px;margin:8px 0 0;font-size:13px;
font-variant-numeric:tabular-nums}dt{color:var(--soft)}dd{margin:0}table{border-collapse:collapse;width:100%;
font-variant-numeric:tabular-nums}th,td{text-align:left;padding:5px 12px 5px 0;border-bottom:1px solid var(--line)}
th{color:var(--soft);font-weight:500}.good{color:var(--good)}.bad{color:var(--bad)}
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A picture in one condition."""

    trial: Trial
    condition: Condition

    @property
    def tried(self) -> Tried:
        """The figures of that condition."""
        return self.trial.tried[self.condition]


def page(trials: Sequence[Trial], rows: Sequence[Row]) -> str:
    """The whole page: self-contained, no script."""
    hard = [Case(trial, "degraded") for trial in trials if trial.truth.hard]
    lost = [case for condition in CONDITIONS for case in _worst(trials, condition)]
    parts = (
        _table(rows),
        _part("Worst against the baseline", "The lowest SSIM against the baseline's, in both conditions.", lost),
        _part("Hard cases", "Busy emblems, dark areas of low contrast, tiny colours that occur nowhere else.", hard),
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Vectors beside plain vtracer</title><style>{_STYLE}</style><main><h1>Vectors beside plain vtracer</h1>"
        f"<p>{len(trials)} drawings, traced at 512 pixels and compared at 1024. The lower picture of each pair is the "
        f"place where the two differ the most, enlarged.</p>{''.join(parts)}</main></html>"
    )


def _worst(trials: Sequence[Trial], condition: Condition) -> list[Case]:
    cases = [Case(trial, condition) for trial in trials]
    return sorted(cases, key=lambda case: case.tried.margin)[:LOST]


def _table(rows: Sequence[Row]) -> str:
    lines = []
    for row in rows:
        cells = [f"{cell:.3g}" if isinstance(cell, float) else escape(str(cell)) for cell in row.cells()]
        tone = "bad" if row.verdict == "not reached" else "good"
        lines.append(f"<tr><td>{'</td><td>'.join(cells[:-1])}</td><td class={tone}>{cells[-1]}</td></tr>")
    heads = "".join(f"<th>{head}</th>" for head in ("median", "vtracer + svgo", "ours", "at least", "aim", ""))
    return f"<div class=table><table><tr>{heads}</tr>{''.join(lines)}</table></div>"


def _part(title: str, words: str, cases: Sequence[Case]) -> str:
    return f"<h2>{title}</h2><p>{words}</p>{''.join(map(_case, cases))}" if cases else ""


def _case(case: Case) -> str:
    prepared = case.trial.prepared
    texts = (case.trial.truth.svg, prepared.drawing(case.condition), case.tried.svg)
    roots = [parse_svg(text.encode(), "a drawing to show") for text in texts]
    true = on_white(prepared.pixels())
    wholes = [true, *(on_white(render(root, true.shape[1], true.shape[0])) for root in roots[1:])]
    where = _apart(*wholes)
    details = [_part_of(root, where) for root in roots]
    with Image.open(prepared.input(case.condition)) as picture:
        given = picture.convert("RGBA")
    box = (where[0] * given.width, where[1] * given.height, where[2] * given.width, where[3] * given.height)
    wholes.insert(1, on_white(np.asarray(given)))
    enlarged = given.resize((SIDE, SIDE), Image.Resampling.NEAREST, box=box)
    details.insert(1, on_white(np.asarray(enlarged)))
    facts = ("", "", *_facts(case.tried))
    figures = map(_figure, TITLES, wholes, details, facts)
    head = f"<h3>{escape(case.trial.truth.name)}<small>{case.condition}</small></h3><p>{escape(_caption(case))}</p>"
    return f"<section>{head}<div class=row>{''.join(figures)}</div></section>"


def _figure(title: str, whole: F32, detail: F32, facts: str) -> str:
    images = _image(whole, f"{title}, whole") + _image(detail, f"{title}, a detail")
    return f"<figure><figcaption>{title}</figcaption>{images}{facts}</figure>"


def _part_of(root: etree._Element, where: Edges) -> F32:
    """A part of a drawing, drawn as large as the page shows it."""
    left, top, width, height = svg_size(root)
    x, y, right, bottom = where
    window = (left + x * width, top + y * height, (right - x) * width, (bottom - y) * height)
    return on_white(render(root, SIDE, SIDE, window=window))


def _caption(case: Case) -> str:
    """What there is to see, in a line."""
    t, hard = case.tried, case.trial.truth.hard
    like = "ours is the more like" if t.margin >= 0 else "the baseline's is the more like"
    share = t.ours.size / t.base.size
    words = f"{like}, by {abs(t.margin):.4f} of SSIM, and ours has {share:.0%} of its bytes"
    return f"{hard[:1].upper()}{hard[1:]}: {words}." if hard else f"{words[:1].upper()}{words[1:]}."


def _facts(tried: Tried) -> tuple[str, str]:
    def told(ssim: float, delta_e: float, size: int, shapes: int) -> str:
        facts = {"SSIM": f"{ssim:.4f}", "ΔE00": f"{delta_e:.2f}", "gzip": f"{size:,} bytes", "shapes": f"{shapes:,}"}
        return f"<dl>{''.join(f'<dt>{name}</dt><dd>{value}</dd>' for name, value in facts.items())}</dl>"

    base, ours = (told(f.ssim, f.delta_e, f.size, f.shapes) for f in (tried.base, tried.ours))
    return base, ours


def _apart(true: F32, theirs: F32, ours: F32) -> Edges:
    """The square in which the two are the most unequally near to the truth: left, top, right, bottom, 0 to 1."""
    error = np.abs(ours - true).sum(axis=2) - np.abs(theirs - true).sum(axis=2)
    side = min(DETAIL, *error.shape)
    differ = np.abs(uniform_filter(error, side, mode="constant"))
    middle = np.unravel_index(int(differ.argmax()), differ.shape)
    height, width = error.shape
    top, left = (max(0, min(int(v) - side // 2, end - side)) for v, end in zip(middle, error.shape, strict=True))
    return left / width, top / height, (left + side) / width, (top + side) / height


def _image(pixels: F32, words: str) -> str:
    picture = Image.fromarray(np.rint(pixels * 255).astype(np.uint8))
    if max(picture.size) > SIDE:
        picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=90, method=4)
    return f'<img alt="{escape(words)}" src="data:image/webp;base64,{base64.b64encode(out.getvalue()).decode()}">'
