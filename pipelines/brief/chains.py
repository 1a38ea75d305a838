"""Chains: lists of edits that designers keep in `styles/chains/*.yaml` and use in many briefs.

A chain says what it takes, and its edits have `<name>` where that goes; in a brief `{edit: chain, name: …, with: …}`
stands for all of them. It is written out before anything is checked, so that checks and plans know edits alone; what is
wrong with them is told at the line of the brief that asked for the chain.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Literal

from pydantic import Field, JsonValue, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from pipelines.brief.flaws import Flaw, Path, did_you_mean, listed, quoted
from pipelines.errors import BriefError
from pipelines.model import Record

KIND = "chain"
_FIELD = re.compile(r"<([a-z][a-z0-9_-]*)>")


class Chain(Record):
    """A file in styles/chains."""

    about: str = Field(min_length=1, description="What it does, in a sentence.")
    takes: dict[str, JsonValue] = Field(
        default_factory=dict, description="What a brief gives it, each with its usual value; null: it must be given."
    )
    edits: tuple[dict[str, JsonValue], ...] = Field(min_length=1, description="Edits, with <name> for what it takes.")


class UseOfChain(Record):
    """Do all edits of a chain, one after another."""

    edit: Literal["chain"]
    name: str = Field(description="File in styles/chains.")
    given: dict[str, JsonValue] = Field(default_factory=dict, alias="with", description="What the chain takes.")
    values: tuple[str, ...] = Field((), description="Values of its axis that it is for; left out: all of them.")


@dataclass(frozen=True, slots=True)
class WrittenOut:
    """A brief's data with its chains written out; where each edit of it came from; and what was wrong with a chain."""

    data: Mapping[str, object]
    origins: Mapping[Path, tuple[Path, str]] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()
    emptied: frozenset[Path] = frozenset()
    """Axes that are left without edits only because a chain of theirs is wrong."""

    def at_home(self, flaw: Flaw) -> Flaw:
        """A flaw at the part of the brief that it came from, naming the chain that it is in."""
        where, chain = self.origins.get(flaw.path[:3], (flaw.path[:3], ""))
        if not chain:
            return Flaw((*where, *flaw.path[3:]), flaw.problem, flaw.fix, flaw.at_key, flaw.warning)
        inner = ".".join(map(str, flaw.path[3:]))
        problem = f"in the chain {chain}{f', {inner}' if inner else ''}: {flaw.problem}"
        return Flaw(where, problem, flaw.fix, False, flaw.warning)


def load_chains(folder: FilePath) -> dict[str, Chain]:
    """Every `*.yaml` in `folder`, by name; BriefError for one that cannot be read."""
    return {file.stem: _read(file) for file in sorted(folder.glob("*.yaml"))}


def _read(file: FilePath) -> Chain:
    try:
        chain = Chain.model_validate_json(json.dumps(YAML(typ="safe").load(file.read_text("utf-8"))))
    except (OSError, UnicodeDecodeError, YAMLError, TypeError, ValueError, RecursionError) as error:
        if isinstance(error, ValidationError):
            raise _unfit(file, error) from error
        raise BriefError("a chain that cannot be read", got=str(file), fix=f"mend it: {error}") from error
    strange = set(_FIELD.findall(json.dumps(list(chain.edits)))) - chain.takes.keys()
    if strange:
        fix = did_you_mean(min(strange), chain.takes, what="it takes")
        raise BriefError(f"styles/chains/{file.name} uses what it does not take", got=f"<{min(strange)}>", fix=fix)
    return chain


def _unfit(file: FilePath, error: ValidationError) -> BriefError:
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    return BriefError(f"styles/chains/{file.name}: {where}: {first['msg']}", got=first["input"], fix="mend the chain")


def write_out(data: Mapping[str, object], chains: Mapping[str, Chain]) -> WrittenOut:
    """Put the edits of chains in the place of their uses."""
    every = data.get("edits")
    if not isinstance(every, dict) or not any(_is_use(edit) for e in every.values() for edit in _list(e)):
        return WrittenOut(data)
    origins: dict[Path, tuple[Path, str]] = {}
    flaws: list[Flaw] = []
    edits: dict[str, object] = {}
    for axis, asked in every.items():
        if not isinstance(asked, list):
            edits[axis] = asked
            continue
        found: list[object] = []
        for index, edit in enumerate(asked):
            path: Path = ("edits", axis, index)
            parts, name = _parts(edit, path, chains, flaws) if _is_use(edit) else ([edit], "")
            for part in parts:
                origins["edits", axis, len(found)] = (path, name)
                found.append(part)
        edits[axis] = found
    emptied = frozenset(("edits", axis) for axis, found in edits.items() if found == [] and every[axis])
    return WrittenOut({**data, "edits": edits}, origins, tuple(flaws), emptied)


def _list(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else ()


def _is_use(edit: object) -> bool:
    return isinstance(edit, dict) and edit.get("edit") == KIND


def _parts(
    edit: object, path: Path, chains: Mapping[str, Chain], flaws: list[Flaw]
) -> tuple[list[dict[str, JsonValue]], str]:
    """The edits of one use of a chain, and the chain's name; what is wrong with the use is added to `flaws`."""
    try:
        use = UseOfChain.model_validate_json(json.dumps(edit))
    except ValidationError as error:
        first = error.errors()[0]
        flaws.append(
            Flaw((*path, *first["loc"]), f"a chain is not used like that: {first['msg']}", "name: ..., with: ...")
        )
        return [], ""
    if use.name not in chains:
        fix = did_you_mean(use.name, chains, what="styles/chains has")
        flaws.append(Flaw((*path, "name"), f"there is no chain {quoted(use.name)}", fix))
        return [], ""
    chain = chains[use.name]
    for name in use.given:
        if name not in chain.takes:
            fix = did_you_mean(name, chain.takes, what="it takes")
            flaws.append(Flaw((*path, "with", name), f"the chain takes no {quoted(name)}", fix, at_key=True))
    given = {name: use.given.get(name, usual) for name, usual in chain.takes.items()}
    if missing := [name for name, value in given.items() if value is None]:
        flaws.append(Flaw(path, f"the chain needs {listed(missing)}", f"add with: {{{missing[0]}: ...}}"))
        return [], ""
    shared: dict[str, JsonValue] = {"values": list(use.values)} if use.values else {}
    return [{**_filled_edit(part, given), **shared} for part in chain.edits], use.name


def _filled_edit(edit: dict[str, JsonValue], given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {key: _filled(value, given) for key, value in edit.items()}


def _filled(value: JsonValue, given: Mapping[str, JsonValue]) -> JsonValue:
    """A value with what is given in place of `<name>`: as itself where it stands alone, as text inside a text."""
    if isinstance(value, dict):
        return {key: _filled(item, given) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, given) for item in value]
    if not isinstance(value, str):
        return value
    whole = _FIELD.fullmatch(value)
    if whole and whole[1] in given:
        return given[whole[1]]
    return _FIELD.sub(lambda match: str(given.get(match[1], match[0])), value)
