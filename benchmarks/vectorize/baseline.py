"""What anybody would do instead: vtracer with its defaults, then svgo with its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.vectorize.truths import PACKAGES

_SVGO = PACKAGES / "svgo"


def missing() -> str | None:
    """In words, what the baseline needs that is not here."""
    if shutil.which("node") is None:
        return "the baseline is optimised by svgo, which needs Node.js: install it, then run `make bench`"
    if not _SVGO.is_dir():
        return "svgo is not installed: run `npm ci --prefix benchmarks/vectorize --ignore-scripts`"
    return None


def versions() -> str:
    """Of both programs."""
    svgo = json.loads((_SVGO / "package.json").read_text("utf-8"))["version"]
    return f"vtracer {version('vtracer')}, svgo {svgo}"


def traced(pngs: Sequence[bytes]) -> list[str]:
    """Each PNG as SVG; svgo is started once for all of them."""
    import vtracer

    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number:05}.svg" for number in range(len(pngs))]
        for path, png in zip(paths, pngs, strict=True):
            path.write_text(vtracer.convert_raw_image_to_svg(png, img_format="png"), "utf-8")
        if paths:
            subprocess.run(["node", _SVGO / "bin" / "svgo.js", "--quiet", "--folder", folder], check=True)
        return [path.read_text("utf-8") for path in paths]
