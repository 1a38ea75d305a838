"""The rules of direction: who may import whom."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("pipelines", "workers", "studio", "personalization")
HEAVY = ("torch", "diffusers", "transformers", "vtracer")

# model, errors ← edits, engines, score … ← flow ← workers ← studio
MAY_NOT = {
    "pipelines": ("workers", "studio", "personalization"),
    "workers": ("studio", "personalization"),
    "personalization": ("workers", "studio"),
    "studio": (),
}
CHOOSE_LOOP_MAY = ("pipelines.model", "pipelines.errors", "pipelines.catalogue")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("package", PACKAGES)
def test_no_arrow_points_upwards(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(package)
        for name in imports(path)
        if name.split(".")[0] in MAY_NOT[package]
    ]
    assert not wrong, "\n".join(wrong)


def test_model_and_errors_import_nothing_of_ours() -> None:
    for path in (ROOT / "pipelines" / "errors.py", *modules("pipelines/model")):
        ours = [name for name in imports(path) if name.split(".")[0] in PACKAGES]
        assert [name for name in ours if not name.startswith("pipelines.model")] == []


def test_nothing_but_the_flow_and_the_rim_imports_the_flow() -> None:
    below = [p for p in modules("pipelines") if p.name != "flow.py"]
    wrong = [f"{p.relative_to(ROOT)}" for p in below if "pipelines.flow" in set(imports(p))]
    assert not wrong, "\n".join(wrong)


def test_the_choose_loop_sees_the_catalogue_alone() -> None:
    ours = [(p, n) for p in modules("personalization") for n in imports(p) if n.startswith("pipelines")]
    assert [f"{p} imports {n}" for p, n in ours if not n.startswith(CHOOSE_LOOP_MAY)] == []


def test_heavy_libraries_stay_inside_engines() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for package in ("pipelines", "workers", "personalization")
        for path in modules(package)
        if "engines" not in path.parts
        for name in imports(path)
        if name.split(".")[0] in HEAVY
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("module", ["studio.cli", "pipelines.plan", "pipelines.model"])
def test_light_modules_load_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print([m for m in {(*HEAVY, 'celery', 'skimage', 'scipy')!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
