"""What a command needs around it: words alone, or the register with its database. Loaded only when a command asks.

Starting the database takes a moment and can fail, so a command that needs none never gets here.
"""

from __future__ import annotations

import os
from contextlib import suppress
from importlib.resources import files
from typing import TYPE_CHECKING

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation

from kundekort import data_folder, embedded
from kundekort.cli.language import language
from kundekort.cli.refusals import CommandRefused
from kundekort.embedded import EmbeddedError

if TYPE_CHECKING:
    from kundekort.engine.schema import Schema

_MIGRATING = 0x6D696772  # "migr": whoever comes second waits and finds the work done


def setup_translations() -> None:
    """Make sentences available without a database."""
    from kundekort import wording
    from kundekort.store.fields import SCHEMA

    if not settings.configured:
        settings.configure(
            USE_I18N=True,
            LANGUAGE_CODE="en",
            LOCALE_PATHS=[str(files("kundekort.web") / "locale")],
            USE_THOUSAND_SEPARATOR=True,
        )
        django.setup()
        wording.use_schema(lambda: SCHEMA)
    translation.activate(language())


def setup_django(*, migrated: bool = True) -> None:
    """Make the register available: settings, database, and its tables unless `migrated` is False.

    Raises CommandRefused when the database cannot be started or reached, or is not prepared, StorageForeign and
    StorageTaken when files are kept that are not its own, or its own are not.
    """
    from kundekort import wording

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundekort.config.settings")
    try:
        django.setup()
    except EmbeddedError as error:
        # The server's programs say many lines; the last one is why.
        raise CommandRefused("database_will_not_start", why=str(error).strip().rpartition("\n")[2]) from error
    except OSError as error:  # a folder of somebody else, a disk that is full or cannot be written
        raise CommandRefused("data_unusable", path=error.filename or "…", why=error.strerror or str(error)) from error
    except (ImproperlyConfigured, ValueError) as error:
        raise CommandRefused("settings_wrong", why=str(error)) from error
    translation.activate(language())
    wording.use_schema(_fields)
    if migrated:
        _have_tables()
        _have_files()


def refuse_nothing() -> None:
    """Raises CommandRefused where no register has ever been, which the embedded database would begin otherwise."""
    if not os.environ.get("KUNDEKORT_DATABASE_URL") and not embedded.exists(data_folder.path()):
        raise CommandRefused("nothing_to_back_up")


def keep_database() -> None:
    """Start the embedded database again if it has died; somebody's own server is theirs to keep."""
    if not os.environ.get("KUNDEKORT_DATABASE_URL"):
        with suppress(EmbeddedError):  # parts of the dead one may still be going; the next look tries again
            embedded.keep(settings.DATA)


def migrate(*, verbosity: int = 1) -> None:
    """Bring the database's tables up to this version, one process at a time.

    Raises CommandRefused where a backup is just being restored, or that was interrupted.
    """
    from django.core.management import call_command
    from django.db import connection

    from kundekort.services import restore

    if restore.unfinished():
        raise CommandRefused("restore_unfinished", path=str(restore.mark()))
    # The lock is that of a transaction, held by a connection that does nothing else meanwhile: through a pooler, what
    # belongs to a session may be anybody's.
    lock = connection.copy()
    try:
        lock.set_autocommit(False)
        with lock.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_MIGRATING])
            call_command("migrate", verbosity=verbosity, interactive=False)
    finally:
        lock.close()


def _fields() -> Schema:
    from kundekort.services import fields

    return fields.schema(retired=True)


def _have_tables() -> None:
    """Prepare the embedded database, or an empty one, without being asked; somebody's own server is asked about."""
    from kundekort.services import installation

    if installation.is_migrated():
        return
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    applied = executor.loader.applied_migrations
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    if applied and os.environ.get("KUNDEKORT_DATABASE_URL"):
        raise CommandRefused("database_not_ready")
    migrate(verbosity=0)


def _have_files() -> None:
    """Refuse a storage that is not the database's. Raises CommandRefused for an address that is none."""
    from kundekort.services import installation

    try:
        installation.check()
    except ValueError as error:
        raise CommandRefused("settings_wrong", why=str(error)) from error
