"""The register of the database, as plans ask it. Reads only; cards that move from here on are noticed at writing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import polars as pl
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import Connection

from kundekort.bulk import register
from kundekort.bulk.key_filter import KeyFilter
from kundekort.engine.schema import Field, Kind
from kundekort.services.database import psycopg_connection

WORKERS: Final = 2
"""Threads that draft blocks: while one waits for the database, the other has the processor."""


@contextmanager
def workers() -> Iterator[Executor | None]:
    """Threads that can ask a register at the same time, each on a connection of its own that is closed in the end.

    None inside a transaction, of which other connections would not see what it has written.
    """
    if connection.in_atomic_block:
        yield None
        return
    opened: list[BaseDatabaseWrapper] = []

    def begin() -> None:
        connection.inc_thread_sharing()  # so that it can be closed from here
        opened.append(connections[DEFAULT_DB_ALIAS])

    try:
        with ThreadPoolExecutor(WORKERS, "draft", initializer=begin) as pool:
            yield pool
    finally:
        for one in opened:
            one.close()


@dataclass(frozen=True, slots=True)
class DatabaseRegister:
    """An `engine.draft.Register`; each question is answered in a transaction of its own, or in that of the caller.

    `leaving` are cards that will be gone when the plan is written: whatever they own is free to be taken.
    """

    leaving: frozenset[int] = frozenset()
    _filters: dict[tuple[str, ...], KeyFilter] = field(default_factory=dict, init=False, compare=False)

    def cards(self, by: Field | Sequence[Field], keys: pl.Series, fields: Sequence[Field]) -> pl.DataFrame:
        """The cards that have one of the keys in a field, or in several together."""
        by = (by,) if isinstance(by, Field) else tuple(by)
        with transaction.atomic(savepoint=False):
            conn = psycopg_connection()
            if by[0].kind is not Kind.ID:
                keys = self._possible(conn, by, keys)
            return register.cards(conn, by, keys, fields)

    def neighbours(self, homes: pl.Series, fields: Sequence[Field]) -> pl.DataFrame:
        """The cards that have one of the keys of `engine.keys.home`."""
        with transaction.atomic(savepoint=False):
            conn = psycopg_connection()
            return register.neighbours(conn, self._possible(conn, (), homes), fields)

    def _possible(self, conn: Connection, by: tuple[Field, ...], keys: pl.Series) -> pl.Series:
        """Those of the keys that a card may have; without a field they are homes."""
        known = self._filters.setdefault(tuple(f.key for f in by), KeyFilter(by))
        return known.possible(conn, keys)

    def redirects(self, ids: pl.Series) -> pl.DataFrame:
        """Which of the ids are merged cards."""
        with transaction.atomic(savepoint=False):
            return register.redirects(psycopg_connection(), ids)

    def owners(self, field: Field, values: pl.Series) -> pl.DataFrame:
        """The cards that have one of the values in a unique field."""
        found = self.cards(field, values, [field])
        return found.filter(~pl.col("id").is_in(list(self.leaving))).select("id", field.key)

    def masters(self, ids: pl.Series) -> pl.Series:
        """Those of the ids into which other cards are merged."""
        with transaction.atomic(savepoint=False):
            return register.masters(psycopg_connection(), ids)

    def withdrawn(self, field: Field, ids: pl.Series) -> pl.Series:
        """Those of the ids whose cards have once said yes in a field, and no after that."""
        with transaction.atomic(savepoint=False):
            return register.withdrawn(psycopg_connection(), field, ids)

    def size(self, exact: int) -> int:
        """How many cards there are: exactly up to so many, beyond that as the statistics of the table have it."""
        with transaction.atomic(savepoint=False):
            return register.size(psycopg_connection(), exact)

    def former_values(self, cards: pl.DataFrame) -> pl.DataFrame:
        """Every cell of cards that has changed after a version, and what it held then."""
        with transaction.atomic(savepoint=False):
            return register.former_values(psycopg_connection(), cards)
