"""Located data → the brief's records, piece by piece; what does not fit is told in a designer's words."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from pipelines.brief.chains import KIND, UseOfChain
from pipelines.brief.flaws import Flaw, Path, did_you_mean, quoted
from pipelines.model import (
    Axis,
    Brief,
    Cutout,
    Delivery,
    Edit,
    Gates,
    Judges,
    Letter,
    Master,
    Place,
    Recolor,
    Record,
    Repaint,
    Slot,
    Upscale,
)

T = TypeVar("T")
_MASTER, _SLOT, _AXIS = TypeAdapter(Master), TypeAdapter(Slot), TypeAdapter(Axis)
_EDIT: TypeAdapter[Edit] = TypeAdapter(Edit)
_DELIVERY, _JUDGES, _GATES = TypeAdapter(Delivery), TypeAdapter(Judges), TypeAdapter(Gates)
_EDITS: dict[str, type[Record]] = {
    "place": Place, "recolor": Recolor, "repaint": Repaint, "letter": Letter, "cutout": Cutout, "upscale": Upscale,
}  # fmt: skip
_TEXT, _NUMBER, _TEXTS = TypeAdapter(str), TypeAdapter(int), TypeAdapter(tuple[str, ...])
_EXCLUSIONS = TypeAdapter(tuple[dict[str, str], ...])
_SECTIONS: dict[str, type[Record]] = {
    "master": Master,
    "slots": Slot,
    "axes": Axis,
    "gates": Gates,
    "judges": Judges,
    "deliver": Delivery,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A brief whose parts are None where they are missing or wrong, so that the other parts can still be checked."""

    master: Master | None
    slots: Mapping[str, Slot | None] | None
    styles: tuple[str, ...] | None
    axes: Mapping[str, Axis | None] | None
    rows: str | None
    combine: str | None
    exclude: tuple[dict[str, str], ...] | None
    edits: Mapping[str, tuple[Edit | None, ...] | None] | None
    prompt: str | None
    gates: Gates | None
    judges: Judges | None
    deliver: Delivery | None
    limit: int | None
    why: str | None
    biases: tuple[str, ...] | None


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a brief, for editors that complete and check YAML."""
    found = Brief.model_json_schema()
    found["description"] = "One file in which a designer says what to make, and why."
    edits = found["properties"]["edits"]["additionalProperties"]["items"]
    found["$defs"]["UseOfChain"] = UseOfChain.model_json_schema()
    edits["oneOf"].append({"$ref": "#/$defs/UseOfChain"})
    edits["discriminator"]["mapping"][KIND] = "#/$defs/UseOfChain"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found, "title": "Atelier brief"}


def whole(data: Mapping[str, object]) -> tuple[Brief | None, list[Flaw]]:
    """The data as a Brief, or everything in it that does not fit the schema."""
    try:
        return Brief.model_validate_json(json.dumps(data), strict=True), []
    except ValidationError as error:
        return None, [_flaw(detail, data) for detail in error.errors(include_url=False)]


def draft(data: Mapping[str, object]) -> Draft:
    """Whatever of the data fits the schema."""
    empty: dict[str, object] = {}
    return Draft(
        master=_piece(_MASTER, data.get("master")),
        slots=_each(data.get("slots", empty), lambda slot: _piece(_SLOT, slot)),
        styles=_piece(_TEXTS, data.get("styles", [])),
        axes=_each(data.get("axes", empty), lambda axis: _piece(_AXIS, axis)),
        rows=_piece(_TEXT, data.get("rows")),
        combine=_piece(_TEXT, data.get("combine", "cross")),
        exclude=_piece(_EXCLUSIONS, data.get("exclude", [])),
        edits=_each(data.get("edits"), _edits),
        prompt=_piece(_TEXT, data.get("prompt")),
        gates=_piece(_GATES, data.get("gates", empty)),
        judges=_piece(_JUDGES, data.get("judges")) if data.get("judges") is not None else None,
        deliver=_piece(_DELIVERY, data.get("deliver", empty)),
        limit=_piece(_NUMBER, data.get("limit", Brief.model_fields["limit"].default)),
        why=_piece(_TEXT, data.get("why")),
        biases=_piece(_TEXTS, data.get("biases")),
    )


def _edits(value: object) -> tuple[Edit | None, ...] | None:
    return tuple(_piece(_EDIT, edit) for edit in value) if isinstance(value, list) else None


def _each(value: object, read: Callable[[object], T]) -> dict[str, T] | None:
    return {str(key): read(item) for key, item in value.items()} if isinstance(value, dict) else None


def _piece(kind: TypeAdapter[T], value: object) -> T | None:
    try:
        return kind.validate_json(json.dumps(value), strict=True)
    except ValidationError:
        return None


# ── pydantic's complaints in a designer's words ──────────────────────────────────────────────────────────


def _flaw(detail: ErrorDetails, data: Mapping[str, object]) -> Flaw:
    told = tuple(part for part in detail["loc"] if part != "[key]")
    path, holder = _untagged(told), _holder(told[:-1])
    kind, value, context = detail["type"], _at(data, path), detail.get("ctx", {})
    if kind == "missing":
        return _missing(path, holder)
    if kind == "extra_forbidden":
        known = list(holder.model_fields) if holder else []
        return Flaw(path, f"no such key: {quoted(str(path[-1]))}", did_you_mean(str(path[-1]), known), True)
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        return _edit_kind(path, value)
    if "[key]" in detail["loc"]:
        return Flaw(path, f"{quoted(str(path[-1]))} is no name", "use lower-case letters, digits and hyphens", True)
    return Flaw(path, *_words(kind, path, value, context))


def _untagged(path: Path) -> Path:
    """The path without the kind of an edit, which pydantic puts into it."""
    tagged = len(path) > 3 and path[0] == "edits" and path[3] in _EDITS
    return (*path[:3], *path[4:]) if tagged else path


def _edit_kind(path: Path, value: object) -> Flaw:
    """An edit that does not say which one it is."""
    said = value.get("edit") if isinstance(value, dict) else None
    if said is None:
        return Flaw((*path, "edit"), '"edit" is missing', f"add it: {' or '.join((*_EDITS, KIND))}")
    return Flaw((*path, "edit"), f"{received(said)} is not known here", did_you_mean(str(said), _EDITS))


def _missing(path: Path, holder: type[Record] | None) -> Flaw:
    if isinstance(path[-1], int):
        return Flaw(path[:-1], "a point needs two numbers", "write [x, y]")
    field = holder.model_fields.get(str(path[-1])) if holder else None
    hint = field.description if field and field.description else ""
    return Flaw(path, f"{quoted(str(path[-1]))} is missing", hint and f"add it: {hint}".rstrip("."))


def _words(kind: str, path: Path, value: object, context: Mapping[str, Any]) -> tuple[str, str]:
    """An error type of pydantic's (https://pydantic.dev/docs/validation/latest/errors/) → problem and fix."""
    if kind in _WANTED:
        return _wrong_type(path, value, *_WANTED[kind])
    if kind in _BOUNDS:
        words, key, fix = _BOUNDS[kind]
        return f"{received(value)} is {words}", fix.format(context.get(key))
    if kind == "literal_error":
        return _literal(path, value, str(context.get("expected", "")))
    if kind == "string_pattern_mismatch":
        return _pattern(value)
    plain = f"{received(value)} does not fit: {kind.replace('_', ' ')}", "see the example briefs in examples/"
    return _PLAIN.get(kind, plain)


_PLAIN = {
    "too_short": ("the list is empty", "write at least one"),
    "string_too_short": ("the text is empty", "write a few words"),
    "too_long": ("the list is too long", "write a point as two numbers, [x, y]"),
}

_WANTED = {
    "string_type": ("a text", 'write "{0}", in quotes'),
    "tuple_type": ("a list", "write [{0}]"),
    "dict_type": ("a mapping", "write key: value lines under it"),
    "model_type": ("a mapping", "write key: value lines under it"),
    "model_attributes_type": ("a mapping", "write key: value lines under it"),
    "int_type": ("a whole number", "write it without quotes and without decimals"),
    "int_from_float": ("a whole number", "write it without decimals"),
    "float_type": ("a number", "write it without quotes"),
    "bool_type": ("true or false", "write true or false, without quotes"),
}
_BOUNDS = {
    "greater_than_equal": ("too small", "ge", "write {0} or more"),
    "greater_than": ("too small", "gt", "write more than {0}"),
    "less_than_equal": ("too large", "le", "write {0} or less"),
    "less_than": ("too large", "lt", "write less than {0}"),
}


def _wrong_type(path: Path, value: object, wanted: str, fix: str) -> tuple[str, str]:
    if value is None:
        if path[-1] == "ground":
            return "the colour is missing", 'in YAML a # begins a comment: write the colour in quotes, "#ffffff"'
        return f"nothing is written here, but {wanted} is wanted", "write it, or leave the line out"
    scalar = not isinstance(value, list | dict)
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    hint = fix.format(shown) if scalar or "{0}" not in fix else f"write {wanted}"
    return f"{received(value)} stands where {wanted} is wanted", hint


def _literal(path: Path, value: object, expected: str) -> tuple[str, str]:
    known = [word.strip(" '") for word in expected.replace(" or ", ",").split(",")]
    if path == ("brief",):
        return f"this is version {received(value)} of the format, unknown here", f"write brief: {known[0]}"
    return f"{received(value)} is not known here", did_you_mean(str(value), known)


def _pattern(value: object) -> tuple[str, str]:
    if isinstance(value, str) and value.startswith("#"):
        return f"{received(value)} is no colour", 'write six hexadecimal digits, like "#ffcc00"'
    return f"{received(value)} is not of the right form", 'write lower-case-words for a name, "#ffcc00" for a colour'


def received(value: object) -> str:
    """A value as a message shows it."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list | dict):
        return ("a list" if isinstance(value, list) else "a mapping") if value else "an empty list or mapping"
    return {None: "nothing", True: "true", False: "false"}.get(value, f"the number {value}")  # type: ignore[call-overload,no-any-return]


def _at(data: object, path: Path) -> object:
    for part in path:
        if isinstance(data, dict) and isinstance(part, str):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data


def _holder(path: Path) -> type[Record] | None:
    """The record whose keys stand at a path, as pydantic tells it."""
    if len(path) > 3 and path[0] == "edits":
        return _EDITS.get(str(path[3]))
    return _SECTIONS.get(str(path[0])) if path else Brief
