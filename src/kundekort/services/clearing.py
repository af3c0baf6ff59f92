"""What is left of anonymised customers on the disk once the register has forgotten them: files, and pages of tables.

PostgreSQL marks what is deleted and leaves it where it was: in tables, indexes, statistics and its write-ahead log.
Tables are written anew, and the log goes, as far as this database lets us.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone
from psycopg import Connection, errors
from psycopg.sql import SQL, Identifier

from kundekort.services import dump, imports, planning, traces
from kundekort.services.database import psycopg_connection
from kundekort.services.refusals import NotCleared, StalePlan
from kundekort.store import packages, storage
from kundekort.store.models import Anonymisation, Export, Import

logger = logging.getLogger(__name__)

PATIENCE: Final = "5s"
"""How long a table is waited for, while everybody else waits for it too."""
REST: Final = 1
"""Seconds between two looks at whether those have gone who would still see what was deleted."""
CATALOGS: Final = ("pg_statistic", "pg_statistic_ext_data")
"""The database's own tables that hold values of ours: the most frequent ones, and the bounds of histograms."""
STATISTICS_KEPT: Final = "statistics_kept"
WAL_KEPT: Final = "wal_kept"
"""The notices of what this database does not let us clear; it goes in the database's own time."""
COPIES: Final = timedelta(days=2)
"""How long after an anonymisation each host looks whether it has copies of files that were kept for all."""


def clear(number: int, *, patience: float = 0) -> Anonymisation:
    """Remove what is left of an anonymisation that is written; leave any other as it is.

    Raises NotCleared, with the reason, when that cannot be done within `patience` (seconds): all can be done again.
    StorageUnreachable.
    """
    made = Anonymisation.objects.select_related("revision").get(pk=number)
    if made.state != Anonymisation.State.CLEARING:
        return made
    _remove_files(made)
    until = time.monotonic() + patience
    while reason := _reason_to_wait(made):
        if time.monotonic() >= until:
            Anonymisation.objects.filter(pk=number).update(notice=reason)
            raise NotCleared(reason=reason)
        time.sleep(REST)
    kept = _write_tables_anew()
    Anonymisation.objects.filter(pk=number).update(
        state=Anonymisation.State.DONE, notice=" ".join(kept), finished_at=Now()
    )
    made.refresh_from_db()
    return made


def pending() -> list[int]:
    """The anonymisations of which something is left on the disk."""
    return list(Anonymisation.objects.filter(state=Anonymisation.State.CLEARING).values_list("pk", flat=True))


def forget_copies() -> None:
    """Remove this host's copies of files that were removed where they are kept for all."""
    if not storage.current().shared:
        return
    for made in Anonymisation.objects.filter(finished_at__gt=timezone.now() - COPIES):
        for number in made.imports:
            packages.forget_copy(number)


def _remove_files(made: Anonymisation) -> None:
    for number in made.imports:
        packages.erase(number)
    for number in made.exports:
        packages.erase_export(number)


def _reason_to_wait(made: Anonymisation) -> str:
    """Why it is too early to write the tables anew; '' where it is not."""
    written = made.finished_at or timezone.now()
    ids = frozenset(made.customers)
    for imp in Import.objects.filter(state__in=(Import.State.PREVIEW, Import.State.DONE)).exclude(digest=""):
        if not traces.plan_has(imp, ids):
            continue
        if imp.state == Import.State.DONE:
            packages.erase(imp.pk)
            continue
        planning.replan(imp.pk, notice=StalePlan.code)  # it names them beside others, or takes back what they had
        planning.plan_now_or_queue(imp.pk)
    at_work = Import.objects.filter(state__in=(Import.State.RECEIVED, Import.State.CONFIRMING), created_at__lt=written)
    if at_work.exclude(notice__in=imports.FAILURES).exists():
        return "planning"
    assert made.revision is not None
    lists = Export.objects.filter(created_at__gte=made.revision.created_at, created_at__lt=written)  # while it was done
    for export in lists.filter(size__isnull=False):
        packages.erase_export(export.pk)
    lists.update(size=None)
    if lists.filter(state=Export.State.WAITING).exists():
        return "reading"
    if dump.is_pooled(psycopg_connection()):
        return "pooler"
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [made.transaction])
        return "reading" if cursor.fetchone()[0] else ""


_SEEN: Final = """
    SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_xmin IS NOT NULL
        AND datname = current_database() AND age(backend_xmin) >= age(%s::text::xid8::xid))
"""
"""Whether somebody may still look at the register as it was before a transaction."""


@contextmanager
def _own_connection() -> Iterator[Connection]:
    """A connection for statements that stand alone; what is set on it ends with it."""
    own = connection.copy()
    try:
        own.ensure_connection()
        conn: Connection = own.connection
        conn.execute(SQL("SET lock_timeout = {}").format(PATIENCE))
        yield conn
    finally:
        own.close()


def _write_tables_anew() -> list[str]:
    """Write all tables anew without what was deleted; the notices of what was not done. Raises NotCleared."""
    with _own_connection() as conn:
        kept = []
        tables = [Identifier(*row) for row in conn.execute(_TABLES)]
        owner = conn.execute(
            "SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database()"
        ).fetchone()
        if owner == (True,):
            tables += [Identifier("pg_catalog", name) for name in CATALOGS]
        else:
            kept.append(STATISTICS_KEPT)
        try:
            for table in tables:
                conn.execute(SQL("VACUUM (FULL, ANALYZE) {}").format(table))
        except (errors.LockNotAvailable, errors.DeadlockDetected) as error:
            raise NotCleared(reason="reading") from error
        if not _clear_log(conn):
            kept.append(WAL_KEPT)
        return kept


_TABLES: Final = """
    SELECT schemaname, tablename FROM pg_tables
    WHERE schemaname = current_schema() AND tableowner = current_user ORDER BY tablename
"""


def _clear_log(conn: Connection) -> bool:
    """Have the write-ahead log begin anew; whether nothing of before is left of it."""
    try:
        rows = conn.execute(_SEGMENTS).fetchall()
        for _ in range(1 + sum(not is_old for _, is_old in rows)):  # those that wait to be used again hold old bytes
            conn.execute("SELECT pg_logical_emit_message(false, 'kundekort', '')")
            conn.execute("SELECT pg_switch_wal()")
        conn.execute("CHECKPOINT")
        return not any(is_old for _, is_old in conn.execute(_SEGMENTS).fetchall())
    except errors.InsufficientPrivilege:
        return False


_SEGMENTS: Final = """
    SELECT name, name < pg_walfile_name(pg_current_wal_insert_lsn()) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'
"""
