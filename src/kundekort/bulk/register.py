"""The register as frames: cards by number or by a value, merged cards, former values, whole lists.

Works inside the caller's transaction on a psycopg connection; never commits, never knows Django or permissions.
`engine.draft.Register` says what each answer has to be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Final

import polars as pl
from psycopg import Connection
from psycopg.sql import Composable, Composed

from kundekort.bulk import log_statements, statements
from kundekort.bulk.copy import copied, copy_out, streamed, temporary
from kundekort.engine import frames
from kundekort.engine.keys import UNIT
from kundekort.engine.plan import BLOCK
from kundekort.engine.schema import Field, Kind

FEW: Final = 1_000
"""So many keys are part of the question; of more a table is made, of which the database knows what is in it."""
DENSE: Final = 2
"""Numbers that lie so close, on the average, are asked for from the first to the last, as a list by number has them."""


def cards(conn: Connection, by: Field | Sequence[Field], keys: pl.Series, fields: Sequence[Field]) -> pl.DataFrame:
    """The cards that have one of the keys, as `engine.keys` makes them, in a field or in several together."""
    by = (by,) if isinstance(by, Field) else by
    if len(by) > 1:
        return _cards_by_several(conn, by, keys, fields)
    query = statements.customers_by_id if by[0].kind is Kind.ID else partial(statements.customers_by_text, by[0])
    return _found(conn, query, keys, fields)


def neighbours(conn: Connection, homes: pl.Series, fields: Sequence[Field]) -> pl.DataFrame:
    """The cards that have one of the keys of `engine.keys.home`."""
    return _found(conn, statements.neighbours, homes, fields)


def _found(
    conn: Connection, query: Callable[[Sequence[Field], Composable], Composed], keys: pl.Series, fields: Sequence[Field]
) -> pl.DataFrame:
    """What a statement finds of one column of keys."""
    keys = keys.drop_nulls().unique()
    if keys.dtype == pl.String:  # the database can neither hold a NUL nor be asked for one
        keys = keys.filter(~keys.str.contains("\0", literal=True))
    if keys.is_empty():
        return pl.DataFrame(schema=frames.cards(fields))
    value_type = "text" if keys.dtype == pl.String else "bigint"
    if keys.len() > FEW and keys.dtype.is_integer():
        first, last = keys.sort()[[0, -1]].to_list()
        span = last - first + 1
        if span <= DENSE * keys.len():
            found = copy_out(
                conn, statements.customers(fields, statements.ids_between(first, last)), frames.cards(fields)
            )
            return found if keys.len() == span else found.filter(pl.col("id").is_in(keys.implode()))
    if keys.len() <= FEW:
        few = statements.few_wanted({"value": keys.to_list()}, {"value": value_type})
        return copy_out(conn, query(fields, few), frames.cards(fields))
    with _wanted(conn, keys, value_type=value_type):
        return copy_out(conn, query(fields, statements.WANTED), frames.cards(fields))


def _cards_by_several(conn: Connection, by: Sequence[Field], keys: pl.Series, fields: Sequence[Field]) -> pl.DataFrame:
    parts = keys.drop_nulls().unique().str.split_exact(UNIT, len(by) - 1).struct.unnest()
    parts = parts.select(pl.col(name).alias(f.key) for name, f in zip(parts.columns, by, strict=True))
    dates = [pl.col(f.key).str.to_date(strict=False).is_not_null() for f in by if f.kind is Kind.DATE]
    parts = parts.filter(*dates, ~pl.any_horizontal(pl.all().str.contains("\0", literal=True)))
    if parts.is_empty():
        return pl.DataFrame(schema=frames.cards(fields))
    if parts.height <= FEW:
        dates_of = {f.key: "date" for f in by if f.kind is Kind.DATE}
        few = statements.few_wanted(parts.to_dict(as_series=False), dates_of)
        return copy_out(conn, statements.customers_by_several(by, fields, few), frames.cards(fields))
    with temporary(conn, statements.WANTED, statements.create_wanted_fields(by), parts):
        return copy_out(conn, statements.customers_by_several(by, fields), frames.cards(fields))


def redirects(conn: Connection, ids: pl.Series) -> pl.DataFrame:
    """Which of the ids (Int64) are merged cards, and the card that stands for each now."""
    ids = ids.drop_nulls().unique()
    if ids.is_empty():
        return pl.DataFrame(schema=frames.REDIRECTS)
    with _wanted(conn, ids, value_type="bigint"):
        found = copy_out(conn, statements.redirects(), dict.fromkeys(frames.REDIRECTS, pl.Int64))
    return found.with_columns(pl.col("anonymised").cast(pl.Boolean))


def masters(conn: Connection, ids: pl.Series) -> pl.Series:
    """Those of the ids (Int64) into which other cards are merged."""
    with _wanted(conn, ids, value_type="bigint"):
        return copy_out(conn, statements.masters(), {"id": pl.Int64})["id"]


def former_values(conn: Connection, versions: pl.DataFrame) -> pl.DataFrame:
    """Every cell of cards that has changed after a version (`VERSIONS`), and what it held then (`FORMER`)."""
    with temporary(conn, statements.VERSIONS, log_statements.create_versions(), versions.select(*frames.VERSIONS)):
        return copy_out(conn, log_statements.former_values(), frames.FORMER)


def withdrawn(conn: Connection, field: Field, ids: pl.Series) -> pl.Series:
    """Those of the ids (Int64) whose cards have once said yes in a field, and no after that."""
    with _wanted(conn, ids.drop_nulls().unique(), value_type="bigint"):
        return copy_out(conn, log_statements.withdrawn(field), {"id": pl.Int64})["id"]


def stream_customers(
    conn: Connection,
    *,
    fields: Sequence[Field],
    where: Composable = statements.EVERYBODY,
    values: Sequence[object] = (),
) -> Iterator[pl.DataFrame]:
    """The cards for whom a condition holds, by id, in frames of some megabytes, from one view of the register.

    `where` is a condition on `c`, a card, with a placeholder for each of the `values`.
    """
    yield from streamed(conn, statements.customers(fields, where), values, frames.cards(fields))


def count_customers(conn: Connection, where: Composable, values: Sequence[object]) -> int:
    """How many cards a condition holds for."""
    row = conn.execute(statements.count_customers(where), values).fetchone()
    return int(row[0]) if row else 0


def size(conn: Connection, exact: int) -> int:
    """How many cards there are: exactly up to so many, beyond that as the statistics of the table have it."""
    row = conn.execute(statements.size(), [exact]).fetchone()
    counted, known = row or (0, 0)
    return int(counted if counted < exact else max(counted, known))


def count_and_some(
    conn: Connection,
    where: Composable,
    values: Sequence[object],
    *,
    offset: int,
    limit: int,
    order: Sequence[str] = ("id",),
    descending: bool = False,
) -> tuple[int, list[int]]:
    """How many cards a condition holds for, and some of their ids in the order of columns."""
    query = statements.count_and_some(where, order, descending=descending)
    row = conn.execute(query, [*values, limit, offset]).fetchone()
    return row or (0, [])


def stream_changes(conn: Connection, revision: int, *, cards: int = BLOCK) -> Iterator[pl.DataFrame]:
    """All changes of a revision (`frames.CHANGES`), those of about so many whole cards at a time, by number.

    They are fetched to a file first, so that the connection is free for other questions meanwhile.
    """
    with copied(conn, log_statements.changes(revision), frames.CHANGES) as batches:
        waiting = pl.DataFrame(schema=frames.CHANGES)
        for batch in batches:  # which may have the changes of far more cards, or half of those of one
            waiting = pl.concat([waiting, batch])
            while (numbers := waiting["customer_id"].unique(maintain_order=True)).len() > cards:
                there = pl.col("customer_id") < numbers[cards]
                yield waiting.filter(there)
                waiting = waiting.filter(~there)
        if waiting.height:
            yield waiting


def revised_cards(conn: Connection, revision: int) -> pl.DataFrame:
    """The cards of a revision: `id`, `born` by it, and `moved` since, which is said of those too that have gone."""
    types = {"id": pl.Int64, "born": pl.String, "moved": pl.String}
    flags = [(pl.col(name) == "t").alias(name) for name in ("born", "moved")]
    return copy_out(conn, log_statements.revised_cards(revision), types).with_columns(flags)


def changes_of(conn: Connection, revision: int, ids: pl.Series) -> pl.DataFrame:
    """The changes of a revision (`frames.CHANGES`) to some of its cards."""
    with _wanted(conn, ids, value_type="bigint"):
        return copy_out(conn, log_statements.changes_of_wanted(revision), frames.CHANGES)


def created(conn: Connection, revision: int) -> pl.Series:
    """The numbers of the cards that came into being with a revision, in the order of their rows."""
    return copy_out(conn, log_statements.created(revision), {"id": pl.Int64})["id"]


def _wanted(conn: Connection, keys: pl.Series, *, value_type: str) -> AbstractContextManager[None]:
    """The table `wanted` with keys to look up in it, for the length of a with statement."""
    return temporary(conn, statements.WANTED, statements.create_wanted(value_type), keys.to_frame("value"))
