"""What a row, and a card, is found by, as a value that both have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from kundekort.engine.schema import Field, Kind
from kundekort.engine.values import canonical

UNIT: Final = "\x1f"
"""Stands between the values of a key of several fields; nobody writes it."""
HOME: Final = ("last_name", "zip_code", "address")
"""The fields that say where somebody lives."""


def value(by: Sequence[Field], prefix: str = "") -> pl.Expr:
    """What a row, or a card, is found by: Int64 for ids (null where not a number), else comparable text.

    Of several fields it is their values with UNIT between them, null where one of them is empty.
    """
    cells = [pl.col(prefix + f.key) for f in by]
    if by[0].kind is Kind.ID:
        return cells[0].cast(pl.Int64, strict=False)
    if len(by) == 1:
        return canonical.comparable(by[0], cells[0])
    whole = canonical.lower(pl.concat_str(cells, separator=UNIT))
    return pl.when(pl.all_horizontal(cell != "" for cell in cells)).then(whole)


def home(prefix: str = "") -> pl.Expr:
    """Where somebody lives: the same text however the name of the street is spelled, null where not all is known.

    It is the last name, the postal code, the number of the house and how the street begins: Storgata 12 B is STORGT.
    12b and Storgaten 12. Without a number it is the whole address.
    """
    last, zip_code, address = (pl.col(prefix + key) for key in HOME)
    house = pl.concat_str(address.str.extract("([0-9]+)"), address.str.head(3), separator=UNIT)
    whole = pl.concat_str(last, zip_code, pl.coalesce(house, address), separator=UNIT)
    return pl.when(last != "", zip_code != "", address != "").then(canonical.lower(whole))


def values(rows: pl.DataFrame, by: Sequence[Field]) -> pl.Series:
    """What each of the rows is found by."""
    return rows.select(value(by).alias("key"))["key"]
