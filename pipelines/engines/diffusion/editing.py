"""Paired editing: a UNet that also reads the picture it edits (InstructPix2Pix, Brooks et al. 2023, section 3.2).

Published checkpoints hold a UNet of eight input channels. Ours may hold a plain one, and beside it the first
convolution that makes it such: the layers behind it are the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.engines.checkpoints.editing import FIRST
from pipelines.engines.diffusion.devices import library


def widen(unet: Any, file: Path) -> None:
    """Put the first convolution (c, 8, 3, 3) of a checked file in the place of a UNet's own (c, 4, 3, 3).

    The bias stays. Channels 0 to 3 read the noised latents, 4 to 7 those of the picture that is edited.
    """
    torch, plain = library("torch"), unet.conv_in
    weight = library("safetensors.torch").load_file(str(file))[FIRST]
    own = {"padding": plain.padding, "bias": plain.bias is not None}
    wide = torch.nn.Conv2d(weight.shape[1], plain.out_channels, plain.kernel_size, **own)
    wide.load_state_dict(plain.state_dict() | {"weight": weight})
    unet.conv_in = wide.to(plain.weight.device, plain.weight.dtype)
    unet.register_to_config(in_channels=weight.shape[1])
