"""A plan that takes a revision back, whatever made it: an import, an edit, a merge, or an undo.

It follows from the revision's changes alone: former values come back, created cards are removed, removed cards come
back under their numbers. What has been changed since is a conflict and stays as it is. Knows no SQL.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from kundekort.engine import frames, problem
from kundekort.engine import plan as plans
from kundekort.engine.frames import CARD, ID, INTO, MERGED, OLD, ROW, STATUS, VERSION, Status
from kundekort.engine.pipeline import Register
from kundekort.engine.plan import Plan
from kundekort.engine.schema import Field, Schema
from kundekort.engine.values import canonical

_NUMBER: Final = pl.col("customer_id")


def plan(changes: pl.DataFrame, *, register: Register, schema: Schema) -> Plan:
    """The plan that takes changes (`frames.CHANGES`, all those of one revision) back.

    `schema` has the fields that are out of use too. `problems` of the plan are unique values that would come back to a
    card but stand on another by now.
    """
    born = changes.filter(pl.col("field") == CARD, pl.col("new") != "")
    gone = changes.filter(pl.col("field") == CARD, pl.col("new") == "")
    merges = changes.filter(pl.col("field") == MERGED)
    cells = changes.filter(~pl.col("field").is_in([CARD, MERGED]))
    of_cards = cells.join(born, on="customer_id", how="anti").join(gone, on="customer_id", how="anti")
    touched = pl.concat([of_cards["customer_id"], merges["customer_id"], born["customer_id"]]).unique()
    cards = register.cards(schema["id"], touched, schema.values)

    removed, moved = _removed(born, cards, merges, schema)
    restored = _restored(gone, cells, merges, schema)
    updated, conflicts = _updated(of_cards, merges, cards, schema)
    parts = [(removed, Status.REMOVED), (updated, Status.CHANGED), (restored, Status.RESTORED)]
    made = plans.concat(parts, fields=schema.values)
    numbers = made.index.select(ROW, ID)
    conflicts = pl.concat([conflicts, moved]).join(numbers, on=ID, how="left", maintain_order="left")
    return _with_problems(
        Plan(
            fields=made.fields,
            index=made.index,
            values=made.values,
            conflicts=conflicts.select(*frames.CONFLICTS),
        ),
        register,
    )


def _removed(
    born: pl.DataFrame, cards: pl.DataFrame, merges: pl.DataFrame, schema: Schema
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cards that came into being and stand as they did then, and a conflict for each that has moved since."""
    now = born.select(id="customer_id", then="version").join(cards, on="id", how="left", maintain_order="left")
    same = (pl.col("version") == pl.col("then")).fill_null(False)
    rows = plans.removal(now.filter(same), fields=schema.values)
    # a card that an undo gave back becomes part of the other card again
    back = merges.filter(pl.col("new") == "").select(pl.col("old").cast(pl.Int64).alias(ID), into="customer_id")
    rows = rows.join(back, on=ID, how="left", maintain_order="left").with_columns(pl.col("into").alias(INTO))
    moved = now.filter(~same)
    conflicts = _conflicts(moved.select(pl.col("id").alias(ID)), CARD, mine="", theirs=pl.col(ID).cast(pl.String))
    return rows.drop("into"), conflicts


def _restored(gone: pl.DataFrame, cells: pl.DataFrame, merges: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """The cards that left the register, with the values they had."""
    rows = gone.select(_NUMBER.alias(ID), pl.col("version").alias(VERSION))
    masters = merges.filter(pl.col("new") != "").select(
        pl.col("new").cast(pl.Int64).alias(ID), pl.col("customer_id").alias(INTO)
    )
    rows = rows.join(masters, on=ID, how="left", maintain_order="left")
    for field in schema.values:
        lost = cells.filter(pl.col("field") == field.key).select(_NUMBER.alias(ID), pl.col("old").alias(field.key))
        rows = rows.join(lost, on=ID, how="left", maintain_order="left").with_columns(
            pl.col(field.key).fill_null(""), pl.when(pl.col(field.key) != "").then(pl.lit("")).alias(OLD + field.key)
        )
    return rows


def _updated(
    cells: pl.DataFrame, merges: pl.DataFrame, cards: pl.DataFrame, schema: Schema
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cards that get former values back, and the cells that somebody has changed to something else since.

    A card that others were merged into, or given back from, is among them also when none of its values changes.
    """
    masters = merges["customer_id"].unique()
    ids = pl.concat([cells["customer_id"], masters]).unique()
    rows = cards.filter(pl.col("id").is_in(ids.implode())).rename({"id": ID, "version": VERSION})
    conflicts = [pl.DataFrame(schema={k: v for k, v in frames.CONFLICTS.items() if k != ROW})]
    returning = [f for f in schema.values if f.key in set(cells["field"].unique())]
    lost = ids.filter(~ids.is_in(cards["id"].implode()))
    conflicts.append(_conflicts(lost.to_frame(ID), CARD, mine="", theirs=""))
    for field in returning:
        former = cells.filter(pl.col("field") == field.key).select(_NUMBER.alias(ID), "old", "new")
        rows = rows.join(former, on=ID, how="left", maintain_order="left")
        stands, left = _same(field, "new"), _same(field, "old")
        conflict = rows.filter(pl.col("new").is_not_null(), ~stands, ~left)
        conflicts.append(_conflicts(conflict, field.key, mine=pl.col("old"), theirs=pl.col(field.key)))
        comes_back = (stands & (pl.col("old") != pl.col(field.key))).fill_null(False)
        rows = rows.with_columns(
            pl.when(comes_back).then(field.key).alias(OLD + field.key),
            pl.when(comes_back).then("old").otherwise(field.key).alias(field.key),
        ).drop("old", "new")
    keys = [f.key for f in returning]
    kept = rows.filter(frames.changes_something(keys) | pl.col(ID).is_in(masters.implode()))
    return kept.select(ID, VERSION, *keys, *(OLD + key for key in keys)), pl.concat(conflicts)


def _same(field: Field, column: str) -> pl.Expr:
    return canonical.comparable(field, pl.col(field.key)) == canonical.comparable(field, pl.col(column))


def _conflicts(rows: pl.DataFrame, field: str, *, mine: pl.Expr | str, theirs: pl.Expr | str) -> pl.DataFrame:
    """A conflict for each of the rows, which have ID."""
    return rows.select(
        pl.col(ID),
        pl.lit(field).alias("field"),
        (pl.lit(mine) if isinstance(mine, str) else mine).alias("mine"),
        (pl.lit(theirs) if isinstance(theirs, str) else theirs).alias("theirs"),
    )


def _with_problems(made: Plan, register: Register) -> Plan:
    """The plan, with an error on each row that would give a card a unique value which is on another card now."""
    rows = made.index.select(ROW, frames.LINE, ID, STATUS)
    values = made.values.collect()
    problems = []
    for field in (f for f in made.fields if f.unique):
        given = rows.with_columns(values[field.key], values[OLD + field.key].alias("_old"))
        leaving = given.filter(pl.col("_old") != "")[ID]  # in this very plan
        coming = given.filter(pl.col("_old").is_not_null(), pl.col(field.key) != "")
        owners = register.owners(field, coming[field.key]).rename({"id": "_owner"})
        clash = coming.join(owners, on=field.key, how="inner").filter(
            pl.col("_owner") != pl.col(ID), ~pl.col("_owner").is_in(leaving.implode())
        )
        params = {"id": pl.col("_owner")}
        problems.append(problem.frame(clash, field=field, code="value_taken", value=pl.col(field.key), params=params))
    found = frames.concat(problems, frames.PROBLEMS)
    wrong = pl.col(ROW).is_in(found[ROW].implode())
    index = made.index.with_columns(pl.when(wrong).then(pl.lit(Status.ERROR, pl.UInt8)).otherwise(STATUS).alias(STATUS))
    return Plan(
        fields=made.fields,
        index=index,
        values=made.values,
        problems=found,
        conflicts=made.conflicts,
    )
