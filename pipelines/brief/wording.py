"""Texts with `{axis}` fields: prompts and names of artwork files."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping

from pipelines.brief.shelf import Prompts
from pipelines.prompts import Template

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


def fields_of(text: str) -> tuple[tuple[str, ...], str]:
    """The fields of a text, each once, and what is wrong with its braces, empty if nothing is."""
    found: dict[str, None] = {}
    try:
        for _, field, form, conversion in string.Formatter().parse(text):
            if field is None:
                continue
            if form or conversion or not _NAME.fullmatch(field):
                return (), f"{{{field}}} is no field"
            found[field] = None
    except ValueError:
        return (), "a brace that has no partner"
    return tuple(found), ""


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with a value in place of each field."""
    return text.format_map(values)


def names_template(prompt: str) -> bool:
    """Whether a brief's prompt is the name of a template, and not a text of its own."""
    return _NAME.fullmatch(prompt) is not None


def template_of(prompt: str, prompts: Prompts) -> Template:
    """A brief's prompt: the template of that name, or a text of its own. PromptBook's error for an unknown name."""
    return prompts.template(prompt) if names_template(prompt) else Template(text=prompt)
