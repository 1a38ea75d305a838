"""Two self-contained pages: one that asks about colours, one that shows palettes. Neither loads anything.

Their policy lets in the page's own style and script and nothing else, so colours that differ from page to page are
attributes of SVG shapes, or set by the script.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from html import escape
from importlib import resources
from string import Template

from pipelines.palettes.names import name_of


def render_pick_page(colours: Sequence[str], command: str) -> str:
    """The page on which somebody is shown the colours one after another and says which they like; an HTML text.

    It saves picks.json, which `pipelines.palettes.picks` reads, and says the `command` that does something with it.
    """
    data = {"colours": [{"colour": colour, "name": name_of(colour).replace("-", " ")} for colour in colours]}
    return page(
        "picks.html", styles=("look.css", "picks.css"), scripts=("picks.js",), data=data, command=escape(command)
    )


def page(template: str, *, styles: Sequence[str], scripts: Sequence[str], data: object, **parts: str) -> str:
    """A page from its template, styles and scripts; `parts` are HTML that goes into the template as it is."""
    style = "\n".join(_read(name) for name in styles)
    script = '"use strict";\n(() => {\n' + "\n".join(_read(name) for name in scripts) + "})();\n"
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return Template(_read(template)).substitute(
        policy=policy, style=style, script=script, data=_embedded(data), symbols=_read("symbols.svg"), **parts
    )


def _embedded(data: object) -> str:
    """JSON that no text in it can break out of its script element."""
    text = json.dumps(data, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _read(name: str) -> str:
    return resources.files("studio.palettes").joinpath("pages", name).read_text(encoding="utf-8")
