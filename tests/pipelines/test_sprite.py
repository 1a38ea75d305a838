from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from lxml import etree

from pipelines.engines.renderer import render
from pipelines.errors import TraceError
from pipelines.sprite import sprite
from pipelines.vectors.layers import SVG

LONG = "l1 1" * 40
FLAGS = {"ca-on": "#c8102e", "us-ca": "#2040c0", "hk": "#20a040"}


def drawing(
    inside: str = "", *, colour: str = "#c8102e", extra: str = "", back: str = "#ffd08f", style: str = ""
) -> etree._Element:
    """A ground, a slot in a moved group that clips and fades, and something before it."""
    return etree.fromstring(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 80" fill="#123456" role="img">'
        f"<title>t</title>{style}"
        f'<defs><linearGradient id="sky"><stop offset="0" stop-color="{back}"/><stop offset="1" stop-color="#fff9e0"/>'
        f'</linearGradient></defs><g id="ground"><path d="M0 0h100v80h-100z" fill="url(#sky)"/>'
        f'<path d="M9 9{LONG}z"/></g>'
        f'<g id="pole" transform="translate(10 5)" opacity=".8"><g id="slot-flag"><clipPath id="slot-flag-clip">'
        f'<path d="M0 0h60v40h-60z"/></clipPath><g clip-path="url(#slot-flag-clip)"><linearGradient id="slot-flag-g0">'
        f'<stop offset="0" stop-color="{colour}"/><stop offset="1" stop-color="#ffffff"/></linearGradient>'
        f'<path fill="url(#slot-flag-g0)" d="M-9 -9h80v80z"/>{inside}</g></g><path id="ink" stroke="#222" '
        f'fill="none" d="M0 0h60v40h-60z" stroke-width="3"/></g>{extra}'
        f'<path id="hand" fill="#eda24b" d="M5 30h30v20z{LONG}"/>'
        "</svg>"
    )


def shown(root: etree._Element, name: str) -> np.ndarray:
    page = etree.fromstring(etree.tostring(root))
    etree.SubElement(page, SVG + "use", {"href": f"#{name}"})
    return render(page, 200, 160)


def made(drawings: dict[str, etree._Element]) -> etree._Element:
    root = sprite(drawings, title="flags", titles={"hk": "Hong Kong"})
    counts = Counter(e.get("id") for e in root.iter() if e.get("id"))
    assert max(counts.values()) == 1
    for name, one in drawings.items():
        assert np.array_equal(shown(root, name), render(one, 200, 160)), name
    return root


def test_each_variant_looks_as_its_own_file_and_what_they_share_is_in_it_once() -> None:
    root = made({name: drawing(colour=colour) for name, colour in FLAGS.items()})
    text = etree.tostring(root).decode()
    assert text.count(LONG) == 2, "one in the ground, one in the hand"
    assert [symbol.get("id") for symbol in root.iter(SVG + "symbol")] == list(FLAGS)
    assert all(symbol.get("viewBox") == "0 0 100 80" for symbol in root.iter(SVG + "symbol"))


def test_what_lies_before_the_slot_stays_before_it() -> None:
    root = made({name: drawing(colour=colour) for name, colour in FLAGS.items()})
    (symbol,) = (s for s in root.iter(SVG + "symbol") if s.get("id") == "hk")
    assert [child.tag.removeprefix(SVG) for child in symbol] == ["title", "use", "g", "use"]
    assert symbol[0].text == "Hong Kong"
    assert symbol[2].get("opacity") == ".8"


def test_ids_of_one_variant_alone_carry_its_name() -> None:
    root = made({name: drawing(colour=colour) for name, colour in FLAGS.items()})
    ids = {e.get("id") for e in root.iter() if e.get("id")}
    assert {"ca-on-slot-flag", "us-ca-slot-flag", "hk-slot-flag-g0", "slot-flag-clip", "hand"} <= ids


def test_a_variant_that_is_built_otherwise_shares_what_it_can() -> None:
    drawings = {name: drawing(colour=colour) for name, colour in FLAGS.items()}
    drawings["odd"] = drawing(extra='<path id="more" d="M50 50h9v9z"/>')
    root = made(drawings)
    assert etree.tostring(root).decode().count(LONG) == 2


def test_sets_within_a_batch_share_among_themselves() -> None:
    """Flags by day and by night: each hour has a ground of its own, each flag one too."""
    drawings = {
        f"{name}.{hour}": drawing(colour=colour, back=back)
        for name, colour in FLAGS.items()
        for hour, back in (("day", "#ffd08f"), ("night", "#36457c"))
    }
    root = made(drawings)
    assert etree.tostring(root).decode().count(LONG) == 3, "two grounds, one hand"


def test_names_of_variants_go_before_ids_of_the_drawing() -> None:
    made({"hand": drawing(), "ground": drawing(colour="#2040c0")})


def test_rules_of_a_style_sheet_hold_wherever_things_go() -> None:
    style = "<style>path{stroke:#00f}.no{stroke:none}#hand{fill:#0f0}</style>"
    extra = '<path class="no" fill="#800" d="M60 50h30v20z"/>'
    drawings = {name: drawing(colour=c, style=style, extra=extra) for name, c in FLAGS.items()}
    root = made(drawings)
    assert not list(root.iter(SVG + "style"))


@pytest.mark.parametrize("rule", ["g > path{fill:red}", "@media print{path{fill:red}}", "path:hover{fill:red}"])
def test_rules_that_hold_only_where_they_stand_are_refused(rule: str) -> None:
    style = f"<style>{rule.replace('>', '&gt;')}</style>"
    with pytest.raises(TraceError, match="style sheet"):
        made({name: drawing(style=style) for name in FLAGS})


def test_a_single_drawing_is_a_sprite_too() -> None:
    made({"hk": drawing()})
