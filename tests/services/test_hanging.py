"""Whoever hangs while writing holds others up for a while only, and they are told for whom they wait."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from django.db import connection, transaction

from kundekort import wording
from kundekort.cli import setup
from kundekort.config import environment
from kundekort.services import confirming, database, wait_reasons, writers
from kundekort.services.accounts import Actor
from kundekort.services.refusals import RegisterBusy
from kundekort.store.models import Change, Customer, Import, Revision
from tests.services.workers import Workers, ask, confirmed, no_job_is_left, queued, rows, silence, state
from tests.waiting import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_jobs")]

BETWEEN = """
import os, signal
from kundekort.services import progress

report = progress.ProgressWriter.__call__
progress.SECONDS_BETWEEN = 0


def stop(self, phase, done, total):
    report(self, phase, done, total)
    if phase == "writing" and done:
        progress.ProgressWriter.__call__ = report
        os.kill(os.getpid(), signal.SIGSTOP)


progress.ProgressWriter.__call__ = stop
"""
"""What has a worker hang once, when it has written cards and said so."""
MIDST = """
import os, signal
from kundekort.bulk import copy

escaped = copy._escaped


def stop(rows):
    copy._escaped = escaped
    os.kill(os.getpid(), signal.SIGSTOP)
    return escaped(rows)


copy._escaped = stop
"""
"""What has a worker hang once, in the midst of sending cards to the database."""
SOON = """
from kundekort.services import database

database.SILENCE = "5s"
"""


def stopped(number: int) -> bool:
    """Whether a process has been stopped and not continued."""
    return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def test_it_tells_who_is_writing_and_since_when(bob: Actor, worker: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", "100ms")
    first, second = confirmed(6_000, bob), confirmed(6_000, bob, family="Berg")
    small = queued(rows(1), bob)
    assert wait_reasons.writer_before(second) is None
    hanging = worker(BETWEEN)
    until(lambda: stopped(hanging.pid))
    writer = wait_reasons.writer_before(second)
    assert writer is not None
    assert (writer.kind, writer.number, writer.name) == ("import", first.pk, "bob")
    assert wait_reasons.writer_before(Import.objects.get(pk=first.pk)) is None
    with pytest.raises(RegisterBusy) as refused:
        confirming.apply(small.pk, digest=small.digest, actor=bob, patient=False)
    with wording.in_english():
        words = wording.refusal(refused.value.code, refused.value.params)
    assert words.startswith("bob’s import is being written since ")
    assert confirming.confirm(small.pk, digest=small.digest, actor=bob).state == Import.State.CONFIRMING
    os.kill(hanging.pid, signal.SIGKILL)
    hanging.wait()
    until(lambda: writers.current() is None)
    worker()
    until(lambda: state(small) == Import.State.DONE)


@pytest.mark.slow
@pytest.mark.parametrize("where", [BETWEEN, MIDST], ids=["between statements", "in the midst of one"])
def test_it_waits_no_longer_for_one_who_hangs_and_writes_once(where: str, bob: Actor, worker: Workers) -> None:
    first, second = confirmed(6_000, bob), confirmed(6_000, bob, family="Berg")
    hanging = worker(SOON + where)
    until(lambda: stopped(hanging.pid))
    silence()
    other = worker(SOON)
    until(lambda: state(first) == Import.State.DONE)
    until(lambda: state(second) == Import.State.DONE)
    other.terminate()
    other.wait()
    hanging.send_signal(signal.SIGCONT)
    third = confirmed(6_000, bob, family="Dahl")
    until(lambda: state(third) == Import.State.DONE)  # it has found out, and goes on as a worker
    no_job_is_left()
    assert [state(imp) for imp in (first, second, third)] == [Import.State.DONE] * 3
    assert (Customer.objects.count(), Change.objects.count()) == (18_000, 18_000)
    assert Revision.objects.count() == 3


def test_it_ends_the_transaction_of_an_edit_that_hangs(bob: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "SILENCE", "100ms")
    beside = connection.copy()

    def hang() -> None:
        with database.short_lock_transaction() as conn, beside.cursor() as cursor:

            def there() -> object:
                cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [conn.info.backend_pid])
                return cursor.fetchone()

            until(lambda: not there())
            conn.execute("SELECT 1")

    with pytest.raises(psycopg.Error) as lost:
        hang()
    beside.close()
    assert database.is_unreachable(lost.value)


def test_it_waits_for_another_who_migrates() -> None:
    beside = connection.copy()
    migrating = Thread(target=lambda: (setup.migrate(verbosity=0), connection.close()))
    beside.set_autocommit(False)
    with beside.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [setup._MIGRATING])
        migrating.start()
        until(lambda: ask("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))
    beside.rollback()
    beside.close()
    migrating.join()


def test_it_leaves_no_setting_behind_for_the_next_session(bob: Actor) -> None:
    names = ("lock_timeout", "idle_in_transaction_session_timeout", "statement_timeout", "application_name")

    def settings() -> list[str]:
        return [ask("SELECT current_setting(%s)", name)[0][0] for name in names]

    before = settings()
    imp = queued(rows(10), bob)
    confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    assert settings() == before
    with transaction.atomic():
        assert settings() == before


def test_it_notices_a_network_that_is_cut(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def options(url: str) -> dict[str, str]:
        monkeypatch.setenv("KUNDEKORT_DATABASE_URL", url)
        return environment.database(tmp_path)["OPTIONS"]

    assert options("postgresql://kk@db.example.no/kk")["tcp_user_timeout"] == "60000"
    assert options("postgresql://kk@db.example.no/kk?tcp_user_timeout=5000")["tcp_user_timeout"] == "5000"
    assert options("postgresql://kk@/kk?host=/run/postgresql") == {}
