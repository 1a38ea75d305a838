"""The only place that touches heavy libraries: renderer (resvg), tracer (vtracer), embedder and painter (torch)."""
