"""`atelier trace`: pictures into SVGs beside them, with the proof of each as a table."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from rich.box import SIMPLE
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Column, Table

from pipelines.errors import AtelierError, SourceError, TraceError
from pipelines.palettes.names import colour_of
from pipelines.palettes.table import read_palette
from studio import exits
from studio.output import console, print_json, sizes
from studio.palettes.contrasting import style_file
from studio.tracing import Failed, Task, Traced, attempt
from workers.settings import Settings

_PICTURES = frozenset((".png", ".jpg", ".jpeg", ".webp"))
_FEWEST = 2  # pictures for which another process is worth its start


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: files and folders, where to, and colours as people write them, files of them, or a style."""

    pictures: tuple[Path, ...]
    out: Path | None
    title: str | None
    palette: tuple[str, ...]
    style: str | None
    force: bool


def trace_all(wish: Wish, *, as_json: bool) -> int:
    """Trace every picture; an exit code. Raises PaletteError for what is no palette, before anything is traced."""
    begun = time.monotonic()
    asked = _asked(wish)
    tasks = [task for task in asked if isinstance(task, Task)]
    found = {picture_of(made): made for made in _shown(_made(tasks), len(tasks), quiet=as_json)}
    outcomes = [one if isinstance(one, Failed) else found[one.picture] for one in asked]
    seconds = round(time.monotonic() - begun, 2)
    if as_json:
        print_json(_told(outcomes, seconds))
    else:
        _say(outcomes, seconds)
    return exits.ERROR if any(isinstance(one, Failed) for one in outcomes) else exits.DONE


def picture_of(made: Traced | Failed) -> Path:
    """The picture that it is about."""
    return made.picture if isinstance(made, Failed) else made.task.picture


# ── what is asked for ────────────────────────────────────────────────────────────────────────────────────


def _asked(wish: Wish) -> list[Task | Failed]:
    """Each picture with its target, in order, once; or why it has none."""
    palette, taken = _palette(wish), dict[Path, Path]()
    asked: list[Task | Failed] = []
    for picture, target in _targets(wish):
        if isinstance(target, AtelierError):
            asked.append(Failed(picture, target))
        elif taken.setdefault(target, picture) != picture:
            fix = "rename one, or trace them to different places with --out"
            asked.append(Failed(picture, TraceError("another picture becomes that file", got=str(target), fix=fix)))
        elif target.exists() and target != picture and not wish.force:
            fix = "--force replaces it, --out names another place"
            asked.append(Failed(picture, TraceError("that file is there already", got=str(target), fix=fix)))
        else:
            asked.append(Task(picture, target, wish.title or picture.stem, palette))
    return asked


def _targets(wish: Wish) -> Iterator[tuple[Path, Path | AtelierError]]:
    """Pictures, those in folders too, each once and with the file that it becomes."""
    for path in dict.fromkeys(wish.pictures):
        if not path.is_dir():
            single = wish.out is not None and wish.out.suffix.lower() == ".svg"
            yield path, wish.out if single and wish.out else _beside(path, Path(path.name), wish.out)
            continue
        inside = [p for p in sorted(path.rglob("*")) if p.suffix.lower() in _PICTURES and not _hidden(p, path)]
        if not inside:
            yield path, SourceError("there is no PNG, JPEG or WebP in that folder", got=str(path), fix="name another")
        yield from ((p, _beside(p, p.relative_to(path), wish.out)) for p in inside if p not in wish.pictures)


def _beside(picture: Path, name: Path, out: Path | None) -> Path:
    return (picture if out is None else out / name).with_suffix(".svg")


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _palette(wish: Wish) -> dict[str, str]:
    """Name → colour; a colour that stands for itself is its own name."""
    words = [word for text in wish.palette for word in text.split(",") if word.strip()]
    files = [Path(word) for word in words if word.lower().endswith(".toml")]
    files += [] if wish.style is None else [style_file(wish.style)]
    found = {name: colour for file in files for name, colour in read_palette(file).items()}
    plain = [colour_of(word) for word in words if not word.lower().endswith(".toml")]
    return found | {colour: colour for colour in plain if colour not in found.values()}


# ── work ─────────────────────────────────────────────────────────────────────────────────────────────────


def _made(tasks: Sequence[Task]) -> Iterator[Traced | Failed]:
    """What comes of tasks, as it comes: in processes of their own where there are many."""
    processes = min(Settings.load().processes, len(tasks) // _FEWEST)
    if processes < 2:
        yield from map(attempt, tasks)
        return
    # A fork would copy the bar's locks. Ctrl-C is for this process: it lets those finish what they have begun.
    pool = ProcessPoolExecutor(processes, get_context("spawn"), signal.signal, (signal.SIGINT, signal.SIG_IGN))
    try:
        for done in as_completed([pool.submit(attempt, task) for task in tasks]):
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _shown(made: Iterator[Traced | Failed], total: int, *, quiet: bool) -> Iterator[Traced | Failed]:
    """A bar on the way, where there are several."""
    columns = (TextColumn("tracing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TextColumn("{task.description}"))  # fmt: skip
    with Bar(*columns, console=console(), transient=True, disable=quiet or total < 2) as bar:
        shown = bar.add_task("", total=total)
        for one in made:
            bar.update(shown, advance=1, description=escape(picture_of(one).name))
            yield one


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────


def _say(outcomes: Sequence[Traced | Failed], seconds: float) -> None:
    out, traced = console(), [one for one in outcomes if isinstance(one, Traced)]
    if traced:
        heads = ("SSIM", "ΔE", "edges px", "holes", "shapes", "gzip", "s")
        first = Column("drawing", overflow="fold")
        table = Table(first, *(Column(head, justify="right", no_wrap=True) for head in heads), box=SIMPLE, padding=0)
        for one in traced:
            table.add_row(escape(str(one.task.target)), *_figures(one))
        out.print(table)
    for made in outcomes:
        if isinstance(made, Failed):
            out.print(f"[red]failed[/] {escape(str(made.picture))}: {escape(str(made.error))}", soft_wrap=True)
        for note in () if isinstance(made, Failed) else made.notes:
            out.print(f"[yellow]note:[/] {escape(picture_of(made).name)}: {escape(note)}", soft_wrap=True)
    failed = len(outcomes) - len(traced)
    what = "1 drawing" if len(traced) == 1 else f"{len(traced)} drawings"
    out.print(f"{what} in {seconds:.1f} s" + (f", {failed} failed" if failed else ""))


def _figures(one: Traced) -> tuple[str, ...]:
    proof = one.proof
    holes = f"{proof.holes:.2%}" if proof.holes else "0"
    return (f"{proof.ssim:.3f}", f"{proof.delta_e:.2f}", f"{proof.edge_error:.2f}", holes, str(one.shapes),
            sizes(proof.gzip_bytes), f"{one.seconds:.1f}")  # fmt: skip


def _told(outcomes: Sequence[Traced | Failed], seconds: float) -> dict[str, object]:
    traced = [
        {"picture": str(one.task.picture), "svg": str(one.task.target), **one.proof.model_dump(), "shapes": one.shapes,
         "bytes": one.bytes, "seconds": one.seconds, "notes": list(one.notes)}
        for one in outcomes if isinstance(one, Traced)
    ]  # fmt: skip
    failed = [
        {"picture": str(one.picture), "error": type(one.error).__name__, "problem": one.error.problem,
         "got": one.error.got, "fix": one.error.fix}
        for one in outcomes if isinstance(one, Failed)
    ]  # fmt: skip
    return {"traced": traced, "failed": failed, "seconds": seconds}
