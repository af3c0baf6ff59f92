"""Cells that say what stands on their card in another way of writing it, where only the card can tell."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from kundekort.engine.frames import OLD, ROW
from kundekort.engine.schema import Field, Kind, Schema
from kundekort.engine.values import canonical
from kundekort.engine.values.column import map_distinct
from kundekort.engine.values.tags import tags


def as_stored(rows: pl.DataFrame, fields: Sequence[Field], schema: Schema) -> pl.DataFrame:
    """The rows with cells that say what stands on their card, but in another way of writing it, as they stand there.

    These are postal codes, which hang on the country, and tags of cards that are older than their canonical form.
    """
    names = [p + f.key for p in ("", OLD) for f in schema if f.kind is Kind.COUNTRY]
    known = [pl.when(pl.col(name) != "").then(name) for name in names if name in rows.columns]
    for field in (f for f in fields if f.kind in (Kind.ZIP, Kind.TAGS)):
        new, old = pl.col(field.key), pl.col(OLD + field.key)
        if field.kind is Kind.ZIP:
            same = rows.filter(new != old).filter(canonical.same_zip(new, old, pl.coalesce(*known, pl.lit(""))))
        else:
            older = rows.filter(new != old, old.str.contains("[,;]"))
            same = older.filter(older[field.key] == map_distinct(older[OLD + field.key], tags).text)
        if same.height:
            there = pl.col(ROW).is_in(same[ROW].implode())
            rows = rows.with_columns(pl.when(there).then(old).otherwise(new).alias(field.key))
    return rows
