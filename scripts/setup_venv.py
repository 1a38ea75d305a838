"""Make the virtual environment: torch first and pinned, then everything else at the tested versions."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

OLDEST = (3, 11)


def main(folder: Path) -> None:
    """Create or complete `folder`; stop with one sentence when something is wrong."""
    if sys.version_info < OLDEST:
        sys.exit(f"Atelier needs Python {'.'.join(map(str, OLDEST))} or newer; this is {sys.version.split()[0]}.")
    root = Path(__file__).resolve().parent.parent
    if not (folder / "bin" / "python").exists():
        venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    constraints = root / "constraints.txt"
    torch = next(line for line in constraints.read_text().splitlines() if line.startswith("torch=="))
    install(pip, torch)
    install(pip, "--constraint", str(constraints), "--editable", f"{root}[dev]")
    subprocess.run([*pip, "check"], check=True, stdout=subprocess.DEVNULL)
    probe = "import importlib.util as u, sys; sys.exit(u.find_spec('torchvision') is not None)"
    if subprocess.run([str(folder / "bin" / "python"), "-c", probe], check=False).returncode:
        sys.exit("torchvision got installed; beside CPU torch it breaks transformers. Remove whatever requires it.")


def install(pip: list[str], *what: str) -> None:
    """Install without byte-compiling, which would double the time."""
    print(f"installing {what[-1] if len(what) == 1 else 'Atelier and its libraries'} ...", flush=True)  # noqa: T201
    subprocess.run([*pip, "install", "--no-compile", *what], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
