"""YAML 1.2 text → plain data, with the line and column of every part.

Only what a brief needs of YAML (https://yaml.org/spec/1.2.2/, core schema): mappings, lists, texts, numbers, true and
false, null. `NO` stays a text, so does a date. Anchors, tags, a second document and duplicate keys are mistakes.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)
from ruamel.yaml.reader import ReaderError

from pipelines.brief.flaws import Path, Places, Position, dotted, quoted, raise_mistakes
from pipelines.errors import Mistake

_DEEPEST = 12
_LONGEST_NUMBER = 18
_INTEGER = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Located:
    """`data`: the text's mapping. `broken`: parts whose value could not be read, for which `data` holds None."""

    data: dict[str, object]
    places: Places
    broken: frozenset[Path]
    mistakes: tuple[Mistake, ...]


def locate(text: str, *, name: str) -> Located:
    """Read YAML; BriefError when the text is no YAML at all or its root is no mapping."""
    tree = _Tree()
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            tree.take(event)
    except YAMLError as error:
        tree.mistakes.append(_explained(error, text))
        raise_mistakes(name, tree.mistakes)
    except _StopReading:
        raise_mistakes(name, tree.mistakes)
    if not isinstance(tree.root, dict):
        problem = "a brief is a mapping of keys to values" if tree.documents else "there is nothing in this brief"
        tree.mistakes.append(Mistake(1, 1, "", problem, 'begin with "brief: 1", then "name: …"'))
        raise_mistakes(name, tree.mistakes)
    root = tree.root if isinstance(tree.root, dict) else {}
    return Located(root, Places(tree.values, tree.keys), frozenset(tree.broken), tuple(tree.mistakes))


def plain(text: str) -> object:
    """An unquoted scalar → what it stands for in YAML's core schema."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and len(text) <= _LONGEST_NUMBER:
        return int(text)
    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan")) if _NUMBER.fullmatch(text) else text


class _StopReading(Exception):  # noqa: N818 (no error of its own: the mistakes found so far are told)
    """Nothing that follows can be understood."""


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet; `key` is the mapping's key that waits for its value."""

    path: Path
    into: dict[str, object] | list[object]
    key: str | None = None

    @property
    def waits_for_key(self) -> bool:
        return isinstance(self.into, dict) and self.key is None

    @property
    def next_path(self) -> Path:
        return (*self.path, len(self.into) if self.key is None else self.key)

    def put(self, value: object) -> None:
        if isinstance(self.into, list):
            self.into.append(value)
        elif self.key is not None:
            self.into[self.key] = value
            self.key = None


@dataclass(slots=True)
class _Tree:
    """Grows from the parser's events, without recursion, so that no depth of brackets can exhaust the stack."""

    root: object = None
    documents: int = 0
    values: dict[Path, Position] = field(default_factory=dict)
    keys: dict[Path, Position] = field(default_factory=dict)
    broken: set[Path] = field(default_factory=set)
    mistakes: list[Mistake] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    skipped: int | None = None  # how deep inside the value of a duplicate key

    def take(self, event: Event) -> None:
        """Take the text's next event."""
        if self.skipped is not None:
            self._skip(event)
        elif isinstance(event, DocumentStartEvent):
            self._begin(event)
        elif isinstance(event, CollectionEndEvent):
            self.stack.pop()
        elif isinstance(event, NodeEvent):
            if self.stack and self.stack[-1].waits_for_key:
                self._key(event, self.stack[-1])
            else:
                self._value(event)

    def _begin(self, event: Event) -> None:
        self.documents += 1
        if self.documents > 1:
            self._wrong(event, (), "a second document begins here", "keep one brief in a file; remove the ---")
            raise _StopReading

    def _skip(self, event: Event) -> None:
        depth = self.skipped or 0
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        self.skipped = depth or None

    def _key(self, event: NodeEvent, top: _Open) -> None:
        if not isinstance(event, ScalarEvent):
            self._wrong(event, top.path, "a key must be a plain word", "put a text that begins with { or [ in quotes")
            raise _StopReading
        path = (*top.path, event.value)
        if path in self.keys:
            first = self.keys[path][0]
            self._wrong(event, path, f"this key is already in line {first}", "remove one of the two")
            self.skipped = 0
            return
        self.keys[path] = _position(event)
        self._refuse_extras(event, path)
        top.key = event.value

    def _value(self, event: NodeEvent) -> None:
        path = self.stack[-1].next_path if self.stack else ()
        if len(path) > _DEEPEST:
            self._wrong(event, path[:3], f"nested more than {_DEEPEST} deep", "a brief needs no more than six levels")
            raise _StopReading
        self.values[path] = _position(event)
        self._refuse_extras(event, path)
        if isinstance(event, CollectionStartEvent):
            into: dict[str, object] | list[object] = {} if isinstance(event, MappingStartEvent) else []
            self._put(into)
            self.stack.append(_Open(path, into))
        else:
            self._put(self._scalar(event, path) if isinstance(event, ScalarEvent) else None)

    def _put(self, value: object) -> None:
        if self.stack:
            self.stack[-1].put(value)
        else:
            self.root = value

    def _scalar(self, event: ScalarEvent, path: Path) -> object:
        if _UNSEEN.search(event.value):
            self._break(event, path, "the text holds invisible control characters", "type it again")
            return None
        if not event.implicit[0]:
            return event.value
        value = plain(event.value)
        if isinstance(value, float) and not (math.isfinite(value) and len(event.value) <= _LONGEST_NUMBER):
            self._break(event, path, f"{quoted(event.value)} is no usable number", "write an ordinary number")
            return None
        return value

    def _refuse_extras(self, event: NodeEvent, path: Path) -> None:
        """Anchors, aliases and tags: no part of a brief."""
        if isinstance(event, AliasEvent):
            self._break(event, path, f"*{event.anchor} stands for another part", "write the part out")
        elif event.anchor is not None:
            self._break(event, path, f"&{event.anchor} gives the part a name", "remove it; write repeated parts out")
        tag = getattr(event, "tag", None)
        if tag is not None and str(tag) not in ("!", "tag:yaml.org,2002:str"):
            self._break(event, path, f"{quoted(str(tag))} is a YAML tag", "remove the word that begins with !")

    def _break(self, event: Event, path: Path, problem: str, fix: str) -> None:
        self.broken.add(path)
        self._wrong(event, path, problem, fix)

    def _wrong(self, event: Event, path: Path, problem: str, fix: str) -> None:
        self.mistakes.append(Mistake(*_position(event), dotted(path), problem, fix))


def _position(event: Event) -> Position:
    return _at(event.start_mark)


def _at(mark: StreamMark) -> Position:
    return mark.line + 1, mark.column + 1


_PHRASES = (
    (r"character '\\t'", "a tab where only spaces may stand", "indent with two spaces a level"),
    (r"character '(.)'.*cannot start", 'a text cannot begin with "{0}"', "put the text in quotes"),
    (r"mapping values are not allowed", "a second colon", "put a text with a colon in quotes"),
    (r"could not find expected ':'", "a line without a colon", "write key: value"),
    (r"unexpected end of stream", "a quotation mark that is never closed", "close it with the same mark"),
    (r"but found '<scalar>'", "a text behind a bracket or quote", 'put a text with { } in quotes: "{region}.svg"'),
    (r"found '<block (mapping|sequence) start>'", "the indentation does not fit the lines above", "align it with them"),
    (r"found '-'|'<block entry>'|'<block sequence", "a - where none fits", "indent list items alike, under their key"),
    (r"expected ',' or", "a bracket that is never closed, or a missing comma", "close it, or put a comma between"),
    (r"node content.*stream end", "a bracket that is never closed", "close it"),
    (r"undefined alias", "a * that stands for another part", "write the part out, or put a text with * in quotes"),
)


def _explained(error: YAMLError, text: str) -> Mistake:
    """The parser's complaint in a designer's words."""
    if isinstance(error, ReaderError):
        before = text[: error.position]
        line, column = before.count("\n") + 1, error.position - before.rfind("\n")
        return Mistake(line, column, "", "an invisible control character", "remove it, or type the line again")
    if not isinstance(error, MarkedYAMLError) or not (mark := error.problem_mark or error.context_mark):
        return Mistake(0, 0, "", f"not valid YAML: {error}", "check the indentation and the quotes")
    problem = error.problem or error.context or ""
    if "quoted scalar" in (error.context or "") and error.context_mark:
        mark = error.context_mark
    for pattern, words, fix in _PHRASES:
        if found := re.search(pattern, problem):
            return Mistake(*_at(mark), "", words.format(*found.groups()), fix)
    return Mistake(*_at(mark), "", f"not valid YAML: {problem}", "check the indentation and the quotes")
