"""Postal codes: text whose zeros count, and which codes a country has.

Accepted: anything in a cell by itself; with the country of its row, what that country has, where the rule is simple and
sure (decision 8). A country without a rule is never wrong. Canonical: as it is cleaned.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from kundekort.engine.values.rules import KindRules, as_is

_FORMS: Final = {
    "[0-9]{3}": "FO IS",
    "[0-9]{4}": "NO SJ DK AT AU BE BG CH CY GE HU LI LU MK NZ PH SI TN ZA",
    "39[0-9]{2}": "GL",
    "[0-9]{5}": "FI DE EE ES FR HR IT ME MC MX MY RS SM TH TR UA VA",
    "22[0-9]{3}": "AX",
    "[0-9]{3} ?[0-9]{2}": "SE CZ GR SK",
    "[0-9]{6}": "CN IN RO RU SG",
    "[0-9]{2}-?[0-9]{3}": "PL",
    "[0-9]{4}-[0-9]{3}": "PT",
    "[0-9]{4} ?[A-Za-z]{2}": "NL",
    "(?:LV-)?[0-9]{4}": "LV",
    "(?:LT-)?[0-9]{5}": "LT",
    "[0-9]{3}-?[0-9]{4}": "JP",
    "[0-9]{5}(?:-[0-9]{4})?": "US PR",
    "[A-Za-z][0-9][A-Za-z] ?[0-9][A-Za-z][0-9]": "CA",
    "[A-Za-z]{1,2}[0-9][A-Za-z0-9]? ?[0-9][A-Za-z]{2}": "GB",
}
_COUNTRIES: Final = [country for countries in _FORMS.values() for country in countries.split()]
_SPACED: Final = ["SE", "CZ", "GR", "SK", "PL", "NL", "LV", "LT", "JP", "CA", "GB"]
_FITS: Final = "|".join(f"^(?:{countries.replace(' ', '|')}) {form}$" for form, countries in _FORMS.items())


def zip_fits(zip_code: pl.Expr, country: pl.Expr) -> pl.Expr:
    """Whether a postal code is one of the country (alpha-2); true where either is empty or no rule is known."""
    unruled = ~country.is_in(_COUNTRIES) | (zip_code == "")
    return (unruled | pl.concat_str(country, zip_code, separator=" ").str.contains(_FITS)).fill_null(True)


def same_zip(one: pl.Expr, other: pl.Expr, country: pl.Expr) -> pl.Expr:
    """Whether two postal codes are one in a country that writes them with a space, a hyphen or its own letters in them.

    111 22 and 11122 are in Sweden; elsewhere nothing is known of such forms.
    """
    bare = [code.str.to_uppercase().str.replace_all("[ -]", "").str.replace("^(?:LV|LT)", "") for code in (one, other)]
    return country.is_in(_SPACED) & (bare[0] == bare[1])


RULES: Final = KindRules(read=as_is)
