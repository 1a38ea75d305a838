"""Text set into a place: direction, breaking, shaping, fitting, and the outlines of both pixels and SVG."""
