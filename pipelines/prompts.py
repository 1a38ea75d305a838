"""Prompts: templates that designers write in `prompts/templates`, filled in and joined with a style's words.

A prompt goes with every file, also where no diffusion was needed: it says in words what the variant shows.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self

from pipelines.errors import BriefError


@dataclass(frozen=True, slots=True)
class Template:
    """A text with `{axis}` fields, and words that a picture should not show."""

    text: str
    avoid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a picture shows, and what it does not."""

    text: str
    negative: str


@dataclass(frozen=True, slots=True)
class PromptBook:
    """The templates of the project."""

    templates: Mapping[str, Template]

    @classmethod
    def load(cls, root: Path) -> Self:
        """Every `prompts/templates/*.toml` in `root`; what prompts/avoid.toml lists is avoided by all of them.

        Raises BriefError for a file that cannot be read or lacks its text.
        """
        folder = root / "prompts"
        everywhere = _words(_table(folder / "avoid.toml"), folder / "avoid.toml")
        files = sorted((folder / "templates").glob("*.toml"), key=lambda file: file.stem)
        return cls({file.stem: _template(file, everywhere) for file in files})

    def template(self, name: str) -> Template:
        """A template; BriefError naming the near ones for an unknown one."""
        if name not in self.templates:
            near = get_close_matches(name, self.templates, n=1)
            fix = f"did you mean {near[0]}?" if near else f"templates are: {', '.join(self.templates)}"
            raise BriefError("there is no such prompt template", got=name, fix=fix)
        return self.templates[name]


def compose(
    template: Template, values: Mapping[str, str], *, style_words: Iterable[str], avoid: Iterable[str]
) -> Prompt:
    """Fill a template in and join it with the words of the styles.

    Raises BriefError for a field that has no value.
    """
    words = [render(template.text, values), *style_words]
    negative = dict.fromkeys((*template.avoid, *avoid))
    return Prompt(", ".join(words), ", ".join(negative))


def render(text: str, values: Mapping[str, str]) -> str:
    """The text with a value in place of each field, and nothing evaluated.

    Raises BriefError for an unknown field, one that says more than a name (`{region.name}`), and a lone brace.
    """
    pieces = []
    for literal, field, form, conversion in _parsed(" ".join(text.split())):
        pieces.append(literal)
        if field is None:
            continue
        if field not in values or form or conversion:
            near = get_close_matches(field, values, n=1)
            fix = f"did you mean {{{near[0]}}}?" if near else f"fields are: {', '.join(values)}"
            written = field + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
            raise BriefError("the prompt has an unknown field", got=f"{{{written}}}", fix=fix)
        pieces.append(values[field])
    return "".join(pieces)


def _parsed(text: str) -> list[tuple[str, str | None, str | None, str | None]]:
    try:
        return list(string.Formatter().parse(text))
    except ValueError as error:
        raise BriefError(
            "the prompt has a brace that has no partner", got=text, fix="write {{ and }} for braces that are none"
        ) from error


def _template(file: Path, everywhere: tuple[str, ...]) -> Template:
    table = _table(file)
    text = table.get("text")
    if not isinstance(text, str) or not text.strip():
        raise BriefError("a prompt template has no text", got=str(file), fix='write text = "…"')
    return Template(" ".join(text.split()), tuple(dict.fromkeys((*_words(table, file), *everywhere))))


def _words(table: Mapping[str, Any], file: Path) -> tuple[str, ...]:
    words = table.get("avoid", [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise BriefError(f"{file}: avoid is no list of texts", got=words, fix='write avoid = ["…", "…"]')
    return tuple(words)


def _table(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BriefError("a prompt file cannot be read", got=str(file), fix=f"mend it: {error}") from error
