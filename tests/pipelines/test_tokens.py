from __future__ import annotations

import numpy as np
from lxml import etree

from pipelines.engines.renderer import render
from pipelines.sources import parse_svg
from pipelines.tokens import theme, tokens_of
from tests.making import order

TOKENS = {"#c8102e": "flag-red", "#2d2130": "ink"}


def themed(inside: str) -> etree._Element:
    text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><title>t</title>{inside}</svg>'
    root = etree.fromstring(text)
    theme(root, TOKENS)
    return root


def sheet(inside: str) -> str:
    return "".join(e.text or "" for e in themed(inside).iter("{*}style"))


def test_paint_with_a_name_can_be_recoloured_and_keeps_its_plain_colour() -> None:
    root = themed('<path fill="#c8102e" d="M0 0h9v9z"/><path fill="#c8102e" d="M0 0h9v9z"/>')
    assert root[1].text == '@supports(color:var(--a)){[fill="#c8102e"]{fill:var(--flag-red,#c8102e)}}'
    assert root[2].get("fill") == "#c8102e"


def test_outlines_and_gradients_have_names_too() -> None:
    text = sheet(
        '<path stroke="#2D2130" d="M0 0h9"/><linearGradient><stop stop-color="rgb(200,16,46)"/></linearGradient>'
    )
    assert '[stroke="#2D2130"]{stroke:var(--ink,#2d2130)}' in text
    assert '[stop-color="rgb(200,16,46)"]{stop-color:var(--flag-red,#c8102e)}' in text


def test_paint_without_a_name_adds_nothing() -> None:
    assert len(themed('<path fill="#c8102f" d="M0 0h9v9z"/><path fill="url(#c8102e)" d="M0 0h9v9z"/>')) == 3


def test_inline_styles_are_met_as_they_are_written() -> None:
    text = sheet('<path style="opacity:.5; fill:#c8102e;stroke: #2d2130" d="M0 0h9v9z"/>')
    assert '[style*="fill:#c8102e;"]{fill:var(--flag-red,#c8102e)!important}' in text
    assert '[style$="stroke: #2d2130"]{stroke:var(--ink,#2d2130)!important}' in text


def test_a_drawings_own_rules_are_followed_and_go_before_attributes() -> None:
    text = sheet('<style>.a{fill:#c8102e}</style><path class="a" fill="#2d2130" d="M0 0h9v9z"/>')
    assert text.startswith(".a{fill:#c8102e}")
    assert ':where([fill="#2d2130"]){fill:var(--ink,#2d2130)}' in text
    assert ".a{fill:var(--flag-red,#c8102e)}" in text


def test_readers_without_custom_properties_draw_the_same() -> None:
    inside = '<path fill="#c8102e" stroke="#2d2130" stroke-width="3" d="M2 2h16v16h-16z"/>'
    plain = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20">{inside}</svg>'
    first = render(etree.fromstring(plain), 40, 40)
    second = render(parse_svg(etree.tostring(themed(inside)), "themed"), 40, 40)
    assert np.array_equal(first, second)


def test_names_are_those_of_the_brief_or_else_of_its_styles() -> None:
    made = order().model_copy(update={"palette": {"fur shade": "#CF7D35", "ink": "#2d2130", "night": "#2d2130"}})
    assert tokens_of(made) == {"#cf7d35": "fur-shade", "#2d2130": "ink"}
    own = made.deliver.model_copy(update={"tokens": {"brand": "#2d2130"}})
    assert tokens_of(made.model_copy(update={"deliver": own})) == {"#2d2130": "brand"}
    none = made.deliver.model_copy(update={"tokens": {}})
    assert tokens_of(made.model_copy(update={"deliver": none})) == {}
