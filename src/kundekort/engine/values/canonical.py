"""The canonical form and the check of a cell, by the kind of its field.

Everything here is a function of the cells of one column. What needs the whole file is found in `check`, what needs the
register in `diff`. This module asks `kinds` and decides nothing by itself; it may not ask for a field's key.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from kundekort.engine.recipe import ColumnOrder
from kundekort.engine.schema import Field
from kundekort.engine.values.column import Canonical, mark
from kundekort.engine.values.kinds import KINDS
from kundekort.engine.values.postal import same_zip, zip_fits
from kundekort.engine.values.rules import Context
from kundekort.engine.values.text import clean, lower

__all__ = [
    "Canonical",
    "clean",
    "comparable",
    "ignores_case",
    "length",
    "lower",
    "read",
    "same",
    "same_zip",
    "zip_fits",
]


def read(
    field: Field, text: pl.Series, *, today: date, country: str = "NO", order: ColumnOrder | None = None
) -> Canonical:
    """The canonical text and the problem code of every cell of a column that `clean` has made.

    `country` (alpha-2) is where phone numbers without a calling code belong, `order` what slash dates mean (None: only
    what is certain). Null stays null. A canonical text is accepted again and stays as it is.
    """
    rules = KINDS[field.kind]
    reading = rules.read(text, Context(field=field, today=today, country=country, order=order))
    code = reading.code
    if field.required or rules.empty:
        code = mark(rules.empty or "required", text == "", code)
    if field.max_length is not None and (text.str.len_bytes() > field.max_length).any():
        code = mark("too_long", rules.length(text) > field.max_length, code)
    if code.null_count() == len(code):
        return Canonical(text=reading.text, code=code)
    return Canonical(text=reading.text.zip_with(code.is_null(), text), code=code)


def ignores_case(field: Field) -> bool:
    """Whether two values of a field are the same that differ in case only."""
    return KINDS[field.kind].ignores_case


def comparable(field: Field, value: pl.Expr) -> pl.Expr:
    """What decides whether two canonical values of a field are the same."""
    return lower(value) if ignores_case(field) else value


def same(field: Field, one: str, other: str) -> bool:
    """Whether two canonical texts of a field are the same value."""
    return bool(pl.select(comparable(field, pl.lit(one)) == comparable(field, pl.lit(other))).item())


def length(field: Field, text: pl.Series) -> pl.Series:
    """The characters of each cell that count against the field's limit."""
    return KINDS[field.kind].length(text)
