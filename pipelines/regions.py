"""Places by ISO 3166 code: their names in any language, how a prompt calls them, and named sets of them.

Countries are named by Babel (Unicode CLDR), subdivisions by pycountry (Debian's iso-codes), both corrected by
`prompts/regions/names.toml` where they read badly.
"""

from __future__ import annotations

import difflib
import gettext
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

from pipelines.errors import RegionError

_CLOSE = 0.6
_EVERYDAY = {"uk": "GB", "england": "GB-ENG", "scotland": "GB-SCT", "wales": "GB-WLS", "america": "US"}
_MOST_NEAR = 3


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
        flat = {name: _expanded(name, sets) for name in sets}
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
        """A place's name in a language such as fr or zh_Hant; its English name where that is not known.

        Raises RegionError for an unknown place or language.
        """
        found = _lookup(code)
        if found is None:
            raise RegionError("there is no such region", got=code, fix=self._near(code))
        corrected = self.corrections.get(code, {}).get(locale)
        if corrected is not None:
            return corrected
        return _subdivision_name(found, locale) if "-" in code else _country_name(code, locale)

    def _phrase(self, code: str, name: str) -> str:
        """`Georgia, United States` is not the country Georgia, so a subdivision is named with its country."""
        written = self.corrections.get(code, {}).get("phrase")
        if written is not None or "-" not in code:
            return written or name
        return f"{name}, {self.name_in(code.partition('-')[0], 'en')}"

    def _near(self, code: str) -> str:
        """The regions whose code or name is nearest to what was written."""
        names = _names()
        wanted = code.strip().casefold().replace("_", "-")
        if wanted in names:
            return f"did you mean {names[wanted]} ({self.name_in(names[wanted], 'en')})?"
        hits = difflib.get_close_matches(wanted, names, n=2 * _MOST_NEAR, cutoff=_CLOSE)
        codes = list(dict.fromkeys(names[hit] for hit in hits))[:_MOST_NEAR]
        if not codes:
            return "write an ISO 3166 code, such as CA-ON or JP; `atelier regions` lists them"
        return "did you mean " + " or ".join(f"{near} ({self.name_in(near, 'en')})" for near in codes) + "?"


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RegionError("a list of regions cannot be read", got=str(path), fix=str(error)) from error


def _expanded(name: str, sets: Mapping[str, Any]) -> tuple[str, ...]:
    """A set with the sets that it includes, each code once."""
    entry = sets[name]
    inner = [code for other in entry.get("include", ()) for code in _expanded(other, sets)]
    return tuple(dict.fromkeys((*inner, *entry.get("regions", ()))))


def _lookup(code: str) -> Any:
    import pycountry

    if "-" in code:
        return pycountry.subdivisions.get(code=code) if code == code.upper() else None
    return pycountry.countries.get(alpha_2=code) if len(code) == 2 and code == code.upper() else None


@cache
def _names() -> dict[str, str]:
    """Codes and English names in lower case → code; countries win over subdivisions of the same name."""
    import pycountry

    found: dict[str, str] = {}
    for place in pycountry.subdivisions:
        found[place.name.casefold()] = place.code
        found[place.code.casefold()] = place.code
    for country in pycountry.countries:
        found[country.name.casefold()] = country.alpha_2
        found[country.alpha_2.casefold()] = country.alpha_2
        found[country.alpha_3.casefold()] = country.alpha_2
    return found | _EVERYDAY


def _country_name(code: str, locale: str) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        names = Locale.parse(locale).territories
    except (UnknownLocaleError, ValueError) as error:
        raise RegionError(
            "there is no such language", got=locale, fix="write a locale such as fr or zh_Hant"
        ) from error
    return str(names.get(code) or Locale.parse("en").territories[code])


def _subdivision_name(found: Any, locale: str) -> str:
    name = _translations(locale).gettext(found.name) if locale != "en" else str(found.name)
    return name.partition(" [")[0]  # "Wales [Cymru GB-CYM]"


@cache
def _translations(locale: str) -> gettext.NullTranslations:
    """iso-codes' names of subdivisions; in CLDR zh_Hant is what gettext calls zh_TW."""
    import pycountry

    known = {"zh_Hant": "zh_TW", "zh_Hans": "zh_CN"}.get(locale, locale)
    return gettext.translation("iso3166-2", pycountry.LOCALES_DIR, languages=[known], fallback=True)
