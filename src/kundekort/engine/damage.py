"""What spreadsheets and programs write into a cell in place of its value, and nobody else does.

Knows neither the register nor what stood in the cell: see `guards.damage` for what only a stored value can tell.
"""

from __future__ import annotations

import re
from typing import Final

import polars as pl

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
POSSIBLE: Final = r"#|:[0-9]{3}$|[eE]\+"
"""What stands in every value that is damaged for certain, and in few others."""
_HASHES: Final = "^#{2,}$"
_EXPONENT: Final = r"^[+-]?[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{1,3}$"


def hashes(value: pl.Expr) -> pl.Expr:
    """Whether a cell shows that its column was too narrow."""
    return value.str.contains(_HASHES)


def error(value: pl.Expr) -> pl.Expr:
    """Whether a cell holds the error of a formula."""
    return value.str.contains(_ERROR)


def exponent(value: pl.Expr) -> pl.Expr:
    """Whether a cell holds a number as 4,79E+09, of which the last digits are gone."""
    return value.str.contains(_EXPONENT)


def certain(field: Field) -> pl.Expr | None:
    """Whether what the cell of a field says is damage whatever stood there; None where its kind refuses it anyway."""
    value = pl.col(field.key)
    match field.kind:
        case Kind.TEXT | Kind.ZIP:
            return hashes(value) | error(value) | exponent(value)
        case Kind.NOTE | Kind.TAGS:
            return hashes(value) | error(value)
        case _:
            return None
