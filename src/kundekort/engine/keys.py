"""What a row, and a card, is found by, as a value that both have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from kundekort.engine.schema import Field, Kind
from kundekort.engine.values import canonical

UNIT: Final = "\x1f"
"""Stands between the values of a key of several fields; nobody writes it."""


def value(by: Sequence[Field], prefix: str = "") -> pl.Expr:
    """What a row, or a card, is found by: Int64 for ids (null where not a number), else comparable text.

    Of several fields it is their values with UNIT between them, null where one of them is empty.
    """
    cells = [pl.col(prefix + f.key) for f in by]
    if by[0].kind is Kind.ID:
        return cells[0].cast(pl.Int64, strict=False)
    if len(by) == 1:
        return canonical.comparable(by[0], cells[0])
    texts = [pl.col(prefix + f.key) if f.kind is Kind.DATE else pl.col(prefix + f.key).str.to_lowercase() for f in by]
    whole = pl.concat_str(texts, separator=UNIT)
    return pl.when(pl.all_horizontal(cell != "" for cell in cells)).then(whole)


def values(rows: pl.DataFrame, by: Sequence[Field]) -> pl.Series:
    """What each of the rows is found by."""
    return rows.select(value(by).alias("key"))["key"]
