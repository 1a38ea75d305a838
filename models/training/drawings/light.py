"""What light, weather and a palette do to a colour."""

from __future__ import annotations

import colorsys
from functools import lru_cache

from examples.brush import mix

_TIMES = {"by day": (1.0, 1.0, 1.0), "at dusk": (1.0, 0.8, 0.72), "at night": (0.42, 0.49, 0.78)}


@lru_cache(maxsize=65536)
def lit(colour: str, time: str, weather: str) -> str:
    """`#rrggbb` under the light of a time and a weather."""
    red, green, blue = (int(colour[i : i + 2], 16) * share for i, share in zip((1, 3, 5), _TIMES[time], strict=True))
    found = f"#{round(red):02x}{round(green):02x}{round(blue):02x}"
    return mix(found, "#7c8894", 0.25) if weather == "in the rain" else found


@lru_cache(maxsize=65536)
def toned(colour: str, palette: str) -> str:
    """`#rrggbb` in a palette: bright as it is, pastel nearer to white, muted nearer to grey."""
    if palette == "bright":
        return colour
    if palette == "pastel":
        return mix(colour, "#ffffff", 0.42)
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    values = colorsys.hls_to_rgb(hue, 0.1 + light * 0.78, saturation * 0.42)
    return "#" + "".join(f"{round(255 * value):02x}" for value in values)


@lru_cache(maxsize=65536)
def shifted(colour: str, turn: float, light: float) -> str:
    """`#rrggbb` with its hue turned by a share of the circle and its lightness moved: no two drawings share a green."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, level, saturation = colorsys.rgb_to_hls(red, green, blue)
    values = colorsys.hls_to_rgb((hue + turn) % 1, min(max(level + light, 0.0), 1.0), saturation)
    return "#" + "".join(f"{round(255 * value):02x}" for value in values)


def dark(colour: str, share: float = 0.24) -> str:
    """A colour in the shade."""
    return mix(colour, "#2a2350", share)
