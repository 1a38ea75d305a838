"""The pen: it inks, shades and textures shapes, and writes them as SVG."""

from __future__ import annotations

from dataclasses import dataclass, field

from examples.brush import number
from models.training.drawings.light import dark, lit, shifted, toned


@dataclass(slots=True)
class Pen:
    """Collects the shapes of one layer. Colours pass through palette and light on their way."""

    prefix: str
    finish: str = "flat"
    outline: float = 0.0
    ink: str = "#2a2230"
    palette: str = "bright"
    time: str = "by day"
    weather: str = "clear"
    turn: float = 0.0
    level: float = 0.0
    defs: list[str] = field(default_factory=list)
    shapes: list[str] = field(default_factory=list)

    def colour(self, colour: str) -> str:
        """A colour as this layer's light and palette show it."""
        turned = shifted(colour, self.turn, self.level) if self.turn or self.level else colour
        return lit(toned(turned, self.palette), self.time, self.weather)

    def fill(self, d: str, colour: str, opacity: float = 1.0) -> None:
        """A shape without ink or shade."""
        alpha = "" if opacity >= 1 else f' fill-opacity="{opacity:.2f}"'
        self.shapes.append(f'<path d="{d}" fill="{self.colour(colour)}"{alpha}/>')

    def body(self, d: str, colour: str, *, lift: tuple[float, float] = (-7, -8), ink: bool = True) -> None:
        """A shape with what the finish asks for; `lift` is how far the light side is moved off the shade."""
        own = self.colour(colour)
        name = f"{self.prefix}{len(self.defs)}"
        if self.finish == "cel shaded":
            self.defs.append(f'<clipPath id="{name}"><path d="{d}"/></clipPath>')
            self.shapes.append(f'<path d="{d}" fill="{dark(own)}"/>')
            move = f"translate({number(lift[0])} {number(lift[1])})"
            self.shapes.append(f'<g clip-path="url(#{name})"><path d="{d}" transform="{move}" fill="{own}"/></g>')
        else:
            self.shapes.append(f'<path d="{d}" fill="{own}"/>')
        if self.finish == "textured":
            self.shapes.append(f'<path d="{d}" fill="url(#{self.prefix}grain)"/>')
        if ink and self.outline:
            self.stroke(d, self.ink, self.outline)

    def stroke(self, d: str, colour: str, width: float, *, bare: bool = False) -> None:
        """A line; ink is not lit. `bare` passes the colour through light and palette."""
        paint = self.colour(colour) if bare else colour
        self.shapes.append(
            f'<path d="{d}" fill="none" stroke="{paint}" stroke-width="{number(width)}"'
            ' stroke-linecap="round" stroke-linejoin="round"/>'
        )

    def limb(self, d: str, colour: str, width: float) -> None:
        """An arm or a pole: a thick line with ink on both sides."""
        if self.outline:
            self.stroke(d, self.ink, width + 2 * self.outline * 0.9)
        self.stroke(d, colour, width, bare=True)

    def grain(self, marks: str) -> None:
        """The pattern that textured shapes wear: short dashes on a tile of 24 × 24."""
        self.defs.append(
            f'<pattern id="{self.prefix}grain" width="24" height="24" patternUnits="userSpaceOnUse">'
            f'<path d="{marks}" stroke="#2a2230" stroke-opacity="0.2" stroke-width="1.6" fill="none"/></pattern>'
        )

    def group(self, transform: str, start: int) -> None:
        """Move everything since shape number `start` by an SVG transform."""
        self.shapes[start:] = [f'<g transform="{transform}">', *self.shapes[start:], "</g>"]
