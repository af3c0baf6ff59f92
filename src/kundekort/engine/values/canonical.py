"""The canonical form and the check of a cell, by the kind of its field.

Everything here is a function of the cells of one column. What needs the whole file is found in `check`, what needs the
register in `diff`. This module may not ask for a field's key.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Final

import polars as pl

from kundekort.engine.recipe import DateOrder
from kundekort.engine.schema import Field, Kind
from kundekort.engine.values import dates, emails, phones, vocabulary
from kundekort.engine.values.column import Reading, accept, by_value
from kundekort.engine.values.postal import zip_fits
from kundekort.engine.values.text import clean

__all__ = ["Reading", "clean", "comparable", "length", "read", "same", "zip_fits"]

LARGEST: Final = str(2**63 - 1)
"""The largest number the register can hold, as text."""

_EMPTY: Final = {Kind.ID: "id_missing", Kind.GENDER: "gender_missing"}
"""What an empty cell is in a field that may not be empty, if not just `required`."""


def read(field: Field, text: pl.Series, *, today: date, country: str = "NO", order: DateOrder | None = None) -> Reading:
    """The canonical text and the problem code of every cell of a column that `clean` has made.

    `country` (alpha-2) is where phone numbers without a calling code belong, `order` what slash dates mean (None: only
    what is certain). Null stays null. A canonical text is accepted again and stays as it is.
    """
    reading = _understood(field, text, today=today, country=country, order=order)
    code = reading.code
    if field.required or field.kind in _EMPTY:
        code = _where(text == "", _EMPTY.get(field.kind, "required"), code)
    if field.max_length is not None:
        code = _where(length(field, text) > field.max_length, "too_long", code)
    return Reading(text=reading.text.zip_with(code.is_null(), text), code=code)


def comparable(field: Field, value: pl.Expr) -> pl.Expr:
    """What decides whether two canonical values of a field are the same."""
    return value.str.to_lowercase() if field.kind is Kind.EMAIL else value


def same(field: Field, one: str, other: str) -> bool:
    """Whether two canonical texts of a field are the same value."""
    return bool(pl.select(comparable(field, pl.lit(one)) == comparable(field, pl.lit(other))).item())


def length(field: Field, text: pl.Series) -> pl.Series:
    """The characters of each cell that count against the field's limit: of several tags those of the longest."""
    if field.kind is Kind.TAGS:
        longest = pl.element().str.strip_chars().str.len_chars().max()
        return text.str.split("|").list.eval(longest).list.first()
    return text.str.len_chars()


def _understood(field: Field, text: pl.Series, *, today: date, country: str, order: DateOrder | None) -> Reading:
    match field.kind:
        case Kind.TEXT | Kind.NOTE | Kind.ZIP:
            return accept(text)
        case Kind.ID:
            return _whole(text, invalid="id_invalid", too_big="id_too_big")
        case Kind.VERSION:
            return _whole(text, invalid="version_invalid", too_big="version_invalid")
        case Kind.EMAIL:
            return emails.read(text)
        case Kind.PHONE:
            return phones.read(text, country=country)
        case Kind.DATE:
            return by_value(text, partial(dates.day, order=order, latest=today if field.past else None))
        case Kind.COUNTRY:
            return by_value(text, vocabulary.country)
        case Kind.LANGUAGE:
            return by_value(text, vocabulary.language)
        case Kind.GENDER:
            return by_value(text, vocabulary.gender)
        case Kind.YES_NO:
            return by_value(text, vocabulary.yes_no)
        case Kind.TAGS:
            return by_value(text, vocabulary.tags)
        case Kind.NUMBER:
            return by_value(text, vocabulary.number)
        case Kind.CHOICE:
            return by_value(text, partial(vocabulary.choice, choices=field.choices))


def _whole(text: pl.Series, *, invalid: str, too_big: str) -> Reading:
    """Whole numbers from 0 without leading zeros; never converted, so that no size is an exception."""
    digits = text.str.replace("^0+([0-9])", "${1}")
    size = digits.str.len_bytes()
    code = accept(text).code
    code = _where((size > len(LARGEST)) | ((size == len(LARGEST)) & (digits > LARGEST)), too_big, code)
    code = _where(~text.str.contains("^[0-9]*$"), invalid, code)
    return Reading(text=digits, code=code)


def _where(mask: pl.Series, code: str, otherwise: pl.Series) -> pl.Series:
    """The codes with `code` where the mask holds (null: it does not)."""
    mask = mask.fill_null(False)
    return pl.Series([code]).zip_with(mask, otherwise).alias("code") if mask.any() else otherwise
