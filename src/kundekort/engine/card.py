"""What is wrong with a card as a whole, whoever changes it: a file, a person, or the taking back of something."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from kundekort.engine import frames, problem
from kundekort.engine.frames import OLD
from kundekort.engine.schema import Field, Kind, Schema
from kundekort.engine.values import canonical


def problems(rows: pl.DataFrame, *, fields: Sequence[Field], schema: Schema) -> list[pl.DataFrame]:
    """The problems of cards as they would be: rows with ROW, LINE and ID (0 is a new card).

    A row has the value of each of `fields` under its key and under the prefix CHANGED whether that is another than
    before; of other fields the stored value under the prefix OLD, where it has any. Cards that stay as they are are not
    judged.
    """
    changed = [frames.CHANGED + f.key for f in fields]
    rows = rows.filter(pl.any_horizontal(pl.col(frames.ID) == 0, *changed))
    given = {f.key for f in fields}
    found = []
    if schema.one_of:
        nameless = rows.filter(pl.all_horizontal(_value(key, given, rows) == "" for key in schema.one_of))
        found.append(problem.frame(nameless, field=None, code="name_missing"))
    countries = [f for f in schema if f.kind is Kind.COUNTRY]
    for zip_code in (f for f in schema if f.kind is Kind.ZIP):
        found += [p for country in countries if (p := _zip(rows, zip_code, country, given)) is not None]
    return found


def _zip(rows: pl.DataFrame, zip_code: Field, country: Field, given: Collection[str]) -> pl.DataFrame | None:
    """Postal codes that are not of their country, on cards where either of the two is new."""
    pair = [f.key for f in (zip_code, country) if f.key in given]
    if not pair:
        return None
    moved = pl.any_horizontal(pl.col(frames.ID) == 0, *(frames.CHANGED + key for key in pair))
    rows = rows.filter(moved).with_columns(
        _value(zip_code.key, given, rows).alias("_value"), _value(country.key, given, rows).alias("_country")
    )
    wrong = rows.filter(~canonical.zip_fits(pl.col("_value"), pl.col("_country")))
    params = {"country": pl.col("_country")}
    return problem.frame(wrong, field=zip_code, code="zip_invalid", value=pl.col("_value"), params=params)


def _value(key: str, given: Collection[str], rows: pl.DataFrame) -> pl.Expr:
    name = key if key in given else OLD + key
    return pl.col(name).fill_null("") if name in rows.columns else pl.lit("")
