"""The way from Django's transaction to the bulk path inside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, cast

import psycopg
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Model
from procrastinate.exceptions import ConnectorException
from psycopg import Connection, errors

from kundekort.services.refusals import RegisterBusy

PATIENCE: Final = "5s"
"""How long somebody at a page waits for another who is writing the same cards."""


def psycopg_connection() -> Connection:
    """The psycopg connection of Django's default database: what runs on it belongs to Django's open transaction."""
    connection.ensure_connection()
    return cast("Connection", connection.connection)


def next_number(model: type[Model]) -> int:
    """The number of a row to be made, for files that stand under it before the row does.

    Asked for outside a transaction, it stays given out whatever happens. A database that crashes under the transaction
    of the row would give it out again, and would not know it meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        return int(cursor.fetchone()[0])


def is_unreachable(error: BaseException | None) -> bool:
    """Whether an error says that the database cannot be reached just now, rather than that a statement failed."""
    # Django and the queue wrap what their own queries raise; the bulk path's errors come as they are.
    wrapped = isinstance(error, (OperationalError, InterfaceError, ConnectorException))
    cause = error.__cause__ if wrapped and error is not None else error
    if not isinstance(cause, (psycopg.OperationalError, psycopg.InterfaceError)):
        return False
    # Without a state nobody answered; class 08 is a broken connection, 57P the server going down or coming up.
    return cause.sqlstate is None or cause.sqlstate.startswith(("08", "57P"))


@contextmanager
def short_lock_transaction() -> Iterator[Connection]:
    """A transaction that does not wait long for others. Raises RegisterBusy, and then nothing was written."""
    try:
        with transaction.atomic():
            conn = psycopg_connection()
            conn.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            yield conn
    except (OperationalError, errors.OperationalError) as error:
        # Django wraps what its own queries raise; the bulk path's errors come as they are.
        cause = error.__cause__ if isinstance(error, OperationalError) else error
        if isinstance(cause, (errors.LockNotAvailable, errors.DeadlockDetected)):
            raise RegisterBusy from error
        raise
