"""Small drawings that tests share: a master with a waving flag, plain artwork, and a placement to go with them."""

from __future__ import annotations

import hashlib

import numpy as np

from pipelines.model import Placement, Source

INK = "#221a22"
BLUE = "#2244aa"


def wave(u: float, v: float) -> tuple[float, float]:
    """The cloth of the test master, 256 px: injective, bent, not symmetric."""
    x = 75 + 105 * u + 2 * np.sin(6 * u)
    y = 40 + 65 * v + (3 + 7 * u) * np.sin(2 * np.pi * 1.6 * u + 0.4) - 10 * u
    return float(x), float(y)


def grid_text(rows: int = 7, columns: int = 11) -> str:
    """`data-atelier-grid` of the cloth."""
    return ";".join(
        " ".join("{:.3f},{:.3f}".format(*wave(u, v)) for u in np.linspace(0, 1, columns))
        for v in np.linspace(0, 1, rows)
    )


def border(steps: int = 40) -> str:
    """The cloth's outline as path data."""
    t = np.linspace(0, 1, steps)
    sides = [(t, 0 * t), (0 * t + 1, t), (t[::-1], 0 * t + 1), (0 * t, t[::-1])]
    points = [wave(u, v) for us, vs in sides for u, v in zip(us, vs, strict=True)]
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points) + "Z"


def master_svg(*, shade: bool = True, art: str = f'fill="{BLUE}"') -> bytes:
    """A pole, a bent flag with shading and ink, and a hand in front."""
    t = np.linspace(0.45, 0.7, 9)
    fold = [wave(u, 0) for u in t] + [wave(u, 1) for u in t[::-1]]
    dark = f'<path d="M{"L".join(f"{x:.2f} {y:.2f}" for x, y in fold)}Z" fill="#001030" fill-opacity="0.3"/>'
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 256 256" width="256" height="256">
<rect id="pole" x="70" y="24" width="6" height="200" fill="#7a5233" stroke="{INK}" stroke-width="1.5"/>
<g id="flag"><g id="flag-art" data-atelier-grid="{grid_text()}"><path d="{border()}" {art}/></g>
<g id="flag-shade">{dark if shade else ""}</g>
<path id="flag-ink" d="{border()}" fill="none" stroke="{INK}" stroke-width="2.5" stroke-linejoin="round"/></g>
<ellipse id="hand" cx="74" cy="108" rx="11" ry="8" fill="#e8a860" stroke="{INK}" stroke-width="1.5"/>
</svg>""".encode()


def tricolour(first: str = "#1a7a3c", second: str = "#ffffff", third: str = "#d0021b") -> bytes:
    """Three upright bars, 3:2."""
    bars = "".join(f'<rect x="{i}" width="1" height="2" fill="{c}"/>' for i, c in enumerate((first, second, third)))
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2" width="300" height="200">{bars}</svg>'.encode()


def disc(ground: str = "#ffffff", colour: str = "#bc002d") -> bytes:
    """A disc on a field, 3:2."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 60" width="900" height="600">'
        f'<rect width="90" height="60" fill="{ground}"/><circle cx="45" cy="30" r="18" fill="{colour}"/></svg>'
    ).encode()


def source(data: bytes, name: str = "artwork.svg") -> Source:
    """The source record of some bytes."""
    kind = "svg" if data.lstrip().startswith(b"<") else "raster"
    return Source(sha256=hashlib.sha256(data).hexdigest(), name=name, kind="svg" if kind == "svg" else "raster")


def placement(artwork: bytes, **changes: object) -> Placement:
    """A placement into the test master's flag."""
    given: dict[str, object] = {
        "edit": "place", "slot": "flag", "code": "XX", "artwork": source(artwork), "fit": "flag", "layer": "flag-art",
        "mask": None, "polygon": None, "grid": None, "current": None, "front": None, "ground": "#ffffff",
    }  # fmt: skip
    return Placement.model_validate({**given, **changes})
