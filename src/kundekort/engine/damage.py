"""What spreadsheets and programs write into a cell in place of its value, and nobody else does.

Knows neither the register nor what stood in the cell: see `guards.damage` for what only a stored value can tell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import polars as pl

from kundekort.engine import escapes
from kundekort.engine.schema import Field, Kind

_ERRORS: Final = [
    "#N/A",
    "#NULL!",
    "#DIV/0!",
    "#VALUE!",
    "#REF!",
    "#NAME?",
    "#NUM!",
    "#GETTING_DATA",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BLOCKED!",
    "#UNKNOWN!",
    "#CONNECT!",
    "#BUSY!",
    "#ERROR!",
    "#I/T",
    "#VERDI!",
    "#NAVN?",
    "#OVERFLYT!",
    "#BEREGN!",
    "#FELT!",
    "#SAKNAS!",
    "#SKÄRNING!",
    "#DIVISION/0!",
    "#VÄRDEFEL!",
    "#REFERENS!",
    "#NAMN?",
    "#OGILTIGT!",
    "#NUL!",
    "#VÆRDI!",
    "#REFERENCE!",
    "#OVERLØB!",
    "#PUUTTUU!",
    "#PUUTTUU",
    "#TYHJÄ!",
    "#JAKO/0!",
    "#ARVO!",
    "#VIITTAUS!",
    "#VIITE!",
    "#NIMI?",
    "#LUKU!",
    "#NV",
    "#WERT!",
    "#BEZUG!",
    "#ZAHL!",
    "#ÜBERLAUF!",
    "#N/B",
    "#LEEG!",
    "#DEEL/0!",
    "#WAARDE!",
    "#VERW!",
    "#NAAM?",
    "#GETAL!",
    "#OVERLOOP!",
]
"""Errors as Excel writes them in the languages of the fields; in Icelandic it writes the English ones."""

_ERROR: Final = "^(?:" + "|".join(map(re.escape, _ERRORS)) + "|(?:Err|Feil|Fel|Fejl|Fehler|Fout|Virhe):[0-9]{3})$"
_NO_VALUE: Final = (
    *("nan", "NaN", "NULL", "undefined", "<NA>", "NaT", "(null)", "<null>", "[NULL]", "\\N", "[object Object]"),
)
_SPOKEN: Final = ("None", "null", "N/A", "n/a")
"""What programs write for nothing and people do too, in notes and fields of their own."""
_ZERO_DAYS: Final = ("1899-12-30", "1899-12-31", "1900-01-01")
"""The days from which programs count, which they write where there is no date; nobody who lives was born on them."""
_DECIMAL: Final = "^[0-9]+[.,]0+$"
_POSSIBLE: Final = (
    r"^(?:#|[<(\[\\]|(?:[nN]a[nNT]|NULL|null|None|undefined|N/A|n/a)$)|:[0-9]{3}$|[eE]\+|[.,]0+$|" + escapes.POSSIBLE
)
"""What stands in every value that tells by itself that it is none, and in few others."""
_HASHES: Final = "^#{2,}$"
_EXPONENT: Final = r"^[+-]?[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{1,3}$"


SHOWN_IN: Final = (Kind.TEXT, Kind.ZIP, Kind.NOTE, Kind.TAGS, Kind.DATE)
"""The kinds of fields that do not refuse such cells anyway."""


def hashes(value: pl.Expr) -> pl.Expr:
    """Whether a cell shows that its column was too narrow."""
    return value.str.contains(_HASHES)


def error(value: pl.Expr) -> pl.Expr:
    """Whether a cell holds the error of a formula."""
    return value.str.contains(_ERROR)


def exponent(value: pl.Expr) -> pl.Expr:
    """Whether a cell holds a number as 4,79E+09, of which the last digits are gone."""
    return value.str.contains(_EXPONENT)


def no_value(value: pl.Expr, *, spoken: pl.Expr | bool = True) -> pl.Expr:
    """Whether a cell holds what programs write for nothing: NULL, nan. `spoken`: None and N/A too, as people do."""
    return value.is_in(_NO_VALUE) | (value.is_in(_SPOKEN) & spoken)


def zero_day(value: pl.Expr) -> pl.Expr:
    """Whether a date is the day from which a program counts, as it writes where there is none."""
    return value.is_in(_ZERO_DAYS)


def decimal(value: pl.Expr) -> pl.Expr:
    """Whether a number has become 12345.0."""
    return value.str.contains(_DECIMAL)


def people_write(field: Field) -> bool:
    """Whether people, too, write in a field that there is nothing."""
    return field.custom or field.kind in (Kind.NOTE, Kind.TAGS, Kind.CHOICE)


def possible(field: Field) -> pl.Expr:
    """Whether a cell of a field could have one of the signs, which are dear to look for."""
    value = pl.col(field.key)
    return zero_day(value) if field.kind is Kind.DATE else value.str.contains(_POSSIBLE)


def signs(field: Field) -> Mapping[str, pl.Expr]:
    """By the code of a problem, whether a cell of a field tells by itself that it is not its value.

    Empty where the kind of the field refuses such cells anyway (`SHOWN_IN`). There are people called Null, who write
    that otherwise than programs do.
    """
    value = pl.col(field.key)
    nothing = no_value(value, spoken=not people_write(field))
    match field.kind:
        case Kind.TEXT | Kind.ZIP:
            made = hashes(value) | error(value) | exponent(value)
            if field.unique or field.kind is Kind.ZIP:
                made |= decimal(value)
            codes = escapes.entities(value) | escapes.percent(value) | escapes.letter_codes(value)
        case Kind.NOTE:
            made, codes = hashes(value) | error(value), pl.lit(False)
        case Kind.TAGS:
            made = hashes(value) | error(value)
            codes = escapes.entities(value) | escapes.percent(value) | escapes.letter_codes(value)
        case Kind.DATE:
            return {"no_value": zero_day(value)} if field.past else {}
        case _:
            return {}
    encoded = codes | escapes.mail_words(value) | escapes.misread(value) | escapes.lost(value)
    return {"damaged": made, "no_value": nothing & ~made, "encoded": encoded & ~made & ~nothing}
