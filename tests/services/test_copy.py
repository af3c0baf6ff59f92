"""Rows out of the database by COPY, some megabytes at a time, and what becomes of a COPY that does not end well."""

from __future__ import annotations

import pytest
from django.db import transaction
from psycopg import Connection
from psycopg.errors import DivisionByZero, InFailedSqlTransaction
from psycopg.sql import SQL, Composed

from kundekort.bulk.copy import BYTES, blocks
from kundekort.services.database import psycopg_connection

pytestmark = pytest.mark.django_db

ROWS = 3 * BYTES // 1000


def copy(select: str) -> Composed:
    return SQL("COPY ({}) TO STDOUT").format(SQL(select))  # type: ignore[arg-type]  # texts of this file


def test_blocks_have_whole_rows_and_all_of_them() -> None:
    query = copy(f"SELECT g || repeat('x', 1000) FROM generate_series(1, {ROWS}) g")
    found = [bytes(block) for block in blocks(psycopg_connection(), query)]
    assert len(found) > 2
    assert all(block.endswith(b"x\n") for block in found)
    assert [int(row.rstrip(b"x")) for row in b"".join(found).splitlines()] == [*range(1, ROWS + 1)]


def test_nothing_comes_of_no_rows() -> None:
    conn = psycopg_connection()
    assert list(blocks(conn, copy("SELECT 1 WHERE false"))) == []
    assert conn.execute("SELECT 2").fetchone() == (2,)


def test_an_error_behind_some_rows_is_raised_and_the_connection_goes_on() -> None:
    conn = psycopg_connection()
    with pytest.raises(DivisionByZero), transaction.atomic():
        list(blocks(conn, copy("SELECT repeat('x', 1000) || 1 / (20000 - g) FROM generate_series(1, 30000) g")))
    assert conn.execute("SELECT 2").fetchone() == (2,)


def test_whoever_takes_only_the_beginning_leaves_the_connection_free() -> None:
    conn = psycopg_connection()
    with pytest.raises(InFailedSqlTransaction), transaction.atomic():
        take_one_of_many(conn)
    assert conn.execute("SELECT 2").fetchone() == (2,)


def take_one_of_many(conn: Connection) -> None:
    rows = blocks(conn, copy("SELECT repeat('x', 1000) FROM generate_series(1, 300000) g"))
    assert len(next(rows)) >= BYTES
    rows.close()
    conn.execute("SELECT 1")  # the server was told to stop, which is an error of the transaction
