"""The example brief, from nothing to a delivered pack: how long, how much memory, how exact.

Runs `atelier run` as a person would, in a folder of its own: once from nothing, once again unchanged, once with one
flag replaced. The hand-made way takes about 60 hours for the same set, a chat image model with a web vectorizer about 6
(as reported by the people who did it; see the README).
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.table import arguments, finish, show

ROOT = Path(__file__).resolve().parent.parent
BRIEF = ROOT / "examples" / "mascot" / "brief.yaml"
SAMPLE = ("CA-ON", "CA-NU", "US-CA", "US-MD", "JP", "GB-WLS", "HK", "CH")


@dataclass(frozen=True, slots=True)
class Run:
    """One command: what it printed, seconds, and the largest memory of all its processes together, MB."""

    printed: str
    seconds: float
    peak_mb: float


def watched(command: list[str], environment: dict[str, str]) -> Run:
    """Run a command and add up the memory of its whole tree, every 50 ms."""
    begun, peak = time.monotonic(), 0.0
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, env=_environment() | environment, stdout=out, cwd=ROOT)
        parent = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, _memory(parent))
            time.sleep(0.05)
        out.seek(0)
        if process.returncode:
            sys.exit(f"{' '.join(command)} ended with {process.returncode}")
        return Run(out.read().decode(), time.monotonic() - begun, peak)


def _environment() -> dict[str, str]:
    """As on a user's machine, where Python keeps what it has compiled."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _memory(parent: psutil.Process) -> float:
    """Proportional set size where the system tells it (forked children share most pages), else resident size; MB."""
    total = 0
    for process in [parent, *_children(parent)]:
        try:
            info = process.memory_full_info()
            total += getattr(info, "pss", info.rss)
        except psutil.Error:
            continue
    return total / 1e6


def _children(parent: psutil.Process) -> list[psutil.Process]:
    try:
        return parent.children(recursive=True)
    except psutil.Error:
        return []


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__)
    with tempfile.TemporaryDirectory(prefix="atelier-bench-") as text:
        folder = Path(text)
        brief = _brief(folder, quick=given.quick)
        place = {"ATELIER_HOME": str(folder / "home"), "ATELIER_OUTPUTS": str(folder / "outputs")}
        atelier = [sys.executable, "-m", "studio", "run", str(brief), "--json"]
        first = watched(atelier, place)
        second = watched(atelier, place)
        before = _delivered(folder)
        _replace_one(brief)
        third = watched(atelier, place)
        made = _delivered(folder) - before
        _report(first, second, third, folder, made=made, as_json=given.json)


def _brief(folder: Path, *, quick: bool) -> Path:
    """A copy of the example, with a sample of its regions for --quick."""
    shutil.copytree(BRIEF.parent, folder / "brief")
    brief = folder / "brief" / BRIEF.name
    if quick:
        text = brief.read_text()
        brief.write_text(text.replace("set: client-104", f"values: [{', '.join(SAMPLE)}]"))
    return brief


def _delivered(folder: Path) -> int:
    """How often the last stage has run so far: the catalogue keeps one result for each time."""
    with contextlib.closing(sqlite3.connect(folder / "home" / "catalogue.sqlite")) as catalogue:
        (count,) = catalogue.execute("SELECT count(*) FROM results WHERE stage = 'deliver'").fetchone()
    return int(count)


def _replace_one(brief: Path) -> None:
    """Give one region another flag, as a designer would: a drawing of their own beside the brief."""
    shutil.copy(ROOT / "artwork" / "drawn" / "SE.svg", brief.parent / "our-japan.svg")
    text = brief.read_text()
    placed = "slot: flag\n"
    assert placed in text  # noqa: S101 (else the third run would measure nothing)
    brief.write_text(text.replace(placed, "slot: flag\n      overrides: {JP: our-japan.svg}\n", 1))


def _report(first: Run, second: Run, third: Run, folder: Path, *, made: int, as_json: bool) -> None:
    summary, again = (json.loads(r.printed.splitlines()[-1]) for r in (first, second))
    (manifest_path,) = (folder / "outputs").glob("*/manifest.json")
    variants = json.loads(manifest_path.read_text())["variants"]
    own = [v["scores"]["nearest"] == v["order"]["recipe"]["edits"][0]["code"] for v in variants]
    found: dict[str, object] = {
        "variants": summary["variants"],
        "seconds": round(first.seconds, 2),
        "seconds_per_variant": round(first.seconds / summary["variants"], 3),
        "peak_rss_mb": round(first.peak_mb),
        "pixels_changed_outside": sum(v["scores"]["changed_outside"] for v in variants),
        "nearest_own_region_share": sum(own) / len(own),
        "accepted": summary["accepted"],
        "second_run_seconds": round(second.seconds, 2),
        "second_run_made": again["made"],
        "one_flag_replaced_made": made,
        "one_flag_replaced_seconds": round(third.seconds, 2),
        "help_seconds": round(_help_seconds(), 3),
    }
    show("the example brief", ("figure", "measured"), list(found.items()))
    stages = summary["stage_seconds"]
    total = sum(stages.values())
    rows = [(k, v, v / summary["variants"], f"{v / total:.0%}") for k, v in stages.items()]
    show("what each stage costs (seconds of work)", ("stage", "in all", "a variant", "share"), rows)
    finish(found, as_json=as_json)


def _help_seconds() -> float:
    """Median of five."""
    times, command = [], [sys.executable, "-m", "studio", "--help"]
    for _ in range(5):
        begun = time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT, env=_environment())
        times.append(time.monotonic() - begun)
    return sorted(times)[2]


if __name__ == "__main__":
    main()
