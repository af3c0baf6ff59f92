"""The way from Django's transaction to the bulk path inside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, cast

import psycopg
from django.db import Error, OperationalError, connection, transaction
from django.db.models import Model
from procrastinate.exceptions import ConnectorException
from psycopg import Connection, errors

from kundekort.services import writers
from kundekort.services.refusals import RegisterBusy

PATIENCE: Final = "5s"
"""How long somebody at a page waits for another who is writing the same cards."""
SILENCE: Final = "2min"
"""How long whoever writes the register may say nothing to the database before it ends their transaction: a process that
hangs, or is cut off, holds nobody up for longer."""
LONGEST: Final = "10min"
"""How long one statement of theirs may take: many times what 50,000 cards with their history do."""

# For one transaction alone: through a pooler, the session may be somebody else's after it.
_LIMITS: Final = """
    SELECT set_config('lock_timeout', %s, true), set_config('idle_in_transaction_session_timeout', %s, true),
        set_config('statement_timeout', %s, true)
"""


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
    cause = cause_of(error)
    if not isinstance(cause, psycopg.Error):
        return False
    if cause.sqlstate is None:  # nobody answered
        return isinstance(cause, (psycopg.OperationalError, psycopg.InterfaceError))
    # Class 08 is a broken connection, 57P the server going down or coming up, 25P03 that it took us for one that hangs.
    return cause.sqlstate.startswith(("08", "57P", "25P03"))


def cause_of(error: BaseException | None) -> BaseException | None:
    """What the database said: Django and the queue wrap it, the bulk path's errors come as they are."""
    return error.__cause__ if isinstance(error, (Error, ConnectorException)) else error


@contextmanager
def short_lock_transaction() -> Iterator[Connection]:
    """A transaction that does not wait long for others, and that the database ends if its process hangs.

    Raises RegisterBusy, and then nothing was written.
    """
    try:
        with transaction.atomic():
            conn = psycopg_connection()
            conn.execute(_LIMITS, [PATIENCE, SILENCE, LONGEST])
            yield conn
    except (OperationalError, errors.OperationalError) as error:
        if isinstance(cause_of(error), (errors.LockNotAvailable, errors.DeadlockDetected)):
            raise _busy() from error
        raise


def _busy() -> RegisterBusy:
    """The refusal of whoever would have to wait longer; it says for whom, where that can be known."""
    if connection.needs_rollback:
        return RegisterBusy()
    writers.end_hanging(SILENCE)
    writer = writers.current()
    return RegisterBusy(**writer.params()) if writer else RegisterBusy()
