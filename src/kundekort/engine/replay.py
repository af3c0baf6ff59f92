"""What a revision did, as a plan again: made of its changes alone, for when the plan it came from is gone.

Every card it touched is a row, with what the card said afterwards and, where the revision changed that, what it said
before. Rows of a file that changed nothing left no trace and are not among them. Such a plan is looked at and never
applied. Knows no SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

import polars as pl

from kundekort.engine import frames
from kundekort.engine.frames import BASE, CARD, CHANGED, ID, LINE, MERGED, OLD, ROW, STATUS, VERSION, Status
from kundekort.engine.plan import BLOCK, MemoryRows, Plan, RowSink
from kundekort.engine.schema import Field, Schema

_ORDER: Final = (Status.REMOVED, Status.CHANGED, Status.RESTORED, Status.NEW)
"""The rows in the order in which they were written; those of one status by number, as new cards stood in their file."""


class Past(Protocol):
    """What a replay asks of the register."""

    def cards(self, by: Field, keys: pl.Series, fields: Sequence[Field]) -> pl.DataFrame:
        """The cards that have one of the keys in a field: a frame of `frames.cards(fields)`."""

    def former_values(self, cards: pl.DataFrame) -> pl.DataFrame:
        """For each card (`id`, `version`) every field that has changed after that version: `id`, `field`, `old`."""


def plan(
    changes: pl.DataFrame,
    *,
    fields: Sequence[Field],
    register: Past,
    schema: Schema,
    rows: Callable[[], RowSink] = MemoryRows,
) -> Plan:
    """The plan that changes (`frames.CHANGES`, all those of one revision) came from, with the given fields.

    New cards carry their numbers. `rows` makes what takes the values, block by block.
    """
    index = _index(changes)
    sink, flags = rows(), []
    for block in index.iter_slices(BLOCK) if index.height else [index]:
        values = _values(block, changes, fields=fields, register=register, schema=schema)
        sink.add(values)
        flags.append(values.select(pl.col(OLD + f.key).is_not_null().alias(CHANGED + f.key) for f in fields))
    whole = pl.concat([index, pl.concat(flags)], how="horizontal") if fields else index
    return Plan(fields=tuple(fields), index=whole.lazy().select(*frames.index(fields)), values=sink.finish())


def _index(changes: pl.DataFrame) -> pl.DataFrame:
    """The cards that were touched: ROW, LINE, STATUS, ID, VERSION before."""
    came = (pl.col("field") == CARD) & (pl.col("new") != "")
    went = (pl.col("field") == CARD) & (pl.col("new") == "")
    cards = changes.group_by("customer_id").agg(
        pl.col("version").max(), came.any().alias("came"), went.any().alias("went")
    )
    first = pl.col("version") == 1
    status = (
        pl.when("went")
        .then(pl.lit(Status.REMOVED, pl.UInt8))
        .when(pl.col("came") & first)
        .then(pl.lit(Status.NEW, pl.UInt8))
        .when("came")
        .then(pl.lit(Status.RESTORED, pl.UInt8))
        .otherwise(pl.lit(Status.CHANGED, pl.UInt8))
    )
    place = {int(status): place for place, status in enumerate(_ORDER)}
    return (
        cards.select(
            status.alias(STATUS),
            pl.col("customer_id").alias(ID),
            (pl.col("version") - 1).alias(VERSION),
            (pl.col("version") - 1).alias(BASE),
        )
        .sort(pl.col(STATUS).replace_strict(place, return_dtype=pl.UInt8), ID)
        .with_row_index(ROW)
        .with_columns((pl.col(ROW) + 1).alias(LINE))
    )


def _values(
    block: pl.DataFrame, changes: pl.DataFrame, *, fields: Sequence[Field], register: Past, schema: Schema
) -> pl.DataFrame:
    """For each row what its card said afterwards, and under OLD what it said before where that was changed.

    That is what it says today, with what was changed later taken back; a card that is gone by now has left all of its
    values in the log.
    """
    # The cards before the log: of one that is edited in between the log tells what it said, not the other way round.
    now = register.cards(schema["id"], block[ID], fields).drop("version")
    later = register.former_values(block.select(pl.col(ID).alias("id"), (pl.col(VERSION) + 1).alias("version")))
    cells = changes.filter(~pl.col("field").is_in([CARD, MERGED])).join(
        block, left_on="customer_id", right_on=ID, how="semi"
    )
    rows = block.select(ID).join(now, left_on=ID, right_on="id", how="left", maintain_order="left")
    nothing = pl.lit(None, dtype=pl.String)
    formers, writtens = (part.partition_by("field", as_dict=True) for part in (later, cells))
    for field in fields:
        former, written = formers.get((field.key,)), writtens.get((field.key,))
        known = [pl.col(field.key), pl.lit("")]
        if former is not None:
            rows = _joined(rows, former.select("id", pl.col("old").alias("_former")))
            known.insert(0, pl.col("_former"))
        old = nothing
        if written is not None:
            written = written.select(pl.col("customer_id").alias("id"), pl.col("new").alias("_new"), _old=pl.col("old"))
            rows = _joined(rows, written)
            known.insert(0, pl.col("_new"))
            old = pl.col("_old")
        rows = rows.with_columns(pl.coalesce(known).alias(field.key), old.alias(OLD + field.key))
        rows = rows.drop("_new", "_former", "_old", strict=False)
    return rows.select(*(f.key for f in fields), *(OLD + f.key for f in fields))


def _joined(rows: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    return rows.join(cells, left_on=ID, right_on="id", how="left", maintain_order="left")
