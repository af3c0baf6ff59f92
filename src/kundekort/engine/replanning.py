"""Planning again after other decisions: only the rows about which something else was decided are drafted anew.

The law: what comes out is what planning the whole file again would give. Where it is not certain which rows these are,
or where they are most of the file, nothing comes out, and the whole file is to be planned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

import polars as pl

from kundekort.engine import draft, frames, mapping, mending
from kundekort.engine.block_draft import draft_block
from kundekort.engine.decisions import Action, Choice, Decision, Decisions
from kundekort.engine.draft import VALUES, Draft, Task
from kundekort.engine.frames import ID, ROW
from kundekort.engine.keeping import ALIKE, EMPTIED
from kundekort.engine.plan import RowSink
from kundekort.engine.reading.table import Block
from kundekort.engine.translate import translate
from kundekort.engine.values import canonical
from kundekort.engine.values.dates import Evidence

MOST: Final = 50_000
"""Rows that are drafted anew at most; with more, reading the file again takes hardly longer."""
_NONE: Final = pl.Series(ROW, dtype=pl.UInt32)
_NOTHING: Final = pl.DataFrame(schema=frames.NUMBERING)
_KEEPING: Final = (Action.KEEP, Action.FILL)


class Cells(Protocol):
    """The rows of a file as they were read."""

    def block(self, rows: pl.Series) -> Block:
        """Some rows by their numbers."""

    def column(self, name: str) -> pl.DataFrame | None:
        """ROW and the cells of a column (c0 …) of all rows; None where there is no such column."""


@dataclass(frozen=True, slots=True)
class Previous:
    """The draft of a file under earlier decisions and otherwise the same task, and the file's rows as they were read.

    `sink` makes the place where the new values of some rows (numbers) go; what it has in the end are the values of all
    rows.
    """

    draft: Draft
    decisions: Decisions
    cells: Cells
    sink: Callable[[pl.Series], RowSink]


def redraft(previous: Previous, task: Task) -> Draft | None:
    """The draft under the decisions of the task; None where the whole file has to be gone through."""
    rows = _rows(previous, task)
    if rows is None or len(rows) > MOST or previous.draft.dated:
        return None
    asked = previous.cells.block(rows) if len(rows) else Block(_NOTHING, pl.DataFrame(schema=frames.PROBLEMS), 0, 0)
    rows = asked.cells[ROW]
    values = previous.sink(rows)
    if rows.is_empty():
        return replace(previous.draft, parts={**previous.draft.parts, VALUES: values.finish()})
    block = draft_block(asked, task, {})
    if any(evidence != Evidence() for evidence in block.dates.values()):
        return None
    values.add(block.parts[VALUES])
    others = {name: part for name, part in previous.draft.parts.items() if name != VALUES}
    parts = {name: _merged(part, block.parts[name], rows) for name, part in others.items()}
    return replace(previous.draft, parts=parts | {VALUES: values.finish()})


def _merged(old: pl.LazyFrame, new: pl.DataFrame, rows: pl.Series) -> pl.LazyFrame:
    """A part of a draft with what it says of some rows now; the very same one where that is nothing new."""
    there = pl.col(ROW).is_in(rows.implode())
    if old.filter(there).collect().equals(new):
        return old
    return pl.concat([old.filter(~there).collect(), new], how="diagonal").sort(ROW, maintain_order=True).lazy()


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
            wrong = [parts[name].collect() for name in (draft.PROBLEMS, draft.FIRST)]
            return pl.concat([mending.of_code(part, step)[ROW] for part in wrong])
        case Action.SET if step.kind is None and step.text is not None:
            return _of_text(step, previous, task)
        case Action.KEEP if step.code not in (None, EMPTIED, ALIKE):
            return mending.of_code(parts[draft.EVIDENCE].collect(), step)[ROW]
        case Action.MATCH if step.code is not None:
            return mending.of_code(parts[draft.EVIDENCE].collect(), step)[ROW]
    return None


def _of_text(step: Decision, previous: Previous, task: Task) -> pl.Series | None:
    """The rows of which a cell says a text, before anything was set."""
    columns = mapping.spread(task.recipe.columns)
    place = next((n for n, column in enumerate(columns) if column.field == step.field), None)
    if place is None or len(columns) != len(task.recipe.columns):  # of a name that is split, no cell says what it is
        return None
    name = f"c{place}"
    cells = previous.cells.column(name)
    if cells is None:
        return None
    block = Block(cells, pl.DataFrame(schema=frames.PROBLEMS), 0, 0)
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
    return made.parts[draft.CONFLICTS].filter(there).select(ROW).collect()[ROW]
