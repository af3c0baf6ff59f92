"""A backup of everything in one archive, made while others work: the database of one moment, and all files it tells of.

A file is never written again once the database names it, and goes only after the database has said so. So the files are
copied in rounds: a round begins with a snapshot of the database and copies what that tells of and is not copied yet.
Where all of it is still told of when it is copied, none of it can have gone meanwhile, and the dump is of that very
snapshot. What was taken back, replaced or cancelled in the midst of a round makes another one, which has next to
nothing left to copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import SEEK_END
from typing import BinaryIO, NamedTuple

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from psycopg import Connection

from kundekort import version
from kundekort.services import audit, database, dump, installation
from kundekort.services.accounts import Actor
from kundekort.services.audit import Event
from kundekort.services.progress import Report, no_progress
from kundekort.services.refusals import NothingToBackUp
from kundekort.store import packages, storage
from kundekort.store.archive import FILES, ArchiveWriter, BackupFacts, Manifest
from kundekort.store.models import Export, Import
from kundekort.store.storage import Storage, StoredFile


class _ImportVersion(NamedTuple):
    """An import whose files are kept: the digest of its plan, and when anybody last did something with it."""

    digest: str
    touched: str


class _Inventory(NamedTuple):
    """What the database tells of: imports by their numbers, and the numbers of exports that have a file."""

    imports: dict[str, _ImportVersion]
    exports: set[str]


def record(manifest: Manifest, *, actor: Actor) -> None:
    """Add to the audit log that a backup was made, where the database has the log and takes an entry.

    A backup is made before a migration too, and just when a disk is full: it is good without.
    """
    with suppress(DatabaseError), transaction.atomic():
        audit.record(Event.BACKUP, actor=actor, customers=manifest.facts.customers)


def write(target: BinaryIO, *, report: Report = no_progress) -> Manifest:
    """Write a backup.

    Raises NothingToBackUp, PoolerBetween, ToolsTooOld, StorageForeign, StorageTaken, StorageUnreachable, DumpFailed,
    and OSError for the target.
    """
    _require_register()
    writer = ArchiveWriter(target)
    done: set[str] = set()
    while True:
        with _snapshot() as (conn, snapshot):
            inventory = _inventory(conn)
            _copy_files(writer, inventory, done, report)
            now = _inventory(database.psycopg_connection())
            if inventory.imports.items() <= now.imports.items():
                facts = _facts(conn)
                writer.add_key(settings.SECRET_KEY)
                writer.add_database(_reported(dump.make(conn, snapshot=snapshot), dump.size(conn), report))
                return writer.finish(facts)


def _require_register() -> None:
    """Raises NothingToBackUp, PoolerBetween, ToolsTooOld, and StorageForeign or StorageTaken for files of others."""
    conn = database.psycopg_connection()
    dump.refuse_pooled(conn)
    dump.refuse_newer(conn)
    if conn.execute("SELECT to_regclass('kundekort_customer')").fetchone() == (None,):
        raise NothingToBackUp
    installation.check()


@contextmanager
def _snapshot() -> Iterator[tuple[Connection, str]]:
    """A connection with a transaction that sees one moment, and the name under which others see the same."""
    own = connection.copy()
    own.ensure_connection()
    conn: Connection = own.connection
    try:
        conn.execute("SET idle_in_transaction_session_timeout = 0")  # nothing is asked while files are copied
        conn.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        told = conn.execute("SELECT pg_export_snapshot()").fetchone()
        assert told is not None
        yield conn, told[0]
    finally:
        own.close()


def _inventory(conn: Connection) -> _Inventory:
    """What the database tells of, by what tables of any version have: a backup comes before a migration."""
    imports = conn.execute(
        "SELECT id::text, told->>'digest', coalesce(told->>'touched_at', '')"
        " FROM (SELECT id, to_jsonb(kundekort_import) - 'facts' AS told FROM kundekort_import) AS imports"
        " WHERE told->>'state' <> ALL(%s)",
        [[Import.State.CANCELLED.value, Import.State.REFUSED.value]],
    )
    kept = {number: _ImportVersion(digest or "", touched) for number, digest, touched in imports}
    exports = conn.execute(
        "SELECT id::text FROM kundekort_export WHERE state = %s AND size IS NOT NULL", [Export.State.DONE.value]
    )
    return _Inventory(kept, {number for (number,) in exports})


def _copy_files(writer: ArchiveWriter, inventory: _Inventory, done: set[str], report: Report) -> None:
    """Add all files that are told of and not done yet."""
    kept = storage.current()
    wanted = [file for file in packages.kept_files() if file.name not in done and _is_listed(file.name, inventory)]
    whole, copied = sum(file.size for file in wanted), 0
    for file in sorted(wanted):
        report("copying", copied, whole)
        if _copied(writer, kept, file):
            done.add(file.name)
        copied += file.size


def _copied(writer: ArchiveWriter, kept: Storage, file: StoredFile) -> bool:
    """Add a file, unless it has gone."""
    try:
        with kept.read(file.name) as stream:
            size = stream.seek(0, SEEK_END)  # a list that was exported twice may not be as long as it was listed
            stream.seek(0)
            writer.add(FILES + file.name, stream, size)
    except FileNotFoundError:
        return False
    return True


def _is_listed(name: str, inventory: _Inventory) -> bool:
    """Whether a file is one of those that the database tells of."""
    match name.split("/"):
        case ["exports", number]:
            return number in inventory.exports
        case ["imports", number, "plans", digest, _]:
            return number in inventory.imports and inventory.imports[number].digest == digest
        case ["imports", number, *_]:
            return number in inventory.imports
    return False


def _reported(pieces: Iterator[bytes], expected: int, report: Report) -> Iterator[bytes]:
    done = 0
    for piece in pieces:
        report("dumping", done, max(done, expected))
        yield piece
        done += len(piece)
    report("dumping", done, done)


def _facts(conn: Connection) -> BackupFacts:
    migrations: dict[str, list[str]] = {}
    for app, name in conn.execute("SELECT app, name FROM django_migrations ORDER BY app, name"):
        migrations.setdefault(app, []).append(name)
    count = conn.execute("SELECT count(*) FROM kundekort_customer").fetchone()
    server = conn.execute("SHOW server_version").fetchone()
    assert count is not None
    assert server is not None
    when = datetime.now(UTC).isoformat(timespec="seconds")
    return BackupFacts(version(), server[0], when, migrations, count[0])
