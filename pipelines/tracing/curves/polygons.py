"""The safest way to draw a contour: a polygon through some of its points (Douglas and Peucker 1973)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_LEAST, _MOST = 0.35, 1.0  # pixels that a point may be off, however sure or unsure it is


def simplified(points: Array, sigma: Array) -> Array:
    """The points (k, 2) of a closed contour (n, 2) that are left if each other one may be off by its own standard
    deviation `sigma` (n,), within bounds.
    """
    allowed = np.clip(sigma, _LEAST, _MOST)
    far = int(np.hypot(*(points - points[0]).T).argmax())
    closed, last = np.concatenate([points, points[:1]]), len(points)
    kept, spans = {0, far}, [(0, far), (far, last)]
    while spans:
        a, b = spans.pop()
        if b - a < 2:
            continue
        off = _away(closed[a + 1 : b], closed[a], closed[b]) / allowed[a + 1 : b]
        k = int(off.argmax())
        if off[k] > 1:
            kept.add(a + 1 + k)
            spans += [(a, a + 1 + k), (a + 1 + k, b)]
    found: Array = points[sorted(kept)]
    return found if len(found) > 2 else points


def _away(points: Array, start: Array, end: Array) -> Array:
    """How far points (n, 2) are from the line between two."""
    way = end - start
    share = np.clip((points - start) @ way / max(float(way @ way), 1e-12), 0, 1)
    found: Array = np.hypot(*(points - start - share[:, None] * way).T)
    return found
