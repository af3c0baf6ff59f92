"""Planning again after other decisions: only the rows about which something else was decided are drafted anew.

The law: what comes out is what planning the whole file again would give. Where it is not certain which rows these are,
or where they are most of the file, nothing comes out, and the whole file is to be planned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from kundekort.engine import draft, frames, mapping, mending
from kundekort.engine.decisions import Action, Choice, Decision, Decisions
from kundekort.engine.draft import Draft, DraftBuilder, Task
from kundekort.engine.frames import ID, ROW
from kundekort.engine.keeping import ALIKE, EMPTIED
from kundekort.engine.plan import RowSink
from kundekort.engine.reading.table import Block
from kundekort.engine.translate import translate
from kundekort.engine.values import canonical

MOST: Final = 50_000
"""Rows that are drafted anew at most; with more, reading the file again takes hardly longer."""
_NONE: Final = pl.Series(ROW, dtype=pl.UInt32)
_KEEPING: Final = (Action.KEEP, Action.FILL)


@dataclass(frozen=True, slots=True)
class Previous:
    """The draft of a file under earlier decisions and otherwise the same task, and the file's rows as they were read.

    `cells` has ROW, LINE, c0 … of all rows, `broken` are the problems of whole rows. `sink` makes the place where the
    new values of some rows (numbers) go; what it has in the end are the values of all rows.
    """

    draft: Draft
    decisions: Decisions
    cells: pl.LazyFrame
    broken: pl.DataFrame
    sink: Callable[[pl.Series], RowSink]


def redraft(previous: Previous, task: Task) -> Draft | None:
    """The draft under the decisions of the task; None where the whole file has to be gone through."""
    rows = _rows(previous, task)
    if rows is None or len(rows) > MOST or previous.draft.dated:
        return None
    there = pl.col(ROW).is_in(rows.implode())
    cells = previous.cells.filter(there).collect() if len(rows) else pl.DataFrame(schema=frames.NUMBERING)
    rows = cells[ROW]
    sink = previous.sink(rows)
    if rows.is_empty():
        return replace(previous.draft, values=sink.finish())
    builder = DraftBuilder(task, {}, sink)
    builder.add(Block(cells, previous.broken.filter(there), 0, 0))
    new = builder.finish()
    if new.dated:
        return None
    parts = {name: _merged(part, new.parts[name], rows) for name, part in previous.draft.parts.items()}
    return replace(previous.draft, parts=parts, values=new.values)


def _merged(old: pl.DataFrame, new: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """A part of a draft with what it says of some rows now; the very same one where that is nothing new."""
    there = pl.col(ROW).is_in(rows.implode())
    if old.filter(there).equals(new):
        return old
    return pl.concat([old.filter(~there), new], how="diagonal").sort(ROW, maintain_order=True)


def _rows(previous: Previous, task: Task) -> pl.Series | None:
    """The numbers of the rows about which other things are decided than before; None where that could be all."""
    before, now = previous.decisions, task.decisions
    if replace(task, decisions=before).columns() != task.columns():
        return None
    steps = [s for s in (*before.steps, *now.steps) if (s in before.steps) != (s in now.steps)]
    choices = [c for c in (*before.choices, *now.choices) if (c in before.choices) != (c in now.choices)]
    if choices and any(before.of(*_KEEPING)):  # a cell that keeps what it has is no conflict, and yet has evidence
        return None
    if any(step.action is Action.MATCH for step in steps) and mending.needs_cards(now):
        return None  # whose card is new hangs on evidence from before their cells were set
    found = [_of_step(step, previous, task) for step in steps]
    found += [_of_choice(choice, previous.draft) for choice in choices]
    known = [rows for rows in found if rows is not None]
    return pl.concat([_NONE, *known]).unique().sort() if len(known) == len(found) else None


def _of_step(step: Decision, previous: Previous, task: Task) -> pl.Series | None:
    """The rows that a decision can be about, and perhaps a few more; None where nothing says that they are not all."""
    alone = step.rows is not None and step.code is not None  # which another answer to its finding is not about
    if step.action is Action.ACCEPT and alone:
        return pl.Series(ROW, step.rows, dtype=pl.UInt32)
    if step.action is Action.ACCEPT or (step.action is Action.LEAVE_OUT and not mending.is_column(step)):
        return _NONE  # it decides what becomes of rows, not what they are
    if step.action is Action.MEND:
        return task.mended[step.value][ROW] if step.value in task.mended else None
    if step.rows is not None and step.action is not Action.ADD:  # tags are added in all rows
        return pl.Series(ROW, step.rows, dtype=pl.UInt32)
    parts = previous.draft.parts
    match step.action:
        case Action.SET if step.kind is None and step.code is not None:
            return pl.concat([mending.of_code(parts[name], step)[ROW] for name in (draft.PROBLEMS, draft.FIRST)])
        case Action.SET if step.kind is None and step.text is not None:
            return _of_text(step, previous, task)
        case Action.KEEP if step.code not in (None, EMPTIED, ALIKE):
            return mending.of_code(parts[draft.EVIDENCE], step)[ROW]
        case Action.MATCH if step.code is not None:
            return mending.of_code(parts[draft.EVIDENCE], step)[ROW]
    return None


def _of_text(step: Decision, previous: Previous, task: Task) -> pl.Series | None:
    """The rows of which a cell says a text, before anything was set."""
    columns = mapping.spread(task.recipe.columns)
    place = next((n for n, column in enumerate(columns) if column.field == step.field), None)
    if place is None or len(columns) != len(task.recipe.columns):  # of a name that is split, no cell says what it is
        return None
    name = f"c{place}"
    if name not in previous.cells.collect_schema():
        return None
    block = Block(previous.cells.select(ROW, name).collect(), pl.DataFrame(schema=frames.PROBLEMS), 0, 0)
    block = mending.mend_rows(block, decisions=task.decisions, mended=task.mended)
    block = translate(block, [replace(c, words=c.words if n == place else {}) for n, c in enumerate(columns)])
    said = canonical.clean(block.cells[name])
    return block.cells.filter((said == step.text).fill_null(False))[ROW]


def _of_choice(choice: Choice, made: Draft) -> pl.Series:
    """The rows with a conflict that a choice is about."""
    there = pl.lit(True)
    if choice.field is not None:
        there &= pl.col("field") == choice.field
    if choice.card is not None:
        there &= pl.col(ID) == choice.card
    return made.parts[draft.CONFLICTS].filter(there)[ROW]
