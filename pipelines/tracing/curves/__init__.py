"""Closed contours → the fewest lines, arcs and cubics that explain them."""

from pipelines.tracing.curves.fitting import fit, fit_all

__all__ = ["fit", "fit_all"]
