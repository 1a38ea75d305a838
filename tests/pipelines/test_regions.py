from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pycountry
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.errors import RegionError
from pipelines.home import ROOT
from pipelines.regions import RegionBook

T = TypeVar("T")
SIZES = {
    "canada": 13, "usa": 51, "australia": 9, "uk": 5, "hong-kong": 1, "new-zealand": 1, "countries-24": 24,
    "client-104": 104,
}  # fmt: skip


@functools.cache
def book() -> RegionBook:
    return RegionBook.load(ROOT)


def every_code() -> list[str]:
    return list(dict.fromkeys(code for name in SIZES for code in book().set(name)))


def attempt(ask: Callable[[], T]) -> T | RegionError:
    try:
        return ask()
    except RegionError as error:
        return error


def written(folder: Path, sets: str, names: str = "") -> Path:
    """A project with these lists of regions."""
    (folder / "prompts" / "regions").mkdir(parents=True)
    (folder / "prompts" / "regions" / "sets.toml").write_text(sets)
    (folder / "prompts" / "regions" / "names.toml").write_text(names)
    return folder


def test_every_set_is_known_here() -> None:
    assert set(book().sets) == set(SIZES)


@pytest.mark.parametrize(("name", "size"), SIZES.items())
def test_a_set_has_the_size_that_its_name_promises_and_holds_nothing_twice(name: str, size: int) -> None:
    codes = book().set(name)
    assert len(codes) == size
    assert len(set(codes)) == size


@pytest.mark.parametrize("name", ["canada", "usa", "australia", "uk", "hong-kong", "new-zealand", "countries-24"])
def test_the_clients_set_holds_the_whole_of_each_smaller_one(name: str) -> None:
    assert set(book().set(name)) <= set(book().set("client-104"))


@pytest.mark.parametrize("code", every_code())
def test_every_code_of_every_set_is_real_and_reads_well_in_a_prompt(code: str) -> None:
    region = book().get(code)
    found = pycountry.subdivisions.get(code=code) if "-" in code else pycountry.countries.get(alpha_2=code)
    assert found is not None
    assert region.code == code
    assert region.country == code[:2]
    for text in (region.name, region.phrase):
        assert text == text.strip() != ""
        assert not re.search(r"[\[\](){}]|  ", text)
        words = re.findall(r"\w+", text.casefold())
        assert not any(one == next_ for one, next_ in itertools.pairwise(words)), "a doubled word"


def test_no_two_regions_of_the_clients_set_are_called_the_same_in_a_prompt() -> None:
    phrases = [book().get(code).phrase for code in book().set("client-104")]
    assert len(set(phrases)) == len(phrases)


def test_no_region_on_earth_has_square_brackets_or_twice_its_country() -> None:
    places = [p.code for p in pycountry.subdivisions] + [c.alpha_2 for c in pycountry.countries]
    regions = [book().get(code) for code in places]
    assert [r for r in regions if not r.name or re.search(r"[\[\]]", r.name + r.phrase)] == []
    assert [r for r in regions if len(halves := r.phrase.split(", ")) == 2 and halves[0] == halves[1]] == []


@pytest.mark.parametrize(
    ("code", "phrase", "kind"),
    [
        ("JP", "Japan", "country"),
        ("US", "the United States", "country"),
        ("GB", "the United Kingdom", "country"),
        ("NL", "the Netherlands", "country"),
        ("US-GA", "Georgia, United States", "state"),
        ("US-DC", "Washington, District of Columbia", "district"),
        ("CA-ON", "Ontario, Canada", "province"),
        ("CA-NT", "the Northwest Territories, Canada", "territory"),
        ("AU-SA", "South Australia", "state"),
        ("GB-WLS", "Wales", "country"),
        ("LU-LU", "Luxembourg", "canton"),
        ("PH-11", "Davao, Philippines", "region"),
    ],
)
def test_a_prompt_calls_a_place_as_people_do(code: str, phrase: str, kind: str) -> None:
    region = book().get(code)
    assert (region.phrase, region.kind) == (phrase, kind)


@pytest.mark.parametrize(
    ("locale", "name"),
    [("en", "Hong Kong"), ("fr", "Hong Kong"), ("de", "Hongkong"), ("zh_Hant", "香港"), ("zh_Hans", "香港")],
)
def test_hong_kong_is_called_as_its_people_call_it(locale: str, name: str) -> None:
    assert book().name_in("HK", locale) == name


@pytest.mark.parametrize(
    ("locale", "name"), [("en_CA", "Hong Kong"), ("fr_CA", "Hong Kong"), ("zh_HK", "香港"), ("zh_TW", "香港")]
)
def test_a_correction_holds_for_the_countries_of_its_language_too(locale: str, name: str) -> None:
    assert book().name_in("HK", locale) == name


@pytest.mark.parametrize(
    ("locale", "names"),
    [
        ("en", ("Ontario", "Quebec", "California", "Germany")),
        ("fr", ("Ontario", "Québec", "Californie", "Allemagne")),
        ("de", ("Ontario", "Québec", "Kalifornien", "Deutschland")),
        ("zh_Hant", ("Ontario", "Quebec", "加利福尼亞", "德國")),  # iso-codes has no more: English then
        ("zh_Hans", ("安大略省", "魁北克省", "加利福尼亚州", "德国")),
        ("fr_CA", ("Ontario", "Québec", "Californie", "Allemagne")),
        ("zh_HK", ("Ontario", "Quebec", "加利福尼亞", "德國")),
    ],
)
def test_places_are_named_in_other_languages(locale: str, names: tuple[str, ...]) -> None:
    assert tuple(book().name_in(code, locale) for code in ("CA-ON", "CA-QC", "US-CA", "DE")) == names


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("ca-on", ["CA-ON (Ontario)"]),
        ("US_CA", ["US-CA (California)"]),
        (" CA-ON ", ["CA-ON (Ontario)"]),
        ("CA-OM", ["CA-ON (Ontario)"]),
        ("Ontario", ["CA-ON (Ontario)"]),
        ("UK", ["GB (United Kingdom)"]),
        ("England", ["GB-ENG (England)"]),
        ("USA", ["US (United States)"]),
        ("Kanada", ["CA (Canada)"]),
        ("hongkong", ["HK (Hong Kong)"]),
        ("Georgia", ["GE (Georgia)", "US-GA (Georgia)"]),
        ("H\u212a", ["HK (Hong Kong)"]),  # the Kelvin sign looks like a K
    ],
)
def test_an_unknown_code_names_the_ones_that_may_be_meant(wrong: str, meant: list[str]) -> None:
    with pytest.raises(RegionError, match="no such region") as caught:
        book().get(wrong)
    assert caught.value.got == wrong
    assert all(one in caught.value.fix for one in meant)
    assert caught.value.fix.startswith(f"did you mean {meant[0]}")


def test_a_misspelt_province_is_looked_for_in_its_own_country_first() -> None:
    with pytest.raises(RegionError) as caught:
        book().get("CA-XX")
    assert re.findall(r"[A-Z]{2}-", caught.value.fix) == ["CA-"] * 3


@pytest.mark.parametrize("nothing", ["", "  ", "-", "🙂", "12345"])
def test_what_is_near_nothing_is_told_how_codes_look(nothing: str) -> None:
    with pytest.raises(RegionError, match="write an ISO 3166 code, such as CA-ON"):
        book().get(nothing)


def test_an_unknown_region_has_no_name_either() -> None:
    with pytest.raises(RegionError, match="did you mean CA-ON"):
        book().name_in("ca-on", "fr")


def test_an_unknown_set_names_the_sets() -> None:
    with pytest.raises(RegionError, match="canada, usa, australia"):
        book().set("kanada")


@pytest.mark.parametrize("code", ["HK", "DE", "CA-ON"])
@pytest.mark.parametrize("locale", ["xx", "", "phrase", "../../etc/passwd", "zh-Hant", "french"])
def test_an_unknown_language_is_refused_for_every_kind_of_place(code: str, locale: str) -> None:
    with pytest.raises(RegionError, match="no such language"):
        book().name_in(code, locale)


@settings(max_examples=40)
@given(st.text(max_size=24) | st.from_regex(r"[A-Za-z]{2}([-_][A-Za-z0-9]{1,3})?", fullmatch=True))
@example("H\u212a")
@example("CA-ON\n")
@example("CA-")
@example("X" * 2000)
def test_any_text_is_a_region_or_an_error_in_words(text: str) -> None:
    found = attempt(lambda: book().get(text))
    if isinstance(found, RegionError):
        assert found.got == text
        assert found.fix
    else:
        assert found.code == text
        assert found.name


@settings(max_examples=60)
@given(st.sampled_from(["HK", "DE", "CA-ON"]), st.text(max_size=12))
def test_any_text_is_a_language_or_an_error_in_words(code: str, locale: str) -> None:
    found = attempt(lambda: book().name_in(code, locale))
    assert found.got == locale if isinstance(found, RegionError) else found


def test_a_set_takes_others_in_and_holds_each_region_once(tmp_path: Path) -> None:
    root = written(tmp_path, '[a]\nregions = ["JP", "FR"]\n[b]\ninclude = ["a"]\nregions = ["FR", "DE"]\n')
    assert RegionBook.load(root).set("b") == ("JP", "FR", "DE")


@pytest.mark.parametrize(
    ("sets", "complaint"),
    [
        ('[a]\ninclude = ["b"]\n[b]\ninclude = ["a"]\n', "includes itself.*a > b > a"),
        ('[a]\ninclude = ["nowhere"]\n', "not there.*nowhere.*sets are: a"),
        ('[a]\nregions = "JP"\n', "regions of the set a is no list"),
        ("[a]\nregions = [1]\n", "regions of the set a is no list"),
        ('a = "JP"\n', "set a is no list"),
        ("[a\n", "cannot be read"),
    ],
)
def test_a_list_of_sets_with_a_mistake_is_refused_in_words(tmp_path: Path, sets: str, complaint: str) -> None:
    with pytest.raises(RegionError, match=complaint):
        RegionBook.load(written(tmp_path, sets))


def test_a_project_without_lists_says_which_file_it_wants(tmp_path: Path) -> None:
    with pytest.raises(RegionError, match=r"sets\.toml"):
        RegionBook.load(tmp_path)
