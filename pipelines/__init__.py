"""The make loop: one master illustration becomes a delivered set of variants. Read `flow.py` first."""

__version__ = "0.1.0"
