"""Whether an installation is well: one finding for each thing that is looked at, and nothing that is raised.

What cannot be looked at is a fault, and says why.
"""

from __future__ import annotations

import os
import platform
import pwd
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from kundekort import secret_key, version
from kundekort.services import database, dump, imports, installation, restore
from kundekort.services.health_result import HealthResult, Mark
from kundekort.services.heartbeats import workers_alive
from kundekort.services.refusals import Refusal
from kundekort.store import storage
from kundekort.store.models import Import, Source, Webhook
from kundekort.store.sources import UNREADABLE
from kundekort.store.webhooks import FAILING

OLDEST_SERVER: Final = 15
"""The oldest major version of PostgreSQL that Kundekort works with."""
CONNECT_SECONDS: Final = 5
"""How long a database may take to answer at all."""
SLOW: Final = 0.05
"""Seconds of a round trip from which on every page is slow."""
CLOCK_SECONDS: Final = 5
"""Difference of two clocks from which on times that people see are wrong."""
STUCK_MINUTES: Final = 30
"""Minutes after which nothing that is worked on should still be where it was."""
FAILED_DAYS: Final = 7
"""Days for which failed jobs are told of."""
LITTLE, TOO_LITTLE = 2 * 2**30, 200 * 2**20
"""Free bytes of a disk below which there is something to do soon, and at once."""


Answer = tuple[Mark, str, Mapping[str, Any]]
"""A finding without what it is about."""


def examine(away: tuple[str, Mapping[str, Any]] | None = None) -> Iterator[HealthResult]:
    """Look at everything. `away`: why there is no database to look at, if that is known: a code and its params."""
    connection.settings_dict["OPTIONS"].setdefault("connect_timeout", CONNECT_SECONDS)
    for check, look in _SURROUNDINGS.items():
        yield _looked(check, look)
    finding = _looked("database", _database) if away is None else HealthResult("database", Mark.FAULT, *away)
    yield finding
    for check, look in _WITHIN.items():
        if away is not None or finding.code == "database_unreachable":
            yield HealthResult(check, Mark.FAULT, "not_looked_at")
        else:
            yield _looked(check, look)


def _looked(check: str, look: Callable[[], Answer]) -> HealthResult:
    try:
        return HealthResult(check, *look())
    except Refusal as refused:
        return HealthResult(check, Mark.FAULT, refused.code, refused.params)
    except ProgrammingError:  # there are no tables, which is told already
        return HealthResult(check, Mark.FAULT, "not_looked_at")
    except Exception as error:
        why = str(error.__cause__ or error).strip() or type(error).__name__
        code = "database_unreachable" if database.is_unreachable(error) else "look_failed"
        connection.close()
        return HealthResult(check, Mark.FAULT, code, {"why": why})


def _version() -> Answer:
    return Mark.OK, "versions", {"version": version(), "python": platform.python_version()}


def _settings() -> Answer:
    return Mark.OK, "settings_read", {}


def _data() -> Answer:
    folder = Path(settings.DATA)
    probe = folder / f".check-{secrets.token_hex(8)}"
    probe.touch()
    probe.unlink()
    about = folder.stat()
    if about.st_uid != os.geteuid():
        return Mark.WARNING, "data_of_another", {"path": str(folder), "owner": _user(about.st_uid)}
    if about.st_mode & 0o002:
        return Mark.WARNING, "data_open", {"path": str(folder)}
    return Mark.OK, "data_writable", {"path": str(folder)}


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _disk() -> Answer:
    free = shutil.disk_usage(settings.DATA).free
    mark = Mark.FAULT if free < TOO_LITTLE else Mark.WARNING if free < LITTLE else Mark.OK
    return mark, "disk_free" if mark is Mark.OK else "disk_nearly_full", {"size": free}


def _key() -> Answer:
    if os.environ.get("KUNDEKORT_SECRET_KEY"):
        return Mark.OK, "key_set", {}
    place = Path(settings.DATA) / secret_key.NAME
    if place.stat().st_mode & 0o077:
        return Mark.WARNING, "key_open", {"path": str(place)}
    return Mark.OK, "key_kept", {"path": str(place)}


def _storage() -> Answer:
    kept = storage.current()
    name, content = f"check-{secrets.token_hex(8)}", secrets.token_bytes(64)
    kept.write(name, BytesIO(content))
    try:
        with kept.read(name) as stream:
            same = stream.read() == content
    finally:
        kept.remove(name)
    if not same:
        return Mark.FAULT, "storage_forgets", {"place": kept.address}
    return Mark.OK, "storage_works", {"place": kept.address}


def _database() -> Answer:
    conn = database.psycopg_connection()
    began = time.monotonic()
    told = conn.execute("SELECT current_setting('server_encoding'), lower('Å')").fetchone()
    seconds = time.monotonic() - began
    number = conn.info.server_version
    params = {"server": f"{number // 10_000}.{number % 10_000}", "milliseconds": round(seconds * 1000, 1)}
    if number // 10_000 < OLDEST_SERVER:
        return Mark.FAULT, "database_old", params | {"oldest": OLDEST_SERVER}
    if told != ("UTF8", "å"):
        return Mark.FAULT, "database_without_letters", params
    if seconds > SLOW:
        return Mark.WARNING, "database_slow", params
    return Mark.OK, "database_answers", params


def _pooler() -> Answer:
    return Mark.OK, "pooled" if dump.is_pooled(database.psycopg_connection()) else "not_pooled", {}


def _migrations() -> Answer:
    executor = MigrationExecutor(connection)
    loader = executor.loader
    if not loader.applied_migrations:
        if restore.mark().exists():
            return Mark.FAULT, "restore_unfinished", {"path": str(restore.mark())}
        return Mark.WARNING, "register_missing", {}
    if restore.is_newer(name for name in loader.applied_migrations):
        return Mark.FAULT, "register_newer", {}
    if missing := executor.migration_plan(loader.graph.leaf_nodes()):
        return Mark.FAULT, "migrations_missing", {"count": len(missing)}
    return Mark.OK, "migrated", {}


def _files() -> Answer:
    installation.check()
    return Mark.OK, "files_own", {}


def _workers() -> Answer:
    alive = workers_alive()
    if not alive:
        return Mark.WARNING, "no_worker", {}
    return Mark.OK, "workers_alive", {"count": alive}


def _jobs() -> Answer:
    now = timezone.now()
    waiting = ProcrastinateJob.objects.filter(status="todo").exclude(scheduled_at__gt=now)
    long_since = now - timedelta(minutes=STUCK_MINUTES)
    failed = ProcrastinateJob.objects.filter(
        status="failed", procrastinateevent__at__gt=now - timedelta(days=FAILED_DAYS)
    )
    params = {"count": waiting.count(), "failed": failed.distinct().count()}
    if waiting.filter(procrastinateevent__at__lt=long_since).exists():
        return Mark.FAULT, "jobs_wait", params | {"minutes": STUCK_MINUTES}
    if params["failed"]:
        return Mark.WARNING, "jobs_failed", params | {"days": FAILED_DAYS}
    return Mark.OK, "jobs_run", params


def _imports() -> Answer:
    before = timezone.now() - timedelta(minutes=STUCK_MINUTES)
    working = Import.objects.filter(state__in=(Import.State.RECEIVED, Import.State.CONFIRMING), touched_at__lt=before)
    working = working.exclude(notice__in=imports.FAILURES)  # they wait for somebody, not for a worker
    if stuck := list(working.order_by("pk").values_list("pk", flat=True)):
        return Mark.WARNING, "imports_stuck", {"ids": stuck, "minutes": STUCK_MINUTES}
    return Mark.OK, "imports_move", {}


def _sources() -> Answer:
    if names := list(Source.objects.filter(UNREADABLE).order_by("name").values_list("name", flat=True)):
        return Mark.WARNING, "sources_unreadable", {"names": names}
    return Mark.OK, "sources_read", {}


def _webhooks() -> Answer:
    if names := list(Webhook.objects.filter(FAILING).order_by("name").values_list("name", flat=True)):
        return Mark.WARNING, "webhooks_failing", {"names": names}
    return Mark.OK, "webhooks_reach", {}


def _clock() -> Answer:
    with connection.cursor() as cursor:
        before = time.time()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        there = float(cursor.fetchone()[0])
    seconds = round(there - (before + time.time()) / 2, 1)
    if abs(seconds) > CLOCK_SECONDS:
        return Mark.WARNING, "clock_differs", {"seconds": abs(seconds)}
    return Mark.OK, "clock_agrees", {}


_SURROUNDINGS: Final[Mapping[str, Callable[[], Answer]]] = {
    "version": _version,
    "settings": _settings,
    "data": _data,
    "disk": _disk,
    "key": _key,
    "storage": _storage,
}
"""What is looked at without a database."""
_WITHIN: Final[Mapping[str, Callable[[], Answer]]] = {
    "pooler": _pooler,
    "migrations": _migrations,
    "files": _files,
    "workers": _workers,
    "jobs": _jobs,
    "imports": _imports,
    "sources": _sources,
    "webhooks": _webhooks,
    "clock": _clock,
}
"""What is looked at in the database, and beside it."""
CHECKS: Final = (*_SURROUNDINGS, "database", *_WITHIN)
"""Everything that is looked at, in this order."""
