"""Where contours are cut into primitives."""
