"""`atelier palette`: colours taken from a picture, checked for contrast, and proposed to a taste."""
