"""What contours are made of: lines, arcs, cubics, whole ellipses, each fitted to many runs of contour at once."""
