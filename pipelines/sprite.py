"""A pack's drawings as one: what variants share is in it once, and each variant is a <symbol> that shows it whole.

`<svg viewBox="…"><use href="sprite.svg#us-ca"/></svg>` shows a variant. Its symbol is its drawing with every run of
neighbours that other variants have too replaced by one <use>, so that order, groups and what they hand down stay. Two
elements are the same if they and all that they refer to are written alike.
"""

from __future__ import annotations

import copy
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from pipelines.vectors.layers import SVG
from pipelines.vectors.style import HREF, URL, local
from pipelines.vectors.styled import inlined

_TOLD = ("title", "desc", "metadata")
_UNSEEN = ("defs", "clipPath", "mask", "linearGradient", "radialGradient", "pattern", "filter", "marker", "symbol")
_OWN = frozenset(("viewBox", "width", "height", "role", "preserveAspectRatio", "version", "id", "x", "y"))
_SMALL = 80  # characters that a <use> and what it shows are not worth
Run = tuple[str, ...]


def sprite(drawings: Mapping[str, etree._Element], *, title: str, titles: Mapping[str, str]) -> etree._Element:
    """One SVG with a symbol for each of the drawings, by name; all have the first one's view box or their own.

    `titles`: what each is called, for people. Raises TraceError for a drawing whose style sheet says more than simple
    rules, which would no longer hold where the elements go.
    """
    pages = {name: _Page(name, root) for name, root in drawings.items()}
    root = etree.Element(SVG + "svg", nsmap={None: SVG[1:-1]})  # type: ignore[dict-item]  # stubs know no default
    root.set("viewBox", next((page.root.get("viewBox") or "" for page in pages.values()), ""))
    etree.SubElement(root, SVG + "title").text = title
    shelf = _Shelf(pages)
    symbols = [_symbol(page, shelf, titles.get(name, name)) for name, page in pages.items()]
    if len(shelf.defs):
        root.append(shelf.defs)
    root.extend(symbols)
    shelf.settle(root)
    etree.cleanup_namespaces(root)
    return root


def _symbol(page: _Page, shelf: _Shelf, title: str) -> etree._Element:
    handed = {str(k): str(v) for k, v in page.root.attrib.items() if k not in _OWN}
    symbol = etree.Element(SVG + "symbol", {"id": page.name, "viewBox": page.root.get("viewBox") or "", **handed})
    etree.SubElement(symbol, SVG + "title").text = title
    symbol.extend(shelf.shown(page, page.root))
    return symbol


class _Page:
    """A variant's drawing, with what tells its elements from others."""

    def __init__(self, name: str, root: etree._Element) -> None:
        self.name, self.root = name, inlined(root)
        for child in [c for c in self.root if local(c) in _TOLD]:
            self.root.remove(child)
        self.ids = {str(e.get("id")): e for e in self.root.iter() if e.get("id")}
        self.keys: dict[etree._Element, str] = {}

    def key(self, element: etree._Element) -> str:
        """The same for elements that are written alike and refer to what is written alike."""
        if element not in self.keys:
            self.keys[element] = ""  # what refers to itself
            text = etree.tostring(element, with_tail=False).decode()
            told = [self.key(self.ids[name]) for name in dict.fromkeys(_references(element)) if name in self.ids]
            self.keys[element] = hashlib.sha256("\n".join([text, *told]).encode()).hexdigest()
        return self.keys[element]


def _references(element: etree._Element) -> Iterator[str]:
    """Ids that an element and what is in it refer to."""
    for one in element.iter():
        for key, value in one.attrib.items():
            if key in ("href", HREF):
                yield str(value).lstrip("#")
            elif "url(" in str(value):
                yield from URL.findall(str(value))


@dataclass(frozen=True, slots=True)
class _Chunk:
    """What several variants show with one <use>; without a name, what none needs to show."""

    name: str | None


class _Shelf:
    """What variants share, each once, and the names of all that has one."""

    def __init__(self, pages: Mapping[str, _Page]) -> None:
        self.pages = pages
        self.defs = etree.Element(SVG + "defs")
        self.taken = set(pages)
        self.names: dict[str, str] = {}
        self.chunks: dict[Run, _Chunk] = {}

    @cached_property
    def owners(self) -> dict[str, frozenset[str]]:
        """Key → the variants that have such an element."""
        found: dict[str, set[str]] = defaultdict(set)
        for name, page in self.pages.items():
            for element in page.root.iterdescendants():
                found[page.key(element)].add(name)
        return {key: frozenset(names) for key, names in found.items()}

    @cached_property
    def runs(self) -> dict[str, set[Run]]:
        """Key → the runs that such an element stands in."""
        found: dict[str, set[Run]] = defaultdict(set)
        for page in self.pages.values():
            for parent in page.root.iter():
                for run in self._runs(page, parent):
                    keys = tuple(map(page.key, run))
                    for key in keys:
                        found[key].add(keys)
        return found

    def _runs(self, page: _Page, parent: etree._Element) -> Iterator[list[etree._Element]]:
        """Children that the same variants have, as long as they are neighbours."""
        run: list[etree._Element] = []
        for child in parent:
            if run and self.owners[page.key(child)] != self.owners[page.key(run[-1])]:
                yield run
                run = []
            run.append(child)
        if run:
            yield run

    def shown(self, page: _Page, parent: etree._Element) -> Iterator[etree._Element]:
        """The children of an element, as a variant's symbol shows them."""
        for run in self._runs(page, parent):
            keys = tuple(map(page.key, run))
            if len(self.owners[keys[0]]) == 1:
                yield from (self._own(page, child) for child in run)
            elif all(self.runs[key] == {keys} for key in keys):
                yield from self._shared(page, run)
            else:  # elsewhere it has other neighbours
                for child in run:
                    yield from self._shared(page, [child])

    def _own(self, page: _Page, element: etree._Element) -> etree._Element:
        """An element of one variant alone, which may hold what others have too."""
        other = etree.Element(element.tag, {str(k): str(v) for k, v in element.attrib.items()})
        other.text = element.text
        self._name(page, element, other, f"{page.name}-")
        other.extend(self.shown(page, element))
        return other

    def _shared(self, page: _Page, run: list[etree._Element]) -> Iterator[etree._Element]:
        keys = tuple(map(page.key, run))
        if keys not in self.chunks:
            self.chunks[keys] = self._chunk(page, run)
        chunk = self.chunks[keys]
        if chunk.name is not None:
            yield etree.Element(SVG + "use", {"href": f"#{chunk.name}"})
        elif not _is_unseen(run) and not _is_named(run):
            yield from map(copy.deepcopy, self._copies(page, run))

    def _chunk(self, page: _Page, run: list[etree._Element]) -> _Chunk:
        if not _is_named(run) and sum(len(etree.tostring(e, with_tail=False)) for e in run) < _SMALL:
            return _Chunk(None)
        if _is_unseen(run):
            self.defs.extend(self._copies(page, run))
            return _Chunk(None)
        name = self._unused("master")
        group = etree.SubElement(self.defs, SVG + "g", {"id": name})
        group.extend(self._copies(page, run))
        return _Chunk(name)

    def _copies(self, page: _Page, run: list[etree._Element]) -> list[etree._Element]:
        copies = [copy.deepcopy(element) for element in run]
        for element, twin in zip(run, copies, strict=True):
            twin.tail = None
            for one, other in zip(element.iter(), twin.iter(), strict=True):
                self._name(page, one, other, "")
        return copies

    # ── names ────────────────────────────────────────────────────────────────────────────────────────────

    def _name(self, page: _Page, element: etree._Element, other: etree._Element, prefix: str) -> None:
        """Give a copy an id of its own, and write what it refers to by key until all names are known."""
        if (ident := other.get("id")) is not None:
            name = self._unused(prefix + ident)
            other.set("id", name)
            self.names.setdefault(page.key(element), name)
        for key, value in other.attrib.items():
            if key in ("href", HREF) and str(value).lstrip("#") in page.ids:
                other.set(key, "#" + page.key(page.ids[str(value).lstrip("#")]))
            elif "url(" in str(value):
                other.set(key, URL.sub(lambda m: f"url(#{self._key(page, m.group(1))})", str(value)))

    @staticmethod
    def _key(page: _Page, ident: str) -> str:
        return page.key(page.ids[ident]) if ident in page.ids else ident

    def _unused(self, name: str) -> str:
        number, found = 1, name
        while found in self.taken:
            number += 1
            found = f"{name}-{number}"
        self.taken.add(found)
        return found

    def settle(self, root: etree._Element) -> None:
        """Write names for keys, now that all are known."""
        for element in root.iter():
            for key, value in element.attrib.items():
                if key in ("href", HREF):
                    element.set(key, "#" + self.names.get(str(value)[1:], str(value)[1:]))
                elif "url(" in str(value):
                    element.set(key, URL.sub(lambda m: f"url(#{self.names.get(m.group(1), m.group(1))})", str(value)))


def _is_unseen(run: list[etree._Element]) -> bool:
    return all(local(element) in _UNSEEN for element in run)


def _is_named(run: list[etree._Element]) -> bool:
    return any(one.get("id") for element in run for one in element.iter())
