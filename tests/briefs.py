"""A small brief with its master, for tests that run the whole path."""

from __future__ import annotations

from pathlib import Path

from tests.drawn import disc, master_svg, tricolour

BRIEF = """\
brief: 1
name: small
why: to see that the whole path works
data_used: []
biases: []
master: {file: master.svg, size: 128}
slots:
  flag: {layer: flag-art}
axes:
  team: {values: [red, green, blue]}
edits:
  team:
    - {edit: place, slot: flag, artwork: "art/{team}.svg"}
prompt: the same character, waving for team {team}
"""


def write_brief(folder: Path, *, text: str = BRIEF) -> Path:
    """The brief with its master and artwork in `folder`; the brief's path."""
    (folder / "art").mkdir(parents=True, exist_ok=True)
    (folder / "master.svg").write_bytes(master_svg())
    (folder / "art" / "red.svg").write_bytes(tricolour("#c00000", "#ffffff", "#c00000"))
    (folder / "art" / "green.svg").write_bytes(disc("#ffffff", "#008000"))
    (folder / "art" / "blue.svg").write_bytes(disc("#0000c0", "#ffffff"))
    path = folder / "brief.yaml"
    path.write_text(text)
    return path
