"""How far a long step has come, told where other processes can see it, and the way to stop it from there."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, Final

from django.db import connection
from psycopg.sql import SQL, Identifier

from kundekort.store.models import Export, Import

Report = Callable[[str, int, int], None]
"""Told the phase, what is done of it and its whole (bytes when reading, else rows); may raise to stop the step."""

SHARES: Final = {
    "reading": (0.0, 0.35),
    "checking": (0.35, 0.65),
    "fetching": (0.65, 0.85),
    "comparing": (0.85, 0.9),
    "keeping": (0.9, 1.0),
    "writing": (0.0, 1.0),
    "exporting": (0.0, 1.0),
}
"""From where to where in the whole each phase goes: planning is the first five, confirming and exporting one each."""

SECONDS_BETWEEN: Final = 0.5


class Stopped(Exception):
    """Somebody has cancelled what is being worked on."""


def unwatched(phase: str, done: int, total: int) -> None:
    """The report of a step that nobody waits for."""


class Watched:
    """Writes reports into the row of an import or export, so that they show while a transaction is open.

    For that it has a connection of its own. Used as a context manager around the step; calling it raises Stopped once
    the row has been cancelled.
    """

    def __init__(self, model: type[Import | Export], number: int) -> None:
        self._table, self._number = Identifier(model._meta.db_table), number
        self._connection = connection.copy()
        self._started = time.monotonic()
        self._told: float | None = None

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Keep a report, unless the last one was just now."""
        now = time.monotonic()
        if self._told is not None and now - self._told < SECONDS_BETWEEN:
            return
        self._told = now
        state = self._write(progress(phase, done, total, seconds=now - self._started))
        if state in (Import.State.CANCELLED, Export.State.CANCELLED):
            raise Stopped

    def _write(self, value: dict[str, Any]) -> str | None:
        with self._connection.cursor() as cursor:
            cursor.execute(
                SQL("UPDATE {} SET progress = %s::jsonb WHERE id = %s RETURNING state").format(self._table),
                [json.dumps(value), self._number],
            )
            row = cursor.fetchone()
        return row[0] if row else None


def progress(phase: str, done: int, total: int, *, seconds: float) -> dict[str, Any]:
    """What is kept of a report: phase, counts, fraction of the whole, seconds left (None: unknown)."""
    first, last = SHARES[phase]
    fraction = first + (last - first) * (done / total if total else 1.0)
    left = round(seconds / fraction * (1 - fraction)) if fraction > 0.02 else None
    return {"phase": phase, "done": done, "total": total, "fraction": round(fraction, 3), "seconds_left": left}
