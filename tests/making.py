"""Small orders and plans that tests share. Nothing in them points to a real file."""

from __future__ import annotations

import hashlib

from pipelines.model import Delivery, Gates, Order, Placement, Plan, Recipe, Source

_NAMES = ("ca-on", "ca-bc", "ca-qc", "us-ca", "us-tx", "au", "gb", "hk", "nz")


def digest(text: str) -> str:
    """SHA-256 of a text, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def order(name: str = "ca-on", *, edition: str = "") -> Order:
    """An order that places one flag; another `edition` has other digests."""
    code = name.upper()
    source = Source(sha256=digest(f"master {edition}"), name="master.svg", kind="svg")
    placement = Placement(
        edit="place", slot="flag", code=code, artwork=Source(sha256=digest(name), name=f"{name}.svg", kind="svg"),
        fit="flag", layer="flag", mask=None, polygon=None, grid=None, current=None, front=None, ground="#ffffff",
    )  # fmt: skip
    recipe = Recipe(
        name=name, values={"region": code}, labels={"region": f"Région {code}"}, master=source, width=64, height=48,
        edits=(placement,), digest=digest(f"recipe {name} {edition}"),
    )  # fmt: skip
    return Order(
        recipe=recipe, prompt=f"a dog with the flag of {code}", negative="text", styles=(), gates=Gates(),
        deliver=Delivery(), digest=digest(f"order {name} {edition}"),
    )  # fmt: skip


def plan(n: int = 3, *, brief: str = "mascot", edition: str = "") -> Plan:
    """A plan of `n` orders: ca-on, ca-bc, ca-qc …"""
    names = [*_NAMES, *(f"region-{i}" for i in range(len(_NAMES), n))][:n]
    return Plan(
        brief=brief, why="a test", data_used=("country",), biases=(), warnings=("nothing is real",),
        orders=tuple(order(name, edition=edition) for name in names), digest=digest(f"plan {brief} {n} {edition}"),
    )  # fmt: skip
