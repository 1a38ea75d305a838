"""The contact sheet: one HTML page, with no server and no network, on which a designer judges a whole pack.

Manifest ─facts─▶ Sheet ─markup─▶ header and cards ─page─▶ one HTML text with its styles and scripts inside
"""

from pipelines.contact_sheet.page import render_contact_sheet

__all__ = ["render_contact_sheet"]
