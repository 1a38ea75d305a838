"""The painter on diffusers: a short denoising loop of our own for UNets, stock pipelines for the other families."""

from pipelines.engines.diffusion.painter import DiffusersPainter

__all__ = ["DiffusersPainter"]
