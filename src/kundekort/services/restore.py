"""A backup brought back into an empty place: all of it, or nothing.

While it is going on a mark stands in the data folder, which says of which backup. The files are brought back first and
the database last, in one transaction, which is the end of it: where a database with tables stands beside a mark, the
restore was finished, and where none does, whatever files there are came from it and can go.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from psycopg import Connection, Error

from kundekort import secret_key, version
from kundekort.services import audit, database, demo, dump, installation
from kundekort.services.accounts import Actor
from kundekort.services.audit import Event
from kundekort.services.progress import Report, no_progress
from kundekort.services.refusals import (
    BackupDamaged,
    BackupNewer,
    DatabaseNotEmpty,
    RestoreFailed,
    StorageNotEmpty,
)
from kundekort.store import storage
from kundekort.store.archive import DATABASE, FILES, Archive, ArchiveDamaged, Manifest

MARK: Final = "restore.unfinished"
"""The name of the mark in the data folder; it holds the sum of the backup."""
FOLDERS: Final = ("imports", "exports")
"""Where the files stand that a backup has."""


def unfinished() -> bool:
    """Whether a restore into this place is going on or was interrupted; the mark of one that was finished goes."""
    if not mark().exists():
        return False
    if not _table(database.psycopg_connection()):
        return True
    mark().unlink(missing_ok=True)
    return False


def mark() -> Path:
    """The file that says so."""
    return Path(settings.DATA) / MARK


def restore(archive: Archive, *, report: Report = no_progress) -> bool:
    """Bring a backup back; False where that was done already and only its end was not told. Migrates nothing.

    Raises BackupNewer, DatabaseNotEmpty, StorageNotEmpty, PoolerBetween, BackupDamaged (where the file has changed
    since it was opened), RestoreFailed, and OSError; then nothing of the backup is left here.
    """
    refuse_newer(archive.manifest)
    conn = database.psycopg_connection()
    if _was_restored(conn, archive):
        _put_key(archive.key())
        mark().unlink()
        return False
    dump.refuse_pooled(conn)
    _require_empty(conn)
    mark().write_text(archive.sum)
    try:
        _bring_back(archive, report)
    except BaseException:
        _forget_failed()
        raise
    mark().unlink()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return True


def record(manifest: Manifest, *, actor: Actor) -> None:
    """Add to the audit log that a backup was brought back; after the migrations, since an old one has no such log."""
    facts = manifest.facts
    audit.record(Event.RESTORE, actor=actor, customers=facts.customers, made_at=facts.created_at)


def is_other_key(archive: Archive) -> bool:
    """Whether the surroundings have set another secret key than that of a backup."""
    return os.environ.get("KUNDEKORT_SECRET_KEY", archive.key()) != archive.key()


def refuse_newer(manifest: Manifest) -> None:
    """Raises BackupNewer for a backup that tells of migrations which this version does not know."""
    if is_newer((app, name) for app, names in manifest.facts.migrations.items() for name in names):
        raise BackupNewer(made_by=manifest.facts.kundekort, version=version())


def is_newer(migrations: Iterable[tuple[str, str]]) -> bool:
    """Whether some migration (app, name) comes after all that this version knows; one from between may be gone."""
    known: dict[str, str] = {}
    for app, name in MigrationLoader(None).disk_migrations:
        known[app] = max(known.get(app, ""), name)
    return any(name > known.get(app, "") for app, name in migrations)


def _was_restored(conn: Connection, archive: Archive) -> bool:
    """Whether the database is that of this backup, from a restore that was killed at its very end."""
    return bool(_table(conn)) and mark().exists() and mark().read_text() == archive.sum


def _require_empty(conn: Connection) -> None:
    """Raises DatabaseNotEmpty and StorageNotEmpty; files of an interrupted restore go."""
    if table := _table(conn):
        raise DatabaseNotEmpty(table=table)
    if mark().exists():
        _forget()
    kept = storage.current()
    for folder in FOLDERS:
        if file := next(kept.files(folder), None):
            raise StorageNotEmpty(place=kept.address, name=file.name)
    if kept.shared:  # a database that has no files yet may have marked it for its own
        with suppress(FileNotFoundError), kept.read(installation.MARK):
            raise StorageNotEmpty(place=kept.address, name=installation.MARK)


def _table(conn: Connection) -> str:
    """The name of some table of the database, or of a view or a sequence; '' where it has none."""
    found = conn.execute(
        "SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
        " WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND nspname <> 'information_schema' AND nspname !~ '^pg_'"
        " AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid"
        " AND deptype = 'e') ORDER BY relname LIMIT 1"
    ).fetchone()
    return found[0] if found else ""


def _bring_back(archive: Archive, report: Report) -> None:
    try:
        _bring_files_back(archive, report)
        _put_key(archive.key())
        os.sync()  # the database tells of them from now on
        with transaction.atomic():
            conn = database.psycopg_connection()
            dump.load(conn, _reported(archive, report))
            forgotten = [installation.KEY, demo.KEY]  # the storage was another one, and a demonstration stays at home
            conn.execute("DELETE FROM kundekort_setting WHERE key = ANY(%s)", [forgotten])
    except ArchiveDamaged as error:
        raise BackupDamaged(path=str(archive.path)) from error
    except (DatabaseError, Error) as error:
        if database.is_unreachable(error):
            raise
        raise RestoreFailed(why=str(error)) from error
    finally:
        connection.close()  # the dump has set what suits itself


def _bring_files_back(archive: Archive, report: Report) -> None:
    kept = storage.current()
    whole, done = sum(member.size for member in archive.files), 0
    for member in archive.files:
        report("unpacking", done, whole)
        with archive.read(member) as stream:
            kept.write(member.name.removeprefix(FILES), stream)
        done += member.size


def _reported(archive: Archive, report: Report) -> Iterator[bytes]:
    """The dump, with how much of it has been taken."""
    whole = sum(member.size for member in archive.manifest.members if member.name.startswith(DATABASE))
    done = 0
    for piece in archive.database():
        report("loading", done, whole)
        yield piece
        done += len(piece)


def _put_key(key: str) -> None:
    """Keep the secret key where nobody has set one: whoever is logged in stays so."""
    if os.environ.get("KUNDEKORT_SECRET_KEY"):
        return
    secret_key.write(Path(settings.DATA), key)


def _forget_failed() -> None:
    """Forget what a restore has left that failed, if the database says that it did; else the mark stays and tells."""
    with suppress(DatabaseError, Error, OSError):
        if not _table(database.psycopg_connection()):
            _forget()


def _forget() -> None:
    """Forget the files of a restore that was not finished."""
    for folder in FOLDERS:
        storage.current().remove(folder)
    mark().unlink(missing_ok=True)
