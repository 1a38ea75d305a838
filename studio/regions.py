"""`atelier regions`: the places that a brief may name, and the named sets of them."""

from __future__ import annotations

from rich.table import Table

from pipelines.artwork import ArtworkLibrary
from pipelines.home import ROOT
from pipelines.regions import RegionBook
from studio.output import console, print_json


def show_regions(name: str | None, *, locale: str, as_json: bool) -> None:
    """The sets, or the regions of one set, with their names in a language and whether their artwork is here."""
    book, artwork = RegionBook.load(ROOT), ArtworkLibrary(ROOT)
    if name is None:
        _show_sets(book, as_json=as_json)
        return
    rows = [(code, book.name_in(code, locale), artwork.has(code)) for code in book.set(name)]
    if as_json:
        keys = ("code", "name", "artwork")
        print_json({"set": name, "locale": locale, "regions": [dict(zip(keys, row, strict=True)) for row in rows]})
        return
    table = Table("code", "name", "artwork", title=f"{name}: {len(rows)} regions")
    for code, words, there in rows:
        table.add_row(code, words, "" if there else "missing: make artwork")
    console().print(table)


def _show_sets(book: RegionBook, *, as_json: bool) -> None:
    if as_json:
        print_json({"sets": {name: list(codes) for name, codes in book.sets.items()}})
        return
    table = Table("set", "regions", "such as")
    for name, codes in book.sets.items():
        table.add_row(name, str(len(codes)), ", ".join(codes[:6]) + (" …" if len(codes) > 6 else ""))
    console().print(table)
    console().print("A brief may name any ISO 3166 code too: region: {values: [JP, CA-ON]}.")
