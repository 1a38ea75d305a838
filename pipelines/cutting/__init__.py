"""Flat art taken apart: its background found, its antialiased edges un-mixed, one region of it grown from a point."""
