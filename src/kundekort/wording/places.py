"""The names of countries and languages in the active language, as Unicode CLDR has them (decision 17).

What knows all names and all codes is loaded when the first is asked for: most commands name neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

from django.utils.translation import get_language

if TYPE_CHECKING:
    from babel import Locale

NEAR_COUNTRIES: Final = ("NO", "SE", "DK", "FI", "IS", "FO", "GL", "AX")
"""Those that nearly all customers live in; they stand before the others where one is chosen."""
NEAR_LANGUAGES: Final = ("nb", "nn", "se", "en", "sv", "da", "fi", "is", "fo")
"""Those that nearly all customers read; they stand before the others where one is chosen."""

_LAST_LETTERS: Final = {"nb": "æøå", "nn": "æøå", "da": "æøå", "sv": "åäö"}
"""The letters after z, by language; elsewhere they are ordinary letters with something on."""


def country_name(code: str) -> str:
    """The name of a country by its ISO 3166 alpha-2 code; the code where there is no name."""
    return str(_locale(_language()).territories.get(code, code))


def language_name(code: str) -> str:
    """The name of a language by its ISO 639-1 code, with a capital as it stands alone; the code where there is none."""
    name = _locale(_language()).languages.get(code)
    return name[0].upper() + name[1:] if name else code


def countries() -> dict[str, str]:
    """The names of all countries by code, the near ones first and the others by the alphabet."""
    from kundekort.engine.values.countries import CODES

    return _ordered({code: country_name(code) for code in CODES}, near=NEAR_COUNTRIES)


def languages() -> dict[str, str]:
    """The names of all languages by code, the near ones first and the others by the alphabet."""
    from kundekort.engine.values.languages import CODES

    return _ordered({code: language_name(code) for code in CODES}, near=NEAR_LANGUAGES)


def _ordered(names: dict[str, str], *, near: Sequence[str]) -> dict[str, str]:
    last = _LAST_LETTERS.get(_language(), "")
    others = sorted(names.keys() - set(near), key=lambda code: _place(names[code], last=last))
    return {code: names[code] for code in (*near, *others)}


def _place(name: str, *, last: str) -> str:
    """A text that stands where the name does in an alphabet with those letters last."""
    return "".join(f"~{last.index(c)}" if c in last else normalize("NFKD", c)[0] for c in name.casefold())


def _language() -> str:
    return get_language() or "en"


@cache
def _locale(language: str) -> Locale:
    from babel import Locale

    return Locale.parse(language, sep="-")
