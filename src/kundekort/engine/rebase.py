"""Rows of a plan for cards that have been edited since in other cells only: what was shown still holds for them."""

from __future__ import annotations

import polars as pl

from kundekort.engine import card
from kundekort.engine.frames import CHANGED, ID, OLD, VERSION
from kundekort.engine.schema import Field, Schema


def rebase(
    rows: pl.DataFrame, cards: pl.DataFrame, *, fields: tuple[Field, ...], schema: Schema
) -> pl.DataFrame | None:
    """The rows, which have the values of `fields`, as changes of the cards (`frames.cards`) as they are now.

    None when a card has gone, a cell that is to change is not what was shown, or a card would be wrong as a whole.
    """
    now = cards.rename({key: "now:" + key for key in cards.columns if key != "id"}).rename({"id": ID})
    beside = rows.join(now, on=ID, how="inner", maintain_order="left")
    changes = {f.key: pl.col(OLD + f.key).is_not_null() for f in fields}
    moved = [changes[f.key] & (pl.col(OLD + f.key) != pl.col("now:" + f.key)) for f in fields]
    if beside.height < rows.height or beside.select(pl.any_horizontal(pl.lit(False), *moved).any()).item():
        return None
    rebased = beside.with_columns(
        pl.col("now:version").alias(VERSION),
        *(pl.when(change).then(key).otherwise("now:" + key).alias(key) for key, change in changes.items()),
        *(change.alias(CHANGED + key) for key, change in changes.items()),
    )
    others = {f"now:{f.key}": OLD + f.key for f in schema.values if f.key not in changes}
    judged = rebased.drop([name for name in others.values() if name in rebased.columns]).rename(others)
    if any(p.height for p in card.problems(judged, fields=fields, schema=schema)):
        return None
    return rebased.select(rows.columns)
