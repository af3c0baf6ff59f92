from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable

import pytest

from kundekort.engine.reading import reader
from kundekort.services import confirming, exports, imports, planning, progress
from kundekort.services.accounts import Actor
from kundekort.services.lists import FileFormat
from kundekort.services.refusals import NotFound
from kundekort.store import packages, plans
from kundekort.store.models import Change, Customer, Export, Import
from tests.services.workers import cut_off, held, queued, rows, silence, state
from tests.waiting import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_jobs")]


def test_it_plans_a_small_file_at_once(bob: Actor) -> None:
    assert queued(rows(10), bob).state == Import.State.PREVIEW


def test_it_plans_and_confirms_a_large_file_by_jobs(bob: Actor, worker: Callable[[], object]) -> None:
    imp = queued(rows(30_000), bob)
    assert imp.state == Import.State.RECEIVED
    worker()
    until(lambda: state(imp) == Import.State.PREVIEW)
    assert confirming.confirm(imp.pk, digest=imp.digest, actor=bob).state == Import.State.CONFIRMING
    until(lambda: state(imp) == Import.State.DONE)
    assert Customer.objects.count() == 30_000


def test_it_tells_how_far_it_has_come_and_stops_when_cancelled(bob: Actor, worker: Callable[[], object]) -> None:
    imp = queued(rows(30_000), bob)
    with held(Customer):
        worker()
        until(lambda: state(imp) and imp.progress)
        assert imp.progress.phase == "planning"
        assert 0 <= imp.progress.fraction < 1
        imports.cancel(imp.pk, actor=bob)
    second = queued(rows(30_000), bob)
    until(lambda: state(second) == Import.State.PREVIEW)
    assert state(imp) == Import.State.CANCELLED


def test_it_writes_a_long_list_by_a_job(alice: Actor, bob: Actor, worker: Callable[[], object]) -> None:
    imp = queued(rows(30_000), bob)
    planning.plan(imp.pk)
    imp.refresh_from_db()
    confirming.apply(imp.pk, digest=imp.digest, actor=bob)
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

    until(done)
    assert (export.state, export.progress) == (Export.State.DONE, None)
    with exports.open_file(export.pk, actor=alice)[0] as file:
        assert reader.read(file.read(), known=bool).cells.height == 30_000
    given_up.refresh_from_db()
    assert given_up.state == Export.State.CANCELLED


def test_it_tells_how_far_a_list_has_come_and_stops_when_cancelled(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN", 0)
    export = Export.objects.create(form="csv", actor_name="alice")
    with progress.ProgressWriter(Export, export.pk, Export.State.WAITING) as watched:
        watched("exporting", 5, 10)
        export.refresh_from_db()
        assert (export.progress.phase, export.progress.fraction) == ("exporting", 0.5)
        Export.objects.filter(pk=export.pk).update(state=Export.State.CANCELLED)
        with pytest.raises(progress.Cancelled):
            watched("exporting", 6, 10)


def test_it_tells_of_another_phase_at_once(transactional_db: None) -> None:
    imp = Import.objects.create(filename="a.csv", size=1, actor_name="alice")
    with progress.ProgressWriter(Import, imp.pk, Import.State.RECEIVED) as watched:
        watched("planning", 10, 10)
        watched("keeping", 0, 10)
    imp.refresh_from_db()
    assert imp.progress.phase == "keeping"


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_it_applies_once_though_its_worker_ends(
    how: signal.Signals, bob: Actor, worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    imp = queued(rows(30_000), bob)
    planning.plan(imp.pk)
    imp.refresh_from_db()
    confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    with held(Change):  # the cards are written then, and their history is not
        first = worker()
        until(lambda: state(imp) and imp.progress)
        first.send_signal(how)
        if how == signal.SIGKILL:
            first.wait()
    first.wait()
    assert state(imp) in (Import.State.CONFIRMING, Import.State.DONE)
    assert Customer.objects.count() in (0, 30_000)
    if how == signal.SIGKILL:  # its silence is noticed after a while; here the while is over
        silence()
    worker()
    until(lambda: state(imp) == Import.State.DONE)
    assert Customer.objects.count() == 30_000


@pytest.mark.slow
def test_it_goes_on_by_itself_when_the_database_dies_under_it(bob: Actor, worker: Callable[[], object]) -> None:
    imp = queued(rows(30_000), bob)
    planning.plan(imp.pk)
    imp.refresh_from_db()
    confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    with held(Change):
        worker()
        until(lambda: state(imp) and imp.progress)
        cut_off()
    until(lambda: state(imp) == Import.State.DONE)
    assert Customer.objects.count() == 30_000


@pytest.mark.parametrize("how", ["lost", "damaged"])
def test_it_refuses_an_import_whose_plan_is_not_what_was_confirmed(
    how: str, bob: Actor, worker: Callable[[], object]
) -> None:
    imp = queued(rows(6_000), bob)
    planning.plan(imp.pk)
    imp.refresh_from_db()
    confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    part = plans.value_parts(packages.plan_folder(imp.pk, imp.digest))[0]
    part.unlink() if how == "lost" else part.write_bytes(part.read_bytes()[:-1])
    worker()
    until(lambda: state(imp) == Import.State.REFUSED)
    assert imp.question.code == "plan_damaged"
    assert not Customer.objects.exists()
