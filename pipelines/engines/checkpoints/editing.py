"""What makes a checkpoint's plain UNet an editing one: its first convolution, twice as deep, in `edits/`.

The layout is ours; diffusers passes over the folder, as no index names it, and loads the plain model.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.engines.checkpoints.weights import Header, read_header
from pipelines.errors import EngineError

FIRST = "conv_in.weight"
_FILE = Path("edits", "conv_in.safetensors")


def read_edits(root: Path, unet: tuple[Header, ...]) -> Header | None:
    """The checked convolution of a checkpoint in a folder; None if it has none. `unet` are its UNet's own files.

    Raises EngineError for one that is damaged, or of another UNet.
    """
    if not (root / _FILE).is_file():
        return None
    header = read_header(root / _FILE)
    plain = next((shape for shape in (own.shape(FIRST) for own in unet) if shape), ())
    wide = header.shape(FIRST)
    if len(plain) != 4 or wide != (plain[0], 2 * plain[1], *plain[2:]):
        fix = "put the convolution there that was trained with this UNet, or remove the folder"
        got = f"{FIRST} {wide} beside {plain}"
        raise EngineError(f"{_FILE} does not fit the UNet: it must read twice its channels", got=got, fix=fix)
    return header
