"""The words of the drawings: each attribute's values, as captions say them, and the colours that words stand for."""

from __future__ import annotations

SPECIES = ("dog", "bear", "cat", "rabbit", "fox", "bird", "owl", "penguin", "beaver", "mouse")
COATS = {
    "brown": "#a8693c",
    "orange": "#e89a43",
    "grey": "#8d939c",
    "white": "#f3efe6",
    "black": "#4a4450",
    "yellow": "#f0c95a",
    "blue": "#6fa0d8",
    "pink": "#e99ab0",
}
MARKINGS = ("plain", "spotted", "striped", "patched")
POSES = ("standing", "sitting", "waving")
HATS = ("no hat", "cap", "top hat", "beanie", "crown", "party hat")
CLOTH = {
    "red": "#d8403a",
    "blue": "#3166b8",
    "green": "#3f9a58",
    "yellow": "#f2c23e",
    "purple": "#8556a8",
    "white": "#fbf9f4",
}
SCARVES = ("no scarf", *CLOTH)
PROPS = ("no prop", "balloon", "umbrella", "book")
FINISHES = ("flat", "cel shaded", "textured")
OUTLINES = {"without outlines": 0.0, "with thin outlines": 2.4, "with bold outlines": 6.0}
PLACES = (
    "on plain paper",
    "before a disc",
    "on a meadow",
    "in a forest",
    "in a town",
    "at the beach",
    "in the mountains",
)
SEASONS = ("spring", "summer", "autumn", "winter")
TIMES = ("by day", "at dusk", "at night")
LIT_TIMES = {"at dusk": "in sunset", "at night": "in moonlight"}
"""What is said where the character takes the light of that time, as the backdrop always does."""
WEATHERS = ("clear", "cloudy", "in the rain", "in the snow")
PALETTES = ("bright", "pastel", "muted")

FLAG_COLOURS = {
    "red": "#d5262f",
    "blue": "#1d4fa3",
    "white": "#ffffff",
    "green": "#1d8f4e",
    "yellow": "#fbd116",
    "black": "#26232b",
    "orange": "#f28b2c",
    "purple": "#7a3f98",
}
PATTERNS = (
    "three vertical stripes",
    "three horizontal stripes",
    "two horizontal stripes",
    "a cross",
    "an offset cross",
    "a diagonal cross",
    "a disc",
    "a star",
    "a canton",
    "a triangle",
    "a diamond",
    "thin stripes",
    "a sun",
    "quarters",
)

ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "species": SPECIES,
    "coat": tuple(COATS),
    "marking": MARKINGS,
    "hat": HATS,
    "scarf": SCARVES,
    "prop": PROPS,
    "pattern": ("no flag", *PATTERNS),
    "place": PLACES,
    "season": SEASONS,
    "time": TIMES,
    "weather": WEATHERS,
    "palette": PALETTES,
    "finish": FINISHES,
    "outline": tuple(OUTLINES),
}
"""Attribute → its values, in the order of `labels`."""
