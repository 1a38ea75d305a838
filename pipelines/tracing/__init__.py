"""Pixels → few, exact vector shapes: regions, sub-pixel contours, fitted curves, stacked shapes."""
