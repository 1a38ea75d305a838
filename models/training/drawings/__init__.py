"""A procedural illustrator: mascots with flags, in any place, season and style, with the words that say what is there.

    sample ─▶ Scene ─▶ svg ─▶ render          caption, labels: what the scene shows
              └─ sample_pair ─▶ render_pair   before, after, and where they may differ

`python -m models.training.drawings` draws a sheet to look at, and says how many pictures a second it makes.
"""

from models.training.drawings.flags import Flag
from models.training.drawings.pairs import KINDS, Pair, render_pair, sample_pair
from models.training.drawings.paper import flag_view, render, svg
from models.training.drawings.scene import (
    Scene,
    caption,
    flag_caption,
    labels,
    other_backdrop,
    other_character,
    other_flag,
    sample,
)
from models.training.drawings.words import ATTRIBUTES

__all__ = [
    "ATTRIBUTES",
    "KINDS",
    "Flag",
    "Pair",
    "Scene",
    "caption",
    "flag_caption",
    "flag_view",
    "labels",
    "other_backdrop",
    "other_character",
    "other_flag",
    "render",
    "render_pair",
    "sample",
    "sample_pair",
    "svg",
]
