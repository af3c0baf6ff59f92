"""Unique values that go from one card to another: which may, because the card that has the value gives it up.

Whether a card gives its value up hangs on what becomes of its row, and that on whether its row gets a value that stands
on a third card: the answer is about the state of the register in the end, whatever the order of the rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import polars as pl

from kundekort.engine.frames import CHANGED, ID, OLD, ROW, STATUS, Status
from kundekort.engine.plan import Plan
from kundekort.engine.schema import Field

GIVER: Final = "giver"
"""The number of the row whose card gives a value up; null where there is none."""
_TAKING: Final = (Status.CHANGED, Status.NEW, Status.RESTORED)


def givers(claims: pl.DataFrame, index: pl.LazyFrame) -> pl.DataFrame:
    """The claims with GIVER; they have ROW, `field`, and the `owner`: the card on which the value stands now.

    `index` has ROW, ID, and CHANGED of each of those fields.
    """
    parts = [claims.clear().with_columns(pl.lit(None, pl.UInt32).alias(GIVER))]
    for (key,), those in claims.group_by("field"):
        owners = those.lazy().select(pl.col("owner").alias(ID)).unique()
        rows = index.filter(pl.col(CHANGED + str(key)).fill_null(False)).select(ROW, ID)
        found = rows.join(owners, on=ID, how="semi").collect().unique(ID, keep="first", maintain_order=True)
        found = found.select(pl.col(ID).alias("owner"), pl.col(ROW).alias(GIVER))
        parts.append(those.join(found, on="owner", how="left", maintain_order="left"))
    return pl.concat(parts)


def refused(claims: pl.DataFrame, stuck: pl.Series) -> pl.DataFrame:
    """The claims (ROW, `field`, GIVER) to values that stay where they are.

    `stuck` are rows, by their numbers, that are not written whatever these claims come to. A row whose claim is refused
    is not written either, so that nobody gets what it would have given up; those that change places all get theirs.
    """
    while True:
        lost = pl.concat([stuck, *_refused_rows(claims, stuck)]).unique()
        if len(lost) == stuck.n_unique():
            return claims.filter(pl.col(GIVER).is_null() | pl.col(GIVER).is_in(stuck.implode()))
        stuck = lost


def _refused_rows(claims: pl.DataFrame, stuck: pl.Series) -> Iterable[pl.Series]:
    """The rows whose claims are refused, seeing in each field by itself to the end of every chain of givers."""
    for _, those in claims.group_by("field"):
        end = those.height
        places = those.select(pl.col(ROW).alias(GIVER)).with_row_index("next").unique(GIVER, keep="first")
        then = those.join(places, on=GIVER, how="left", maintain_order="left")["next"].fill_null(end)
        out = those.select(
            pl.col(GIVER).is_null() | pl.col(GIVER).is_in(stuck.implode()) | pl.col(ROW).is_in(stuck.implode())
        ).to_series()
        then, out = then.append(pl.Series([end], dtype=then.dtype)), out.append(pl.Series([False]))
        for _ in range(end.bit_length() if out.any() else 0):  # each time twice as far along the chain
            out, then = out | out.gather(then), then.gather(then)
        yield those.filter(out.head(end))[ROW]


def given_up(plan: Plan, field: Field) -> pl.DataFrame:
    """The cards (ID) whose value in a field another row of the plan takes, and that value under the field's key."""
    old, new = pl.col(OLD + field.key), pl.col(field.key)
    leaving = [pl.DataFrame(schema={ID: pl.Int64, field.key: pl.String})]
    coming = [pl.Series(field.key, dtype=pl.String)]
    for index, values in plan.blocks(field.key, OLD + field.key) if plan.changes[field.key] else ():
        rows = pl.concat([index.select(ID, STATUS), values()], how="horizontal").filter(old.is_not_null() | _is_new())
        leaving.append(rows.filter(pl.col(STATUS) == Status.CHANGED, old != "").select(ID, old.alias(field.key)))
        coming.append(rows.filter(pl.col(STATUS).is_in(_TAKING), new != "")[field.key])
    taken = pl.concat(coming).unique()
    return pl.concat(leaving).filter(pl.col(field.key).is_in(taken.implode()))


def _is_new() -> pl.Expr:
    return pl.col(STATUS) == Status.NEW
