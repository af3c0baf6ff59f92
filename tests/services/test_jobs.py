from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from kundekort.engine.reading import reader
from kundekort.services import confirming, exports, imports, jobs, planning, progress
from kundekort.services.accounts import Actor
from kundekort.services.lists import FileFormat
from kundekort.services.refusals import NotFound
from kundekort.store.models import Customer, Export, Import

pytestmark = [pytest.mark.django_db(transaction=True)]

HEADER = "CustomerID;FirstName;LastName;Address;Gender\n"


def rows(count: int) -> bytes:
    return (HEADER + "".join(f"0;Ny {n};{'Langnes' * 8};{'Gata' * 10};1\n" for n in range(count))).encode()


def queued(data: bytes, actor: Actor) -> Import:
    imp = imports.receive(io.BytesIO(data), filename="big.csv", actor=actor)
    planning.prepare(imp.pk)
    imp.refresh_from_db()
    return imp


@pytest.fixture(autouse=True)
def _no_jobs(transactional_db: None) -> None:
    """The queue's tables are not Django's to empty between tests."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE")


def database_url() -> str:
    """The address of the database of the tests."""
    to = connection.settings_dict
    if to["HOST"].startswith("/"):
        return f"postgresql://{to['USER']}@/{to['NAME']}?host={to['HOST']}"
    return f"postgresql://{to['USER']}:{to['PASSWORD']}@{to['HOST']}:{to['PORT'] or 5432}/{to['NAME']}"


@pytest.fixture
def worker() -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts workers as processes of their own on the database of the tests."""
    started: list[subprocess.Popen[bytes]] = []
    url = database_url()

    def start() -> subprocess.Popen[bytes]:
        code = "import django; django.setup(); from kundekort.services import jobs; jobs.work()"
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            env=os.environ | {"KUNDEKORT_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "kundekort.config.settings"},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_for(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def state(imp: Import) -> str:
    imp.refresh_from_db()
    return imp.state


def test_it_plans_a_small_file_at_once(bob: Actor) -> None:
    assert queued(rows(10), bob).state == Import.State.PREVIEW


def test_it_plans_and_confirms_a_large_file_by_jobs(bob: Actor, worker: Callable[[], object]) -> None:
    imp = queued(rows(30_000), bob)
    assert imp.state == Import.State.RECEIVED
    worker()
    wait_for(lambda: state(imp) == Import.State.PREVIEW)
    assert confirming.confirm(imp.pk, digest=imp.digest, actor=bob).state == Import.State.CONFIRMING
    wait_for(lambda: state(imp) == Import.State.DONE)
    assert Customer.objects.count() == 30_000


def test_it_tells_how_far_it_has_come_and_stops_when_cancelled(bob: Actor, worker: Callable[[], object]) -> None:
    imp = queued(rows(400_000), bob)
    worker()
    wait_for(lambda: state(imp) == Import.State.PREVIEW or bool(imp.progress))
    assert imp.progress["phase"] in ("reading", "checking", "fetching", "comparing", "keeping")
    assert 0 <= imp.progress["fraction"] <= 1
    imports.cancel(imp.pk, actor=bob)
    second = queued(rows(30_000), bob)
    wait_for(lambda: state(second) == Import.State.PREVIEW)
    assert state(imp) == Import.State.CANCELLED


def test_it_writes_a_long_list_by_a_job(alice: Actor, bob: Actor, worker: Callable[[], object]) -> None:
    imp = queued(rows(30_000), bob)
    planning.plan(imp.pk)
    imp.refresh_from_db()
    confirming.apply(imp.pk, digest=imp.digest, actor_name=bob.name)
    export = exports.start(what=exports.Selection(), form=FileFormat.XLSX, actor=alice)
    given_up = exports.start(what=exports.Selection(), form=FileFormat.CSV, actor=alice)
    assert (export.state, export.rows) == (Export.State.WAITING, 30_000)
    with pytest.raises(NotFound):
        exports.open_file(export.pk, actor=alice)
    exports.cancel(given_up.pk, actor=alice)
    worker()

    def done() -> bool:
        export.refresh_from_db()
        return export.state != Export.State.WAITING

    wait_for(done)
    assert (export.state, export.progress) == (Export.State.DONE, None)
    with exports.open_file(export.pk, actor=alice)[0] as file:
        assert reader.read(file.read(), known=bool).cells.height == 30_000
    given_up.refresh_from_db()
    assert given_up.state == Export.State.CANCELLED


def test_it_tells_how_far_a_list_has_come_and_stops_when_cancelled(transactional_db: None) -> None:
    export = Export.objects.create(form="csv", actor_name="alice")
    with progress.Watched(Export, export.pk) as watched:
        watched("exporting", 5, 10)
        export.refresh_from_db()
        assert (export.progress["phase"], export.progress["fraction"]) == ("exporting", 0.5)
        Export.objects.filter(pk=export.pk).update(state=Export.State.CANCELLED)
        time.sleep(progress.SECONDS_BETWEEN)
        with pytest.raises(progress.Stopped):
            watched("exporting", 6, 10)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_it_applies_once_though_its_worker_ends(
    how: signal.Signals, bob: Actor, worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    imp = queued(rows(100_000), bob)
    planning.plan(imp.pk)
    imp.refresh_from_db()
    confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    first = worker()
    wait_for(lambda: state(imp) == Import.State.CONFIRMING and bool(imp.progress))
    first.send_signal(how)
    first.wait(timeout=30)
    assert state(imp) in (Import.State.CONFIRMING, Import.State.DONE)
    assert Customer.objects.count() in (0, 100_000)
    if how == signal.SIGKILL:  # its silence is noticed after a while; here the while is over
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    worker()
    wait_for(lambda: state(imp) == Import.State.DONE, seconds=120)
    assert Customer.objects.count() == 100_000


def test_it_lets_nobody_wait_for_a_job_that_failed(bob: Actor) -> None:
    imp = queued(rows(30_000), bob)
    jobs._failed(imp.pk)
    imp.refresh_from_db()
    assert (imp.state, imp.refusal["code"]) == (Import.State.REFUSED, "failed")
