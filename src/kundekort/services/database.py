"""The way from Django's transaction to the fast road inside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, cast

from django.db import OperationalError, connection, transaction
from psycopg import Connection, errors

from kundekort.services.refusals import RegisterBusy

PATIENCE: Final = "5s"
"""How long somebody at a page waits for another who is writing the same cards."""


def psycopg_connection() -> Connection:
    """The psycopg connection of Django's default database: what runs on it belongs to Django's open transaction."""
    connection.ensure_connection()
    return cast("Connection", connection.connection)


@contextmanager
def impatient() -> Iterator[Connection]:
    """A transaction that does not wait long for others. Raises RegisterBusy, and then nothing was written."""
    try:
        with transaction.atomic():
            conn = psycopg_connection()
            conn.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            yield conn
    except (OperationalError, errors.OperationalError) as error:
        # Django wraps what its own queries raise; the fast road's errors come as they are.
        cause = error.__cause__ if isinstance(error, OperationalError) else error
        if isinstance(cause, (errors.LockNotAvailable, errors.DeadlockDetected)):
            raise RegisterBusy from error
        raise
