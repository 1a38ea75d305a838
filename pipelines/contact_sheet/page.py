"""Everything in one HTML text: the template with its styles, scripts and data, and a policy that lets nothing out."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from importlib import resources
from string import Template

from pipelines.contact_sheet import markup
from pipelines.contact_sheet.facts import Sheet, gather
from pipelines.model import Manifest

_STYLES = ("page.css", "gallery.css", "detail.css")
_SCRIPTS = ("dom.js", "gallery.js", "compare.js", "tables.js", "detail.js", "start.js")


def render_contact_sheet(manifest: Manifest, thumbnails: Mapping[str, str]) -> str:
    """The contact sheet of a pack, an HTML text to lie in the pack's root; it loads nothing from any network.

    `thumbnails`: variant (or "master") → path of its small picture inside the pack. The same input gives the same text.
    """
    sheet = gather(manifest, thumbnails)
    style = "\n".join(_read(name) for name in _STYLES)
    script = '"use strict";\n(() => {\n' + "\n".join(_read(name) for name in _SCRIPTS) + "})();\n"
    return Template(_read("sheet.html")).substitute(
        policy=_policy(style, script), style=style, script=script, data=embed(sheet), **_parts(manifest, sheet)
    )


def _parts(manifest: Manifest, sheet: Sheet) -> dict[str, str]:
    return {
        "brief": escape(manifest.brief),
        "why": escape(manifest.why),
        "origin": escape(f"Atelier {manifest.atelier} · {manifest.batch}"),
        "created": escape(manifest.created),
        "day": escape(manifest.created[:10]),
        "icon": escape(sheet.master_thumbnail),
        "tally": markup.tally(sheet),
        "downloads": markup.downloads(manifest),
        "master": markup.master_figure(sheet),
        "statements": markup.statements(manifest),
        "outcomes": markup.outcome_choices(sheet),
        "axes": markup.axis_choices(sheet),
        "likeness": markup.likeness_choices(sheet),
        "alike": markup.likeness_orders(sheet),
        "total": markup.many(len(sheet.cards), "variant"),
        "cards": markup.cards(sheet),
    }


def embed(sheet: Sheet) -> str:
    """The sheet as JSON that no text in it can break out of its script element or, as JavaScript, out of a string."""
    text = sheet.model_dump_json()
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _policy(style: str, script: str) -> str:
    """Content security policy: pictures of the pack, the page's own style and script, and nothing else."""
    return (
        f"default-src 'none'; img-src 'self' file:; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _read(name: str) -> str:
    return resources.files("pipelines.contact_sheet").joinpath("sheet", name).read_text(encoding="utf-8")
