"""Phone numbers to E.164: ordinary forms by expression, the odd distinct ones through phonenumbers.

Accepted: digits with what people put between them; without a calling code it is a number of the register's country. It
has to have a *possible* length for a mobile or fixed line; number plans change faster than programs, and a false alarm
costs more than a wrong digit. Canonical: E.164. The fast way may accept only what the careful one accepts so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, partial
from typing import Final

import polars as pl

from kundekort.engine.values.column import Canonical, Outcome, map_distinct
from kundekort.engine.values.rules import KindRules

_BETWEEN: Final = r"[ ()./\-\u2010-\u2015\u2212]"
_WRITTEN: Final = re.compile(r"\+?[0-9]{4,17}")
COMMON: Final[Mapping[str, tuple[int, tuple[int, ...]]]] = {
    "NO": (47, (8,)),
    "SE": (46, (7, 8, 9)),
    "DK": (45, (8,)),
    "FI": (358, (5, 6, 7, 8, 9, 10)),
    "IS": (354, (7, 9)),
    "FO": (298, (6,)),
    "GL": (299, (6,)),
    "DE": (49, (5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)),
    "GB": (44, (9, 10)),
    "NL": (31, (9, 11)),
    "FR": (33, (9,)),
    "ES": (34, (9,)),
    "PL": (48, (7, 9)),
    "CH": (41, (9,)),
    "AT": (43, (4, 5, 6, 7, 8, 9, 10, 11, 12, 13)),
    "BE": (32, (8, 9)),
    "EE": (372, (7, 8)),
}
"""The calling codes of common countries and the digits that a number may have behind them, as phonenumbers knows them:
most files have no number for which that has to be loaded, nor its plans of all countries."""
_NATIONAL: Final = {"NO": "[2-9][0-9]{7}", "DK": "[2-9][0-9]{7}", "IS": "[4-9][0-9]{6}", "SE": "0[1-9][0-9]{6,8}"}
"""Numbers without country code that need no second look; a leading 0 is the trunk prefix and goes."""


def read(text: pl.Series, *, country: str) -> Canonical:
    """A trimmed column as E.164, or phone_invalid. A number without country code is one of `country` (alpha-2)."""
    cell, compact = pl.col("cell"), pl.col("compact")
    home = rf"^{_NATIONAL.get(country, '[^0-9]')}$"
    frame = (
        text.to_frame("cell")
        .with_columns(compact=cell.str.replace_all(_BETWEEN, "").str.replace("^00", "+"))
        .with_columns(
            compact=pl.when(compact.str.contains(home))
            .then(pl.concat_str(pl.lit(f"+{_calling_code(country)}"), compact.str.replace("^0", "")))
            .otherwise(compact)
        )
        .with_columns(plain=compact.str.contains(_international()))
        .select("plain", number=pl.when("plain").then("compact").otherwise("cell"))
    )
    return map_distinct(frame["number"], partial(careful, country=country), odd=~frame["plain"])


def careful(value: str, *, country: str) -> Outcome:
    """E.164 of one trimmed value as phonenumbers understands it, or phone_invalid."""
    written = re.sub(_BETWEEN, "", re.sub("^tel:", "", value, flags=re.IGNORECASE))
    written = re.sub("^00", "+", written)
    number = _e164(written, country) if _WRITTEN.fullmatch(written) else None
    # Some number plans read an E.164 number of their own as yet another one; such a number has no canonical form.
    if number is None or _e164(number, country) != number:
        return value, "phone_invalid"
    return number, None


def _e164(written: str, country: str) -> str | None:
    from phonenumbers import (
        NumberParseException,
        PhoneNumberFormat,
        PhoneNumberType,
        ValidationResult,
        format_number,
        is_possible_number_for_type_with_reason,
        parse,
    )

    try:
        number = parse(written, country)
    except NumberParseException:
        return None
    possible = is_possible_number_for_type_with_reason(number, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return format_number(number, PhoneNumberFormat.E164) if possible == ValidationResult.IS_POSSIBLE else None


def _calling_code(country: str) -> int:
    if country in COMMON:
        return COMMON[country][0]
    from phonenumbers import country_code_for_region

    return country_code_for_region(country)


@cache
def _international() -> str:
    """E.164 numbers of the common countries whose length is possible and that have no trunk prefix left in them."""
    return "|".join(rf"^\+{code}[1-9][0-9]{{{length - 1}}}$" for code, lengths in COMMON.values() for length in lengths)


RULES: Final = KindRules(read=lambda text, context: read(text, country=context.country))
