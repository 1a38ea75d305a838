"""What steers a UNet besides words: LoRA, IP-Adapter and ControlNet, put on and taken off a loaded model."""

from pipelines.engines.diffusion.styles.adapters import Adapters

__all__ = ["Adapters"]
