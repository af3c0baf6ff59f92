"""The search index while many cards are written: kept up by a second session of the database, beside the writer.

Half of the time of writing a card goes into that index. PostgreSQL lets what is new in it wait in a list, which any
session can sort in, before the writer's transaction ends or after: the index names cards, and whether a card counts is
asked of the card. So nothing here belongs to the transaction, and whatever goes wrong only leaves a longer list, which
the server sorts in by itself. Knows no rule about customers.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from django.db import Error, connection
from psycopg import Connection

from kundekort.bulk import indexes
from kundekort.services.database import psycopg_connection

logger = logging.getLogger(__name__)

MANY: Final = 5_000
"""Written cards from which a second session is worth it."""
LIST: Final = "64MB"
"""How long the list may get before the writer sorts it in itself, should the other session be slow or gone."""
SHORT: Final = 500
"""Pages of 8 kB: a list of fewer is left to grow for a while, as sorting in many at once costs less for each."""
REST: Final = 0.5
"""Seconds between two looks at a list that was short."""


@contextmanager
def second_session(conn: Connection, *, cards: int, waiting: Callable[[], None]) -> Iterator[None]:
    """Have the search index kept up beside a transaction in which so many cards are written in a with statement.

    `waiting` is called while the last of it is sorted in after they are.
    """
    if cards < MANY:
        yield
        return
    indexes.defer_search(conn, most=LIST)
    written = threading.Event()
    thread = threading.Thread(target=_sort_in, args=(written,), name="search-upkeep", daemon=True)
    thread.start()
    try:
        yield
        written.set()
        while thread.is_alive():
            waiting()
            conn.execute("SELECT 1")  # the database ends a transaction that says nothing for long
            thread.join(REST)
    finally:
        written.set()
        thread.join()


def _sort_in(written: threading.Event) -> None:
    """Sort in what is in the list, again and again until all is written, and then once more."""
    try:
        conn = psycopg_connection()  # this thread's own
        last = False
        while not last:
            last = written.is_set()
            if indexes.sort_in(conn) < SHORT and not last:
                written.wait(REST)
    except (Error, psycopg.Error):
        logger.warning("The search index is kept up by the server itself.", exc_info=True)
    finally:
        connection.close()
