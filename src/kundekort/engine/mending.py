"""A file as decisions make it: cells that were set, rows that were mended, columns that were left out or added.

What was set is read like what stood in the file: nothing after this knows the difference. Knows no register.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from kundekort.engine import frames
from kundekort.engine.check import CheckedRows
from kundekort.engine.decisions import Action, Decision, Decisions, Rows
from kundekort.engine.frames import ROW
from kundekort.engine.mapping import FIRST_PART, FULL_NAME
from kundekort.engine.reading.table import Block
from kundekort.engine.recipe import Column
from kundekort.engine.schema import Kind, Schema
from kundekort.engine.values import canonical

Mended = Mapping[str, pl.DataFrame]
"""Mended rows by the name of their file: ROW, and under c0 … what its columns say now, null where that is as it was."""


def columns(given: Sequence[Column], decisions: Decisions, schema: Schema) -> tuple[Column, ...]:
    """The columns of a file without those that are left out, and with one for each field that only a decision sets."""
    gone = {step.field for step in decisions.of(Action.LEAVE_OUT) if is_column(step)}
    kept = tuple(replace(c, field=None) if c.field in gone else c for c in given)
    named = {c.field for c in kept} | gone
    wanted = {step.field for step in decisions.of(Action.SET)} - named
    return (*kept, *(Column(header=f.header, field=f.key) for f in schema.values if f.key in wanted))


def is_column(step: Decision) -> bool:
    """Whether a decision is about a whole column and nothing narrower."""
    return step.field is not None and (step.rows, step.text, step.code, step.kind) == (None, None, None, None)


def needs_check(decisions: Decisions) -> bool:
    """Whether cells are set by what is wrong with them or by whether their card is new: after a first look at them."""
    return any(step.code or step.kind for step in decisions.of(Action.SET))


def needs_cards(decisions: Decisions) -> bool:
    """Whether cells are set by whether their card is new, which only the register can tell."""
    return any(step.kind for step in decisions.of(Action.SET))


def named(problems: pl.DataFrame, decisions: Decisions) -> pl.DataFrame:
    """The problems that the decisions name by which cells are set."""
    steps = [step for step in decisions.of(Action.SET) if step.code]
    return pl.concat([problems.clear(), *(of_code(problems, step) for step in steps)]).unique(maintain_order=True)


def mend_rows(block: Block, *, decisions: Decisions, mended: Mended) -> Block:
    """A block as it was read, with the rows that came back mended; these have no problem as a whole any more."""
    cells, problems = block.cells, block.problems
    for step in decisions.of(Action.MEND):
        rows = mended[step.value]
        columns = [name for name in rows.columns if name in cells.columns and name != ROW]
        new = rows.select(ROW, *(pl.col(name).alias("new:" + name) for name in columns))
        cells = cells.join(new, on=ROW, how="left", maintain_order="left")
        cells = cells.with_columns(pl.coalesce("new:" + name, name).alias(name) for name in columns)
        cells = cells.drop("new:" + name for name in columns)
        problems = problems.join(rows, on=ROW, how="anti", maintain_order="left")
    return block._replace(cells=cells, problems=problems)


def mend(block: Block, *, columns: Sequence[Column], decisions: Decisions) -> Block:
    """A block as the decisions make it that can be followed before its rows are checked.

    `columns` may be more than the file has.
    """
    missing = [f"c{n}" for n in range(block.cells.width - 2, len(columns))]
    cells = block.cells.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in missing)
    place, said = _places(columns), cells
    for step in decisions.of(Action.SET):
        if step.field in place and not step.code and not step.kind:
            cells = _set(cells, place[step.field], step, _cells(step, said, place[step.field]))
    return block._replace(cells=cells)


def of_cells(block: Block, *, columns: Sequence[Column], given: Sequence[Column]) -> Block:
    """A block whose problems of cells are those of fields: none where the column has no field, or the cell was set.

    `given` are the columns as the file has them.
    """
    if block.problems["field"].null_count() == block.problems.height:
        return block
    place = _places(columns)
    whole = next((f"c{n}" for n, column in enumerate(given) if column.field == FULL_NAME), "")
    keys = {name: key for key, name in place.items()} | {whole: FIRST_PART}
    problems = block.problems.with_columns(pl.col("field").replace(keys))
    kept = [problems.filter(pl.col("field").is_null())]
    for key in set(problems["field"].drop_nulls()) & set(place):
        filled = block.cells.filter(pl.col(place[key]).fill_null("") != "")[ROW]
        kept.append(problems.filter(pl.col("field") == key, ~pl.col(ROW).is_in(filled.implode())))
    return block._replace(problems=pl.concat(kept).sort(ROW, maintain_order=True))


def mend_checked(
    block: Block, *, columns: Sequence[Column], decisions: Decisions, problems: pl.DataFrame, new: pl.Series
) -> Block:
    """A block as the other decisions make it: those that hang on `problems` of its cells, and on which rows are `new`.

    `new` are the numbers of rows whose card is not in the register.
    """
    place = _places(columns)
    cells = block.cells
    for step in (s for s in decisions.of(Action.SET) if s.field in place and (s.code or s.kind)):
        there = _cells(step, block.cells, place[step.field])
        if step.code:
            wrong = problems.filter(pl.col("field") == step.field, pl.col("code") == step.code)[ROW]
            there &= pl.col(ROW).is_in(wrong.implode())
        if step.kind:
            there &= pl.col(ROW).is_in(new.implode()) == (step.kind is Rows.NEW)
        cells = _set(cells, place[step.field], step, there)
    return block._replace(cells=cells)


def _places(columns: Sequence[Column]) -> Mapping[str | None, str]:
    return {c.field: f"c{n}" for n, c in enumerate(columns) if c.field is not None}


def _cells(step: Decision, said: pl.DataFrame, column: str) -> pl.Expr:
    """The cells of a column that a decision is about, by their rows and by what they said."""
    there = pl.lit(True)
    if step.rows is not None:
        there &= pl.col(ROW).is_in(step.rows)
    if step.text is not None:
        fits = (canonical.clean(said[column]) == step.text).fill_null(False)
        there &= pl.col(ROW).is_in(said.filter(fits)[ROW].implode())
    return there


def _set(cells: pl.DataFrame, column: str, step: Decision, there: pl.Expr) -> pl.DataFrame:
    return cells.with_columns(pl.when(there).then(pl.lit(step.value)).otherwise(column).alias(column))


def matches(rows: pl.DataFrame, evidence: pl.DataFrame, decisions: Decisions) -> pl.DataFrame:
    """The rows (ROW, card) that somebody has said are about another card; `rows` has ROW and ID."""
    types = {ROW: pl.UInt32, "card": pl.Int64}
    said = [pl.DataFrame(schema=types)]
    for step in sorted(decisions.of(Action.MATCH), key=lambda one: one.rows is not None):
        there = rows if step.rows is None else rows.filter(pl.col(ROW).is_in(step.rows))
        if step.code is None:
            said.append(there.select(ROW, pl.lit(int(step.value), dtype=pl.Int64).alias("card")))
        else:
            named = of_code(evidence, step).filter(pl.col("card").is_not_null())
            otherwise = (*decisions.apart(step, Action.ACCEPT), *decisions.set_later(step, frames.CARD))
            named = named.filter(~pl.col(ROW).is_in(otherwise))
            said.append(named.join(there, on=ROW, how="semi").select(ROW, "card"))
    return pl.concat(said).unique(ROW, keep="last", maintain_order=True)


def matched(checked: CheckedRows, matches: pl.DataFrame, schema: Schema, *, new: pl.Series) -> CheckedRows:
    """Checked rows of which some have the number of the card that they are about, with nothing wrong in it.

    `new` are the numbers of rows that were new customers: what these leave empty says nothing about a card.
    """
    field = next(f for f in schema if f.kind is Kind.ID)
    rows = checked.rows.join(matches, on=ROW, how="left", maintain_order="left")
    said = pl.col(field.key) if field.key in rows.columns else pl.lit(None, dtype=pl.String)
    number = pl.coalesce(pl.col("card").cast(pl.String), said)
    was_new = pl.col("card").is_not_null() & pl.col(ROW).is_in(new.implode())
    keys = [f.key for f in schema.values if f.key in rows.columns]
    silent = [pl.when(~(was_new & (pl.col(key) == "").fill_null(False))).then(key).alias(key) for key in keys]
    wrong = checked.problems.filter(pl.col("field") == field.key).join(matches, on=ROW, how="semi")
    return replace(
        checked,
        rows=rows.with_columns(number.alias(field.key), *silent).drop("card"),
        problems=checked.problems.join(wrong, on=[ROW, "field"], how="anti", maintain_order="left"),
    )


def left_out(problems: pl.DataFrame, evidence: pl.DataFrame, decisions: Decisions) -> pl.Expr:
    """Whether somebody has decided that a row, which has ROW and ID, is not imported."""
    out = pl.lit(False)
    for step in (s for s in decisions.of(Action.LEAVE_OUT) if not is_column(s)):
        fits = pl.lit(True)
        if step.rows is not None:
            fits &= pl.col(ROW).is_in(step.rows)
        if step.code is not None:
            named = [of_code(frame, step)[ROW] for frame in (problems, evidence)]
            fits &= pl.col(ROW).is_in(pl.concat(named).unique().implode())
            fits &= ~pl.col(ROW).is_in(decisions.apart(step, Action.KEEP, Action.MATCH, Action.ACCEPT))
        if step.kind is not None:
            fits &= pl.col(frames.ID) == 0 if step.kind is Rows.NEW else pl.col(frames.ID) > 0
        out |= fits.fill_null(False)
    return out


def of_code(found: pl.DataFrame, step: Decision) -> pl.DataFrame:
    """The problems or the evidence that a decision names by code, and field if it says one."""
    named = pl.col("code") == step.code
    return found.filter(named if step.field is None else named & (pl.col("field") == step.field))
