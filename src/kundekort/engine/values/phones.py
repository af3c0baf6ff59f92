"""Phone numbers to E.164: ordinary forms by expression, the odd distinct ones through phonenumbers.

Accepted: digits with what people put between them; without a calling code it is a number of the register's country. It
has to have a *possible* length for a mobile or fixed line; number plans change faster than programs, and a false alarm
costs more than a wrong digit. Canonical: E.164. The fast way may accept only what the careful one accepts so.
"""

from __future__ import annotations

import re
from functools import cache, partial
from typing import Final

import polars as pl
from phonenumbers import (
    NumberParseException,
    PhoneMetadata,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
    country_code_for_region,
    format_number,
    is_possible_number_for_type_with_reason,
    parse,
)

from kundekort.engine.values.column import Canonical, Outcome, map_distinct
from kundekort.engine.values.rules import KindRules

_BETWEEN: Final = r"[ ()./\-\u2010-\u2015\u2212]"
_WRITTEN: Final = re.compile(r"\+?[0-9]{4,17}")
_COMMON: Final = ("NO", "SE", "DK", "FI", "IS", "FO", "GL", "DE", "GB", "NL", "FR", "ES", "PL", "CH", "AT", "BE", "EE")
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
            .then(pl.concat_str(pl.lit(f"+{country_code_for_region(country)}"), compact.str.replace("^0", "")))
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
    try:
        number = parse(written, country)
    except NumberParseException:
        return None
    possible = is_possible_number_for_type_with_reason(number, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return format_number(number, PhoneNumberFormat.E164) if possible == ValidationResult.IS_POSSIBLE else None


@cache
def _international() -> str:
    """E.164 numbers of the common countries whose length is possible and that have no trunk prefix left in them."""
    plans = (PhoneMetadata.metadata_for_region(country) for country in _COMMON)
    return "|".join(
        rf"^\+{plan.country_code}[1-9][0-9]{{{length - 1}}}$"
        for plan in plans
        if plan and plan.fixed_line and plan.mobile
        for length in sorted({*plan.fixed_line.possible_length, *plan.mobile.possible_length})
    )


RULES: Final = KindRules(read=lambda text, context: read(text, country=context.country))
