"""Cells of cards that keep what they have, by decision: those of a column or a finding, filled ones, and tags.

Works on rows beside their cards, before it is said what changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from kundekort.engine.decisions import Action, Decision, Decisions, Rows
from kundekort.engine.frames import CHANGED, OLD, ROW
from kundekort.engine.schema import Field, Kind
from kundekort.engine.values.tags import BETWEEN

EMPTIED: Final = "emptied"
"""The code by which all cells of a column are named that would be emptied."""
ALIKE: Final = "alike"
"""The code by which those are named that would all get one value, which a decision says as its text."""
_KNOWN: Final = pl.col(OLD + "id").is_not_null()


def cells(rows: pl.DataFrame, evidence: pl.DataFrame, fields: Sequence[Field], decisions: Decisions) -> pl.DataFrame:
    """The cells (ROW, field) that keep what their card has, though the file says something else."""
    found = [pl.DataFrame(schema={ROW: pl.UInt32, "field": pl.String})]
    steps = [
        s for s in decisions.of(Action.KEEP, Action.FILL) if s.field is None or any(f.key == s.field for f in fields)
    ]
    for step in steps:
        for field in (f for f in fields if step.field in (None, f.key)):
            otherwise = (*decisions.apart(step, Action.ACCEPT), *decisions.set_later(step, field.key))
            fits = _KNOWN & _fits(step, field, evidence) & ~pl.col(ROW).is_in(otherwise)
            found.append(rows.filter(fits).select(ROW, pl.lit(field.key).alias("field")))
    return pl.concat(found).unique()


def _fits(step: Decision, field: Field, evidence: pl.DataFrame) -> pl.Expr:
    """Whether the cell of a field in a row is one that a decision is about."""
    fits = pl.lit(True)
    if step.action is Action.FILL:
        fits &= pl.col(OLD + field.key) != ""
    if step.rows is not None:
        fits &= pl.col(ROW).is_in(step.rows)
    if step.text is not None:
        fits &= pl.col(field.key) == step.text
    if step.code == EMPTIED:
        fits &= pl.col(field.key) == ""
    elif step.code == ALIKE:
        fits &= step.text is not None
    elif step.code is not None:
        there = evidence.filter(pl.col("field") == field.key, pl.col("code") == step.code)[ROW]
        fits &= pl.col(ROW).is_in(there.implode())
    if step.kind is Rows.NEW:
        fits &= False
    return fits


def without(found: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """Problems or conflicts without those of cells that keep what they have."""
    return found.join(kept, on=[ROW, "field"], how="anti", maintain_order="left") if kept.height else found


def changes_unless(field: Field, kept: pl.DataFrame) -> pl.Expr:
    """Whether the cell of a field changes and is not one that keeps what it has."""
    changed = pl.col(CHANGED + field.key)
    if kept.is_empty():
        return changed
    there = kept.filter(pl.col("field") == field.key)[ROW]
    return changed & ~pl.col(ROW).is_in(there.implode()) if there.len() else changed


def adds(field: Field, decisions: Decisions) -> bool:
    """Whether the tags of the file are added to those of a card."""
    return field.kind is Kind.TAGS and any(step.field == field.key for step in decisions.of(Action.ADD))


def with_tags(rows: pl.DataFrame, fields: Sequence[Field], decisions: Decisions) -> pl.DataFrame:
    """The rows with the tags of their card among their own, where those of the file are to be added."""
    for field in (f for f in fields if adds(f, decisions)):
        both = pl.concat_list(field.key, OLD + field.key).list.join(BETWEEN)
        union = both.str.split(BETWEEN).list.unique().list.sort().list.join(BETWEEN).str.strip_chars_start(BETWEEN)
        known = _KNOWN & pl.col(field.key).is_not_null()
        rows = rows.with_columns(pl.when(known).then(union).otherwise(field.key).alias(field.key))
    return rows
