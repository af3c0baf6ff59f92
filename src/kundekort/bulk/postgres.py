"""The fast road to the register: frames out of it and plans into it by COPY, set by set.

Works inside the caller's transaction on a psycopg connection; never commits, never knows Django or permissions.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import polars as pl
from psycopg import Connection, errors
from psycopg.sql import Composable, Composed, Identifier

from kundekort.bulk import statements
from kundekort.engine import frames
from kundekort.engine.diff import NO_REDIRECTS
from kundekort.engine.plan import Plan
from kundekort.engine.schema import Field, Kind

Progress = Callable[[int, int], None]

SLICE: Final = 20_000
"""Rows written or read between two reports of progress."""
BLOCK: Final = 50_000
"""Cards written by one statement: each is a step that shows in the progress."""
ANALYZE_FROM: Final = 50_000
"""Written rows from which the register's statistics are renewed at once instead of by the server in its own time."""


class RegisterMoved(Exception):
    """A card is no longer as the plan saw it, or a value that must be unique has been taken; roll back."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What a plan did: ids of created cards in the order of their rows, and the number of updated ones."""

    created: pl.Series
    updated: int


def snapshot(
    conn: Connection, *, by: Field, keys: pl.Series, fields: Sequence[Field], progress: Progress
) -> pl.DataFrame:
    """The cards whose field `by` has one of the keys: id and version (Int64), then canonical text of the fields.

    `keys` are Int64 for the id field and text otherwise (lower case for e-mail addresses). Not in any order; two cards
    with the same key (an e-mail address, say) are two rows.
    """
    by_id = by.kind is Kind.ID
    keys = keys.drop_nulls().unique()
    if not by_id:  # the database can neither hold a NUL nor be asked for one
        keys = keys.filter(~keys.str.contains("\0", literal=True))
    with _wanted(conn, keys, value_type="bigint" if by_id else "text"):
        query = statements.customers_by_id(fields) if by_id else statements.customers_by_text(by, fields)
        return _copy_out(conn, query, fields, expected=len(keys), progress=progress)


def redirects(conn: Connection, ids: pl.Series) -> pl.DataFrame:
    """Which of the ids (Int64) are merged cards: `id` and `into`, the card that stands for it now."""
    ids = ids.drop_nulls().unique()
    if ids.is_empty():
        return NO_REDIRECTS
    with _wanted(conn, ids, value_type="bigint"):
        found = conn.execute(statements.redirects()).fetchall()
    return pl.DataFrame(found, schema=NO_REDIRECTS.schema, orient="row")


def every_customer(
    conn: Connection,
    *,
    fields: Sequence[Field],
    where: Composable = statements.EVERYBODY,
    values: Sequence[object] = (),
) -> Iterator[pl.DataFrame]:
    """The cards for whom a condition holds, by id, in frames of at most SLICE rows, from one view of the register.

    `where` is a condition on `c`, a card, with a placeholder for each of the `values`.
    """
    with conn.cursor(name="every_customer") as cursor:
        cursor.itersize = SLICE
        cursor.execute(statements.customers(fields, where), values)
        schema = _snapshot_schema(fields)
        while rows := cursor.fetchmany(SLICE):
            yield pl.DataFrame(rows, schema=schema, orient="row")


def count_customers(conn: Connection, where: Composable, values: Sequence[object]) -> int:
    """How many cards a condition holds for."""
    row = conn.execute(statements.count_customers(where), values).fetchone()
    return int(row[0]) if row else 0


def count_and_some(
    conn: Connection, where: Composable, values: Sequence[object], *, offset: int, limit: int
) -> tuple[int, list[int]]:
    """How many cards a condition holds for, and some of their ids in order."""
    row = conn.execute(statements.count_and_some(where), [*values, limit, offset]).fetchone()
    return row or (0, [])


def apply(conn: Connection, plan: Plan, *, revision: int, progress: Progress) -> Applied:
    """Carry out a plan inside the caller's transaction: cards updated and created, every changed cell logged.

    Raises RegisterMoved when a card has another version than the plan saw, or a unique value is on another card by now.
    """
    updates, creates, cells = plan.updates, plan.creates, plan.cells
    steps = _Steps(progress, total=updates.height + creates.height + cells.height)
    created = []
    try:
        for block in updates.iter_slices(BLOCK):
            _update(conn, block, fields=plan.changed_fields)
            steps.passed(block.height)
        for block in creates.iter_slices(BLOCK):
            created.append(_create(conn, block, fields=plan.fields, revision=revision))
            steps.passed(block.height)
    except errors.UniqueViolation as error:
        raise RegisterMoved from error
    log = cells.select(
        pl.lit(revision).alias("revision_id"),
        pl.col(frames.ID).alias("customer_id"),
        (pl.col(frames.VERSION) + 1).alias("version"),
        *("field", "old", "new"),
    )
    _copy_in(conn, statements.CHANGE, log, passed=steps.passed)
    if steps.total >= ANALYZE_FROM:
        for table in (statements.CUSTOMER, statements.CHANGE):
            conn.execute(statements.analyze(table))
    return Applied(created=pl.concat([pl.Series("id", [], dtype=pl.Int64), *created]), updated=updates.height)


def restore(conn: Connection, cards: pl.DataFrame, *, fields: Sequence[Field]) -> None:
    """Cards that come back under their numbers: ID, the VERSION they last had, and the fields. Logs nothing.

    Raises RegisterMoved when a unique value is on another card by now.
    """
    try:
        with _staged(conn, cards, fields=fields):
            conn.execute(statements.insert_customers(fields))
    except errors.UniqueViolation as error:
        raise RegisterMoved from error


class _Steps:
    """Progress through several sets of rows as one."""

    def __init__(self, progress: Progress, *, total: int) -> None:
        self.total = total
        self._progress, self._done = progress, 0
        progress(0, total)

    def passed(self, rows: int) -> None:
        """Some more rows are done."""
        self._done += rows
        self._progress(self._done, self.total)


def _update(conn: Connection, updates: pl.DataFrame, *, fields: Sequence[Field]) -> None:
    with _staged(conn, updates, fields=fields):
        done = conn.execute(statements.update_customers(fields)).rowcount
        if done != updates.height:
            raise RegisterMoved


def _create(conn: Connection, creates: pl.DataFrame, *, fields: Sequence[Field], revision: int) -> pl.Series:
    ids = [row[0] for row in conn.execute(statements.next_ids(), [creates.height])]
    numbered = creates.with_columns(pl.Series(frames.ID, ids, dtype=pl.Int64))
    with _staged(conn, numbered, fields=fields):
        conn.execute(statements.insert_customers(fields))
        conn.execute(statements.log_created(), [revision])
    return numbered[frames.ID].alias("id")


@contextmanager
def _wanted(conn: Connection, keys: pl.Series, *, value_type: str) -> Iterator[None]:
    """The table `wanted` with keys to look up in it, for the length of a with statement."""
    conn.execute(statements.create_wanted(value_type))
    _copy_in(conn, statements.WANTED, keys.to_frame("value"))
    conn.execute(statements.analyze(statements.WANTED))
    yield
    conn.execute(statements.drop(statements.WANTED))


@contextmanager
def _staged(conn: Connection, rows: pl.DataFrame, *, fields: Sequence[Field]) -> Iterator[None]:
    """The table `staged` with planned rows in it, for the length of a with statement."""
    conn.execute(statements.create_staged(fields))
    keys = [f.key for f in fields]
    rows = rows.select(pl.col(frames.ID).alias("id"), pl.col(frames.VERSION).alias("version"), *keys)
    _copy_in(conn, statements.STAGED, rows)
    conn.execute(statements.analyze(statements.STAGED))
    yield
    conn.execute(statements.drop(statements.STAGED))


def _snapshot_schema(fields: Sequence[Field]) -> dict[str, type[pl.DataType]]:
    return {"id": pl.Int64, "version": pl.Int64, **{f.key: pl.String for f in fields}}


def _copy_out(
    conn: Connection, query: Composed, fields: Sequence[Field], *, expected: int, progress: Progress
) -> pl.DataFrame:
    """The rows of a query as one frame; `expected` rows are the whole for the progress."""
    buffer = io.BytesIO()
    rows = 0
    with conn.cursor() as cursor, cursor.copy(statements.copy_out(query)) as copy:
        for rows, block in enumerate(copy):  # the server sends one block per row
            buffer.write(block)
            if rows % SLICE == 0:
                progress(min(rows, expected), expected)
    buffer.seek(0)
    return pl.read_csv(buffer, schema=_snapshot_schema(fields), empty_string_is_null=False)


def _copy_in(
    conn: Connection, table: Identifier, rows: pl.DataFrame, *, passed: Callable[[int], None] = lambda rows: None
) -> None:
    """Copy a frame into the columns of the same names, telling how many more rows have gone."""
    with conn.cursor() as cursor, cursor.copy(statements.copy_into(table, rows.columns)) as copy:
        for block in rows.iter_slices(SLICE):
            copy.write(_escaped(block).write_csv(include_header=False, separator="\t", quote_style="never"))
            passed(block.height)


def _escaped(rows: pl.DataFrame) -> pl.DataFrame:
    """Text as PostgreSQL's text format wants it; most columns hold nothing that needs it."""
    odd = [
        name for name, kind in rows.schema.items() if kind == pl.String and rows[name].str.contains(r"[\\\t\n\r]").any()
    ]
    for character, escape in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        rows = rows.with_columns(pl.col(odd).str.replace_all(character, escape, literal=True))
    return rows
