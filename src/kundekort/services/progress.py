"""Telling how far a long step has come where other processes can see it, and the way to stop it from there."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Final

from django.db import connection
from psycopg.sql import SQL, Identifier

from kundekort.store.models import Anonymisation, Export, Import
from kundekort.store.progress import Progress

Report = Callable[[str, int, int], None]
"""Told the phase, what is done of it and its whole (bytes when planning, else rows); may raise to stop the step."""

SECONDS_BETWEEN: Final = 0.5


class Cancelled(Exception):
    """Somebody has cancelled what is being worked on, taken it back, or done it."""


def no_progress(phase: str, done: int, total: int) -> None:
    """The report of a step that nobody waits for."""


class ProgressWriter:
    """Writes reports into the row of an import or export, so that they show while a transaction is open.

    For that it has a connection of its own. Used as a context manager around the step; calling it raises Cancelled once
    the row is in another state than when the step began.
    """

    def __init__(self, model: type[Import | Export | Anonymisation], number: int, state: str) -> None:
        self._table, self._number, self._state = Identifier(model._meta.db_table), number, state
        self._connection = connection.copy()
        self._started = time.monotonic()
        self._last: float | None = None
        self._phase = ""

    def __enter__(self) -> ProgressWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Keep a report, unless the last one of the same phase was just now."""
        now = time.monotonic()
        if self._last is not None and now - self._last < SECONDS_BETWEEN and phase == self._phase:
            return
        if phase != self._phase:  # how fast the one before was says nothing of it
            self._started, self._phase = now, phase
        self._last = now
        if not self._write(Progress(phase, done, total).after(now - self._started)):
            raise Cancelled

    def _write(self, value: Progress) -> bool:
        with self._connection.cursor() as cursor:
            cursor.execute(
                SQL("UPDATE {} SET progress = %s::jsonb WHERE id = %s AND state = %s").format(self._table),
                [json.dumps(value.to_json()), self._number, self._state],
            )
            return bool(cursor.rowcount)
