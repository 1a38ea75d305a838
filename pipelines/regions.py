"""Places by ISO 3166 code: their names in any language, how a prompt calls them, and named sets of them.

Countries are named by Babel (Unicode CLDR), subdivisions by pycountry (Debian's iso-codes), both corrected by
`prompts/regions/names.toml` where they read badly.
"""

from __future__ import annotations

import difflib
import gettext
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

from pipelines.errors import RegionError

_CLOSE = 0.6
_EVERYDAY = {"uk": "GB", "england": "GB-ENG", "scotland": "GB-SCT", "wales": "GB-WLS", "america": "US"}
_MOST_NEAR = 3
_ASIDE = re.compile(r" ?[\[(].*")  # "Wales [Cymru GB-CYM]", "Davao (Region XI)"
_GETTEXT = {"zh_Hans": "zh_CN", "zh_Hant": "zh_TW"}  # what CLDR's languages are called there


@dataclass(frozen=True, slots=True)
class Region:
    """`code` is ISO 3166-1 alpha-2 (CA) or 3166-2 (CA-ON); `phrase` names the place inside an English prompt."""

    code: str
    name: str
    phrase: str
    country: str
    kind: str


@dataclass(frozen=True)
class RegionBook:
    """All places, and the sets and corrections of the project."""

    sets: Mapping[str, tuple[str, ...]]
    corrections: Mapping[str, Mapping[str, str]]

    @classmethod
    def load(cls, root: Path) -> Self:
        """The book of the project in `root`. Raises RegionError when its files cannot be read."""
        folder = root / "prompts" / "regions"
        sets = _table(folder / "sets.toml")
        flat = {name: _expanded((name,), sets) for name in sets}
        return cls(flat, _table(folder / "names.toml"))

    def set(self, name: str) -> tuple[str, ...]:
        """The codes of a named set; RegionError naming the sets for an unknown one."""
        if name not in self.sets:
            raise RegionError("there is no such set of regions", got=name, fix=f"sets are: {', '.join(self.sets)}")
        return self.sets[name]

    def get(self, code: str) -> Region:
        """A place by its code; RegionError naming near ones for an unknown one."""
        found = _lookup(code)
        if found is None:
            raise RegionError("there is no such region", got=code, fix=self._near(code))
        name = self.name_in(code, "en")
        country = code.partition("-")[0]
        kind = "country" if country == code else str(found.type).lower()
        return Region(code, name, self._phrase(code, name), country, kind)

    def name_in(self, code: str, locale: str) -> str:
        """A place's name in a language such as fr, fr_CA or zh_Hant; its English name where that is not known.

        Raises RegionError for an unknown place or language.
        """
        found = _lookup(code)
        if found is None:
            raise RegionError("there is no such region", got=code, fix=self._near(code))
        languages = _languages(locale)
        corrected = self.corrections.get(code, {})
        for language in languages:
            if language in corrected:
                return corrected[language]
        return _subdivision_name(found, languages) if "-" in code else _country_name(code, languages)

    def _phrase(self, code: str, name: str) -> str:
        """`Georgia, United States` is not the country Georgia, so a subdivision is named with its country."""
        written = self.corrections.get(code, {}).get("phrase")
        if written is not None or "-" not in code:
            return written or name
        country = self.name_in(code.partition("-")[0], "en")
        return name if name == country else f"{name}, {country}"

    def _near(self, code: str) -> str:
        """The regions whose code or name is nearest to what was written; those of the same country first."""
        names = _names()
        wanted = code.strip().casefold().replace("_", "-")
        codes = list(names.get(wanted, ()))
        if not codes:
            siblings = [name for name in names if "-" in wanted and name.startswith(wanted.partition("-")[0] + "-")]
            hits = [hit for among in (siblings, names) for hit in _closest(wanted, among)]
            codes = list(dict.fromkeys(near for hit in hits for near in names[hit]))[:_MOST_NEAR]
        if not codes:
            return "write an ISO 3166 code, such as CA-ON or JP; `atelier regions` lists them"
        return "did you mean " + " or ".join(f"{near} ({self.name_in(near, 'en')})" for near in codes) + "?"


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RegionError("a list of regions cannot be read", got=str(path), fix=str(error)) from error


def _expanded(path: tuple[str, ...], sets: Mapping[str, Any]) -> tuple[str, ...]:
    """The last set of `path` with the sets that it includes, each code once; the others are those that include it."""
    name = path[-1]
    if name in path[:-1]:
        raise RegionError("a set of regions includes itself", got=" > ".join(path), fix="mend sets.toml")
    if name not in sets:
        raise RegionError("a set includes a set that is not there", got=name, fix=f"sets are: {', '.join(sets)}")
    inner = [code for other in _listed(name, sets, "include") for code in _expanded((*path, other), sets)]
    return tuple(dict.fromkeys((*inner, *_listed(name, sets, "regions"))))


def _listed(name: str, sets: Mapping[str, Any], key: str) -> list[str]:
    entry = sets[name]
    found = entry.get(key, []) if isinstance(entry, dict) else entry
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise RegionError(f"{key} of the set {name} is no list of texts", got=found, fix=f'write {key} = ["…", "…"]')
    return found


def _lookup(code: str) -> Any:
    """The record of exactly this code; pycountry's own look-up takes any case, and letters that only look alike."""
    import pycountry

    if "-" in code:
        found = pycountry.subdivisions.get(code=code)
        return found if found is not None and found.code == code else None
    country = pycountry.countries.get(alpha_2=code)
    return country if country is not None and country.alpha_2 == code else None


def _closest(wanted: str, among: Iterable[str]) -> list[str]:
    return difflib.get_close_matches(wanted, among, n=2 * _MOST_NEAR, cutoff=_CLOSE)


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Codes and English names in lower case → the codes that they may mean, countries first."""
    import pycountry

    found: dict[str, dict[str, None]] = {}
    for country in pycountry.countries:
        for text in (country.alpha_2, country.alpha_3, country.name):
            found.setdefault(text.casefold(), {})[country.alpha_2] = None
    for place in pycountry.subdivisions:
        for text in (place.code, _ASIDE.sub("", place.name)):
            found.setdefault(text.casefold(), {})[place.code] = None
    everyday = {name: (code,) for name, code in _EVERYDAY.items()}
    return {name: tuple(codes)[:_MOST_NEAR] for name, codes in found.items()} | everyday


@cache
def _languages(locale: str) -> tuple[str, ...]:
    """A locale and what it falls back on: fr_CA, fr; zh_HK, zh_Hant. RegionError for one that CLDR does not know.

    Never on another script: who reads zh_Hant is better served by an English name than by one in zh_Hans.
    """
    from babel import Locale, UnknownLocaleError

    try:
        parsed = Locale.parse(locale)
    except (UnknownLocaleError, ValueError) as error:
        raise RegionError(
            "there is no such language", got=locale, fix="write a locale such as fr or zh_Hant"
        ) from error
    written = f"{parsed.language}_{parsed.script}" if parsed.script else parsed.language
    return tuple(dict.fromkeys((locale, written)))


def _country_name(code: str, languages: tuple[str, ...]) -> str:
    from babel import Locale

    return str(Locale.parse(languages[0]).territories.get(code) or Locale.parse("en").territories[code])


def _subdivision_name(found: Any, languages: tuple[str, ...]) -> str:
    name = found.name if languages[-1] == "en" else _translations(languages).gettext(found.name)
    return _ASIDE.sub("", name)


@cache
def _translations(languages: tuple[str, ...]) -> gettext.NullTranslations:
    """iso-codes' names of subdivisions."""
    import pycountry

    known = [_GETTEXT.get(language, language) for language in languages]
    return gettext.translation("iso3166-2", pycountry.LOCALES_DIR, languages=known, fallback=True)
