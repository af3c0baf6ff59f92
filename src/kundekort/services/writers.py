"""Who has the register to write to, one at a time, and since when: for those who wait.

The database knows it: of a session that holds the lock, what it calls itself and when its transaction began.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection
from psycopg import Connection

from kundekort.services import identities
from kundekort.store.models import Import

REGISTER_LOCK: Final = 0x6B756E6465
"""Held while a whole plan is applied: one after the other, so that none is applied twice or deadlocks another."""
IMPORT: Final = "import"
UNDO: Final = "undo"
MERGE: Final = "merge"
ANONYMISATION: Final = "anonymisation"

_CALLED: Final = "kundekort {kind} {number}"
_HOLDER: Final = """
    FROM pg_locks held JOIN pg_stat_activity session USING (pid)
    WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1
      AND held.classid = %s::oid AND held.objid = %s::oid
      AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_KEY: Final = (REGISTER_LOCK >> 32, REGISTER_LOCK & 0xFFFFFFFF)
_WHO: Final = "SELECT session.application_name, session.xact_start" + _HOLDER
_HANGS: Final = """
    AND session.usename = current_user AND session.state = 'active' AND session.wait_event_type = 'Client'
    AND session.query_start < clock_timestamp() - %s::interval
"""
_END: Final = "SELECT pg_terminate_backend(session.pid)" + _HOLDER + _HANGS


@dataclass(frozen=True, slots=True)
class Writer:
    """Whoever has the register: what is done (IMPORT, UNDO, MERGE or ANONYMISATION), and whose it is.

    `number` is that of the import, for the last two that of the user. What cannot be known is '', 0 or None.
    """

    kind: str = ""
    number: int = 0
    name: str = ""
    since: datetime | None = None

    def params(self) -> dict[str, Any]:
        """What the words about it need."""
        return {"writing": self.kind, "name": self.name, "since": self.since}

    def writes(self, imp: Import) -> bool:
        """Whether it is this import that is written."""
        return self.kind in (IMPORT, UNDO) and self.number == imp.pk


def lock(conn: Connection, kind: str, number: int) -> None:
    """Take the register for the rest of the transaction, and say for what; `number` is that of a `Writer`.

    Waits for others as long as the transaction's `lock_timeout` lets it.
    """
    conn.execute("SELECT pg_advisory_xact_lock(%s)", [REGISTER_LOCK])
    conn.execute("SELECT set_config('application_name', %s, true)", [_CALLED.format(kind=kind, number=number)])


def end_hanging(silence: str) -> None:
    """End the transaction of whoever has the register and hangs in the midst of sending or fetching rows.

    Not idle, and not to be cancelled, as the database sees it: neither of its own limits ends that. `silence` is how
    long that may take, as an interval.
    """
    with connection.cursor() as cursor:
        cursor.execute(_END, [*_KEY, silence])


def current() -> Writer | None:
    """Who has the register just now; None for nobody."""
    with connection.cursor() as cursor:
        cursor.execute(_WHO, _KEY)
        row = cursor.fetchone()
    if row is None:
        return None
    called, since = row
    match (called or "").split():
        case ["kundekort", (("import" | "undo") as kind), number]:
            imp = Import.objects.filter(pk=number).first()
            name = (identities.confirmer(imp) or identities.uploader(imp)) if imp else ""
            return Writer(kind, int(number), name, since)
        case ["kundekort", ("merge" | "anonymisation") as kind, number]:
            return Writer(kind, int(number), identities.current(int(number)), since)
    return Writer(since=since)
