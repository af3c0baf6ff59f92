"""Rows that say what stands on their cards already, told from the raw text before anything is made of it.

Most rows of most files are such rows. Nothing can be wrong in them by themselves: what is stored has been found right,
and a file does not bring what stands there anyway. What several rows can do to each other is asked elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from kundekort.engine import diff
from kundekort.engine.decisions import Action
from kundekort.engine.draft import Task
from kundekort.engine.frames import BASE, ID, LINE, OLD, ROW, VERSION
from kundekort.engine.reading.table import Block
from kundekort.engine.recipe import Column, RowKey
from kundekort.engine.schema import Field, Kind
from kundekort.engine.values import canonical


@dataclass(frozen=True, slots=True)
class BlockCards:
    """The rows of a block beside the cards that have their numbers.

    `cards`: one for each row in its order, null where there is none: id, version and canonical text by field key.
    `same`: which rows say of every field what stands on the card. `found` are the cards, `asked` all numbers that were
    looked up.
    """

    cards: pl.DataFrame
    same: pl.Series
    found: pl.DataFrame
    asked: pl.Series

    @property
    def others(self) -> BlockCards:
        """The same of the rows that say something else."""
        cards = self.cards.filter(~self.same) if self.same.any() else self.cards
        # They come in many chunks, each of which costs at each step as much as all of them.
        return BlockCards(cards.rechunk(), self.same.filter(~self.same), self.found, self.asked)

    def of(self, numbers: pl.Series) -> pl.DataFrame | None:
        """The card of each row, null where there is none; None where these are not the numbers of the rows."""
        if not numbers.eq_missing(self.cards["id"]).all():
            return None
        return self.cards.with_columns(pl.when(pl.col("version").is_not_null()).then("id").alias("id"))

    def known(self, numbers: pl.Series) -> tuple[list[pl.DataFrame], pl.Series]:
        """The cards that have some of the numbers, as far as they were looked up, and the numbers that were not."""
        found = self.found.filter(pl.col("id").is_in(numbers.implode()))
        return [found], numbers.filter(~numbers.is_in(self.asked.implode()))


def places(columns: Sequence[Column]) -> dict[str, str]:
    """The column of a block (c0 …) in which each field stands, by field key."""
    return {c.field: f"c{n}" for n, c in enumerate(columns) if c.field is not None}


def block_cards(block: Block, columns: Sequence[Column], task: Task) -> BlockCards | None:
    """The rows of a block beside their cards; None where something else than their numbers finds these first."""
    number = next((f for f in task.schema if f.kind is Kind.ID), None)
    place = places(columns)
    if number is None or number.key not in place or task.recipe.policy.keys[:1] != (RowKey.ID,):
        return None
    if task.thorough or any(task.decisions.of(Action.MATCH)):
        return None
    given = tuple(f for f in task.schema.values if f.key in place)
    ids = block.cells[place[number.key]].cast(pl.Int64, strict=False).alias("id")
    asked = ids.filter(ids > 0)
    found = task.register.cards(number, asked, diff.needed_fields(given, task.recipe.policy, task.schema))
    cards = found
    if found.height != ids.len() or not (found["id"] == ids).all():
        cards = ids.to_frame().join(found, on="id", how="left", maintain_order="left")
    same = cards["version"].is_not_null() & ~block.cells[ROW].is_in(block.problems[ROW].implode())
    for field in (f for f in task.schema if f.key in place):
        if not same.any():
            break
        same = _same(field, block.cells[place[field.key]], cards, same)
    return BlockCards(cards, same, found, asked)


def _same(field: Field, raw: pl.Series, cards: pl.DataFrame, rows: pl.Series) -> pl.Series:
    """Which of some rows say in this cell, too, what stands on the card."""
    if field.kind is Kind.VERSION:
        return rows & ((raw == "") | (raw == cards["version"].cast(pl.String))).fill_null(False)
    stored = cards["id"].cast(pl.String) if field.kind is Kind.ID else cards[field.key]
    same = rows & (raw == stored)
    if same.sum() == rows.sum():
        return same
    same = same.fill_null(False)
    at = (rows & ~same).arg_true()
    return same.scatter(at, (canonical.clean(raw[at]) == stored[at]).fill_null(False))


def rows(block: Block, beside: BlockCards, columns: Sequence[Column], task: Task) -> pl.DataFrame:
    """The rows that change nothing, as `diff.Difference` has them."""
    place = places(columns)
    numbers = {ID: beside.cards["id"], VERSION: beside.cards["version"]}
    same = block.cells.select(ROW, LINE).with_columns(**numbers).filter(beside.same)
    cards = beside.cards.filter(beside.same)
    version = next((f for f in task.schema if f.kind is Kind.VERSION and f.key in place), None)
    base = pl.col(VERSION)
    if task.shown.height:
        same = same.join(
            task.shown.select(pl.col("id").alias(ID), _shown="version"), on=ID, how="left", maintain_order="left"
        )
        base = pl.coalesce("_shown", VERSION)
        if version is not None:  # what the row itself says counts first
            given = block.cells[place[version.key]].filter(beside.same)
            base = pl.when(pl.lit(given != "")).then(VERSION).otherwise(base)
    fields = [f for f in task.schema.values if f.key in place]
    return same.with_columns(
        base.alias(BASE),
        pl.lit(0, pl.UInt32).alias(diff.EMPTIED),
        pl.lit(0, pl.UInt32).alias(diff.NEWER),
        pl.lit(value=False).alias(diff.OPEN),
        *(cards[f.key] for f in fields),
        *(pl.lit(None, pl.String).alias(OLD + f.key) for f in fields),
    )
