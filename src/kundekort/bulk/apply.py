"""Plans into the register, set by set: cards removed, changed, brought back and created, and every cell logged.

Works inside the caller's transaction on a psycopg connection; never commits, never knows Django or permissions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

import polars as pl
from psycopg import Connection, errors

from kundekort.bulk import statements
from kundekort.bulk.copy import copy_in, copy_out, temporary
from kundekort.engine import frames
from kundekort.engine.frames import CARD, ID, INTO, MERGED, VERSION, Status
from kundekort.engine.plan import Plan, changed_cells
from kundekort.engine.rebase import rebase
from kundekort.engine.schema import Field, Schema

ANALYZE_FROM: Final = 50_000
"""Written rows from which the register's statistics are renewed at once instead of by the server in its own time."""


class RegisterMoved(Exception):
    """A card is no longer as the plan saw it, or a value that must be unique has been taken; roll back."""


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """What a plan did: ids of created cards in the order of their rows, and the number of all cards it touched."""

    created: pl.Series
    touched: int


def apply(
    conn: Connection, plan: Plan, *, revision: int, schema: Schema, progress: Callable[[int, int], None]
) -> ApplyResult:
    """Carry out a plan inside the caller's transaction, logging every change under a revision.

    Removed cards go first and created ones come last, so that a unique value can pass from one to another. A card that
    has been edited since the plan saw it in other cells than those that change is changed as it is now; `schema` says
    whether it would be right as a whole. Raises RegisterMoved when one of those cells has moved, a card that is to go
    has been edited at all, or a unique value is on another card by now.
    """
    writing = _Writing(conn, plan, revision, schema, progress)
    try:
        for block in plan.rows(Status.REMOVED):
            writing.remove(block)
        for block in plan.rows(Status.CHANGED):
            writing.update(block)
        for block in plan.rows(Status.RESTORED):
            writing.restore(block)
        for block in plan.rows(Status.NEW):
            writing.create(block)
    except errors.UniqueViolation as error:
        raise RegisterMoved from error
    writing.log_merges()
    if writing.done >= ANALYZE_FROM:
        for table in (statements.CUSTOMER, statements.CHANGE):
            conn.execute(statements.analyze(table))
    created = pl.concat([pl.Series("id", [], dtype=pl.Int64), *writing.created])
    return ApplyResult(created=created, touched=writing.done)


class _Writing:
    """A plan on its way into the register."""

    def __init__(
        self, conn: Connection, plan: Plan, revision: int, schema: Schema, progress: Callable[[int, int], None]
    ) -> None:
        self.done = 0
        self.created: list[pl.Series] = []
        self._conn, self._fields, self._revision, self._progress = conn, plan.fields, revision, progress
        self._schema = schema
        changes = plan.changes
        self._changed_fields = tuple(f for f in plan.fields if changes[f.key])
        self._merges: list[pl.DataFrame] = []
        self._masters: list[pl.DataFrame] = []
        self._total = plan.totals.cards_written
        progress(0, self._total)

    def remove(self, rows: pl.DataFrame) -> None:
        """Take cards out of the register, remembering into which others they were merged."""
        staged = rows.select(pl.col(ID).alias("id"), pl.col(VERSION).alias("version"), pl.col(INTO).alias("into"))
        with temporary(self._conn, statements.STAGED, statements.create_staged_removals(), staged):
            self._expect(self._conn.execute(statements.remove_customers(), [self._revision]).rowcount, rows)
        self._log(changed_cells(rows, self._fields))
        self._log(_card_changes(rows, old=pl.col(ID).cast(pl.String), new=pl.lit("")))
        self._remember_merges(rows, old=pl.lit(""), new=pl.col(ID).cast(pl.String))
        self._passed(rows)

    def update(self, rows: pl.DataFrame) -> None:
        """Give cards their new values, those that have been edited in other cells since too."""
        fields = self._changed_fields
        try:
            with self._conn.transaction(), self._staged(rows, fields):
                self._expect(self._conn.execute(statements.update_customers(fields)).rowcount, rows)
        except RegisterMoved:  # all of these rows are as they were before
            rows = self._rebased(rows)
            with self._staged(rows, fields):
                self._expect(self._conn.execute(statements.update_customers(fields)).rowcount, rows)
        self._log(changed_cells(rows, fields))
        if INTO in rows.columns:
            self._masters.append(rows.select(ID, VERSION))
        self._passed(rows)

    def _rebased(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows, with those of edited cards as changes of what the cards are now, which nobody else writes now."""
        with self._staged(rows, ()):
            self._conn.execute(statements.lock_staged())
            edited = copy_out(
                self._conn, statements.staged_customers(self._schema.values), frames.cards(self._schema.values)
            )
        moved = pl.col(ID).is_in(edited["id"].implode())
        rebased = rebase(rows.filter(moved), edited, fields=self._fields, schema=self._schema)
        if rebased is None:
            raise RegisterMoved
        return pl.concat([rows.filter(~moved), rebased])

    def restore(self, rows: pl.DataFrame) -> None:
        """Bring removed cards back under their numbers."""
        with self._staged(rows, self._fields):
            self._conn.execute(statements.restore_customers(self._fields))
            self._conn.execute(statements.forget_removed())
        self._log(changed_cells(rows, self._fields))
        self._log(_card_changes(rows, old=pl.lit(""), new=pl.col(ID).cast(pl.String)))
        self._remember_merges(rows, old=pl.col(ID).cast(pl.String), new=pl.lit(""))
        self._passed(rows)

    def create(self, rows: pl.DataFrame) -> None:
        """Make new cards, which get their numbers here."""
        ids = [row[0] for row in self._conn.execute(statements.next_ids(), [rows.height])]
        numbered = rows.with_columns(pl.Series(ID, ids, dtype=pl.Int64))
        with self._staged(numbered, self._fields):
            self._conn.execute(statements.insert_customers(self._fields))
            self._conn.execute(statements.log_created(), [self._revision])
        self.created.append(numbered[ID].alias("id"))
        self._passed(rows)

    def log_merges(self) -> None:
        """Tell on the cards that others were merged into, or given back from, which those were."""
        if self._merges:
            merges = pl.concat(self._merges).join(pl.concat(self._masters), on=ID, how="left")
            self._log(
                merges.select(
                    pl.col(ID).alias("customer_id"),
                    (pl.col(VERSION) + 1).alias("version"),
                    pl.lit(MERGED).alias("field"),
                    *("old", "new"),
                )
            )

    def _remember_merges(self, rows: pl.DataFrame, *, old: pl.Expr, new: pl.Expr) -> None:
        merged = rows.filter(pl.col(INTO).is_not_null())
        if merged.height:
            self._merges.append(merged.select(pl.col(INTO).alias(ID), old.alias("old"), new.alias("new")))

    def _staged(self, rows: pl.DataFrame, fields: Sequence[Field]) -> AbstractContextManager[None]:
        """The table `staged` with planned cards in it."""
        keys = [f.key for f in fields]
        staged = rows.select(pl.col(ID).alias("id"), pl.col(VERSION).alias("version"), *keys)
        return temporary(self._conn, statements.STAGED, statements.create_staged(fields), staged)

    def _log(self, changes: pl.DataFrame) -> None:
        revision = pl.lit(self._revision, pl.Int64).alias("revision_id")
        copy_in(self._conn, statements.CHANGE, changes.select(revision, *frames.CHANGES))

    def _expect(self, done: int, rows: pl.DataFrame) -> None:
        if done != rows.height:
            raise RegisterMoved

    def _passed(self, rows: pl.DataFrame) -> None:
        self.done += rows.height
        self._progress(self.done, self._total)


def _card_changes(rows: pl.DataFrame, *, old: pl.Expr, new: pl.Expr) -> pl.DataFrame:
    """The change that takes each card out of the register, or brings it back."""
    return rows.select(
        pl.col(ID).alias("customer_id"),
        (pl.col(VERSION) + 1).alias("version"),
        pl.lit(CARD).alias("field"),
        old.alias("old"),
        new.alias("new"),
    )
