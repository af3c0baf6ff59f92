"""Emptying the tables after a test that has committed, where nearly all of them are empty anyway.

Django truncates every table, which makes new files of each and of its indexes, and asks after that whether all types
and permissions are still there. That takes longer than most tests.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import connection, transaction
from django.test import TransactionTestCase
from psycopg import sql

CONSTANT: Final = {"django_content_type", "auth_permission"}
"""What migrations have written, and no test changes."""
LARGE: Final = 2**18
"""Bytes from which on a table is truncated: what was deleted is still there to be read past."""


def install() -> None:
    """Have the tables emptied this way after every test that commits."""
    TransactionTestCase._fixture_teardown = _teardown  # type: ignore[attr-defined]  # its stubs do not tell of it


def _teardown(_test: TransactionTestCase) -> None:
    known = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = sorted(set(known) - CONSTANT)
    with transaction.atomic(), connection.cursor() as cursor:
        _each(cursor, "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", tables)  # whoever is still writing has to end first
        cursor.execute("SET LOCAL session_replication_role = replica")  # in any order, and without triggers
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND pg_relation_size(oid) > %s", [tables, LARGE]
        )
        large = {name for (name,) in cursor.fetchall()}
        _each(cursor, "TRUNCATE {} CASCADE", sorted(large))
        _each(cursor, "DELETE FROM {}", sorted(set(tables) - large))
        cursor.execute("UPDATE pg_class SET reltuples = -1 WHERE relname = ANY(%s) AND reltuples >= 0", [tables])


def _each(cursor: Any, statement: str, tables: list[str]) -> None:
    """Send a statement for each of the tables, all at once."""
    if tables:
        cursor.execute(
            sql.SQL("; ").join(sql.SQL(statement).format(sql.Identifier(name)) for name in tables).as_string()
        )
