"""The register as frames: cards by number or by a value, merged cards, former values, whole lists.

Works inside the caller's transaction on a psycopg connection; never commits, never knows Django or permissions.
`engine.pipeline.Register` says what each answer has to be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

import polars as pl
from psycopg import Connection
from psycopg.sql import Composable

from kundekort.bulk import statements
from kundekort.bulk.copy import SLICE, copy_out, temporary
from kundekort.engine import frames
from kundekort.engine.schema import Field, Kind


def cards(conn: Connection, by: Field, keys: pl.Series, fields: Sequence[Field]) -> pl.DataFrame:
    """The cards that have one of the keys in a field: Int64 for ids, else text (lower case for e-mail addresses)."""
    by_id = by.kind is Kind.ID
    keys = keys.drop_nulls().unique()
    if not by_id:  # the database can neither hold a NUL nor be asked for one
        keys = keys.filter(~keys.str.contains("\0", literal=True))
    if keys.is_empty():
        return pl.DataFrame(schema=frames.cards(fields))
    query = statements.customers_by_id(fields) if by_id else statements.customers_by_text(by, fields)
    with _wanted(conn, keys, value_type="bigint" if by_id else "text"):
        return copy_out(conn, query, frames.cards(fields))


def redirects(conn: Connection, ids: pl.Series) -> pl.DataFrame:
    """Which of the ids (Int64) are merged cards, and the card that stands for each now."""
    ids = ids.drop_nulls().unique()
    if ids.is_empty():
        return pl.DataFrame(schema=frames.REDIRECTS)
    with _wanted(conn, ids, value_type="bigint"):
        return copy_out(conn, statements.redirects(), frames.REDIRECTS)


def at_version(conn: Connection, wanted: pl.DataFrame, fields: Sequence[Field]) -> pl.DataFrame:
    """The cards (`id`, `version`) as they were at these versions, rebuilt from the log."""
    by_id = statements.customers_by_id(fields)
    with _wanted(conn, wanted["id"], value_type="bigint"):
        now = copy_out(conn, by_id, frames.cards(fields))
    types = {"id": pl.Int64, "field": pl.String, "old": pl.String}
    create = statements.create_versions()
    with temporary(conn, statements.VERSIONS, create, wanted.select("id", "version")):
        former = copy_out(conn, statements.former_values(), types)
    then = now.drop("version").join(wanted.select("id", "version"), on="id", how="inner")
    for field in fields:
        was = former.filter(pl.col("field") == field.key).select("id", "old")
        then = then.join(was, on="id", how="left").with_columns(pl.coalesce("old", field.key).alias(field.key))
        then = then.drop("old")
    return then.select(*frames.cards(fields))


def stream_customers(
    conn: Connection,
    *,
    fields: Sequence[Field],
    where: Composable = statements.EVERYBODY,
    values: Sequence[object] = (),
) -> Iterator[pl.DataFrame]:
    """The cards for whom a condition holds, by id, in frames of at most SLICE rows, from one view of the register.

    `where` is a condition on `c`, a card, with a placeholder for each of the `values`.
    """
    with conn.cursor(name="stream_customers") as cursor:
        cursor.itersize = SLICE
        cursor.execute(statements.customers(fields, where), values)
        while rows := cursor.fetchmany(SLICE):
            yield pl.DataFrame(rows, schema=frames.cards(fields), orient="row")


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


def changes(conn: Connection, revision: int) -> pl.DataFrame:
    """All changes of a revision, in their order: a frame of `frames.CHANGES`."""
    return copy_out(conn, statements.changes(revision), frames.CHANGES)


def _wanted(conn: Connection, keys: pl.Series, *, value_type: str) -> AbstractContextManager[None]:
    """The table `wanted` with keys to look up in it, for the length of a with statement."""
    return temporary(conn, statements.WANTED, statements.create_wanted(value_type), keys.to_frame("value"))
