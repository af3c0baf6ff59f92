"""Plans into the register, set by set: cards removed, changed, brought back and created, and every cell logged.

Works inside the caller's transaction on a psycopg connection; never commits, never knows Django or permissions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Final

import polars as pl
from psycopg import Connection, errors
from psycopg.sql import Composed

from kundekort.bulk import indexes, statements
from kundekort.bulk.copy import CopyText, copy_in, copy_out, copy_text, temporary
from kundekort.engine import frames, transfers
from kundekort.engine.ahead import ahead
from kundekort.engine.frames import ID, INTO, MERGED, VERSION, Status
from kundekort.engine.plan import Plan, changed_cells
from kundekort.engine.rebase import rebase
from kundekort.engine.schema import Field, Schema

BLOCK: Final = 20_000
"""Rows that are written at a time: so that progress moves, and a writer that is told to stop does so soon."""
ANALYZE_FROM: Final = 50_000
"""Written rows from which it is asked whether the register's statistics are to be renewed."""
ANALYZE_SHARE: Final = 0.2
"""The share of a table's rows that was written, from which its statistics are renewed at once instead of by the server
in its own time. Of fewer they are right enough until then."""


class RegisterMoved(Exception):
    """A card is no longer as the plan saw it, or a value that must be unique has been taken; roll back."""


def apply(
    conn: Connection,
    plan: Plan,
    *,
    revision: int,
    schema: Schema,
    progress: Callable[[str, int, int], None],
    aside: Sequence[str] = (),
) -> None:
    """Carry out a plan inside the caller's transaction, logging every change under a revision.

    `progress` is told "writing" with rows, then "indexing" while indexes that were set `aside` are built.

    Removed cards go first and created ones come last, and values that pass from one changed card to another are taken
    from all of them before any is written, so that no order of rows stands in the way of a unique one. A card that
    has been edited since the plan saw it in other cells than those that change is changed as it is now; `schema` says
    whether it would be right as a whole. Raises RegisterMoved when one of those cells has moved, a card that is to go
    has been edited at all, or a unique value is on another card by now.
    """
    writing = _Writing(conn, plan, revision, schema, partial(progress, "writing"))
    try:
        writing.remove()
        writing.release()
        writing.update()
        writing.restore()
        writing.create()
    except errors.UniqueViolation as error:
        raise RegisterMoved from error
    writing.log_merges()
    indexes.build(conn, aside, progress=partial(progress, "indexing"))
    writing.renew_statistics()


@dataclass(frozen=True, slots=True)
class _Block:
    """Some rows of a plan, the columns of them that are staged, and the changed cells that are logged."""

    rows: pl.DataFrame
    staged: CopyText
    changes: CopyText = CopyText((), ())


class _Writing:
    """A plan on its way into the register.

    While the server writes one block, the next is read and made ready for COPY in a thread.
    """

    def __init__(
        self, conn: Connection, plan: Plan, revision: int, schema: Schema, progress: Callable[[int, int], None]
    ) -> None:
        self._conn, self._plan, self._revision, self._progress = conn, plan, revision, progress
        self._schema, self._fields, self._changed_fields = schema, plan.fields, _changed_fields(plan)
        self._merges: list[pl.DataFrame] = []
        self._masters: list[pl.DataFrame] = []
        self._released: dict[str, pl.DataFrame] = {}
        self._done, self._logged, self._total = 0, 0, plan.totals.cards_written
        progress(0, self._total)

    def remove(self) -> None:
        """Take cards out of the register, remembering into which others they were merged."""

        def block(rows: pl.DataFrame) -> _Block:
            staged = rows.select(pl.col(ID).alias("id"), pl.col(VERSION).alias("version"), pl.col(INTO).alias("into"))
            return _Block(rows, copy_text(staged))

        for part in self._blocks(Status.REMOVED, block, INTO):
            with self._staged(part.staged, statements.create_staged_removals()):
                removal = statements.remove_customers(self._fields, _within(part.rows))
                self._expect(self._conn.execute(removal, {"of": self._revision}).rowcount, part.rows)
            self._logged += part.rows.height
            self._remember_merges(part.rows, old=pl.lit(""), new=pl.col(ID).cast(pl.String))
            self._passed(part.rows)

    def release(self) -> None:
        """Empty the cells whose unique values another card of the plan gets."""
        for field in (f for f in self._fields if f.unique):
            cells = transfers.given_up(self._plan, field)
            for part in cells.iter_slices(BLOCK):
                staged = copy_text(part.select(pl.col(ID).alias("id"), pl.lit(0).alias("version"), field.key))
                with self._staged(staged, statements.create_staged([field])):
                    self._expect(self._conn.execute(statements.empty_staged(field)).rowcount, part)
            if cells.height:
                self._released[field.key] = cells.rename({ID: "id", field.key: "_released"})

    def update(self) -> None:
        """Give cards their new values, those that have been edited in other cells since too."""
        fields = self._changed_fields

        def block(rows: pl.DataFrame) -> _Block:
            return _Block(rows, _staged_text(rows, fields), self._changes(changed_cells(rows, fields)))

        for part in self._blocks(Status.CHANGED, block):
            try:
                with self._conn.transaction():
                    self._update(part)
            except RegisterMoved:  # all of these rows are as they were before
                part = block(self._rebased(part.rows))
                self._update(part)
            self._log(part.changes)
            if INTO in part.rows.columns:
                self._masters.append(part.rows.select(ID, VERSION))
            self._passed(part.rows)

    def _update(self, part: _Block) -> None:
        fields = self._changed_fields
        with self._staged(part.staged, statements.create_staged(fields)):
            update = statements.update_customers(fields, _within(part.rows))
            self._expect(self._conn.execute(update).rowcount, part.rows)

    def _rebased(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows, with those of edited cards as changes of what the cards are now, which nobody else writes now."""
        with self._staged(_staged_text(rows, ()), statements.create_staged(())):
            self._conn.execute(statements.lock_staged())
            edited = copy_out(
                self._conn, statements.staged_customers(self._schema.values), frames.cards(self._schema.values)
            )
        for key, cells in self._released.items():
            edited = edited.join(cells, on="id", how="left", maintain_order="left")
            edited = edited.with_columns(pl.coalesce("_released", key).alias(key)).drop("_released")
        moved = pl.col(ID).is_in(edited["id"].implode())
        rebased = rebase(rows.filter(moved), edited, fields=self._fields, schema=self._schema)
        if rebased is None:
            raise RegisterMoved
        return pl.concat([rows.filter(~moved), rebased])

    def restore(self) -> None:
        """Bring removed cards back under their numbers."""
        fields = self._fields

        def block(rows: pl.DataFrame) -> _Block:
            return _Block(rows, _staged_text(rows, fields))

        for part in self._blocks(Status.RESTORED, block):
            with self._staged(part.staged, statements.create_staged(fields)):
                self._logged += self._conn.execute(statements.restore_customers(fields), [self._revision]).rowcount
                self._conn.execute(statements.forget_removed())
            self._remember_merges(part.rows, old=pl.col(ID).cast(pl.String), new=pl.lit(""))
            self._passed(part.rows)

    def create(self) -> None:
        """Make new cards, which get their numbers here, in the order of their rows."""
        fields = self._fields

        def block(rows: pl.DataFrame) -> _Block:
            placed = rows.with_columns(pl.int_range(pl.len()).alias(ID))
            return _Block(rows, _staged_text(placed, fields))

        for part in self._blocks(Status.NEW, block):
            with self._staged(part.staged, statements.create_staged(fields), join=None):
                self._logged += self._conn.execute(statements.create_customers(fields), [self._revision]).rowcount
            self._passed(part.rows)

    def log_merges(self) -> None:
        """Tell on the cards that others were merged into, or given back from, which those were."""
        if self._merges:
            merges = pl.concat(self._merges).join(pl.concat(self._masters), on=ID, how="left")
            changes = merges.select(
                pl.col(ID).alias("customer_id"),
                (pl.col(VERSION) + 1).alias("version"),
                pl.lit(MERGED).alias("field"),
                *("old", "new"),
            )
            self._log(self._changes(changes))

    def renew_statistics(self) -> None:
        """Have the server look at the tables of which so much was written that it would misjudge them."""
        if self._done < ANALYZE_FROM:
            return
        for table, written in ((statements.CUSTOMER, self._done), (statements.CHANGE, self._logged)):
            known = self._conn.execute(statements.known_rows(table)).fetchone()
            if known is None or written >= ANALYZE_SHARE * known[0]:
                self._conn.execute(statements.analyze(table))

    def _blocks(self, status: Status, block: Callable[[pl.DataFrame], _Block], *keys: str) -> Iterator[_Block]:
        """The rows of a status, with all values or some."""
        return ahead(block(rows) for rows in self._plan.rows(status, keys=keys, size=BLOCK))

    def _remember_merges(self, rows: pl.DataFrame, *, old: pl.Expr, new: pl.Expr) -> None:
        merged = rows.filter(pl.col(INTO).is_not_null())
        if merged.height:
            self._merges.append(merged.select(pl.col(INTO).alias(ID), old.alias("old"), new.alias("new")))

    def _staged(
        self, rows: CopyText, create: Composed, *, join: Sequence[str] | None = ("id",)
    ) -> AbstractContextManager[None]:
        """The table `staged` with planned cards in it."""
        return temporary(self._conn, statements.STAGED, create, rows, join=join)

    def _changes(self, changes: pl.DataFrame) -> CopyText:
        """Changes as rows of the log, those of a card together, so that they can be read together."""
        revision = pl.lit(self._revision, pl.Int64).alias("revision_id")
        return copy_text(changes.select(revision, *frames.CHANGES).sort("customer_id", maintain_order=True))

    def _log(self, changes: CopyText) -> None:
        self._logged += copy_in(self._conn, statements.CHANGE, changes)

    def _expect(self, done: int, rows: pl.DataFrame) -> None:
        if done != rows.height:
            raise RegisterMoved

    def _passed(self, rows: pl.DataFrame) -> None:
        self._done += rows.height
        self._progress(self._done, self._total)


def _changed_fields(plan: Plan) -> tuple[Field, ...]:
    changes = plan.changes
    return tuple(f for f in plan.fields if changes[f.key])


def _within(rows: pl.DataFrame) -> Composed:
    """The condition that a card has a number like those of the rows, of which there is one or more."""
    first, last = rows.select(pl.min(ID).alias("first"), pl.max(ID).alias("last")).row(0)
    return statements.ids_between(first, last)


def _staged_text(rows: pl.DataFrame, fields: Sequence[Field]) -> CopyText:
    keys = [f.key for f in fields]
    return copy_text(rows.select(pl.col(ID).alias("id"), pl.col(VERSION).alias("version"), *keys))
