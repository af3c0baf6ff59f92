"""Workers as processes of their own on the database of the tests, and work for them."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction

from kundekort.services import confirming, imports, planning
from kundekort.services.accounts import Actor
from kundekort.store.models import Import
from tests.waiting import until

HEADER = "CustomerID;FirstName;LastName;Address;Gender\n"


def rows(count: int, *, family: str = "Langnes") -> bytes:
    return (HEADER + "".join(f"0;Ny {n};{family * 8};{'Gata' * 10};1\n" for n in range(count))).encode()


def queued(data: bytes, actor: Actor) -> Import:
    imp = imports.receive(io.BytesIO(data), filename="big.csv", actor=actor)
    planning.plan_now_or_queue(imp.pk)
    imp.refresh_from_db()
    return imp


def confirmed(count: int, actor: Actor, *, family: str = "Langnes") -> Import:
    """An import of so many new customers, too many to be written at once, that waits for a worker to write it."""
    imp = queued(rows(count, family=family), actor)
    planning.plan(imp.pk)
    imp.refresh_from_db()
    return confirming.confirm(imp.pk, digest=imp.digest, actor=actor)


def database_url() -> str:
    """The address of the database of the tests."""
    to = connection.settings_dict
    if to["HOST"].startswith("/"):
        return f"postgresql://{to['USER']}@/{to['NAME']}?host={to['HOST']}"
    return f"postgresql://{to['USER']}:{to['PASSWORD']}@{to['HOST']}:{to['PORT'] or 5432}/{to['NAME']}"


class Workers:
    """Starts workers; `before` is what such a process does first, in Python."""

    def __init__(self) -> None:
        self._started: list[subprocess.Popen[bytes]] = []

    def __call__(self, before: str = "") -> subprocess.Popen[bytes]:
        code = f"import django; django.setup()\n{before}\nfrom kundekort.services import worker; worker.work()"
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            env=os.environ
            | {"KUNDEKORT_DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "kundekort.config.settings"},
        )
        self._started.append(process)
        return process

    def end(self) -> None:
        """Kill all of them."""
        for process in self._started:
            process.kill()
            process.wait()


def forget_jobs() -> None:
    """Empty the queue's tables, which are not Django's to empty between tests."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE")


def silence() -> None:
    """Let all workers that there are by now have been silent for long."""
    ask("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")


def ask(query: str, *values: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def held(model: type[models.Model]) -> Iterator[None]:
    """Let nobody else read or write a table meanwhile, so that a job which needs it is caught in the middle."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {model._meta.db_table} IN ACCESS EXCLUSIVE MODE")
        yield


def state(imp: Import) -> str:
    imp.refresh_from_db()
    return imp.state


def cut_off() -> None:
    """Let everybody else lose the database, as when its server dies and is started again."""
    ask("SELECT pg_stat_clear_snapshot()")
    ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


def no_job_is_left() -> None:
    """Wait until every job that somebody waits for is done or has failed."""
    until(
        lambda: (
            not ask(
                "SELECT 1 FROM procrastinate_jobs WHERE (status = 'doing' OR status = 'todo' AND scheduled_at IS NULL)"
                " AND task_name IN ('plan_import', 'apply_import', 'make_export')"
            )
        )
    )
