"""Palettes: taken from a picture, checked for contrast, proposed to a taste, and given to a grey master."""
