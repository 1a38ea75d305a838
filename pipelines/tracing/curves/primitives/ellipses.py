"""Loops that are one ellipse: a direct least-squares conic (Halir and Flusser 1998), made geometric by Gauss-Newton."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.samples import Samples
from pipelines.vectors.paths import Subpath, ellipse

Array = NDArray[np.float64]

_ROUNDS = 3
_BYTES = np.array(
    [13.0, 14.0, 20.0]
)  # of a circle, an upright and a turned ellipse: fewer than they take, being likely
_PRIOR = 2.0  # nats by which a circle is likelier than an ellipse, and that than a turned one


@dataclass(frozen=True, eq=False, slots=True)
class Ellipses:
    """One a loop: `shape` (l, 5) centre x, y, radii, and turn in radians; `misfit` (l,) chi squared over its samples;
    `cost` (l,) in nats.
    """

    shape: Array
    misfit: Array
    cost: Array


def ellipses(samples: Samples, *, byte: float) -> Ellipses:
    """The best ellipse for each loop: turned only if that pays, and a circle if it may be one."""
    shape = _refined(samples, _direct(samples), np.ones(5))
    mean = np.sqrt(np.abs(shape[:, 2] * shape[:, 3]))
    steep = np.abs(np.sin(shape[:, 4])) > np.sqrt(0.5)
    upright = np.column_stack([shape[:, :2], np.where(steep[:, None], shape[:, [3, 2]], shape[:, 2:4]), mean * 0])
    circle = np.column_stack([shape[:, :2], mean, mean, mean * 0])
    tried = np.stack([
        _refined(samples, circle, np.array([1, 1, 1, 1, 0]), round_=True),
        _refined(samples, upright, np.array([1, 1, 1, 1, 0])),
        shape,
    ])  # fmt: skip
    misfits = np.stack([_misfit(samples, one) for one in tried])
    costs = misfits / 2 + (byte * _BYTES + _PRIOR * np.arange(3))[:, None]
    best, loops = costs.argmin(axis=0), np.arange(len(mean))
    return Ellipses(tried[best, loops], misfits[best, loops], costs[best, loops])


def drawn(shape: Array) -> Subpath:
    """An ellipse (5,) as four cubics."""
    cos, sin = np.cos(shape[4]), np.sin(shape[4])
    flat = ellipse(0.0, 0.0, float(shape[2]), float(shape[3]))
    turned: Subpath = flat @ np.array([[cos, sin], [-sin, cos]]) + shape[:2]
    return turned


def _direct(samples: Samples) -> Array:
    weight = samples.weight / np.add.reduceat(samples.weight, samples.start)[samples.loop]
    middle = np.add.reduceat(weight[:, None] * samples.xy, samples.start, axis=0)
    x, y = (samples.xy - middle[samples.loop]).T
    size = np.sqrt(np.add.reduceat(weight * (x * x + y * y), samples.start))
    x, y = x / size[samples.loop], y / size[samples.loop]
    high, low = np.stack([x * x, x * y, y * y], axis=1), np.stack([x, y, np.ones_like(x)], axis=1)
    s1, s2, s3 = (
        np.add.reduceat(weight[:, None, None] * a[:, :, None] * b[:, None, :], samples.start, axis=0)
        for a, b in ((high, high), (high, low), (low, low))
    )
    s3 += 1e-9 * np.eye(3)
    back = -np.linalg.solve(s3, s2.transpose(0, 2, 1))
    reduced = np.array([[0, 0, 0.5], [0, -1, 0], [0.5, 0, 0]]) @ (s1 + s2 @ back)
    vectors = np.linalg.eig(reduced)[1].real
    convex = 4 * vectors[:, 0] * vectors[:, 2] - vectors[:, 1] ** 2
    pick = convex.argmax(axis=1)
    conic = vectors[np.arange(len(pick)), :, pick]
    rest = (back @ conic[..., None])[..., 0]
    shape = _geometric(conic, rest)
    shape[:, :4] *= size[:, None]
    shape[:, :2] += middle
    return shape


def _geometric(conic: Array, rest: Array) -> Array:
    """Coefficients of x², xy, y² (l, 3) and x, y, 1 (l, 3) → centre, radii, turn; a unit circle where they are none."""
    (a, b, c), (d, e, f) = conic.T, rest.T
    det = 4 * a * c - b * b
    safe = np.where(det > 1e-9, det, 1)
    x, y = (b * e - 2 * c * d) / safe, (b * d - 2 * a * e) / safe
    level = -(f + (d * x + e * y) / 2)
    turn = 0.5 * np.arctan2(b, a - c)
    cos, sin = np.cos(turn), np.sin(turn)
    first, second = a * cos**2 + b * cos * sin + c * sin**2, a * sin**2 - b * cos * sin + c * cos**2
    squares = np.stack([level / np.where(first == 0, 1, first), level / np.where(second == 0, 1, second)])
    good = (det > 1e-9) & (squares > 1e-4).all(axis=0)
    radii = np.where(good, np.sqrt(np.maximum(squares, 1e-4)), 1)
    return np.stack([np.where(good, x, 0), np.where(good, y, 0), radii[0], radii[1], np.where(good, turn, 0)], axis=1)


def _offsets(samples: Samples, shape: Array) -> tuple[Array, Array]:
    """Distances from each loop's ellipse (n,), to first order (Sampson 1982), and their derivatives (n, 5)."""
    cx, cy, p, q, turn = shape[samples.loop].T
    cos, sin = np.cos(turn), np.sin(turn)
    dx, dy = samples.xy[:, 0] - cx, samples.xy[:, 1] - cy
    u, v = cos * dx + sin * dy, -sin * dx + cos * dy
    gu, gv = u / p**2, v / q**2
    value = (u * gu + v * gv - 1) / 2
    steep = np.maximum(np.hypot(gu, gv), 1e-9)
    jacobian = np.stack([-(cos * gu - sin * gv), -(sin * gu + cos * gv), -u * gu / p, -v * gv / q, gu * v - gv * u])
    return value / steep, (jacobian / steep).T


def _refined(samples: Samples, shape: Array, free: Array, *, round_: bool = False) -> Array:
    for _ in range(_ROUNDS):
        off, jacobian = _offsets(samples, shape)
        if round_:
            jacobian = np.column_stack([jacobian[:, :2], jacobian[:, 2] + jacobian[:, 3], np.zeros((len(off), 2))])
        jacobian = jacobian * free
        weighted = jacobian * samples.weight[:, None]
        normal = np.add.reduceat(weighted[:, :, None] * jacobian[:, None, :], samples.start, axis=0)
        right = np.add.reduceat(weighted * off[:, None], samples.start, axis=0)
        normal += 1e-6 * np.eye(5) * (1 + np.trace(normal, axis1=1, axis2=2))[:, None, None]
        step = -np.linalg.solve(normal, right[..., None])[..., 0]
        if round_:
            step[:, 3] = step[:, 2]
        limit = 0.3 * shape[:, 2:4].min(axis=1, keepdims=True)
        shape = shape + np.clip(step, -limit, limit)
    return shape


def _misfit(samples: Samples, shape: Array) -> Array:
    off, _ = _offsets(samples, shape)
    found: Array = np.add.reduceat(samples.weight * off**2, samples.start)
    return found
